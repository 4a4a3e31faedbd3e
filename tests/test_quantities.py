"""Amounts: one value from many surfaces, refusals, and what holds for any text."""

from __future__ import annotations

import re
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from casework.clean import clean_text
from casework.quantities import find_amounts, numerals
from casework.quantities.grammar import grammar
from casework.text import Span

CASES = YAML(typ="safe").load((Path(__file__).parent / "cases" / "amounts.yaml").read_text(encoding="utf-8"))
AMOUNTS = [
    pytest.param(
        text,
        case.get("each") or [case["want"]],
        bool(case.get("raw")),
        id=text,
        marks=[pytest.mark.xfail(reason=case["fails"], strict=True)] if "fails" in case else [],
    )
    for case in CASES["amounts"]
    for text in case["from"]
]
# The rows and complaints of the peers' table, each a case by its name.
PEERS = {
    "row 1000余亩", "row 20余万元", "row 40万余元", "row 4000—5000斤", "row 800元至1000元", "row 近40%", "row 76条, 355户", "row 18-45岁", "row 1.08億元",
    "row 租金16万元,10万元", "complaint 3541.07万元2", "complaint 123元1角1分", "complaint 小于40万", "complaint 100000万美元", "complaint 有至少100个人",
    "complaint (亿)10.00", "complaint 两三个", "complaint offsets in UTF-16",
}


@pytest.mark.parametrize(("marked", "wanted", "raw"), AMOUNTS)
def test_amount(marked: str, wanted: list[list[Any]], raw: bool) -> None:
    """The marked stretches are the amounts of the text, with their values, and there are no others."""
    pieces = re.split("[⟦⟧]", marked)
    ends = list(accumulate(map(len, pieces)))
    want = {Span(ends[i], ends[i + 1]): tuple(w) for i, w in zip(range(0, len(pieces) - 1, 2), wanted, strict=True)}
    text = "".join(pieces)
    amounts = find_amounts(clean_text(text)[0].clean if raw else text)
    assert {a.span: (a.low, a.high, a.unit) for a in amounts if not a.vague} == want


def test_enough_cases() -> None:
    assert len(AMOUNTS) >= 420
    assert len(CASES["refused"]) >= 90
    assert len(set(CASES["refused"])) == len(CASES["refused"])


def test_every_complaint_about_peers_is_a_case() -> None:
    assert {c["peer"] for c in CASES["amounts"] if "peer" in c and "fails" not in c} == PEERS
    assert {"第一次", "一二三产业", "双十分", "一库二平台", "第一书记"} <= set(CASES["refused"])


@pytest.mark.parametrize("text", CASES["refused"])
def test_refused(text: str) -> None:
    assert [text[a.span.start : a.span.end] for a in find_amounts(text) if not a.vague] == []


@pytest.mark.parametrize("text", [*CASES["refused"], *(re.sub("[⟦⟧]", "", t) for case in CASES["amounts"] for t in case["from"])])
def test_what_is_blocked_begins_as_the_codebook_says(text: str) -> None:
    gated = grammar().blocked
    free = re.compile(gated.pattern.partition("])")[2])
    assert [m.span() for m in gated.finditer(text)] == [m.span() for m in free.finditer(text)]


def test_powers_past_the_largest_are_no_numeral() -> None:
    assert find_amounts("约三几亿亿亿户") == []


def test_labels_hold_no_amounts() -> None:
    text = "推行四个一举措，新建4个车间"
    assert [a.span.cut(text) for a in find_amounts(text, [Span(2, 5)])] == ["4个"]


def test_vague_amounts_are_marked() -> None:
    assert [a.vague for a in find_amounts("几十户人家，三年前，近三年，数百人")] == [True, True, True, True]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("十", 10), ("二十", 20), ("一百零五", 105), ("一百五", 150), ("三万二", 32000), ("1.2亿", 120000000), ("3万5千", 35000),
        ("2亿3千万", 230000000), ("壹佰", 100),
    ],
)
def test_numerals(text: str, value: int) -> None:
    assert numerals().value(text) == (value, value)


WORDS = st.text(st.sampled_from("0123456789.,一二两三十百千万亿余多近约个户亩元万斤%至-，。年月日每第半分之成上下"), max_size=40)


@given(WORDS)
def test_amounts_are_in_order_and_apart(text: str) -> None:
    amounts = find_amounts(text)
    assert all(0 <= a.span.start < a.span.end <= len(text) for a in amounts)
    assert all(a.span.end <= b.span.start for a, b in pairwise(amounts))
    assert all(a.low is not None or a.high is not None for a in amounts)
    assert all(a.low is None or a.high is None or a.low <= a.high for a in amounts)


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    assert all(a.span.cut(text) for a in find_amounts(text))
