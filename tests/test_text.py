"""Text: the way from clean to raw holds through any edits, for any characters, at any size."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.text import CaseworkError, Edit, Span, Text, join_spans, parse_spans

LETTERS = st.text(st.sampled_from("ab1 \n，。县村𠮷😀e\u0301\u200bé"), max_size=30)
NEW = st.text(st.sampled_from("xy2县𠮷"), max_size=3)


@st.composite
def edits_of(draw: st.DrawFn, clean: str, rule: str = "r") -> list[Edit]:
    """Disjoint edits of a string, in any order."""
    cuts = sorted(draw(st.lists(st.integers(0, len(clean)), max_size=8, unique=True)))
    spans = [Span(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    return draw(st.permutations([Edit(s, draw(NEW), draw(st.sampled_from([rule, rule + "2"]))) for s in spans]))


@st.composite
def edited(draw: st.DrawFn) -> Text:
    """A text after up to three rounds of edits."""
    text = Text.of(draw(LETTERS))
    for i in range(draw(st.integers(0, 3))):
        text = text.edit(draw(edits_of(text.clean, f"r{i}")))
    return text


def replay(raw: str, ledger: Sequence[Edit]) -> str:
    """Read the ledger forwards: raw to clean."""
    parts, at = [], 0
    for e in ledger:
        assert e.span.start >= at
        parts += raw[at : e.span.start], e.new
        at = e.span.end
    return "".join([*parts, raw[at:]])


def undo(clean: str, rows: Sequence[tuple[int, str, str]]) -> str:
    """Read the rows (raw start, raw, new) backwards: clean to raw."""
    parts, at, shift = [], 0, 0
    for start, raw, new in rows:
        here = start + shift
        assert clean[here : here + len(new)] == new
        parts += clean[at:here], raw
        at, shift = here + len(new), shift + len(new) - len(raw)
    return "".join([*parts, clean[at:]])


@given(edited())
@settings(max_examples=400)
def test_the_ledger_replays_both_ways(text: Text) -> None:
    ledger = text.ledger()
    assert replay(text.raw, ledger) == text.clean
    assert undo(text.clean, [(e.span.start, e.span.cut(text.raw), e.new) for e in ledger]) == text.raw


@given(st.data())
def test_one_round_of_edits_does_what_it_says(data: st.DataObject) -> None:
    raw = data.draw(LETTERS)
    edits = data.draw(edits_of(raw))
    assert Text.of(raw).edit(edits).clean == replay(raw, sorted(edits, key=lambda e: e.span))


@given(edited(), st.data())
def test_two_edits_in_one_go_or_one_after_the_other(text: Text, data: st.DataObject) -> None:
    edits = sorted(data.draw(edits_of(text.clean)), key=lambda e: e.span)
    one_by_one = text
    for e in reversed(edits):
        one_by_one = one_by_one.edit([e])
    at_once = text.edit(edits)
    assert one_by_one.clean == at_once.clean
    assert replay(text.raw, one_by_one.ledger()) == replay(text.raw, at_once.ledger())


@given(edited())
@settings(max_examples=150)
def test_every_span_leads_to_raw_characters(text: Text) -> None:
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            stretches = text.to_raw(Span(start, end))
            assert all(0 <= s.start <= s.end <= len(text.raw) for s in stretches)
            assert text.surface(Span(start, end)) == "".join(s.cut(text.raw) for s in stretches)
            back = text.to_clean(Span(stretches[0].start, stretches[-1].end))
            assert back.covers(Span(start, end)) or stretches[0].start == stretches[-1].end


@given(edited())
def test_untouched_characters_are_themselves(text: Text) -> None:
    for run in text.runs:
        if not run.rule:
            assert text.clean[run.start : run.end] == text.raw[run.raw_start : run.raw_end]
            for i in range(run.start, run.end):
                assert text.surface(Span(i, i + 1)) == text.clean[i]


@given(edited())
def test_starts_do_not_go_back(text: Text) -> None:
    starts = [text.to_raw(Span(i, i + 1))[0].start for i in range(len(text))]
    assert starts == sorted(starts)


@given(edited(), st.data())
def test_a_cut_leads_where_the_whole_leads(text: Text, data: st.DataObject) -> None:
    a = data.draw(st.integers(0, len(text)))
    b = data.draw(st.integers(a, len(text)))
    piece = text.cut(Span(a, b))
    assert piece.clean == text.clean[a:b]
    if piece.clean:
        assert piece.to_raw(Span(0, len(piece))) == text.to_raw(Span(a, b))


@given(edited(), st.data())
def test_a_join_keeps_each_part(text: Text, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    left, right = text.cut(Span(0, at)), text.cut(Span(at, len(text)))
    swapped = Text.join([right, left])
    assert swapped.clean == right.clean + left.clean
    if right.clean and left.clean:
        assert swapped.to_raw(Span(0, len(right))) == right.to_raw(Span(0, len(right)))
        assert swapped.to_raw(Span(len(right), len(swapped))) == left.to_raw(Span(0, len(left)))


@given(LETTERS, st.data())
def test_cuts_with_rims_lose_no_character(raw: str, data: st.DataObject) -> None:
    """Lines cut with their rims cover everything but the line breaks between them."""
    text = Text.of(raw)
    text = text.edit(e for e in data.draw(edits_of(raw)) if "\n" not in e.span.cut(raw))
    covered = [0] * len(raw)
    at = 0
    for line in text.clean.split("\n"):
        for s in text.cut(Span(at, at + len(line)), rims=True).raw_spans():
            for i in range(s.start, s.end):
                covered[i] += 1
        at += len(line) + 1
    assert all(n == 1 for i, n in enumerate(covered) if raw[i] != "\n")


def test_starts_move_right_and_ends_left() -> None:
    text = Text.of("去[注]年收[注]入").edit([Edit(Span(1, 4), "", "note"), Edit(Span(6, 9), "", "note")])
    assert text.clean == "去年收入"
    assert text.to_raw(Span(1, 3)) == (Span(4, 6),)
    assert text.surface(Span(0, 2)) == "去[注]年"


def test_a_span_across_a_seam_has_two_stretches() -> None:
    text = Text.of("后半句。前半句")
    whole = Text.join([text.cut(Span(4, 7)), text.cut(Span(0, 4))])
    assert whole.clean == "前半句后半句。"
    assert whole.to_raw(Span(2, 4)) == (Span(6, 7), Span(0, 1))


@pytest.mark.parametrize("raw", ["", "县", "𠮷", "\n"])
def test_tiny_texts(raw: str) -> None:
    text = Text.of(raw)
    assert (text.clean, text.ledger(), len(text)) == (raw, (), len(raw))
    assert text.raw_spans() == ((Span(0, 1),) if raw else ())


@pytest.mark.parametrize(
    "edits", [[Edit(Span(1, 1), "x", "r")], [Edit(Span(0, 9), "", "r")], [Edit(Span(0, 2), "", "r"), Edit(Span(1, 3), "", "r")]]
)
def test_bad_edits_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(CaseworkError, match="edit 'r'"):
        Text.of("三个村").edit(edits)


def test_an_edit_across_a_seam_is_refused() -> None:
    text = Text.of("甲乙丙")
    with pytest.raises(CaseworkError, match="across a seam"):
        Text.join([text.cut(Span(2, 3)), text.cut(Span(0, 1))]).edit([Edit(Span(0, 2), "丁", "r")])


def test_empty_spans_have_no_raw() -> None:
    with pytest.raises(CaseworkError, match="empty or outside"):
        Text.of("三个村").to_raw(Span(1, 1))


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)).map(lambda t: Span(*t))))
def test_spans_in_a_cell(spans: list[Span]) -> None:
    assert parse_spans(join_spans(spans)) == tuple(spans)


def _seconds(size: int) -> float:
    raw = "村里种了12亩油菜。" * size
    start = time.process_time()
    text = Text.of(raw).edit(Edit(Span(i, i + 1), "", "r") for i in range(0, len(raw), 20))
    for i in range(0, len(text) - 50, len(text) // 200):
        text.cut(Span(i, i + 50)).to_raw(Span(0, 50))
    assert replay(raw, text.ledger()) == text.clean
    return time.process_time() - start


def test_ten_megabytes_in_linear_time() -> None:
    small, large = _seconds(40_000), _seconds(400_000)
    assert len(("村里种了12亩油菜。" * 400_000).encode()) > 10_000_000
    assert large < 25 * small + 1
