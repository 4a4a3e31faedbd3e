"""Scoring: figures worked out by hand, and equal to those of the annotators' own script where that is there."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from casework.score import load_gold, score_json, score_lines, score_tables
from casework.tables import make_frames, write_tables
from casework.text import CaseworkError

SHARED = Path(__file__).resolve().parents[2] / "shared"
PLACE = "云岭省/清河市/青禾县/柳坪镇"
TEXT = "首页 > 乡镇\n柳坪镇流转土地1200余亩，\n带动86户增收。\n计划投资300万元。\n"
UNITS = ("mu", "yuan", "count:户", "percent")


def quantity(surface: str, low: float | None, high: float | None, unit: str, **more: Any) -> dict[str, Any]:
    at = TEXT.index(surface)
    entry = {"start": at, "end": at + len(surface), "surface": surface, "line": 1, "low": low, "high": high, "unit": unit, "per": []}
    return entry | {"status": "achieved", "indicator": "land_area", "place": PLACE, "county_code": "990101"} | more


def gold(file: str, quantities: list[dict[str, Any]], labels: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {"file": file, "quantities": quantities, "labels": labels or [], "structure": structure()}


def structure() -> dict[str, Any]:
    cases = [{"place": PLACE, "lines": [[2, 4]]}]
    return {"articles": [{"chrome_lines": [], "caption_lines": [], "cases": cases}], "chrome_lines": [[1, 1]], "spam_lines": []}


def claim(source_id: str, q: dict[str, Any]) -> dict[str, Any]:
    at = {"start": q["start"], "end": q["end"], "spans": f"{q['start']}-{q['end']}"}
    said = {"low": q["low"], "high": q["high"], "unit": q["unit"], "per": q["per"], "status": q["status"], "indicator": q["indicator"]}
    ids = {"claim_id": f"{source_id}:{q['start']}-{q['end']}", "source_id": source_id, "passage_id": f"{source_id}:p0"}
    place = {"place": q["place"], "place_code": q.get("place_code", q.get("county_code", ""))}
    return ids | at | said | place | {"surface": q["surface"], "approx": False, "rule": "test"}


def write(folder: Path, files: dict[str, list[dict[str, Any]]], roles: tuple[str, str] = ("chrome", "body")) -> Path:
    """Write tables that say of each file what `files` says, its first line and the rest in two passages."""
    cut = TEXT.index("\n")
    rows: dict[str, list[dict[str, Any]]] = {"sources": [], "articles": [], "passages": [], "cases": [], "claims": []}
    for i, (file, claims) in enumerate(files.items()):
        sid = f"s{i:016x}"
        facts = {"sha256": f"{i:064x}", "bytes": 1, "encoding": "utf-8", "chars": len(TEXT), "script": "simplified"}
        rows["sources"].append({"source_id": sid, "file": f"texts/{file}"} | facts)
        whole = {"article_id": f"{sid}:a0", "source_id": sid, "spans": f"0-{len(TEXT)}"}
        rows["articles"].append(whole | {"authorship": "unknown", "chars": len(TEXT)})
        for seq, (role, a, b) in enumerate(((roles[0], 0, cut), (roles[1], cut + 1, len(TEXT)))):
            case = f"{sid}:k{cut + 1}" if seq else ""
            rows["passages"].append(
                {"passage_id": f"{sid}:p{a}", "source_id": sid, "case_id": case, "seq": seq, "role": role, "spans": f"{a}-{b}", "text": "x"}
            )
        spans = {"spans": f"{cut + 1}-{len(TEXT)}", "chars": 9, "level": "township"}
        rows["cases"].append({"case_id": f"{sid}:k{cut + 1}", "article_id": f"{sid}:a0", "source_id": sid, "place": PLACE} | spans)
        rows["claims"] += [claim(sid, c) for c in claims]
    write_tables(folder / "tables", make_frames(rows))
    (folder / "tables" / "raw").mkdir()
    for source in rows["sources"]:
        (folder / "tables" / "raw" / f"{source['source_id']}.txt").write_bytes(TEXT.encode())
    return folder / "tables"


def save(folder: Path, entries: list[dict[str, Any]]) -> list[Path]:
    paths = [folder / f"gold-{i}.json" for i in range(len(entries))]
    for path, entry in zip(paths, entries, strict=True):
        path.write_text(json.dumps(entry, ensure_ascii=False), encoding="utf-8")
    return paths


LAND = quantity("1200余亩", 1200, None, "mu")
HOUSEHOLDS = quantity("86户", 86, 86, "count:户", indicator="people")
MONEY = quantity("300万元", 3_000_000, 3_000_000, "yuan", status="planned", indicator="funding")


def test_all_right(tmp_path: Path) -> None:
    tables = write(tmp_path, {"a.txt": [LAND, HOUSEHOLDS, MONEY]})
    scored = score_tables(tables, save(tmp_path, [gold("a.txt", [LAND, HOUSEHOLDS, MONEY])]))
    assert set(scored.figures().values()) == {1.0}
    assert scored.misses == ()
    assert scored.of("value_f1").low is None


def test_worked_by_hand(tmp_path: Path) -> None:
    """One claim right, one with the wrong end, status and indicator wrong on the third, one too many."""
    wrong_end = HOUSEHOLDS | {"low": 68, "high": 68}
    planned_missed = MONEY | {"status": "achieved", "indicator": "output_value", "place_code": "990102"}
    extra = quantity("柳坪镇", 1, 1, "count:个")
    tables = write(tmp_path, {"a.txt": [LAND, wrong_end, planned_missed, extra]}, roles=("body", "body"))
    scored = score_tables(tables, save(tmp_path, [gold("a.txt", [LAND, HOUSEHOLDS, MONEY])]))
    f = scored.figures()
    assert f["span_f1"] == round(2 * 3 / 7, 4)
    assert f["value_f1"] == round(2 * 2 / 7, 4)
    assert (f["status"], f["indicator"], f["county"], f["place"], f["planned_f1"]) == (0.5, 0.5, 0.5, 1.0, 0.0)
    assert (f["case"], f["furniture_f1"]) == (1.0, 0.0)
    value = scored.of("value_f1")
    assert (value.precision, value.recall) == (2 / 4, 2 / 3)
    assert scored.baseline("status") == ("planned", 0.5)
    assert scored.confusion["indicator"] == {("land_area", "land_area"): 1, ("funding", "output_value"): 1}
    told = {(m.field, m.gold, m.got) for m in scored.misses}
    assert ("value", "86..86 count:户", "") in told
    assert ("value", "", "68..68 count:户") in told
    assert ("status", "planned", "achieved") in told
    assert any("[86户]" in m.text for m in scored.misses)
    lines = list(score_lines(scored, misses=True))
    assert any("value: missed: 86..86 count:户" in line for line in lines)
    assert json.loads(score_json(scored))["figures"] == f


def test_several_answers_are_right(tmp_path: Path) -> None:
    either = MONEY | {"status": ["planned", "achieved"], "indicator": ["funding", "price_cost"], "place": [PLACE, "云岭省"]}
    tables = write(tmp_path, {"a.txt": [MONEY | {"status": "achieved", "indicator": "price_cost", "place": "云岭省"}]})
    f = score_tables(tables, save(tmp_path, [gold("a.txt", [either])])).figures()
    assert (f["status"], f["indicator"], f["place"], f["value_f1"]) == (1.0, 1.0, 1.0, 1.0)


def test_fields_that_only_some_gold_has(tmp_path: Path) -> None:
    tables = write(tmp_path, {"a.txt": [LAND, HOUSEHOLDS]})
    wanted = gold("a.txt", [LAND | {"change": "level"}, HOUSEHOLDS]) | {"codings": [{"start": 7, "end": 9, "code": "land_transfer"}]}
    f = score_tables(tables, save(tmp_path, [wanted])).figures()
    assert f["change"] == 0.0
    assert f["coding_f1"] == 0.0
    assert "voice" not in f


def test_interval_over_files(tmp_path: Path) -> None:
    files = {f"{i}.txt": [LAND, HOUSEHOLDS, MONEY][: 1 + i % 3] for i in range(6)}
    paths = save(tmp_path, [gold(file, [LAND, HOUSEHOLDS, MONEY]) for file in files])
    tables = write(tmp_path, files)
    value = score_tables(tables, paths).of("value_f1")
    assert value.low is not None
    assert value.high is not None
    assert value.low < value.value < value.high
    assert score_tables(tables, paths).of("value_f1") == value


NO_GOLD = [("{", "not a gold file"), ("[]", "not a gold file"), ('{"file": "a.txt"}', "quantities"), (None, "no gold file there")]


@pytest.mark.parametrize(("body", "says"), NO_GOLD)
def test_a_gold_that_is_none(tmp_path: Path, body: str | None, says: str) -> None:
    path = tmp_path / "gold.json"
    if body is not None:
        path.write_text(body, encoding="utf-8")
    with pytest.raises(CaseworkError, match=says):
        load_gold(path)


def test_what_cannot_be_scored(tmp_path: Path) -> None:
    tables = write(tmp_path, {"a.txt": [LAND]})
    with pytest.raises(CaseworkError, match=r"b\.txt: in the gold but not in"):
        score_tables(tables, save(tmp_path, [gold("b.txt", [LAND])]))
    (tables / "raw" / "s0000000000000000.txt").unlink()
    with pytest.raises(CaseworkError, match="--raw"):
        score_tables(tables, save(tmp_path, [gold("a.txt", [LAND])]))


def shaken(entries: list[dict[str, Any]], draw: random.Random) -> list[dict[str, Any]]:
    """Give the gold's quantities with drawn mistakes: dropped, shifted, other values, fields and places."""
    out: dict[int, dict[str, Any]] = {}
    for q in entries:
        kind = draw.randrange(6)
        change: dict[str, Any] = [
            {}, {"low": 7, "high": None}, {"unit": draw.choice(UNITS)}, {"status": draw.choice(("planned", "achieved", "rule"))},
            {"indicator": draw.choice(("land_area", "people", "funding")), "per": draw.choice(([], ["year"]))},
            {"place": draw.choice((PLACE, "云岭省/清河市", "")), "place_code": "990201"},
        ][kind]
        if draw.random() > 0.1:
            out[q["start"]] = plain(q) | change
    return list(out.values())


def plain(q: dict[str, Any]) -> dict[str, Any]:
    return {k: v[0] if isinstance(v, list) and k != "per" else v for k, v in q.items()}


def annotators_figures(tables: Path, paths: list[Path], raw: Path) -> dict[str, float]:
    command = [sys.executable, str(SHARED / "tools" / "score.py"), str(tables), *map(str, paths), "--raw", str(raw), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


@pytest.mark.skipif(not SHARED.exists(), reason="the annotators' script is not here")
@pytest.mark.parametrize("seed", range(3))
def test_figures_equal_the_annotators_script(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    entries = [LAND, HOUSEHOLDS | {"per": ["year"]}, MONEY | {"indicator": ["funding", "other"]}]
    files = [f"{i}.txt" for i in range(4)]
    paths = save(tmp_path, [gold(file, entries[: 1 + i]) for i, file in enumerate(files)])
    roles = draw.choice((("chrome", "body"), ("body", "spam")))
    tables = write(tmp_path, {file: shaken(entries[: 1 + i], draw) for i, file in enumerate(files)}, roles)
    for file in files:
        (tmp_path / file).write_bytes(TEXT.encode())
    assert score_tables(tables, paths).figures() == annotators_figures(tables, paths, tmp_path)
