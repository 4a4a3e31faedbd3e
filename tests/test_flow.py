"""The build as a whole: same bytes however it is run, every character accounted for, bad input set aside."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import casework as cw
from casework.flow import ArticleWords, build, find_copies, parse_text
from casework.study import load_study
from casework.tables import read_tables
from casework.text import CaseworkError, parse_spans

ROOT = Path(__file__).parent.parent
DEMO = ROOT / "data" / "raw" / "demo"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("flow") / "tables"
    build(load_study(ROOT / "studies" / "demo.yaml"), out=out)
    return out


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_two_processes_write_the_same_bytes(built: Path, tmp_path: Path) -> None:
    build(load_study(ROOT / "studies" / "demo.yaml"), out=tmp_path / "tables", jobs=2)
    assert contents(tmp_path / "tables") == contents(built)


def test_every_character_is_in_one_passage(built: Path) -> None:
    tables = read_tables(built)
    for source in tables.sources.itertuples():
        raw = (built / "raw" / f"{source.source_id}.txt").read_bytes().decode("utf-8", "surrogatepass")
        held = [0] * len(raw)
        for spans in tables.passages.loc[tables.passages.source_id == source.source_id, "spans"]:
            for span in parse_spans(spans):
                held[span.start : span.end] = [n + 1 for n in held[span.start : span.end]]
        wrong = [i for i, ch in enumerate(raw) if held[i] > 1 or (held[i] == 0 and not ch.isspace() and ch != "\ufeff")]
        assert not wrong, (source.file, wrong[:5])


def test_the_ledger_replays(built: Path) -> None:
    """Edits are disjoint, and each names the very characters it replaces."""
    tables = read_tables(built)
    for source_id, edits in tables.edits.groupby("source_id"):
        raw = (built / "raw" / f"{source_id}.txt").read_bytes().decode("utf-8", "surrogatepass")
        end = 0
        for e in edits.itertuples():
            assert int(e.start) >= end, (source_id, e.start)
            end = int(e.end)
            assert raw[int(e.start) : end] == e.raw


def test_reprints_are_found(built: Path) -> None:
    articles = read_tables(built).articles
    files = read_tables(built).sources.set_index("source_id").file
    copies = {files[a.source_id]: files[a.copy_of.split(":")[0]] for a in articles.itertuples() if a.copy_of}
    assert copies == {"12_reprint.txt": "11_release.txt"}
    claims = read_tables(built).claims
    flagged = {files[c.source_id] for c in claims.itertuples() if "copy" in c.flags.split(";")}
    assert flagged == {"12_reprint.txt"}


def test_undated_copies_are_ordered_by_id() -> None:
    words = "".join(chr(0x4E00 + i) for i in range(200))
    articles = [ArticleWords("b", "", words), ArticleWords("a", "", words[:150]), ArticleWords("c", "", words[::-1])]
    assert find_copies(articles) == {"b": "a"}


def test_bad_files_do_not_stop_the_good(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    shutil.copy(DEMO / "01_plain.txt", raw)
    (raw / "empty.txt").write_bytes(b"")
    (raw / "noise.txt").write_bytes(bytes(range(256)) * 8)
    study = tmp_path / "studies" / "s.yaml"
    study.parent.mkdir()
    study.write_text("name: s\nraw: raw\n", encoding="utf-8")
    result = build(load_study(study), out=tmp_path / "tables")
    assert result.counts["sources"] == 1
    assert len(result.problems) == 3
    assert set(read_tables(tmp_path / "tables").problems.code) == {"empty", "binary", "unregistered"}


def test_a_record_with_a_place_that_is_none_is_a_problem_and_is_read(tmp_path: Path) -> None:
    rows = "text,place\n云岭县流转土地30亩。,河北省/石家庄市/灵守县\n村里修路3公里。,河北省/石家庄市/灵寿县\n"
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "more.csv").write_text(rows, encoding="utf-8")
    (tmp_path / "s.yaml").write_text("name: s\nraw: raw\n", encoding="utf-8")
    result = build(load_study(tmp_path / "s.yaml"))
    tables = read_tables(result.tables_dir)
    (said,) = tables.problems.loc[tables.problems["code"] == "bad_metadata", "message"]
    assert said.startswith("more.csv#1: place: there is no '灵守县' in '河北省/石家庄市'; did you mean '河北省/石家庄市/灵寿县'?")
    assert list(tables.cases["place"]) == ["", "河北省/石家庄市/灵寿县"]
    assert result.unplaced == 1


def test_nothing_is_written_where_nothing_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "s.yaml").write_text("name: s\nraw: raw\n", encoding="utf-8")
    with pytest.raises(CaseworkError, match="holds no texts"):
        build(load_study(tmp_path / "s.yaml"), out=tmp_path / "tables")
    assert not (tmp_path / "tables").exists()


def test_a_correction_has_the_last_word(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "a.txt").write_text("柳坪村流转土地300亩。\n", encoding="utf-8")
    study = tmp_path / "s.yaml"
    study.write_text("name: s\nraw: raw\n", encoding="utf-8")
    build(load_study(study), out=tmp_path / "first")
    claim = read_tables(tmp_path / "first").claims.claim_id[0]
    lines = f"row_id,field,value,reason,by\n{claim},status,planned,read again,me\n{claim}x,status,planned,gone,me\n"
    (tmp_path / "corrections.csv").write_text(lines, encoding="utf-8")
    study.write_text("name: s\nraw: raw\ncorrections: corrections.csv\n", encoding="utf-8")
    build(load_study(study), out=tmp_path / "second")
    tables = read_tables(tmp_path / "second")
    assert tables.claims.loc[0, ["status", "flags"]].tolist() == ["planned", "corrected"]
    assert "correction_unmatched" in set(tables.problems.code)


@pytest.mark.parametrize("told", ["place,河北省/石家庄市/灵寿县", "place_code,130126"])
def test_a_place_is_corrected_as_a_whole(told: str, tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text("乐亭县种桃300亩。乐亭县修渠5公里。\n", encoding="utf-8")
    study = tmp_path / "s.yaml"
    study.write_text("name: s\nraw: raw\n", encoding="utf-8")
    build(load_study(study), out=tmp_path / "first")
    first = read_tables(tmp_path / "first")
    ids = [first.cases.case_id[0], first.claims.claim_id[0]]
    path = tmp_path / "corrections.csv"
    path.write_text("row_id,field,value,reason,by\n" + "".join(f"{i},{told},read again,me\n" for i in ids), encoding="utf-8")
    study.write_text("name: s\nraw: raw\ncorrections: corrections.csv\n", encoding="utf-8")
    build(load_study(study), out=tmp_path / "second")
    tables = read_tables(tmp_path / "second")
    assert tables.cases.loc[0, ["place", "place_code", "level"]].tolist() == ["河北省/石家庄市/灵寿县", "130126", "county"]
    assert tables.claims.loc[0, ["place", "place_code", "flags"]].tolist() == ["河北省/石家庄市/灵寿县", "130126", "corrected"]
    path.write_text(f"row_id,field,value,reason,by\n{ids[1]},place,河北省/灵寿县,read again,me\n", encoding="utf-8")
    with pytest.raises(CaseworkError, match=r"corrections\.csv:2: there is no '灵寿县' in '河北省'; did you mean '河北省/石家庄市/灵寿县'"):
        build(load_study(study), out=tmp_path / "third")


@pytest.mark.parametrize("encoding", ["latin-1", "gbk"])
def test_a_text_read_in_another_encoding_throughout_keeps_its_rows_apart(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    text = "灵寿县北洼乡今年种桃３００亩，灵寿县北洼乡又种桃３００亩。灵寿县北洼乡修渠５公里，灵寿县北洼乡的路也修好了５公里。\n" * 4
    (tmp_path / "raw" / "a.txt").write_text(text.encode().decode(encoding, "replace"), encoding="utf-8")
    (tmp_path / "raw" / "b.txt").write_text("灵寿县种桃300亩。\n", encoding="utf-8")
    (tmp_path / "s.yaml").write_text("name: s\nraw: raw\n", encoding="utf-8")
    result = build(load_study(tmp_path / "s.yaml"), out=tmp_path / "out")
    assert result.counts["sources"] == 2
    tables = read_tables(tmp_path / "out")
    if encoding == "latin-1":
        assert result.counts["claims"] == 17
        assert "same_characters" not in set(tables.problems.code)


def test_a_manifest_speaks_for_the_first_article_of_a_file(tmp_path: Path) -> None:
    """A second one that names another county and has a date line of its own keeps both."""
    (tmp_path / "raw").mkdir()
    one = "灵寿县种桃记\n来源：东山日报 2021-05-06\n灵寿县北洼乡今年种桃三百亩，村民都说好，日子一天比一天好。\n责任编辑：周末\n\n"
    two = "乐亭县修渠记\n来源：西河日报 2020-04-01\n乐亭县毛庄镇修渠五公里，全县的水都活了，乐亭县又修了一条路。\n"
    (tmp_path / "raw" / "a.txt").write_text(one + two, encoding="utf-8")
    (tmp_path / "s.yaml").write_text("name: s\nraw: raw\nmanifest: manifest.csv\n", encoding="utf-8")
    digest = hashlib.sha256((one + two).encode()).hexdigest()
    row = f"a.txt,{digest},,,2021-05-06,,河北省/石家庄市/灵寿县"
    (tmp_path / "manifest.csv").write_text(f"file,sha256,outlet,headline,published,licence,place\n{row}\n", encoding="utf-8")
    tables = read_tables(build(load_study(tmp_path / "s.yaml"), out=tmp_path / "out").tables_dir)
    assert tables.articles.published.tolist() == ["2021-05-06", "2020-04-01"]
    assert [p.split("/")[2] for p in tables.cases.place] == ["灵寿县", "乐亭县"]
    assert {p.split("/")[2] for p in tables.claims.place} == {"灵寿县", "乐亭县"}


def test_one_text_gives_the_same_frames() -> None:
    tables = parse_text("灵寿县今年计划投资300万元，流转土地1200余亩。")
    assert tables.claims[["surface", "status"]].to_numpy().tolist() == [["300万元", "planned"], ["1200余亩", "planned"]]


def test_an_endless_line_is_kept_but_not_read() -> None:
    tables = parse_text("村集体增收20万元，" * 15_000)
    assert len(tables.claims) == 0
    assert tables.problems.code.tolist() == ["long_passage"]
    assert len(tables.passages.text[0]) == len("村集体增收20万元，") * 15_000


def test_half_a_surrogate_pair_is_no_text() -> None:
    with pytest.raises(CaseworkError, match="at character 2"):
        parse_text("增收\ud800万元")


@pytest.mark.parametrize("ask", [cw.find_amounts, cw.find_places, cw.parse])
@pytest.mark.parametrize(("text", "says"), [("增收\ud800万元", "half of a surrogate pair at character 2"), (None, "needs a text"), (3, "not int")])
def test_what_is_no_text_is_said(ask: Callable[[Any], object], text: object, says: str) -> None:
    with pytest.raises(CaseworkError, match=says):
        ask(text)


def test_an_empty_text_and_characters_beyond_the_plane_are_read() -> None:
    assert len(parse_text("").claims) == 0
    claims = parse_text("😀𠮷村增收20万元。").claims
    assert claims[["start", "surface"]].to_numpy().tolist() == [["5", "20万元"]]
