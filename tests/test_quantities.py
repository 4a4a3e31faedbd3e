"""Amounts: one value from many surfaces, refusals, and what holds for any text."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from casework.quantities import find_amounts, numerals
from casework.text import Span

CASES = YAML(typ="safe").load((Path(__file__).parent / "cases" / "amounts.yaml").read_text(encoding="utf-8"))
AMOUNTS = [(text, case["want"]) for case in CASES["amounts"] for text in case["from"]]


@pytest.mark.parametrize(("marked", "want"), AMOUNTS, ids=[t for t, _ in AMOUNTS])
def test_amount(marked: str, want: list[Any]) -> None:
    start, end = marked.index("⟦"), marked.index("⟧") - 1
    text = marked.replace("⟦", "").replace("⟧", "")
    got = {a.span: (a.low, a.high, a.unit) for a in find_amounts(text)}
    assert got.get(Span(start, end)) == tuple(want), got


@pytest.mark.parametrize("text", CASES["refused"])
def test_refused(text: str) -> None:
    assert [text[a.span.start : a.span.end] for a in find_amounts(text) if not a.vague] == []


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
