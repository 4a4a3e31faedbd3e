"""Cases: which stretch is about which place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from casework.articles import Article, Passage
from casework.cases import Case, split_cases
from casework.places import Mention, Place
from casework.text import Span, Text

CASES: list[dict[str, Any]] = YAML(typ="safe").load((Path(__file__).parent / "cases" / "cases.yaml").read_text(encoding="utf-8"))
FILLER = "村里的事一年比一年多，干部和群众一起商量着办。" * 10
P, D, X = "甲省/乙市", "甲省/乙市/东山县", "甲省/乙市/云岭县"
PLACES = {
    "V": Place("990000", "甲省", "province"),
    "P": Place("990100", P, "prefecture"),
    "D": Place("990101", D, "county"),
    "D1": Place("990101001", f"{D}/石桥镇", "township"),
    "D1a": Place("990101001001", f"{D}/石桥镇/大坡村", "village"),
    "D2": Place("990101002", f"{D}/西河乡", "township"),
    "D3": Place("990101003", f"{D}/白马乡", "township"),
    "X": Place("990102", X, "county"),
    "X1": Place("990102001", f"{X}/松岗镇", "township"),
    "OP": Place("980100", "丙省/丁市", "prefecture"),
    "O": Place("980101", "丙省/丁市/柳湾县", "county"),
}
NAMES = {place.path: name for name, place in PLACES.items()}


def mentions_of(words: str) -> list[Mention]:
    """Read places such as `D ?D3 @90 X`, each behind the last with a gap between."""
    found, at = [], 0
    for word in words.replace('"', "").split():
        if word.startswith("@"):
            at = int(word[1:])
            continue
        flags = frozenset({"not_in_gazetteer"}) if word.startswith("?") else frozenset()
        found.append(Mention(Span(at, at + 3), PLACES[word.lstrip("?")], "full", flags))
        at += 5
    return found


def split(passages: list[str], home: str = "") -> tuple[Article, tuple[Case, ...]]:
    told = [p.partition("|") for p in passages]
    article = Article("", "", "", (), "unknown", tuple(Passage(role.strip(), Text.of(FILLER)) for role, _, _ in told))
    return article, split_cases(article, [mentions_of(words) for _, _, words in told], PLACES.get(home))


@pytest.mark.parametrize("case", CASES, ids=[c["name"] for c in CASES])
def test_cases(case: dict[str, Any]) -> None:
    article, cases = split(case["passages"], case.get("home", ""))
    got = dict.fromkeys(range(len(article.passages)), "-")
    for c in cases:
        got |= dict.fromkeys(c.passages, NAMES[c.place.path] if c.place else "0")
    assert " ".join(got.values()) == str(case["want"])


ROLES = st.sampled_from(["headline", "subhead", "body", "body", "caption", "chrome", "byline", "spam"])
SOME = st.lists(st.sampled_from([*PLACES, "?D1a", "?D3"]), max_size=3).map(" ".join)


@given(st.lists(st.tuples(ROLES, SOME).map(lambda t: f"{t[0]} | {t[1]}"), max_size=9), st.sampled_from(["", *PLACES]))
def test_each_passage_is_in_one_case_and_each_place_is_one_case(passages: list[str], home: str) -> None:
    article, cases = split(passages, home)
    given_out = [i for c in cases for i in c.passages]
    told = [i for i, p in enumerate(article.passages) if p.role in ("headline", "subhead", "body", "caption")]
    assert sorted(given_out) == told
    assert len({c.place for c in cases}) == len(cases)
    assert all(c.passages == tuple(sorted(c.passages)) for c in cases)


def test_a_county_that_nobody_names_is_made_from_its_township() -> None:
    _, cases = split(["headline | D1 D2", "body | D1", "body | D2"])
    assert cases[0].place == Place("990101", D, "county")


def test_paragraphs_headed_by_their_place_are_its_sections() -> None:
    texts = ["各镇动态", "石桥镇：种桃三千亩。", "又修渠九条。", "西河乡：通了水。", "白马乡：修了路。"]
    told = tuple(Passage("headline" if i == 0 else "body", Text.of(text)) for i, text in enumerate(texts))
    named = [[], *([Mention(Span(0, 3), PLACES[p], "full")] if p else [] for p in ("D1", "", "D2", "D3"))]
    cases = split_cases(Article("", "", "", (), "unknown", told), named)
    assert [(NAMES[c.place.path], c.passages) for c in cases if c.place] == [("D", (0,)), ("D1", (1, 2)), ("D2", (3,)), ("D3", (4,))]


def test_two_paragraphs_headed_by_their_place_are_none() -> None:
    told = tuple(Passage("body", Text.of(text)) for text in ("石桥镇：种桃三千亩。", "西河乡：通了水。"))
    cases = split_cases(Article("", "", "", (), "unknown", told), [[Mention(Span(0, 3), PLACES[p], "full")] for p in ("D1", "D2")])
    assert [c.place for c in cases] == [PLACES["D"]]
