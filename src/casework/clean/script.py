"""Which script a text is in, and what a traditional character becomes."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
from opencc import OpenCC

__all__ = ["HAN", "codes_of", "convert", "find_script", "gb2312_level", "simple", "traditional_in"]

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_PLAIN, _OLD, _NEW = 1, 2, 3
_KINDS = np.zeros(0x110000, dtype=np.uint8)
"""Of each character: does only traditional script use it, only simplified, or neither; 0 where none has asked yet."""


def codes_of(text: str) -> npt.NDArray[np.uint32]:
    """Give the characters of a text as numbers."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


@cache
def _converter(config: str) -> OpenCC:
    return OpenCC(config)


def convert(phrase: str) -> str:
    """Simplify a phrase with its context; used where single characters are ambiguous."""
    return str(_converter("t2s").convert(phrase))


@cache
def simple(char: str) -> str:
    """Give the simplified form of one character, itself where it has none."""
    return str(_converter("t2s").convert(char))


@cache
def _has_traditional(char: str) -> bool:
    return str(_converter("s2t").convert(char)) != char


@cache
def gb2312_level(char: str) -> int:
    """Give 1 for a character of the common half of GB 2312, 2 for its rarer half, 0 for any other."""
    try:
        code = char.encode("gb2312")
    except UnicodeEncodeError:
        return 0
    if len(code) != 2:
        return 0
    return 1 if code[0] < 0xD8 else 2


def traditional_in(text: str) -> set[str]:
    """Collect the characters of a text that are not written so in simplified script.

    Characters that both scripts use (著, 乾) are left out: they say nothing by themselves.
    """
    return set(map(chr, np.unique(codes_of(text)[_kinds(text) == _OLD]).tolist()))


def _kinds(text: str) -> npt.NDArray[np.uint8]:
    codes = codes_of(text)
    kinds = _KINDS[codes]
    if not kinds.all():
        for code in np.unique(codes[kinds == 0]).tolist():
            _KINDS[code] = _kind(chr(code))
        kinds = _KINDS[codes]
    return kinds


def _kind(char: str) -> int:
    if char < "\u2e80":
        return _PLAIN
    if not gb2312_level(char):
        return _OLD if simple(char) != char else _PLAIN
    return _NEW if _has_traditional(char) and simple(char) == char else _PLAIN


def find_script(raw: str) -> str:
    """Tell whether a text is in `simplified`, `traditional` or `mixed` script.

    Counted are the characters that only one script uses; a tenth of the other kind makes it mixed.

    >>> find_script("全村种了三百亩油菜"), find_script("該鄉發展養殖業")
    ('simplified', 'traditional')
    """
    kinds = _kinds(raw)
    n_old = np.count_nonzero(kinds == _OLD)
    if not n_old:
        return "simplified"
    n_new = np.count_nonzero(kinds == _NEW)
    share = n_old / (n_old + n_new)
    return "simplified" if share < 0.02 else "traditional" if share > 0.9 else "mixed"
