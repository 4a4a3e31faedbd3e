"""Three hundred cases and twenty thousand claims: pages stay small, and what can be pressed answers at once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from small_study import COUNTY, Maker, first, small_tables

from casework.compare import character_account, roll_up
from casework.reports.frame import Page, Site, render_files
from casework.reports.index import index_page
from casework.reports.pieces import BUDGET, KEPT, cut_body, weigh
from casework.reports.provenance import Provenance
from casework.reports.search import search_page
from casework.reports.sources import evidence_page
from casework.tables import Tables, make_frames
from casework.text import Span
from casework.views import gather_readings, load_words, table_html

pytestmark = pytest.mark.browser
CASES, CLAIMS = 300, 20_000
LIMIT = 150_000
UNITS = (("yuan", "collective_income", "元"), ("mu", "land_area", "亩"), ("count:家", "organisations", "家"))


def many() -> Tables:
    """Make the tables of a large study: a source, a case and its share of the claims for each of 300 townships."""
    rows: dict[str, list[dict[str, object]]] = {n: [] for n in ("sources", "articles", "passages", "cases", "claims", "codings", "problems")}
    for i in range(CASES):
        source = f"s{i:016x}"
        article, case, place = f"{source}:a0", f"{source}:k0", f"{COUNTY}/第{i}镇"
        rows["sources"].append({"source_id": source, "file": f"{i}.txt", "sha256": f"{i:064x}", "bytes": 90, "encoding": "utf-8", "chars": 30,
                                "script": "simplified", "outlet": "云溪日报", "outlet_level": "county", "published": "2024-06-01"})
        rows["articles"].append({"article_id": article, "source_id": source, "spans": [(0, 30)], "headline": f"第{i}镇", "chars": 30,
                                 "authorship": "staff"})
        rows["cases"].append({"case_id": case, "article_id": article, "source_id": source, "place": place, "place_code": f"x{i:04d}",
                              "level": "township", "spans": [(0, 30)], "chars": 30})
        rows["problems"].append({"source_id": source, "start": 1, "end": 3, "code": "slips", "message": "己经 read as 已经"})
        own = {"source_id": source, "article_id": article, "case_id": case, "passage_id": f"{source}:p0"}
        for code in ("land_transfer", "branch_led_cooperative", "first_secretary", "grid_governance"):
            rows["codings"].append({"coding_id": f"{source}:2-6:{code}", **own, "start": 2, "end": 6, "surface": "流转土地", "code": code, "rule": "t"})
    for n in range(CLAIMS):
        source = f"s{n % CASES:016x}"
        unit, indicator, word = UNITS[n % 3]
        at = 10 + 5 * (n // CASES)
        rows["claims"].append({
            "claim_id": f"{source}:{at}-{at + 4}", "source_id": source, "article_id": f"{source}:a0", "case_id": f"{source}:k0",
            "passage_id": f"{source}:p0", "start": at, "end": at + 4, "surface": f"{n + 1}{word}", "low": n + 1, "high": n + 1, "unit": unit,
            "indicator": indicator, "status": "planned" if n % 7 == 0 else "achieved", "change": "level", "statistic": "total",
            "voice": "reporter", "place": f"{COUNTY}/第{n % CASES}镇", "about": "村集体收入", "rule": "amount", "spans": [Span(at, at + 4)],
        })  # fmt: skip
    return Tables(**make_frames(rows))


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first page and the search of a large study, framed as on a site."""
    folder = tmp_path_factory.mktemp("large")
    tables = many()
    site = Site("Large", "en", [("index.html", "Index"), ("claims.html", "Search")], Provenance("0" * 64, "0" * 64, (), "cite", ""))
    rolled, account = roll_up(tables, "township"), character_account(tables)
    readings = list(gather_readings(tables, {}))
    pages = {case: f"case-{i}.html" for i, case in enumerate(rolled.cases["case"])}
    for page in (index_page("Large", tables, rolled, readings, [], account, pages, {}, "full", "en"),
                 search_page(tables.claims, tables.sources, "full", "en")):
        for name, text in render_files(site, page).items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
    return folder


def bare(path: Path) -> int:
    """Give the bytes of a page without its figures and fonts."""
    text = path.read_text(encoding="utf-8")
    return weigh(re.sub(r"base64,[A-Za-z0-9+/=]+", "", text))


def test_pages_of_a_large_study_stay_small(large: Path) -> None:
    assert {p.name: bare(p) for p in large.glob("*.html") if bare(p) > LIMIT} == {}
    assert all(p.stat().st_size < LIMIT for p in (large / "data").iterdir())


def open_page(browser: Any, path: Path) -> tuple[Any, list[str]]:
    page, seen = browser.new_page(viewport={"width": 1280, "height": 900}), []
    page.on("console", lambda m: seen.append(m.text))
    page.on("pageerror", lambda e: seen.append(str(e)))
    page.goto(path.as_uri())
    return page, seen


def took(page: Any, action: str) -> float:
    """Give the milliseconds that an action takes, until the page is drawn again."""
    return float(page.evaluate(f"""async () => {{ const t = performance.now(); {action};
        await new Promise(done => requestAnimationFrame(() => setTimeout(done))); return performance.now() - t; }}"""))


TYPE = "const i = document.querySelector('{box} input'); i.value = '{words}'; i.dispatchEvent(new Event('input'))"


def test_twenty_thousand_claims_are_searched_and_sorted_at_once(browser: Any, large: Path) -> None:
    page, seen = open_page(browser, large / "claims.html")
    page.wait_for_function(f"document.querySelector('.count').textContent === '{CLAIMS:,} rows'", timeout=60_000)
    first_search = took(page, TYPE.format(box=".tabled", words="第7镇 planned"))
    assert page.locator(".count").inner_text() == f"10 / {CLAIMS:,} rows"
    assert page.locator("tbody tr").first.locator("a").get_attribute("href").startswith("evidence/s0000000000000007.html#c")
    again = took(page, TYPE.format(box=".tabled", words="collective 19,999"))
    assert "19999元" in page.locator("tbody tr").inner_text()
    took(page, TYPE.format(box=".tabled", words=""))
    sort = took(page, "document.querySelector('th button').click()")
    assert page.locator("tbody a").first.inner_text() == "1 yuan"
    assert page.locator("tbody tr").count() == 200
    page.locator(".more").press("Enter")
    assert page.locator("tbody tr").count() == 400
    print(f"search {first_search:.0f} ms, again {again:.0f} ms, sort {sort:.0f} ms")
    assert max(first_search, again, sort) < 3000
    assert seen == []
    page.close()


def test_three_hundred_cases_are_filtered_at_once(browser: Any, large: Path) -> None:
    page, seen = open_page(browser, large / "index.html")
    loaded = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    page.wait_for_function("[...document.querySelectorAll('.count')].every(c => c.textContent === '300 rows')", timeout=60_000)
    narrowed = took(page, TYPE.format(box="#cases + .tabled", words="第299镇"))
    assert page.locator("#cases + .tabled tbody tr").count() == 1
    print(f"loaded in {loaded:.0f} ms, filtered in {narrowed:.0f} ms")
    assert narrowed < 500
    assert seen == []
    page.close()


@pytest.fixture(scope="module")
def long_source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The evidence page of a source of some thirty thousand characters and six hundred claims."""
    folder = tmp_path_factory.mktemp("long")
    lines = [f"第{n}个村流转土地{n}亩，村里的大棚一天也没有闲着，合作社的账目按月张榜，村民都说心里有数。" for n in range(1001, 1601)]
    m = Maker("long.txt", "\n".join(lines), f"{COUNTY}/青禾镇")
    m.start("2024-06-01")
    for n, line in enumerate(lines, start=1001):
        m.passage("body", [line], line)
        m.claim(f"{n}亩", n, n, "mu", "land_area")
    m.finish("", "2024-06-01")
    tables, raws = small_tables(m)
    site = Site("Long", "en", [("index.html", "Index")], Provenance("0" * 64, "0" * 64, (), "cite", ""))
    for reading in gather_readings(tables, raws):
        page = evidence_page(reading, character_account(tables), None, None, "full", "en")
        for name, text in render_files(site, page).items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
    return folder / "evidence" / f"{m.source_id}.html"


def test_the_page_of_a_long_source_is_small_and_holds_every_anchor(long_source: Path) -> None:
    pieces = sorted((long_source.parent.parent / "data").iterdir())
    assert bare(long_source) < LIMIT
    assert all(p.stat().st_size < LIMIT for p in pieces)
    marks = re.findall(r'<mark class=\\?"amount\\?" id=\\?"(c[\d-]+)', "".join(p.read_text(encoding="utf-8") for p in [long_source, *pieces]))
    assert len(marks) == len(set(marks)) == 600


def test_an_anchor_far_down_a_long_source_lights_up(browser: Any, long_source: Path) -> None:
    page, seen = open_page(browser, long_source)
    page.wait_for_function("document.querySelectorAll('.claims li').length === 600 && document.querySelectorAll('.text mark').length === 600")
    last = page.locator(".text mark").last.get_attribute("id")
    assert page.locator(".text p[id]").last.inner_text().startswith("第1600个村")
    page.goto("about:blank")
    page.goto(f"{long_source.as_uri()}#{last}")
    page.wait_for_function("document.querySelector('mark.on')")
    assert page.locator("mark.on").inner_text() == page.locator(".claims li.on b").inner_text().replace(" mu", "亩").replace(",", "") == "1600亩"
    assert page.locator("mark.on").is_visible()
    page.keyboard.press("n")
    assert page.locator("mark.on").inner_text() == "1001亩", "the walk goes round all of them"
    assert seen == []
    page.close()


def test_without_its_script_a_long_source_says_that_it_goes_on(browser: Any, long_source: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(long_source.as_uri())
    assert 50 < page.locator(".text p[id]").count() < 600
    assert page.locator("main").inner_text().count("This goes on; with JavaScript the page loads the rest.") == 2
    context.close()


def test_a_body_within_its_budget_is_not_cut() -> None:
    body = table_html(small_tables(first())[0].claims)
    assert cut_body("a.html", body, load_words("en")).pieces == {}
    cut = cut_body("evidence/a.html", table_html(many().claims.head(3 * KEPT)), load_words("en"), BUDGET // 10)
    assert cut.body.count("<tr") == KEPT + 1
    assert 'data-rest="../data/evidence-a-1-1.js"' in cut.body
    assert [*cut.pieces] == ["data/evidence-a-1-1.js"]
    assert cut.pieces["data/evidence-a-1-1.js"].count("<tr") == 2 * KEPT


def test_without_its_script_a_long_table_says_what_it_holds(browser: Any, large: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((large / "claims.html").as_uri())
    assert page.locator("tbody tr").count() == KEPT
    assert f"the first {KEPT} of {CLAIMS:,} rows" in page.locator("main").inner_text()
    context.close()


def test_search_words_are_escaped_in_pieces() -> None:
    body = '<div class="tabled"><table class="data"><tbody>' + '<tr><td>&lt;/script&gt;"\\</td></tr>' * 60 + "</tbody></table></div></div>"
    cut = cut_body("p.html", body, load_words("en"), 10)
    assert "</script>" not in "".join(cut.pieces.values())
    assert Page("p.html", "t", cut.body).body.count("<tr>") == KEPT
