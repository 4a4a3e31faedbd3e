"""The tables: declarations, frames, files, the data package, and what may be published."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from frictionless import Package, system
from hypothesis import given, settings
from hypothesis import strategies as st
from small_study import small_tables

from casework.tables import (
    TABLES,
    VOCABULARIES,
    Tables,
    cell,
    check,
    check_links,
    check_surfaces,
    describe_tables,
    frame,
    make_frames,
    number_text,
    read_tables,
    standoff,
    write_tables,
)
from casework.tables.publish import SHORT
from casework.text import CaseworkError, Span

S1, S2 = "s" + "0" * 16, "s" + "f" * 16
RAW = "云岭县新闻网\n云岭县石桥镇投入20余万元建大棚3座。\n"


def claim(start: int, end: int, **more: object) -> dict[str, object]:
    return {
        "claim_id": f"{S1}:{start}-{end}", "source_id": S1, "passage_id": f"{S1}:p7", "start": start, "end": end,
        "surface": RAW[start:end], "unit": "yuan", "approx": False, "rule": "N余", "spans": [Span(start, end)],
    } | more


def rows() -> dict[str, list[dict[str, object]]]:
    """A small study's rows, given in no order; the texts are invented."""
    source = {"sha256": "a" * 64, "bytes": 90, "encoding": "utf-8 (declared)", "chars": len(RAW), "published": "2022-05-01"}
    article, spans = {"article_id": f"{S1}:a7", "source_id": S1}, [Span(7, 26)]
    return {
        "sources": [{"source_id": S1, "file": "b.txt", **source}, {"source_id": S2, "file": "a.txt", **source}],
        "edits": [{"source_id": S1, "start": 6, "end": 7, "rule": "wrap", "raw": "\n", "new": ""}],
        "articles": [{**article, "spans": spans, "headline": "石桥镇建大棚", "authorship": "staff", "chars": 18}],
        "passages": [{"passage_id": f"{S1}:p7", **article, "seq": 1, "role": "body", "spans": spans, "text": RAW[7:26]}],
        "claims": [
            claim(23, 25, low=3.0, high=3.0, unit="count:座", indicator="facilities", status="achieved"),
            claim(15, 20, low=200000, high=None, per=("year", "other:季度"), flags=frozenset({"copy", "approx"})),
        ],
        "problems": [{"source_id": S1, "code": "unregistered", "message": "b.txt: not in the manifest"}],
    }


@pytest.mark.parametrize("name", TABLES)
def test_declarations_are_whole(name: str) -> None:
    declared = TABLES[name]
    assert len(set(declared.names)) == len(declared.names)
    assert set(declared.key) | set(declared.sort) <= set(declared.names)
    for c in declared:
        assert c.about.endswith("."), c.name
        assert not c.codes or c.codes in VOCABULARIES
    assert "source_id" in declared.names


def test_columns_are_those_of_the_design() -> None:
    assert " ".join(TABLES["claims"].names) == (
        "claim_id source_id article_id case_id passage_id start end surface low high unit approx per statistic status change period "
        "indicator about voice place_code place base_low base_high base_unit rule flags spans"
    )
    assert TABLES["sources"].names[:5] == ["source_id", "file", "sha256", "bytes", "encoding"]
    assert TABLES["cases"].names[-1] == "chars"
    assert TABLES["places"].names[-1] == "spans"


@pytest.mark.parametrize(("value", "text"), [
    (20000.0, "20000"), (float("nan"), ""), (1e22, "1" + "0" * 22),
    (0.7, "0.7"), (0.1 + 0.2, "0.30000000000000004"), (1e-7, "0.0000001"), (-2.50, "-2.5"),
])
def test_numbers_are_short(value: float, text: str) -> None:
    assert number_text(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_come_back(value: float) -> None:
    assert float(number_text(value)) == value
    assert "e" not in number_text(value)


def test_infinity_is_refused() -> None:
    with pytest.raises(CaseworkError, match="leave an open end empty"):
        number_text(float("inf"))


def test_list_items_cannot_break_the_list() -> None:
    assert cell(["支部;合作社", "农户"]) == "支部；合作社;农户"
    with pytest.raises(CaseworkError, match="cannot hold a object"):
        cell(object())


def test_rows_are_sorted_by_file_then_number() -> None:
    frames = make_frames(rows())
    assert list(frames["sources"]["file"]) == ["a.txt", "b.txt"]
    assert list(frames["claims"]["start"]) == ["15", "23"]
    many = frame("edits", [(S2, n, n + 1, "x", "", "") for n in (100, 20, 3)] + [(S1, 5, 6, "x", "", "")])
    assert list(many["start"]) == ["3", "20", "100", "5"]


def test_row_order_does_not_depend_on_input_order() -> None:
    one = rows()
    two = {name: records[::-1] for name, records in rows().items()}
    for name, data in make_frames(one).items():
        pd.testing.assert_frame_equal(data, make_frames(two)[name])


def test_unknown_columns_and_short_rows_are_refused() -> None:
    with pytest.raises(CaseworkError, match="row 1 has an unknown column 'strat'; did you mean 'start'"):
        frame("edits", [{"strat": 1}])
    with pytest.raises(CaseworkError, match="row 1 has 2 cells, not 6"):
        frame("edits", [("a", "b")])
    with pytest.raises(CaseworkError, match="no table 'claim'; did you mean 'claims'"):
        frame("claim", [])


def test_check_lists_every_bad_cell_with_its_row() -> None:
    data = frame("claims", [claim(15, 20, low="2e5", indicator="incom"), claim(23, 25, unit="", status="acheived")])
    with pytest.raises(CaseworkError) as caught:
        check("claims", data)
    text = str(caught.value)
    assert text.startswith("claims: 4 bad cells")
    assert "row 1: low is '2e5', must be a number in its shortest form" in text
    assert "row 1: indicator is 'incom', must be a code of indicators" in text
    assert "row 2: unit is ''" in text
    assert "not empty" in text
    assert "row 2: status is 'acheived', must be a code of statuses; did you mean 'achieved'?" in text


@pytest.mark.parametrize(("column", "value"), [
    ("start", "-1"), ("start", "007"), ("low", "1."), ("low", "1.50"), ("low", "+3"), ("approx", "True"), ("per", "yaer"),
    ("per", "year;;day"), ("period", "2022-13"), ("spans", "3"), ("place_code", "12345"), ("place", "云岭县//石桥镇"), ("unit", "Yuan"),
    ("claim_id", "17"), ("low", "1\n"),
])
def test_check_refuses(column: str, value: str) -> None:
    with pytest.raises(CaseworkError, match=f"row 1: {column} is"):
        check("claims", frame("claims", [{**claim(15, 20), column: value}]))


def test_check_refuses_a_key_twice_and_missing_columns() -> None:
    with pytest.raises(CaseworkError, match="row 2: claim_id stands twice"):
        check("claims", frame("claims", [claim(15, 20), claim(15, 20)]))
    with pytest.raises(CaseworkError, match="column 'end' is missing; unknown column 'ende'"):
        check("edits", frame("edits", []).rename(columns={"end": "ende"}))


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_tables_come_back(tmp_path: Path, format: str) -> None:
    frames = make_frames(rows())
    write_tables(tmp_path / "t", frames, format)  # type: ignore[arg-type]
    back = read_tables(tmp_path / "t")
    for name, data in frames.items():
        pd.testing.assert_frame_equal(data, back.frames[name])
    typed = back.typed()
    assert typed.claims["low"].tolist() == [200000.0, 3.0]
    assert pd.isna(typed.claims["high"].iloc[0])
    assert typed.claims["start"].tolist() == [15, 23]
    assert typed.claims["approx"].dtype == bool
    assert typed.problems["start"].isna().all()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=20))
def test_any_text_survives_csv(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    folder = tmp_path_factory.mktemp("any") / "t"
    texts = [*texts, "NA", "12345e678901", 'a\rb\r\nc"d,e']
    given_rows = [(f"{S1}:p{i}", S1, "", "", i, "body", f"{i}-{i + 1}", text) for i, text in enumerate(texts)]
    write_tables(folder, {"passages": frame("passages", given_rows)})
    assert read_tables(folder).passages["text"].tolist() == texts


def test_every_field_is_quoted_and_lines_end_in_lf(tmp_path: Path) -> None:
    write_tables(tmp_path / "t", make_frames(rows()))
    data = (tmp_path / "t" / "claims.csv").read_bytes()
    assert b"\r" not in data
    assert data.endswith(b"\n")
    assert not data.startswith(b"\xef\xbb\xbf")
    assert all(line.startswith(b'"') and line.endswith(b'"') for line in data.splitlines())
    with (tmp_path / "t" / "claims.csv").open(encoding="utf-8", newline="") as f:
        assert [r["per"] for r in csv.DictReader(f)] == ["year;other:季度", ""]


def test_two_writes_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_tables(tmp_path / name, make_frames(rows()))
    one, two = ({p.name: p.read_bytes() for p in (tmp_path / n).iterdir()} for n in ("one", "two"))
    assert one == two
    assert len(one) == len(TABLES) + 1


def test_frictionless_accepts_the_package(tmp_path: Path) -> None:
    write_tables(tmp_path / "t", make_frames(rows()), about={"name": "demo", "title": "Demo"})
    with system.use_context(trusted=True):
        report = Package(str(tmp_path / "t" / "datapackage.json")).validate()
    assert report.valid, report.flatten(["fieldName", "rowNumber", "message"])
    assert report.stats["tasks"] == len(TABLES)


def test_frictionless_sees_a_changed_cell(tmp_path: Path) -> None:
    write_tables(tmp_path / "t", make_frames(rows()))
    path = tmp_path / "t" / "claims.csv"
    path.write_text(path.read_text(encoding="utf-8").replace('"facilities"', '"facility"'), encoding="utf-8")
    with system.use_context(trusted=True):
        report = Package(str(tmp_path / "t" / "datapackage.json")).validate()
    assert {e[0] for e in report.flatten(["type"])} >= {"hash-count", "constraint-error"}


def test_a_failed_write_leaves_the_old_tables(tmp_path: Path) -> None:
    folder = tmp_path / "t"
    write_tables(folder, make_frames(rows()))
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    with pytest.raises(CaseworkError, match="bad cell"):
        write_tables(folder, {"claims": frame("claims", [claim(15, 20, low="much")])})
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before
    assert [p.name for p in tmp_path.iterdir()] == ["t"]


def test_a_folder_of_other_things_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(CaseworkError, match=r"holds 'thesis\.docx' and no datapackage\.json"):
        write_tables(tmp_path, make_frames(rows()))
    assert (tmp_path / "thesis.docx").read_text() == "years of work"


def test_a_killed_build_leaves_no_trace(tmp_path: Path) -> None:
    write_tables(tmp_path / "t", make_frames(rows()))
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    dead = ended.pid
    (tmp_path / "t").rename(tmp_path / f".t.{dead}.old")
    (tmp_path / f".t.{dead}.new").mkdir()
    (tmp_path / ".t.other").mkdir()
    (tmp_path / f".t.{os.getppid()}.new").mkdir()
    with pytest.raises(CaseworkError, match="bad cell"):
        write_tables(tmp_path / "t", {"claims": frame("claims", [claim(15, 20, low="much")])})
    assert len(read_tables(tmp_path / "t").claims) == 2, "the tables that the killed build had set aside are back"
    left = sorted(p.name for p in tmp_path.iterdir())
    assert left == sorted([f".t.{os.getppid()}.new", ".t.other", "t"]), "what a running build works on is left alone"


def test_a_readme_stays(tmp_path: Path) -> None:
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "README.md").write_text("what this is")
    for _ in range(2):
        write_tables(tmp_path / "t", make_frames(rows()))
    assert (tmp_path / "t" / "README.md").read_text() == "what this is"


def test_missing_and_foreign_tables_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CaseworkError, match="no such folder of tables"):
        read_tables(tmp_path / "none")
    write_tables(tmp_path / "t", make_frames(rows()))
    (tmp_path / "t" / "labels.csv").write_text("a,b\n1,2\n")
    with pytest.raises(CaseworkError, match=r"labels.csv: columns differ"):
        read_tables(tmp_path / "t")
    (tmp_path / "t" / "labels.csv").unlink()
    with pytest.raises(CaseworkError, match=r"has no labels.csv or labels.parquet"):
        read_tables(tmp_path / "t")


@pytest.mark.parametrize("publish", ["quotes", "none"])
def test_standoff_tables_hold_no_running_text(publish: str) -> None:
    given_rows = rows()
    given_rows["claims"].append(claim(7, 26))
    frames = make_frames(given_rows)
    out = standoff(frames, publish)  # type: ignore[arg-type]
    assert set(out["passages"]["text"]) == set(out["articles"]["headline"]) == set(out["edits"]["raw"]) == {""}
    assert out["claims"]["surface"].tolist() == ["", "20余万元", "3座"]
    assert frames["passages"]["text"].tolist() == [RAW[7:26]], "the full tables stay as they were"
    cells = [c for data in out.values() for c in data.to_numpy().ravel()]
    assert not any(RAW[i : i + SHORT + 1] in c for c in cells for i in range(len(RAW) - SHORT))
    for name, data in out.items():
        check(name, data)


def test_full_publishes_everything() -> None:
    frames = make_frames(rows())
    assert standoff(frames, "full")["passages"].equals(frames["passages"])
    with pytest.raises(CaseworkError, match="known: full, quotes, none"):
        standoff(frames, "some")  # type: ignore[arg-type]


def test_surfaces_are_held_against_the_raw_text() -> None:
    frames = make_frames(rows())
    check_surfaces(frames, {S1: RAW})
    check_surfaces(standoff(frames, "none"), {S1: RAW})
    check_surfaces(frames, lambda _: None)
    with pytest.raises(CaseworkError, match="5 rows do not agree"):
        check_surfaces(frames, {S1: "x" * 10 + RAW[:5]})
    wrong = {**frames, "claims": frame("claims", [claim(15, 20, surface="30余万元"), claim(23, 25, spans=[Span(22, 25)])])}
    with pytest.raises(CaseworkError) as caught:
        check_surfaces(wrong, {S1: RAW})
    assert "claims row 1: surface is '30余万元', the raw text has '20余万元'" in str(caught.value)
    assert "claims row 2: start and end are 23-25, the first span is 22-25" in str(caught.value)


def test_documentation_names_every_column() -> None:
    text = describe_tables()
    assert all(f"| {c.name} |" in text for t in TABLES.values() for c in t)
    assert all(f"| {code} |" in text for words in VOCABULARIES.values() for code in words)


def test_pandera_is_imported_only_for_a_check() -> None:
    code = "import sys, casework.tables; sys.exit('pandera' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_package_lists_what_is_there(tmp_path: Path) -> None:
    write_tables(tmp_path / "t", make_frames(rows()))
    package = json.loads((tmp_path / "t" / "datapackage.json").read_text(encoding="utf-8"))
    assert [r["name"] for r in package["resources"]] == list(TABLES)
    assert all(r["bytes"] == (tmp_path / "t" / r["path"]).stat().st_size for r in package["resources"])
    assert isinstance(read_tables(tmp_path / "t"), Tables)


def test_ids_must_lead_somewhere(tmp_path: Path) -> None:
    given_rows = rows()
    check_links(make_frames(given_rows))
    given_rows["claims"][0]["passage_id"] = f"{S1}:p9"
    given_rows["articles"][0]["copy_of"] = f"{S2}:a1"
    given_rows["problems"].append({"source_id": S1[:-1] + "9", "code": "x", "message": "y"})
    with pytest.raises(CaseworkError) as caught:
        write_tables(tmp_path / "t", make_frames(given_rows))
    assert str(caught.value).splitlines() == [
        "3 ids lead nowhere",
        f"  articles row 1: copy_of is '{S2}:a1', which articles lacks",
        f"  claims row 2: passage_id is '{S1}:p9', which passages lacks",
        f"  problems row 2: source_id is '{S1[:-1]}9', which sources lacks",
    ]
    assert not (tmp_path / "t").exists()


def test_tables_show_what_they_hold_and_not_all_of_it() -> None:
    tables = small_tables()[0]
    assert repr(tables).startswith("<Tables: 2 sources, 2 edits, ")
    assert len(repr(tables)) < 200
    page = tables._repr_html_()
    assert "<code>.claims</code></td><td>6</td>" in page
    assert len(page) < 4000
