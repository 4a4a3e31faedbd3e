"""Publishing: parameters checked, pages the same each time, running text only where it may go out."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import re
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from small_study import first, second, small_tables, write_small

from casework.reports import check_parameters, declared_parameters, plan_jobs, publish, quoted_out, read_notebook
from casework.reports.execute import run_notebook
from casework.reports.guard import refuse_running_text
from casework.reports.kernels import kernels_of
from casework.reports.sanitize import safe_html
from casework.study import Study, load_study
from casework.tables import read_tables, standoff, write_tables
from casework.text import CaseworkError

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def notebook(path: Path, *sources: str, parameters: str = 'tables = "."\nlang = "en"', title: str = "# A page\n\nWhat it says.") -> None:
    cells = [new_markdown_cell(title), new_code_cell(parameters, metadata={"tags": ["parameters"]}), *map(new_code_cell, sources)]
    for i, cell in enumerate(cells):
        cell["id"] = f"n{i}"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=cells), path)


def make_study(root: Path, reports: str = "reports: [{name: page}]", publish_: str = "full", lang: str = "en") -> tuple[Study, Path]:
    tables = write_small(root / ".casework" / "small")
    (root / "data" / "raw").mkdir(parents=True, exist_ok=True)
    (root / "studies").mkdir(exist_ok=True)
    if not (root / "notebooks").exists():
        notebook(root / "notebooks" / "page.ipynb", "import casework as cw\ncw.views.show_claims(cw.read_tables(tables).claims, lang=lang)")
    file = root / "studies" / "small.yaml"
    title = "title: {en: A small study, zh: 小研究}"
    file.write_text(f"name: small\n{title}\nraw: data/raw\npublish: {publish_}\nlang: {lang}\n{reports}\n", encoding="utf-8")
    return load_study(file), tables


def site_bytes(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def shown(folder: Path) -> str:
    """All that a site lets out as text, its downloads too: they are stored, not deflated."""
    return "".join(data.decode(errors="ignore") for data in site_bytes(folder).values())


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    study, tables = make_study(tmp_path_factory.mktemp("site"))
    return publish(study, tables, engine="fork").parent


def test_every_page_is_there(site: Path) -> None:
    tables, _ = small_tables()
    pages = {f"evidence/{s}.html" for s in tables.sources["source_id"]}
    made = {p for p in site_bytes(site) if not p.startswith("tables/")}
    papers = {"README.md", "ro-crate-metadata.json", "datapackage.json", "requirements.lock", "source/small.yaml", "source/notebooks/page.ipynb"}
    downloads = {"downloads/tables.zip", "downloads/tables.xlsx"}
    assert made == {"index.html", "page.html", "claims.html", *downloads, *papers, *pages}


def test_both_engines_and_two_runs_give_the_same_bytes(site: Path, tmp_path: Path) -> None:
    study, tables = make_study(tmp_path)
    assert site_bytes(publish(study, tables, engine="papermill", jobs=2).parent) == site_bytes(site)


def test_the_policy_allows_what_is_on_the_page_and_nothing_else(site: Path) -> None:
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        policy = html.document_fromstring(text).xpath('//meta[@http-equiv="Content-Security-Policy"]/@content')[0]
        assert policy.startswith("default-src 'none'; script-src 'sha256-")
        assert "unsafe" not in policy
        for inline in re.findall(r"<(?:style|script)>(.*?)</(?:style|script)>", text, re.S):
            digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in policy, path.name
        assert not re.search(r"<[a-z][^>]*\s(style|on[a-z]+)=", text), path.name
        assert not re.search(r"""(src|href)=["'](https?:)?//""", text), path.name


def test_pages_are_small(site: Path) -> None:
    for path in site.rglob("*.html"):
        bare = re.sub(r"base64,[A-Za-z0-9+/=]+", "", path.read_text(encoding="utf-8"))
        assert len(bare.encode()) < 40_000, f"{path.name}: {len(bare.encode())}"


def test_no_clock_no_path_of_this_machine(site: Path) -> None:
    for name, data in site_bytes(site).items():
        assert str(ROOT).encode() not in data, name
        assert b"/tmp/" not in data, name


def test_claims_lead_to_the_highlighted_characters(site: Path) -> None:
    page = html.document_fromstring((site / "page.html").read_text(encoding="utf-8"))
    links = page.xpath('//table//a[contains(@href, "#c")]')
    assert len(links) == len(small_tables()[0].claims)
    surfaces = dict(zip(small_tables()[0].claims["claim_id"], small_tables()[0].claims["surface"], strict=True))
    for link in links:
        path, _, ident = link.get("href").partition("#")
        mark = html.document_fromstring((site / path).read_text(encoding="utf-8")).xpath(f'//mark[@id="{ident}"]')
        assert mark[0].text_content() == surfaces[f"{Path(path).stem}:{ident[1:]}"]


def test_the_foot_says_where_the_page_comes_from(site: Path) -> None:
    foot = html.document_fromstring((site / "page.html").read_text(encoding="utf-8")).xpath("//footer")[0].text_content()
    for word in ("How to cite", "data", "code casework", "notebook", "parameters", '"tables": "."'):
        assert word in foot


@pytest.mark.parametrize(("lang", "figure", "nothing"), [("en", "Too few cases or mechanisms for a map.", "Nothing to show."), ("zh", "案例或机制太少，无法作图。", "无内容。")])
def test_a_section_with_nothing_to_show_says_so_once(tmp_path: Path, lang: str, figure: str, nothing: str) -> None:
    told = "import casework as cw\nimport pandas as pd\nrolled = cw.compare.roll_up(cw.read_tables(tables), 'province')\ntold = cw.compare.mechanism_table(rolled)"
    drawn = "cw.figures.show_figure(cw.figures.correspondence_map(cw.compare.correspondence(cw.compare.state_matrix(told, 'hits')), lang=lang), 'map', lang=lang)"
    cells = (told, drawn, "cw.views.show_table(pd.DataFrame(), lang=lang)", "cw.views.show_file(pd.DataFrame(), 'empty', lang=lang)")
    notebook(tmp_path / "notebooks" / "page.ipynb", *cells)
    study, tables = make_study(tmp_path, lang=lang)
    page = html.document_fromstring((publish(study, tables).parent / "page.html").read_text(encoding="utf-8"))
    said = page.xpath("//main")[0].text_content()
    assert (said.count(figure), said.count(nothing)) == (1, 0)
    assert page.xpath("//main//figure") == []
    assert "show_file" in page.xpath("//main//details//pre")[-1].text_content(), "the code is there all the same"


@pytest.mark.parametrize("level", ["quotes", "none"])
def test_running_text_stays_where_it_may_not_go_out(level: str, tmp_path: Path) -> None:
    study, tables = make_study(tmp_path, publish_=level)
    pages = shown(publish(study, tables).parent)
    assert "入夏以来" not in pages
    assert "大棚里的新账本" not in pages
    assert ("预计村集体年增收" in pages) == (level == "quotes")
    assert 'id="c103-108"' in pages


def test_a_notebook_that_shows_running_text_is_stopped(tmp_path: Path) -> None:
    notebook(tmp_path / "notebooks" / "page.ipynb", "import casework as cw\ncw.read_tables(tables).passages['text'].iloc[2]")
    study, tables = make_study(tmp_path, publish_="quotes")
    with pytest.raises(CaseworkError, match=r"page.html: shows running text \('本报讯（记者…'\)"):
        publish(study, tables)
    assert not study.reports_dir.exists()


@given(st.text("甲乙丙", min_size=1, max_size=60), st.integers(0, 60), st.integers(10, 22), st.text("丁", max_size=20))
def test_running_text_is_found_exactly_where_sixteen_characters_are_shown(text: str, start: int, length: int, before: str) -> None:
    tables = small_tables()[0]
    held = dataclasses.replace(tables, passages=tables.passages.head(1).assign(text=text))
    page = before + text[start : start + length] + "戊"
    runs = {text[i : i + 16] for i in range(len(text) - 15)}
    if any(page[i : i + 16] in runs for i in range(len(page) - 15)):
        with pytest.raises(CaseworkError, match=r"p\.html: shows running text"):
            refuse_running_text({"p.html": page}, held)
    else:
        refuse_running_text({"p.html": page}, held)


def test_notebooks_see_no_headlines_where_none_may_go_out(tmp_path: Path) -> None:
    notebook(tmp_path / "notebooks" / "page.ipynb", "import casework as cw\nlist(cw.read_tables(tables).articles['headline'])")
    study, tables = make_study(tmp_path, publish_="quotes")
    assert "[&#39;&#39;, &#39;&#39;]" in (publish(study, tables).parent / "page.html").read_text(encoding="utf-8")


def test_texts_that_quotes_let_out_nearly_whole_are_named(tmp_path: Path) -> None:
    study, tables = make_study(tmp_path, publish_="quotes")
    said = quoted_out(study, tables)
    assert said.startswith("publish: quotes lets more than 60% of the body out in 2 of 2 texts, since numbers stand close together there: b.txt ")
    part = re.findall(r"b\.txt (\d+%)", said)[0]
    page = publish(study, tables).parent / "evidence" / f"{second().source_id}.html"
    assert f"Numbers stand close together in this text: {part} of its body is published here." in page.read_text(encoding="utf-8")
    for level in ("full", "none"):
        study, _ = make_study(tmp_path / level, publish_=level)
        assert quoted_out(study, tables) == ""
        site = publish(study, tables).parent
        assert "Numbers stand close together" not in (site / "evidence" / page.name).read_text(encoding="utf-8")


def test_outlet_and_day_that_were_read_from_the_page_are_shown_as_such(tmp_path: Path) -> None:
    study, _ = make_study(tmp_path)
    frames = small_tables()[0].frames
    one, two = first().source_id, second().source_id
    sources = frames["sources"]
    sources.loc[sources["source_id"] == one, ["outlet", "published"]] = ""
    message = "b.txt: read from the page's own fields, as no manifest tells it: headline, published"
    frames["problems"] = pd.DataFrame([{"source_id": two, "start": "", "end": "", "code": "from_page", "message": message}])
    write_tables(tmp_path / "read", frames)
    index = publish(study, tmp_path / "read")
    page = html.document_fromstring(index.read_text(encoding="utf-8"))
    rows = {tr.xpath(".//a/@href")[0]: tr.text_content() for tr in page.xpath('//h2[@id="sources"]/following::table[1]/tbody/tr')}
    first_row, second_row = rows[f"evidence/{one}.html"], rows[f"evidence/{two}.html"]
    assert "云溪日报 (read from the page)2024-06-01 (read from the page)" in first_row
    assert "云溪日报2024-07-15 (read from the page)" in second_row
    assert "云溪日报 (read from the page)" in (index.parent / "evidence" / f"{one}.html").read_text(encoding="utf-8")


def test_stand_off_tables_alone_still_render(tmp_path: Path) -> None:
    study, _ = make_study(tmp_path, publish_="quotes")
    folder = tmp_path / "committed"
    write_tables(folder, standoff(small_tables()[0].frames, "quotes"))
    index = publish(study, folder)
    evidence = (index.parent / "evidence" / f"{first().source_id}.html").read_text(encoding="utf-8")
    assert "is not published" in evidence
    assert '<li id="c103-108"' in evidence
    assert "党员算收入账" not in shown(index.parent)


def test_chinese_pages_speak_chinese(tmp_path: Path) -> None:
    study, tables = make_study(tmp_path, lang="zh")
    index = publish(study, tables)
    text = index.read_text(encoding="utf-8")
    assert '<html lang="zh"' in text
    assert "小研究" in text
    assert "可能的偏差" in text
    assert "What may be wrong" not in text


def test_a_parameter_that_is_not_declared_stops_the_run(tmp_path: Path) -> None:
    study, tables = make_study(tmp_path, "reports: [{name: page, parameters: {levle: county}}]")
    with pytest.raises(CaseworkError, match=r"small.yaml:6: report 'page': page.ipynb has no parameter 'levle'"):
        publish(study, tables)
    assert not study.reports_dir.exists()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"n": "three"}, "'n' must be a number, not a text"),
        ({"on": 1}, "'on' must be true or false"),
        ({"words": "a"}, "'words' must be a list"),
    ],
)
def test_a_parameter_of_another_kind_is_refused(given: dict[str, Any], says: str) -> None:
    with pytest.raises(CaseworkError, match=says):
        check_parameters(Path("r.ipynb"), {"n": 3, "on": True, "words": []}, given)


@pytest.mark.parametrize("source", ["import os", "a = open('x')", "a = 1; print(a)", "a ="])
def test_a_parameters_cell_holds_plain_assignments(source: str, tmp_path: Path) -> None:
    notebook(tmp_path / "n.ipynb", parameters=source)
    with pytest.raises(CaseworkError, match="plain assignments"):
        declared_parameters(read_notebook(tmp_path / "n.ipynb"), tmp_path / "n.ipynb")


def test_what_is_not_a_notebook_is_named(tmp_path: Path) -> None:
    (tmp_path / "n.ipynb").write_text("no json", encoding="utf-8")
    for name, says in (("n.ipynb", "not a notebook"), ("m.ipynb", "no such notebook")):
        with pytest.raises(CaseworkError, match=says):
            read_notebook(tmp_path / name)


def test_an_unknown_report_or_engine_is_named(tmp_path: Path) -> None:
    study, tables = make_study(tmp_path)
    with pytest.raises(CaseworkError, match="no report 'pgae'; did you mean 'page'"):
        publish(study, tables, only=["pgae"])
    with pytest.raises(CaseworkError, match="no engine 'frok'; did you mean 'fork'"):
        publish(study, tables, engine="frok")


def test_a_failing_cell_is_named_and_the_old_site_stays(tmp_path: Path) -> None:
    study, tables = make_study(tmp_path)
    before = site_bytes(publish(study, tables).parent)
    notebook(tmp_path / "notebooks" / "page.ipynb", "1 / 0")
    with pytest.raises(CaseworkError, match=r"page.ipynb: cell \d+ failed: ZeroDivisionError"):
        publish(study, tables)
    assert site_bytes(study.reports_dir) == before
    assert sorted(p.name for p in study.reports_dir.parent.iterdir()) == ["small"]


def test_a_folder_with_other_files_is_not_overwritten(tmp_path: Path) -> None:
    study, tables = make_study(tmp_path)
    study.reports_dir.mkdir(parents=True)
    (study.reports_dir / "thesis.docx").write_text("mine", encoding="utf-8")
    with pytest.raises(CaseworkError, match="not a site of casework"):
        publish(study, tables)
    assert (study.reports_dir / "thesis.docx").read_text(encoding="utf-8") == "mine"


def test_one_page_a_case_and_only_leaves_the_others(tmp_path: Path) -> None:
    notebook(tmp_path / "notebooks" / "page.ipynb", "lang")
    notebook(tmp_path / "notebooks" / "case.ipynb", "case", parameters='tables = "."\ncase = ""\nlevel = "township"')
    study, tables = make_study(tmp_path, "reports: [{name: page}, {name: case, foreach: case}]")
    assert [j.path for j in plan_jobs(study, read_tables(tables), tables)] == ["page.html", "case-x0101.html", "case-x0102.html"]
    index = publish(study, tables)
    page = (index.parent / "page.html").read_bytes()
    notebook(tmp_path / "notebooks" / "case.ipynb", "case.upper()", parameters='tables = "."\ncase = ""\nlevel = "township"')
    notebook(tmp_path / "notebooks" / "page.ipynb", "lang * 2")
    publish(study, tables, only=["case"])
    assert (index.parent / "page.html").read_bytes() == page
    assert "case.upper()" in (index.parent / "case-x0101.html").read_text(encoding="utf-8")
    assert 'href="case-x0102.html"' in index.read_text(encoding="utf-8")


def test_a_level_that_is_none_is_refused(tmp_path: Path) -> None:
    notebook(tmp_path / "notebooks" / "case.ipynb", "case", parameters='tables = "."\ncase = ""\nlevel = "township"')
    study, tables = make_study(tmp_path, "reports: [{name: case, foreach: case, parameters: {level: twonship}}]")
    with pytest.raises(CaseworkError, match="report 'case': no level 'twonship'; did you mean 'township'"):
        publish(study, tables)


HARD = """import asyncio, os, subprocess, sys, warnings
print("out"); print("err", file=sys.stderr); os.write(1, b"descriptor")
await asyncio.sleep(0)
subprocess.run(["echo", "child"], capture_output=True).stdout
"""


def test_a_forked_kernel_does_what_a_kernel_does(tmp_path: Path) -> None:
    shows = "from IPython.display import clear_output, display\ndisplay(1); clear_output(); display(2)"
    warns = "import warnings\nwarnings.warn('mind this')"
    notebook(tmp_path / "n.ipynb", HARD, shows, warns, "import os; os.getcwd()[-5:]")
    (tmp_path / "there").mkdir()
    found = []
    for engine in ("fork", "papermill"):
        with kernels_of(engine) as manager:
            done = run_notebook(tmp_path / "n.ipynb", {"lang": "zh"}, tmp_path / "there", manager)
        found.append(nbformat.writes(done))
    assert found[0] == found[1]
    assert "'there'" in found[0]
    assert "mind this" in found[0]
    assert "ipykernel_" not in found[0]
    assert "lang = \\\"zh\\\"" in found[0]


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("<p>a<script>x()</script>b</p>", "<p>ab</p>"),
        ('<a href="javascript:x()">a</a>', "<a>a</a>"),
        ('<img src="https://x.example/a.png" alt="a">', '<img alt="a">'),
        ('<img src="data:image/png;base64,AA==">', '<img src="data:image/png;base64,AA==">'),
        ('<p style="color:red" onclick="x()" class="note">a</p>', '<p class="note">a</p>'),
        ("<style>p{}</style><p>a</p>", "<p>a</p>"),
        ('<svg viewBox="0 0 1 1"><a href="evidence/s.html#c1-2"><rect fill="var(--amount, #123)" width="1"/></a></svg>',
         '<svg viewbox="0 0 1 1"><a href="evidence/s.html#c1-2"><rect fill="var(--amount, #123)" width="1"></rect></a></svg>'),
        ('<svg><g fill="url(https://x.example/#a)"/><g fill="url(#a)"/></svg>', '<svg><g></g><g fill="url(#a)"></g></svg>'),
        ("<p>open <b>bold", "<p>open <b>bold</b></p>"),
        ("", ""),
    ],
)  # fmt: skip
def test_html_of_a_notebook_is_made_safe(dirty: str, clean: str) -> None:
    assert safe_html(dirty) == clean


THICK = re.compile(r"^\s*(def|class|async|lambda)\b|\bimport re\b|\bre\.|\.str\.(replace|extract|contains)", re.M)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebooks_are_thin(path: Path) -> None:
    read = read_notebook(path)
    assert declared_parameters(read, path)["tables"] == "../.casework/demo/tables"
    for cell in read.cells:
        if cell.cell_type == "code":
            assert not THICK.search(cell.source), cell.source
    tags = {tag for cell in read.cells for tag in cell.metadata.get("tags", [])}
    assert tags == {"en", "zh", "parameters"}
    for lang, word in (("en", "## What may be wrong"), ("zh", "## 可能的偏差")):
        said = [c.source for c in read.cells if c.cell_type == "markdown" and lang in c.metadata.tags]
        assert said[-1].startswith(word)


def test_second_source_is_next_to_the_first(site: Path) -> None:
    page = (site / "evidence" / f"{first().source_id}.html").read_text(encoding="utf-8")
    assert f'href="{second().source_id}.html" rel="next"' in page
