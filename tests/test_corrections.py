"""Corrections of a case: what took its place from it goes along, what names a place of its own stays, and a line taken out undoes it all."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from casework.cli import app
from casework.compare import roll_up
from casework.flow import build
from casework.study import load_study
from casework.tables import Tables, read_tables
from casework.verify import verify_study

CASES = YAML(typ="safe").load((Path(__file__).parent / "cases" / "corrections.yaml").read_text(encoding="utf-8"))
HEAD = "row_id,field,value,reason,by\n"
STUDY = "name: s\nraw: raw\nmanifest: manifest.csv\nplaces: places.csv\npublish: {publish}\ncorrections: corrections.csv\n"


@pytest.fixture
def study(tmp_path: Path) -> Path:
    (tmp_path / "raw").mkdir()
    text = "".join(c["text"] for c in CASES["claims"].values()).encode()
    (tmp_path / "raw" / "a.txt").write_bytes(text)
    (tmp_path / "manifest.csv").write_text(f"file,sha256,place\na.txt,{hashlib.sha256(text).hexdigest()},{CASES['case']}\n", encoding="utf-8")
    (tmp_path / "places.csv").write_text("place_code,name,level,parent_code\nx0102,北洼乡,township,130125\n", encoding="utf-8")
    (tmp_path / "corrections.csv").write_text(HEAD, encoding="utf-8")
    (tmp_path / "s.yaml").write_text(STUDY.format(publish="full"), encoding="utf-8")
    return tmp_path / "s.yaml"


def made(study: Path, *lines: str) -> Tables:
    """Build the study with these lines of corrections."""
    (study.parent / "corrections.csv").write_text(HEAD + "".join(f"{line},named in the title,ly\n" for line in lines), encoding="utf-8")
    build(load_study(study))
    return read_tables(load_study(study).tables_dir)


def places(tables: Tables) -> dict[str, str]:
    return dict(zip(tables.claims["surface"], tables.claims["place"], strict=True))


def case_id(tables: Tables) -> str:
    (found,) = tables.cases["case_id"]
    return str(found)


@pytest.mark.parametrize("case", CASES["corrected"], ids=[c["why"] for c in CASES["corrected"]])
def test_claims_follow_their_case(case: dict[str, Any], study: Path) -> None:
    first = made(study)
    before = {surface: c["place"] for surface, c in CASES["claims"].items()}
    assert {s: places(first)[s] for s in before} == before
    after = made(study, f"{case_id(first)},place,{case['to']}")
    path = case.get("path", case["to"])
    assert after.cases.loc[0, ["place", "place_code", "level"]].tolist() == [path, case["code"], case["level"]]
    wanted = {**before, **dict.fromkeys(case["moves"], path), **{s: f"{path}/{v}" for s, v in case.get("within", {}).items()}}
    assert {s: places(after)[s] for s in before} == wanted
    rows = {r["surface"]: r for r in after.claims.to_dict("records")}
    moved = {s for s in before if wanted[s] != before[s]}
    assert {s for s in before if "corrected" in rows[s]["flags"].split(";")} == moved
    assert {rows[s]["place_code"] for s in moved} == {case["code"]}
    assert first.claims["case_id"].equals(after.claims["case_id"])


def test_a_claim_of_its_own_correction_has_the_last_word(study: Path) -> None:
    first = made(study)
    ids = dict(zip(first.claims["surface"], first.claims["claim_id"], strict=True))
    after = made(study, f"{case_id(first)},place_code,130126208", f"{ids['300亩']},place_code,130126", f"{ids['600亩']},low,610")
    rows = {r["surface"]: r for r in after.claims.to_dict("records")}
    assert rows["300亩"]["place"] == "河北省/石家庄市/灵寿县"
    assert [rows["600亩"][c] for c in ("place_code", "low", "flags")] == ["130126208", "610", "corrected"]


def test_a_level_alone_moves_nothing(study: Path) -> None:
    first = made(study)
    assert places(made(study, f"{case_id(first)},level,county")) == places(first)


def test_labels_codings_and_passages_are_of_the_corrected_case(study: Path) -> None:
    with (study.parent / "raw" / "a.txt").open("a", encoding="utf-8") as file:
        file.write("\n这里推行“党支部+合作社+农户”，由村党支部领办合作社，年底按股分红。\n")
    (study.parent / "manifest.csv").write_text("file,sha256,place\n", encoding="utf-8")
    first = made(study)
    rolled = roll_up(made(study, f"{case_id(first)},place_code,x0102"), "township")
    (own,) = rolled.cases["case"]
    assert own == "河北省/石家庄市/行唐县/北洼乡"
    for name in ("labels", "codings", "passages"):
        assert set(getattr(rolled, name)["case"]) == {own}
    assert set(rolled.claims["case"]) == {own}


@pytest.mark.parametrize("publish", ["full", "quotes"])
def test_what_was_corrected_verifies_and_a_line_taken_out_undoes_it(publish: str, study: Path) -> None:
    study.write_text(STUDY.format(publish=publish), encoding="utf-8")
    first = made(study)
    stored = {p.name: p.read_bytes() for f in (load_study(study).tables_dir, load_study(study).published_dir) for p in sorted(f.glob("*.csv"))}
    corrected = made(study, f"{case_id(first)},place_code,130126208")
    assert places(corrected) != places(first)
    assert places(read_tables(load_study(study).published_dir)) == places(corrected)
    verdict = verify_study(load_study(study), tables_only=True)
    assert verdict.findings
    assert verdict.wrong == []
    made(study)
    again = {p.name: p.read_bytes() for f in (load_study(study).tables_dir, load_study(study).published_dir) for p in sorted(f.glob("*.csv"))}
    assert again == stored


def test_a_case_that_loses_its_place_counts_as_unplaced(study: Path) -> None:
    first = made(study)
    (study.parent / "corrections.csv").write_text(f"{HEAD}{case_id(first)},place,,not to be told,ly\n", encoding="utf-8")
    assert build(load_study(study)).unplaced == 1


def test_an_archive_of_a_corrected_study_verifies_where_it_is_unpacked(study: Path, tmp_path: Path) -> None:
    first = made(study)
    corrected = made(study, f"{case_id(first)},place_code,130126208")
    for command in (["report", str(study)], ["archive", str(study), "--out", str(tmp_path / "s.zip")]):
        done = CliRunner().invoke(app, command)
        assert done.exit_code == 0, done.stderr
    with ZipFile(tmp_path / "s.zip") as packed:
        packed.extractall(tmp_path / "unpacked")
    there = load_study(tmp_path / "unpacked" / "s" / "s.yaml")
    assert places(read_tables(there.published_dir)) == places(corrected)
    assert verify_study(there, tables_only=True).wrong == []
