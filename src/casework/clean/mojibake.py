"""Text whose bytes were cut or read in the wrong encoding, decoded anew.

A page that puts pinyin behind traditional characters by matching bytes, not characters, now and
then hits the last byte of one character and the first of the next. The bracket takes the place of
half a character; all that follows is read one byte off until a single byte puts it right again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import accumulate

import rjieba

from casework.clean.script import HAN, gb2312_level, simple
from casework.codebook import load_codebook
from casework.text import Edit, Span

__all__ = ["bare_syllable", "shifted_bytes", "wrong_encoding"]

LETTER = "a-z\u00e0-\u00fc\u0101\u0113\u011b\u012b\u014d\u016b\u01ce\u01d0\u01d2\u01d4\u01d6\u01d8\u01da\u01dc"
LETTER += "\u0144\u0148\u01f9\u0251\u0261"
_SHIFTED = re.compile(rf"[?\ufffd](?:([{LETTER}]{{1,6}})[)\uff09])?((?:[!,:;()]|[^\x00-\x7f\u20ac\s]){{1,60}}?)([\u20ac@-~])")
# The same where the last byte is lost too, so that nothing says where the text is right again.
_TORN = re.compile(rf"[?\ufffd](?:[{LETTER}]{{1,6}}[)\uff09])?((?:[!,:;()]|[^\x00-\x7f\u20ac\s\ufffd]){{3,60}})(?=[?\ufffd]|\s|$)")
# A full stop and a closing quotation mark, off by one, with what came behind eaten: often the bracket of a tag.
_CLOSING = re.compile(rf"\?[!\uff01]\?(?<=[{HAN}\uff09].{{3}})(/[a-z]{{1,6}}>)?")
_FULL_STOPS = "\u3002\uff0c\u3001\uff1b\uff1a\uff1f\uff01\u201d\u300b\uff09"
_OPENING = "\u201c\u2018\u300a\uff08\u3010"
_LATIN1 = re.compile("[\xc2-\xf4][\x80-\xbf]{1,3}(?:[\xc2-\xf4][\x80-\xbf]{1,3})+")
_FULL_WIDTH = {ord(c): ord(c) + 0xFEE0 for c in "!,:;()"}  # pages that write their punctuation half width did it to these too
_PLAUSIBLE = 0.9
_TONES = dict.fromkeys(map(ord, "\u0300\u0301\u0304\u030c"))


def bare_syllable(syllable: str) -> str:
    """Take the tone marks off pinyin: lower case, composed, ü kept.

    >>> bare_syllable("Lǜ")
    'lü'
    """
    apart = unicodedata.normalize("NFD", syllable.lower().replace("\u0251", "a").replace("\u0261", "g"))
    return unicodedata.normalize("NFC", apart.translate(_TONES))


def shifted_bytes(clean: str) -> Iterator[Edit]:
    """Decode stretches of GBK that were read one byte off.

    Where the lost half of the first character follows from the pinyin or from a single
    plausible reading it is put back; else the stretch is only flagged.
    """
    if "?" not in clean and "\ufffd" not in clean:
        return
    for m in _SHIFTED.finditer(clean):
        rest = _rest(m[2], m[3])
        if rest is None or not _better(rest[1], m[2]):
            continue
        found = _first(clean, m, *rest)
        span = Span(*m.span())
        if len(found) == 1:
            yield Edit(span, found[0] + rest[1], "shifted_bytes")
        else:
            yield Edit(span, m[0], "shifted_bytes", f"read one byte off; ends in {rest[1]!r}, its first character is not certain")
    yield from _torn(clean)
    for m in _CLOSING.finditer(clean):
        line = clean[clean.rfind("\n", 0, m.start()) + 1 : m.start()]
        if m[1] or line.count("\u201c") > line.count("\u201d"):
            flag = "" if m[1] else "a full stop and a closing quotation mark, by the context"
            yield Edit(Span(*m.span()), "\u3002\u201d", "shifted_bytes", flag)
    for m in re.finditer(r"\ufffd+", clean):
        yield Edit(Span(*m.span()), m[0], "shifted_bytes", "bytes that could not be decoded")


def _torn(clean: str) -> Iterator[Edit]:
    """Flag stretches read one byte off that end in half a character: how they read is said, but not put in their place."""
    for m in _TORN.finditer(clean):
        rest = _rest(m[1], "")
        if rest is not None and _better(rest[1], m[1]) and 2 * sum(map(_common, m[1])) < len(m[1]):
            flag = f"read one byte off, with half a character lost at its end; reads {rest[1]!r}"
            yield Edit(Span(*m.span()), m[0], "shifted_bytes", flag)


def _rest(body: str, tail: str) -> tuple[int, str] | None:
    """Decode all but the first byte: that byte, and the characters after it; without a tail the last byte is half a character."""
    try:
        code = body.translate(_FULL_WIDTH).encode("gb18030") + (b"\x80" if tail == "\u20ac" else tail.encode("ascii"))
        if len(code) != 2 * len(body) + len(tail):
            return None
        rest = code[1 : None if tail else -1].decode("gbk")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return None
    return code[0], rest


def _common(char: str) -> bool:
    return gb2312_level(simple(char)) == 1


def _better(decoded: str, shown: str) -> bool:
    """Tell whether the decoded reading has the commoner characters; the odd byte after the shown one counts against it."""
    good = sum(map(_common, decoded)) / len(decoded)
    return good >= _PLAUSIBLE and sum(map(_common, shown)) / (len(shown) + 1) < good - (1 - _PLAUSIBLE)


def _first(clean: str, m: re.Match[str], byte: int, rest: str) -> list[str]:
    """List the readings of the character whose first byte is lost."""
    readings = [(lead, c) for lead in range(0x81, 0xFF) if len(c := bytes([lead, byte]).decode("gbk", "ignore")) == 1]
    before = clean[m.start() - 1 : m.start()]
    if m[1]:
        return [c for lead, c in readings if _reads(before, lead, m[1])]
    stops = [c for _, c in readings if c in _FULL_STOPS]
    if stops and (rest[0] in _OPENING or not _joined(before, rest, [c for _, c in readings])):
        return stops[:1]
    return _joined(before, rest, [c for _, c in readings])


def _reads(before: str, lead: int, syllable: str) -> bool:
    """Tell whether the last byte of `before` and `lead` make a character that is read so."""
    try:
        char = (before.encode("gbk")[-1:] + bytes([lead])).decode("gbk")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return False
    return char in _characters(bare_syllable(syllable))


@cache
def _characters(syllable: str) -> str:
    return str(load_codebook("pinyin").section("characters").get(syllable, ""))


def _joined(before: str, rest: str, readings: list[str]) -> list[str]:
    """Keep the common readings that make a word with a neighbour."""
    pairs = ((c, simple(c)) for c in readings if _common(c) and re.match(f"[{HAN}]", c))
    left, right = simple(before) if before else "", simple(rest[0])
    return [c for c, s in pairs if (left and rjieba.has_word(left + s)) or rjieba.has_word(s + right)]


@cache
def _gbk_run() -> re.Pattern[str]:
    marks = "".join(load_codebook("clean").terms("utf8_as_gbk"))
    return re.compile(rf"[{marks}][^\x00-\x7f]{{2,}}")


def wrong_encoding(clean: str) -> Iterator[Edit]:
    """Decode UTF-8 that was read as Latin-1 or as GBK; a stretch that does not decode is left."""
    for pattern, encoding in ((_LATIN1, "latin-1"), (_gbk_run(), "gbk")):
        for m in pattern.finditer(clean):
            try:
                new = m[0].encode(encoding).decode("utf-8")
            except (UnicodeEncodeError, UnicodeDecodeError):
                continue
            if re.search(f"[{HAN}]", new):
                at = m.start()
                yield from (Edit(Span(at + a, at + b), piece, "wrong_encoding") for a, b, piece in _aligned(m[0], new, encoding))


def _aligned(shown: str, new: str, encoding: str) -> Iterator[tuple[int, int, str]]:
    """Cut a stretch and its reading into the smallest parts of the same bytes, so that each character keeps its own."""
    ours = accumulate(len(c.encode("utf-8")) for c in new)
    theirs = {at: i for i, at in enumerate(accumulate(len(c.encode(encoding)) for c in shown), start=1)}
    done, last = 0, 0
    for i, at in enumerate(ours, start=1):
        if at in theirs:
            yield done, theirs[at], new[last:i]
            done, last = theirs[at], i
