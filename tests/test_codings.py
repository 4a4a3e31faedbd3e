"""Mechanisms: the codebook's own examples, nearness, negation, exceptions, and mistakes refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.claims.codings import find_codings, load_mechanisms
from casework.claims.mechanisms import Mechanisms
from casework.codebook import BUILTIN, load_codebook
from casework.text import CaseworkError

BOOK = load_mechanisms()
EXAMPLES = [(c.code, s) for c in BOOK.codes.values() for s in c.examples]
COUNTER_EXAMPLES = [(c.code, s) for c in BOOK.codes.values() for s in c.counter_examples]

SMALL = """\
name: small
version: 1
about: Two codes for the tests.
families:
  work: {zh: 工作, en: Work}
exclusive:
  - [planting, fishing]
codes:
  planting:
    family: work
    label: {zh: 种植, en: Planting}
    definition: {en: Something is planted.}
    terms: [种树, 种草]
    near:
      - {all: [[栽, 植], 树苗], within: 5}
    not: [种树木匠]
    examples: [村民种树。]
    counter_examples: [村民唱歌。]
  fishing:
    family: work
    label: {zh: 捕鱼, en: Fishing}
    definition: {en: Fish are caught.}
    terms: [捕鱼]
    examples: [村民捕鱼。]
    counter_examples: [村民种树。]
"""


def book(tmp_path: Path, text: str) -> Mechanisms:
    path = tmp_path / "small.yaml"
    path.write_text(text, encoding="utf-8")
    return load_mechanisms(path)


def codes(text: str, mechanisms: Mechanisms = BOOK) -> set[str]:
    return {c.code for c in find_codings(text, mechanisms)}


@pytest.mark.parametrize(("code", "sentence"), EXAMPLES)
def test_example_gets_its_code(code: str, sentence: str) -> None:
    assert code in codes(sentence)


@pytest.mark.parametrize(("code", "sentence"), COUNTER_EXAMPLES)
def test_counter_example_does_not(code: str, sentence: str) -> None:
    assert code not in codes(sentence)


def test_the_built_in_codebook_is_broad() -> None:
    assert len(BOOK.codes) >= 28
    assert len(BOOK.families) == 7
    assert {c.family for c in BOOK.codes.values()} == set(BOOK.families)
    assert all(c.label["zh"] and c.label["en"] and c.definition["zh"] for c in BOOK.codes.values())


def test_rule_names_code_and_words() -> None:
    text = "柳湾村由党总支牵头成立了合作社。"
    hit = next(c for c in find_codings(text) if c.code == "branch_led_cooperative")
    assert hit.rule == "branch_led_cooperative:党总支~牵头成立~合作社"
    assert hit.span.cut(text) == "党总支牵头成立了合作社"


def test_codes_may_overlap_but_hits_of_one_code_do_not() -> None:
    text = "党支部领办合作社，村民以土地入股，入股分红，流转土地三百亩。"
    hits = find_codings(text)
    assert {"branch_led_cooperative", "land_shares", "land_transfer"} <= {c.code for c in hits}
    for code in {c.code for c in hits}:
        spans = [c.span for c in hits if c.code == code]
        assert all(not a.overlaps(b) for i, a in enumerate(spans) for b in spans[i + 1 :])
    assert [(c.span, c.code) for c in hits] == sorted((c.span, c.code) for c in hits)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("村里推行积分制。", True),
        ("村里尚未推行积分制。", False),
        ("村里没有实行积分制。", False),
        ("积分制还未铺开。", False),
        ("村里没有闲人，推行积分制。", True),
        ("推行积分制，没有走过场。", True),
        ("全村有没有积分制，一看便知。", True),
        ("未来将推行积分制。", True),
    ],
)
def test_negation(text: str, expected: bool) -> None:
    assert ("points_system" in codes(text)) is expected


def test_a_negated_hit_leaves_no_shorter_one_behind() -> None:
    assert "branch_led_cooperative" not in codes("这个村尚未推行党支部领办合作社。")


def test_exception(tmp_path: Path) -> None:
    small = book(tmp_path, SMALL)
    assert codes("他是种树木匠。", small) == set()
    assert codes("他是种树木匠，也种树。", small) == {"planting"}


@pytest.mark.parametrize(
    ("within", "text", "expected"),
    [
        ("5", "栽下一批新树苗", True),
        ("5", "栽完以后他们又去看树苗", False),
        ("clause", "栽完以后他们又去看树苗", True),
        ("clause", "他们栽完了，又去看树苗", False),
        ("passage", "他们栽完了。第二天又去看树苗。", True),
        ("passage", "他们第二天又去看树苗。", False),
    ],
)
def test_nearness(tmp_path: Path, within: str, text: str, expected: bool) -> None:
    small = book(tmp_path, SMALL.replace("within: 5", f"within: {within}"))
    assert ("planting" in codes(text, small)) is expected


def test_a_codebook_is_taken_as_it_was_loaded(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    assert {c.code for c in find_codings("村民捕鱼。", load_codebook(path))} == {"fishing"}
    assert find_codings("村民推行积分制。")[0].code == "points_system"
    assert find_codings("", BOOK) == []


def test_a_codebook_without_negation_takes_the_built_in_one(tmp_path: Path) -> None:
    small = book(tmp_path, SMALL)
    assert codes("村民没有捕鱼。", small) == set()
    assert small.negation == BOOK.negation


MISTAKES = [
    (
        "    family: work\n    label: {zh: 捕鱼",
        "    famly: work\n    family: work\n    label: {zh: 捕鱼",
        20,
        r"unknown key 'famly'; did you mean 'family'\?",
    ),
    ("terms: [捕鱼]", "terms: ['']", 23, "'terms' of 'fishing' holds an empty or unquoted word"),
    ("terms: [捕鱼]", "terms: [捕鱼, 捕鱼]", 23, "holds '捕鱼' twice"),
    ("terms: [捕鱼]", "terms: [捕鱼, 种草]", 23, "'种草' is a term of 'planting' and of 'fishing', which exclude each other"),
    ("terms: [捕鱼]", "terms: [打鱼]", 24, "this example does not get the code 'fishing'"),
    ("examples: [村民唱歌。]", "examples: [村民种草。]", 18, "this counter-example gets the code 'planting' by planting:种草"),
    ("family: work\n    label: {zh: 捕鱼", "family: wrok\n    label: {zh: 捕鱼", 20, "unknown family; did you mean 'work'"),
    ("    terms: [捕鱼]\n", "", 20, "'fishing' has neither terms nor near"),
    ("within: 5", "within: page", 15, "'within' of 'planting' is 'page'; write a number of characters, clause or passage"),
    ("all: [[栽, 植], 树苗]", "all: [树苗]", 15, "'all' of 'planting' must be a list of at least two words"),
    ("[planting, fishing]", "[planting, fising]", 7, "'exclusive' names an unknown code 'fising'; did you mean 'fishing'"),
    ("label: {zh: 捕鱼, en: Fishing}", "label: {en: Fishing}", 21, "the label of 'fishing' lacks 'zh'"),
    ("definition: {en: Fish are caught.}", "definition: {en: ''}", 22, "the definition of 'fishing' has an empty 'en'"),
    ("    examples: [村民捕鱼。]\n", "    examples: []\n", 24, "'examples' of 'fishing' must be a list with at least one entry"),
    ("about: Two", "colour: red\nabout: Two", 3, "the codebook has an unknown key 'colour'"),
]


@pytest.mark.parametrize(("old", "new", "line", "message"), MISTAKES)
def test_a_mistake_is_refused_with_its_line(tmp_path: Path, old: str, new: str, line: int, message: str) -> None:
    assert SMALL.count(old) == 1
    with pytest.raises(CaseworkError, match=message) as error:
        book(tmp_path, SMALL.replace(old, new))
    assert str(error.value).startswith(f"small.yaml:{line}: ")


def test_an_unknown_code_is_named(tmp_path: Path) -> None:
    assert BOOK.label("points_system", "zh") == "积分制"
    with pytest.raises(CaseworkError, match="has no code 'point_system'; did you mean 'points_system'"):
        BOOK.label("point_system")


def test_the_built_in_codebook_lies_in_the_package() -> None:
    assert BOOK.file == "mechanisms.yaml"
    assert (BUILTIN / BOOK.file).is_file()


WORDS = [
    "没有",
    "尚未",
    "有没有",
    "，",
    "。",
    "\n",
    "村",
    "党支部",
    "领办",
    "合作社",
    "土地",
    "入股",
    "流转",
    "亩",
    "积分制",
    "托管",
    "暑期托管服务",
    "网格",
    "党员",
    "户",
    "客户",
]


@settings(deadline=None, max_examples=200)
@given(st.lists(st.sampled_from(WORDS), max_size=20))
def test_a_far_away_sentence_changes_no_hit(words: list[str]) -> None:
    """Codes that ask for nothing beyond their clause are found alike wherever the passage goes on."""
    text = "".join(words)
    alone = find_codings(text)
    assert all(0 <= c.span.start < c.span.end <= len(text) and c.rule.startswith(f"{c.code}:") for c in alone)
    longer = text + "。\n天气很好，大家在河边散步聊天，一直走到很晚很晚才慢慢地各自回到家里休息。"
    assert find_codings(longer) == alone
