"""Which script a text is in, and what a traditional character becomes."""

from __future__ import annotations

import re
from functools import cache

from opencc import OpenCC

__all__ = ["HAN", "convert", "find_script", "gb2312_level", "simple", "traditional_in"]

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_HAN_CHAR = re.compile(f"[{HAN}]")


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
    return {c for c in set(text) if c >= "\u2e80" and simple(c) != c and not gb2312_level(c)}


def find_script(raw: str) -> str:
    """Tell whether a text is in `simplified`, `traditional` or `mixed` script.

    Counted are the characters that only one script uses; a tenth of the other kind makes it mixed.

    >>> find_script("全村种了三百亩油菜"), find_script("該鄉發展養殖業")
    ('simplified', 'traditional')
    """
    old = traditional_in(raw)
    if not old:
        return "simplified"
    new = {c for c in set(raw) if c >= "\u2e80" and _has_traditional(c) and gb2312_level(c) and simple(c) == c}
    n_old, n_new = (len(re.findall(f"[{''.join(sorted(chars))}]", raw)) if chars else 0 for chars in (old, new))
    share = n_old / (n_old + n_new)
    return "simplified" if share < 0.02 else "traditional" if share > 0.9 else "mixed"
