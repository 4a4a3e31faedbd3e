"""Find models: organisational formulas whose members are joined by a plus sign."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from ahocorasick_rs import AhoCorasick

from casework.claims.label_words import HAN, either
from casework.codebook import Codebook, line_of, load_codebook
from casework.text import CaseworkError, Span

__all__ = ["Model", "find_models", "role_of"]

_BRACKET = r"[(（][^()（）\n]{1,20}[)）]"
_QUOTED = r"[“‘\"][^“”‘’\"+＋\n]{1,12}[”’\"]"


@dataclass(frozen=True, slots=True)
class Model:
    """Where a formula stands, its members in order, and the role of each."""

    span: Span
    members: tuple[str, ...]
    roles: tuple[str, ...]


def find_models(text: str, quotes: Sequence[Span] = ()) -> list[Model]:
    """Find the formulas joined by a plus sign, or by its stand-ins between words that name an actor.

    `quotes` are the stretches between quotation marks: where there are none, a member ends at a
    known actor or before a word of the codebook's `tails`.

    >>> [m.members for m in find_models("试行公司+基地+农户（脱贫户）联结机制")]
    [('公司', '基地', '农户（脱贫户）')]
    """
    p = _patterns()
    found: list[Model] = []
    for m in p.candidates(text):
        inside = next((q for q in quotes if q.start <= m.start() and m.end() <= q.end), None)
        if m.re is p.slashed and not inside and len(p.slash.findall(m[0])) < 2:
            continue
        pieces = list(p.pieces(text, Span(*m.span()), inside))
        if len(pieces) < 2 or not p.organises(text, pieces):
            continue
        span = Span(pieces[0].start, pieces[-1].end)
        if not any(span.overlaps(f.span) for f in found):
            members = tuple(re.sub(r"[“”‘’\"\s]", "", s.cut(text)) for s in pieces)
            found.append(Model(span, members, tuple(map(role_of, members))))
    return found


def role_of(member: str) -> str:
    """Tell who a member of a model is, by the cue that ends last and is the longest.

    >>> role_of("党支部"), role_of("农户(贫困户)"), role_of("文化")
    ('party_organisation', 'household', 'other')
    """
    p = _patterns()
    bare = re.sub(_BRACKET, "", member) or member
    hits = [
        (end, end - start, p.cues[i]) for i, start, end in p.cue_finder.find_matches_as_indexes(bare, overlapping=True)
    ]
    return p.roles[max(hits)[2]] if hits else "other"


class _Patterns:
    def __init__(self, book: Codebook) -> None:
        self.roles = _roles(book)
        self.cues = list(self.roles)
        self.cue_finder = AhoCorasick(self.cues)
        plus = either(book.terms("plus"))
        member = rf"(?:{_QUOTED}|{_BRACKET}|[\w·%％—\-]|[ \u3000](?={HAN}))"
        self.plus = re.compile(plus)
        self.chain = re.compile(rf"{member}{{1,40}}(?:\s*{plus}\s*{member}{{1,40}})+")
        actor = either([cue for cue in self.roles if len(cue) > 1])
        one = rf"(?:{actor})+(?:{_BRACKET})?"
        join, slash = either(book.terms("joiners")), either(book.terms("slashes"))
        self.actors, self.slashed = (re.compile(rf"{one}(?:{by}{one})+") for by in (join, slash))
        self.joined, self.slash_joined = (re.compile(rf"{by}(?={actor})") for by in (join, slash))
        self.actor_run = re.compile(rf"(?:{actor})+(?:{_BRACKET})?")
        self.joiner, self.slash = re.compile(rf"{join}|{slash}"), re.compile(slash)
        self.lead_in = re.compile(either(book.terms("lead_in")))
        self.kept = re.compile(either(book.terms("lead_in_kept")))
        self.tail = re.compile(either(book.terms("tails")))
        self.sum = re.compile(rf"\d\s*{either(book.terms('sums'))}")

    def candidates(self, text: str) -> Iterator[re.Match[str]]:
        """Give the chains of members; the cheap look for a joiner spares most passages the search."""
        for sign, chain in ((self.plus, self.chain), (self.joined, self.actors), (self.slash_joined, self.slashed)):
            if sign.search(text):
                yield from chain.finditer(text)

    def pieces(self, text: str, whole: Span, quote: Span | None) -> Iterator[Span]:
        """Cut a chain into members, and trim the first and the last where no quotation mark bounds them."""
        by = self.plus if self.plus.search(text, whole.start, whole.end) else self.joiner
        joins = list(by.finditer(text, whole.start, whole.end))
        starts = [whole.start, *(j.end() for j in joins)]
        ends = [*(j.start() for j in joins), whole.end]
        for i, (start, end) in enumerate(zip(starts, ends, strict=True)):
            first, last = i == 0, i == len(joins)
            if first and not (quote and quote.start == whole.start):
                start = self._begin(text, start, end)
            if last and not (quote and quote.end == whole.end and not quote.end - start > 14):
                end = self._end(text, start, end)
            piece = _unquoted(text, start, end)
            if piece.start < piece.end:
                yield piece

    def _begin(self, text: str, start: int, end: int) -> int:
        """Find where the first member begins: behind the last word that leads into it."""
        marks = [m.end() for m in re.finditer('[“‘"]', text[start:end])]
        if marks:
            return start + marks[-1] if text[end - 1] in '”’"' else start
        at = start
        for m in self.lead_in.finditer(text, start, end):
            kept = self.kept.match(text, m.start())
            if (
                m.end() < end
                and not (kept and kept.end() <= end)
                and not self._within_actor(text, m.start(), start, end)
            ):
                at = m.end()
        return at

    def _within_actor(self, text: str, at: int, start: int, end: int) -> bool:
        return any(m.start() < at < m.end() for m in self.actor_run.finditer(text, start, end))

    def _end(self, text: str, start: int, end: int) -> int:
        """Find where the last member ends: with the actor it begins with, else before a tail word."""
        while start < end and text[start].isspace():
            start += 1
        if actor := self.actor_run.match(text, start, end):
            return actor.end()
        tail = next((m.start() for m in self.tail.finditer(text, start, end) if m.start() > start), end)
        return tail if tail - start <= 14 else start

    def organises(self, text: str, pieces: Sequence[Span]) -> bool:
        """Tell a formula from a sum: words on all sides, no money, and no figure before the sign."""
        members = [p.cut(text) for p in pieces]
        if not re.search(HAN, members[0]) or not any(re.search(HAN, m) for m in members[1:]):
            return False
        return not any(m[-1].isdigit() for m in members[:-1]) and not any(self.sum.search(m) for m in members)


def _unquoted(text: str, start: int, end: int) -> Span:
    """Leave out blanks and quotation marks around a member."""
    while start < end and (text[start].isspace() or text[start] in '“‘"”’'):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in '“‘"”’'):
        end -= 1
    return Span(start, end)


def _roles(book: Codebook) -> dict[str, str]:
    """Read which cue stands for which role; refuse a cue that stands for two."""
    roles: dict[str, str] = {}
    section = book.section("roles")
    for role, cues in section.items():
        for i, cue in enumerate(cues):
            if cue in roles:
                raise CaseworkError(
                    f"{book.file}:{line_of(cues, i)}: '{cue}' is a cue of '{roles[cue]}' and of '{role}'"
                )
            roles[cue] = role
    return roles


@cache
def _patterns() -> _Patterns:
    return _Patterns(load_codebook("labels"))
