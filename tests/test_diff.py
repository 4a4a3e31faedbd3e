"""Two table folders compared: rows gained, lost and changed by case, and the cells of the comparison that move."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from lxml import html
from typer.testing import CliRunner, Result

from casework import flow
from casework.cli import app
from casework.study import load_study
from casework.tables import read_tables
from casework.verify import Change, TablesDiff, diff_page, diff_tables

BOOK = (ROOT / "src" / "casework" / "codebooks" / "mechanisms.yaml").read_text(encoding="utf-8")
RENAMED = BOOK.replace("branch_led_cooperative:", "branch_cooperative:")
PLACES = """place_code,name,level,parent_code,also_called,from,until
x1,云岭省,province,,,,
x11,安平市,prefecture,x1,,,
x111,云溪县,county,x11,,,
x1111,柳坪镇,township,x111,,,
x1112,河湾乡,township,x111,,,
"""
TEXTS = {
    "one.txt": "云岭省安平市云溪县柳坪镇：党建引领促增收\n柳坪镇流转土地1200余亩，带动86户增收。镇里计划投资300万元。\n",
    "two.txt": "云岭省安平市云溪县河湾乡建起合作社\n河湾乡党支部领办合作社，户均增收近3000元，村集体收入达到20余万元。\n",
}
TOWN, OTHER = "云岭省/安平市/云溪县/柳坪镇", "云岭省/安平市/云溪县/河湾乡"


def tables(folder: Path, book: str = BOOK, corrections: str = "", **more: str) -> Path:
    """Build a study with two texts (and more), and give the folder of its tables."""
    (folder / "texts").mkdir(parents=True)
    for name, text in (TEXTS | more).items():
        (folder / "texts" / name).write_text(text, encoding="utf-8")
    (folder / "texts" / "places.csv").write_text(PLACES, encoding="utf-8")
    (folder / "book.yaml").write_text(book, encoding="utf-8")
    (folder / "corrections.csv").write_text("row_id,field,value,reason,by\n" + corrections, encoding="utf-8")
    (folder / "study.yaml").write_text(
        "name: small\nraw: texts\npublish: full\ncorrections: corrections.csv\ncodebooks: {mechanisms: book.yaml}\n", encoding="utf-8"
    )
    flow.build(load_study(folder / "study.yaml"), out=folder / "tables")
    return folder / "tables"


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tables(tmp_path_factory.mktemp("before") / "study")


def diff(old: Path, new: Path) -> TablesDiff:
    return diff_tables(read_tables(old), read_tables(new))


def cli(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments])


def test_the_same_tables_do_not_differ(before: Path) -> None:
    assert not diff(before, before)
    done = cli("diff", before, before)
    assert done.exit_code == 0
    assert "claims: 0 gained, 0 lost, 0 changed" in done.stdout
    assert done.stdout.endswith("cells of the comparison (township): 0 moved\n")


@pytest.fixture(scope="module")
def renamed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tables(tmp_path_factory.mktemp("renamed") / "study", RENAMED)


def test_a_changed_codebook(before: Path, renamed: Path) -> None:
    found = diff(before, renamed)
    assert [(c.table, c.case, c.kind, c.about) for c in found.changes] == [
        ("codings", OTHER, "gained", "branch_cooperative"), ("codings", OTHER, "lost", "branch_led_cooperative"),
    ]  # fmt: skip
    assert {c.surface for c in found.changes} == {"党支部领办合作社"}
    moves = {(m.case, m.name): (m.was, m.now) for m in found.moves}
    assert moves[OTHER, "河湾乡 × branch_cooperative"] == (("", "0"), ("1", "1"))
    assert moves[OTHER, "河湾乡 × branch_led_cooperative"] == (("1", "1"), ("", "0"))
    assert {m.matrix for m in found.moves} == {"mechanisms"}
    assert {m.case for m in found.moves} <= {OTHER, TOWN}


def test_a_corrected_claim_is_changed_from_and_to(before: Path, tmp_path: Path) -> None:
    row = next(r for r in read_tables(before).claims.to_dict("records") if r["surface"] == "1200余亩")
    after = tables(tmp_path / "study", corrections=f"{row['claim_id']},low,1250,misread,me\n")
    found = diff(before, after)
    (change,) = found.changes
    assert isinstance(change, Change)
    assert (change.table, change.case, change.row_id, change.kind) == ("claims", TOWN, row["claim_id"], "changed")
    assert change.fields == (("low", "1200", "1250"), ("flags", "", "corrected"))
    (move,) = found.moves
    assert (move.matrix, move.case) == ("indicators", TOWN)
    assert (move.was, move.now) == (("1200", "", "mu", "1"), ("1250", "", "mu", "1"))
    assert "low: 1200 → 1250" in "\n".join(found.lines())


def test_a_text_more(before: Path, tmp_path: Path) -> None:
    after = tables(tmp_path / "study", **{"three.txt": "云岭省安平市云溪县柳坪镇：修路\n柳坪镇今年修路3公里。\n"})
    found = diff(before, after)
    assert found.texts == (("three.txt", "gained"),)
    assert {(c.table, c.kind, c.surface) for c in found.changes} >= {("claims", "gained", "3公里")}
    assert diff(after, before).texts == (("three.txt", "lost"),)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_is_whole_and_escaped(lang: str, before: Path, renamed: Path) -> None:
    found = diff(before, renamed)
    evil = TablesDiff(found.level, (("<img src=x onerror=alert(1)>.txt", "gained"),), found.changes, found.moves)
    page = diff_page(evil, before, renamed, lang)
    root: Any = html.document_fromstring(page)
    assert root.get("lang") == lang
    assert root.xpath("//img") == []
    assert "<img src=x onerror=alert(1)>.txt" in root.xpath("string(//main)")
    assert root.xpath('//meta[@http-equiv="Content-Security-Policy"]/@content')[0].startswith("default-src 'none'")
    cells = [td.text_content() for td in root.xpath("//td")]
    for word in ("党支部领办合作社", "branch cooperative", OTHER, {"en": "mentioned (1)", "zh": "提及 (1)"}[lang]):
        assert word in cells
    assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org", "")


def test_the_command_writes_the_page_and_exits_with_1(before: Path, renamed: Path, tmp_path: Path) -> None:
    done = cli("diff", before, renamed, "--out", tmp_path / "diff.html", "--lang", "zh")
    assert done.exit_code == 1, done.stderr
    assert "coding gained" in done.stdout
    assert "(branch_cooperative)" in done.stdout
    assert "河湾乡 × branch_cooperative: too short to tell (0) → mentioned (1)" in done.stdout
    assert (tmp_path / "diff.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_no_tables_no_level(before: Path, tmp_path: Path) -> None:
    done = cli("diff", before, tmp_path / "nowhere")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "no such folder of tables" in done.stderr
    assert "did you mean 'county'" in cli("diff", before, before, "--level", "conty").stderr
    assert cli("diff", before).exit_code == 2
