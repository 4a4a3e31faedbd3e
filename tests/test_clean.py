"""Cleaners: what each must change and must not; what holds for any text; the real texts."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from casework.clean import CLEANERS, clean_text, find_script
from casework.text import CaseworkError, Text
from tests.test_text import replay

CASES: dict[str, list[dict[str, Any]]] = YAML(typ="safe").load((Path(__file__).parent / "cases" / "clean.yaml").read_text(encoding="utf-8"))
FLAT = [(name, case) for name, cases in CASES.items() for case in cases]
SHARED = Path(__file__).resolve().parents[2] / "shared"
REAL = sorted([*SHARED.glob("seeds/*.txt"), *SHARED.glob("more/texts/*.txt")])
MESS = st.text(st.sampled_from('乡鄉村的的自自人驻己经(dòng)（）?！€w，,.:１２%"&nbsp;\u200b\u3000 \n⻓鐨锛\ufffd𠮷😀a1'), max_size=60)


def only(name: str) -> frozenset[str]:
    return frozenset(CLEANERS.keys() - {name})


@pytest.mark.parametrize(("name", "case"), FLAT, ids=[f"{n}-{c['raw'][:12]!r}" for n, c in FLAT])
def test_cleaner(name: str, case: dict[str, Any]) -> None:
    raw = case["raw"]
    text, problems = clean_text(raw, off=only(name))
    assert text.clean == case.get("clean", raw)
    assert bool(problems) == case.get("flag", False)
    assert {e.rule for e in text.ledger()} <= {name}


def test_every_cleaner_has_cases_both_ways() -> None:
    assert CASES.keys() == CLEANERS.keys()
    for name, cases in CASES.items():
        assert {c.get("clean", c["raw"]) == c["raw"] for c in cases} == {True, False} or name == "invisible"


def test_problems_name_the_raw_place() -> None:
    raw = "产业(chǎn)兴，企业人驻"
    _, problems = clean_text(raw)
    assert [(p.code, raw[p.start : p.end]) for p in problems] == [("slips", "人驻")]


def test_a_cleaner_can_be_switched_off() -> None:
    assert clean_text("鄉裏", off=frozenset({"traditional"}))[0].clean == "鄉裏"
    with pytest.raises(CaseworkError, match="did you mean 'pinyin'"):
        clean_text("", off=frozenset({"pinyn"}))


@pytest.mark.parametrize(
    ("raw", "script"),
    [("", "simplified"), ("全村增收", "simplified"), ("全鄉增產增收", "traditional"), ("該鄉養殖業發展\n镇县区体乐马", "mixed")],
)
def test_script(raw: str, script: str) -> None:
    assert find_script(raw) == script


@given(MESS)
@settings(max_examples=400)
def test_the_ledger_replays_on_any_mess(raw: str) -> None:
    text, problems = clean_text(raw)
    assert replay(raw, text.ledger()) == text.clean
    assert all(p.start is not None and p.end is not None and 0 <= p.start <= p.end <= len(raw) for p in problems)


@given(MESS)
def test_no_cleaner_changes_the_number_of_lines(raw: str) -> None:
    assert clean_text(raw)[0].clean.count("\n") == raw.count("\n")


@pytest.mark.parametrize(
    "unit",
    [
        "(",
        "（a",
        "(ā",
        "?",
        "?诳",
        "&",
        "&a",
        '"',
        '"村',
        "村 ",
        "１",
        "的",
        "村村",
        "€",
        "锛",
        "人驻",
        "Ã",
        "一 1",
        "\u3000",
        "(村",
        "村(",
    ],
)
def test_no_cleaner_hangs(unit: str) -> None:
    """Each pattern meets long runs of what it looks for; time stays in proportion."""
    start = time.process_time()
    clean_text(unit * (60_000 // len(unit)))
    assert time.process_time() - start < 10


def test_plain_text_is_fast() -> None:
    raw = "今年，青禾乡党委书记说，全乡9个村共流转土地1000余亩，村集体增收20万元。\n" * 20_000
    clean_text(raw)
    start = time.process_time()
    text, _ = clean_text(raw)
    seconds = time.process_time() - start
    assert text.clean == raw
    assert len(raw.encode()) / 1e6 / seconds > 2


@pytest.mark.skipif(not SHARED.exists(), reason="the real texts are not here")
@pytest.mark.parametrize("file", REAL, ids=[f.name[:6] for f in REAL])
def test_real_texts_replay(file: Path) -> None:
    raw = file.read_bytes().decode()
    text, problems = clean_text(raw)
    assert replay(raw, text.ledger()) == text.clean
    assert len(problems) <= 6
    assert isinstance(text, Text)


@pytest.mark.skipif(not SHARED.exists(), reason="the real texts are not here")
def test_the_shifted_bytes_of_a_real_page_are_repaired() -> None:
    raw = next(SHARED.glob("seeds/003*")).read_bytes().decode()
    text, _ = clean_text(raw)
    repaired = [(e.new, e.span.cut(raw)[:1]) for e in text.ledger() if "shifted_bytes" in e.rule]
    assert [(new[:3], shown) for new, shown in repaired] == [("在总体", "?"), ("。“四", "?")]
    assert "(" not in text.clean
    assert "€" not in text.clean
