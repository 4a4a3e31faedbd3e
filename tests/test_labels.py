"""Slogans and models: cases as data in cases/labels.yaml."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from casework.claims.label_words import Words, words
from casework.claims.labels import find_labels
from casework.claims.models import role_of
from casework.codebook import BUILTIN, load_codebook
from casework.text import CaseworkError

CASES: dict[str, Any] = YAML(typ="safe").load((Path(__file__).parent / "cases" / "labels.yaml").read_text(encoding="utf-8"))


def surfaces(text: str) -> list[tuple[str, str]]:
    return [(x.kind, x.span.cut(text)) for x in find_labels(text)]


@pytest.mark.parametrize("case", CASES["slogans"], ids=lambda c: c["text"])
def test_slogan(case: dict[str, Any]) -> None:
    assert surfaces(case["text"]) == [("slogan", s) for s in case["want"]]


@pytest.mark.parametrize("case", CASES["models"], ids=lambda c: c["text"])
def test_model(case: dict[str, Any]) -> None:
    assert surfaces(case["text"]) == [("model", s) for s in case["want"]]
    found = find_labels(case["text"])
    members = [list(x.members) for x in found]
    assert members == (case["members"] if isinstance(case["members"][0], list) else [case["members"]])
    assert all(len(x.roles) == len(x.members) for x in found)
    assert list(found[0].roles) == case.get("roles", list(found[0].roles))


@pytest.mark.parametrize("text", CASES["none"])
def test_refused(text: str) -> None:
    assert surfaces(text) == []


def test_enough_cases() -> None:
    assert len(CASES["slogans"]) + len(CASES["models"]) >= 80
    assert len(CASES["none"]) >= 30


def test_labels_do_not_overlap_and_are_in_order() -> None:
    text = "。".join(case["text"] for case in CASES["slogans"] + CASES["models"])
    spans = [x.span for x in find_labels(text)]
    assert all(a.end <= b.start for a, b in pairwise(spans))


def test_a_slogan_of_the_article_is_found_without_quotation_marks() -> None:
    text = "五色联动让村子活了。"
    assert find_labels(text) == []
    [label] = find_labels(text, also=["五色联动"])
    assert (label.span.cut(text), label.rule) == ("五色联动", "again")


@pytest.mark.parametrize(
    ("member", "role"),
    [
        ("党支部领办合作社", "cooperative"),
        ("合作社党支部", "party_organisation"),
        ("县直部门", "government"),
        ("种植大户", "household"),
        ("农业产业协会", "association"),
        ("示范基地", "base"),
        ("强村公司", "firm"),
        ("旅游", "other"),
    ],
)
def test_role(member: str, role: str) -> None:
    assert role_of(member) == role


def test_every_never_word_is_refused_between_quotation_marks() -> None:
    never = load_codebook("labels").terms("never")
    assert [w for w in never if find_labels(f"村里有“{w}”。")] == []


def test_every_listed_slogan_is_found() -> None:
    book = load_codebook("labels")
    missed = [w for w in book.terms("slogans") if [x.span.cut(f"村里讲{w}，落实好。") for x in find_labels(f"村里讲{w}，落实好。")] != [w]]
    missed += [w for w in book.terms("quoted_slogans") if [x.span.cut(f"讲“{w}”。") for x in find_labels(f"讲“{w}”。")] != [w]]
    assert missed == []


def test_a_word_in_two_lists_is_refused_with_its_line(tmp_path: Path) -> None:
    source = BUILTIN / "labels.yaml"
    path = tmp_path / "labels.yaml"
    path.write_text(source.read_text(encoding="utf-8").replace("  - 一肩挑\n", "  - 一肩挑\n  - 四议两公开\n"), encoding="utf-8")
    with pytest.raises(CaseworkError, match=r"labels.yaml:\d+: '四议两公开' stands in 'slogans' and in 'quoted_slogans'"):
        Words(load_codebook(path))


def test_words_are_loaded_once() -> None:
    assert words() is words()


PIECES = [
    *'“”‘’"+＋/加、，。 （）N一三双十百个年抓村区是²\x00𠀀',
    *("1", "16", "支部", "合作社", "农户", "四议两公开", "三农", "三年行动", "模式", "机制", "工作法"),
]


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=24).map("".join))
def test_whatever_stands_there_labels_are_in_order_and_named(text: str) -> None:
    found = find_labels(text)
    assert all(a.span.end <= b.span.start for a, b in pairwise(found))
    for label in found:
        assert 0 <= label.span.start < label.span.end <= len(text)
        assert label.rule
        assert (label.kind == "model") == (len(label.members) > 1) == (len(label.roles) > 1)
        assert all(member for member in label.members)
