"""Bytes to text: declared, by byte-order mark, or detected; strict, so that offsets can be trusted.

A file that no encoding decodes to the last byte is refused rather than patched: its offsets
would point nowhere. The byte-order mark stays in the text, newlines stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from casework.codebook import load_codebook
from casework.text import CaseworkError

__all__ = ["ENCODINGS", "Decoded", "Unreadable", "decode", "sniff"]

ENCODINGS = {
    "utf-8": ("utf-8",), "utf8": ("utf-8",), "utf-8-sig": ("utf-8",),
    "utf-16": ("utf-16-le", "utf-16-be"), "utf-16-le": ("utf-16-le",), "utf-16-be": ("utf-16-be",),
    "utf-32": ("utf-32-le", "utf-32-be"), "utf-32-le": ("utf-32-le",), "utf-32-be": ("utf-32-be",),
    "gb18030": ("gb18030",), "gbk": ("gb18030",), "gb2312": ("gb18030",),
    "big5": ("cp950", "big5hkscs"), "cp950": ("cp950",), "big5hkscs": ("big5hkscs",),
}
"""What a manifest may declare, and the codecs that are tried for it."""

_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32-le"), (b"\x00\x00\xfe\xff", "utf-32-be"), (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\x84\x31\x95\x33", "gb18030"),
)
_MAGIC = (
    b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\xd0\xcf\x11\xe0", b"\x1f\x8b",
    b"Rar!", b"7z\xbc\xaf", b"PAR1", b"\x7fELF",
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffe\uffff]")
_PLAUSIBLE = 0.12
_SAMPLE = 200_000
_EVIDENCE = 20_000

How = Literal["declared", "mark", "valid", "detected"]


class Unreadable(Exception):
    """A file that gives no text; `code` and the message make a row of `problems`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, the codec that gives it back from the bytes, and how that was settled."""

    text: str
    encoding: str
    how: How


def decode(data: bytes, declared: str = "") -> Decoded:
    """Decode the bytes of a text file so that `data.decode(encoding) == text`.

    Raises Unreadable where the bytes are no text or no encoding is plausible.

    >>> decode("石桥镇".encode("utf-16"), "").encoding
    'utf-16-le'
    """
    if data.startswith(_MAGIC):
        raise Unreadable("binary", "is not text but another kind of file; give it the ending of that kind")
    encoding, how = _declared(data, declared) if declared else sniff(data, whole=True)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as e:
        raise _undecodable(e, len(data), encoding, how) from None
    if len(_CONTROL.findall(text[:_SAMPLE])) * 100 > len(text[:_SAMPLE]):
        raise Unreadable("binary", f"is not text: as {encoding} it is full of control characters")
    return Decoded(text, encoding, how)


def sniff(data: bytes, whole: bool) -> tuple[str, How]:
    """Find the encoding of bytes; unless `whole`, they may end inside a character.

    Raises Unreadable where none is plausible.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding, "mark"
    if _valid(data, "utf-8", whole) and b"\x00" not in data[:_SAMPLE]:
        return "utf-8", "valid"
    scores = sorted(((_score(data, e, whole), e) for e in ("gb18030", "cp950", "big5hkscs", "utf-16-le", "utf-16-be")), key=lambda s: -s[0])
    if scores[0][0] >= _PLAUSIBLE:
        return scores[0][1], "detected"
    raise _hopeless(data)


def _declared(data: bytes, declared: str) -> tuple[str, How]:
    if declared.lower() not in ENCODINGS:
        raise CaseworkError(f"no encoding '{declared}'; known: {', '.join(ENCODINGS)}")
    codecs = ENCODINGS[declared.lower()]
    marked = next((e for mark, e in _MARKS if data.startswith(mark) and e in codecs), "")
    return marked or next((e for e in codecs if _valid(data, e, whole=True)), codecs[0]), "declared"


def _valid(data: bytes, encoding: str, whole: bool) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError as e:
        return not whole and e.start >= len(data) - 4
    return True


def _score(data: bytes, encoding: str, whole: bool) -> float:
    """Give the share of common characters among those beyond ASCII; 0 where the bytes are not valid."""
    if not _valid(data, encoding, whole):
        return 0.0
    sample = data[:_EVIDENCE].decode(encoding, errors="ignore")
    beyond = [c for c in sample if c > "\x7f"]
    ascii_ok = sum(c == "\x00" for c in sample) == 0
    return sum(map(_common().__contains__, beyond)) / len(beyond) if beyond and ascii_ok else 0.0


@cache
def _common() -> frozenset[str]:
    book = load_codebook("encodings")
    return frozenset("".join(_words(book.section("common"))))


def _words(section: object) -> Iterator[str]:
    if not isinstance(section, list) or not all(isinstance(line, str) for line in section):
        raise CaseworkError("encodings.yaml: 'common' must be a list of strings of characters")
    yield from section


def _undecodable(e: UnicodeDecodeError, size: int, encoding: str, how: How) -> Unreadable:
    if size - e.start < 4 and re.search("end of data|truncated|incomplete", e.reason):
        return Unreadable("truncated", f"ends inside a character: as {encoding} it is whole up to byte {e.start}; fetch it again")
    what = {"declared": "is declared", "mark": "has the byte-order mark of"}.get(how, "is read as")
    return Unreadable("encoding", f"{what} {encoding}, but byte {e.start} is not; declare its encoding in the manifest or fetch it again")


def _hopeless(data: bytes) -> Unreadable:
    """Say why no encoding was plausible: cut or damaged UTF-8, no text at all, or text in another encoding."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as e:
        good = len(data.decode("utf-8", errors="ignore").encode())
        if b"\x00" not in data and good > 0.9 * len(data):
            return _undecodable(e, len(data), "utf-8", "detected")
    head = data[:4096]
    if b"\x00" in head or sum(b < 32 and b not in b"\t\n\r\f\x1b" for b in head) * 50 > len(head):
        return Unreadable("binary", "is not text in any encoding that is known here")
    return Unreadable("encoding", "is in no encoding that is known here; declare it in the manifest or save it as UTF-8")
