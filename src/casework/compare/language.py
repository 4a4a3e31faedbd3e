"""Words: which groups of cases are set against each other, what words set them apart, and each word in its place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import pandas as pd
import rjieba

from casework.codebook import did_you_mean
from casework.compare.formulas import log_likelihood, log_ratio, simple_maths
from casework.compare.rollup import RolledUp, place_name
from casework.text import CaseworkError

__all__ = ["concordance", "cut_words", "keyness", "passages_of", "text_groups"]

_WORD = re.compile(r"(?=.*[^\W\d_]).+", re.DOTALL)
_FLOOR = 3.841458821  # the 5% point of chi-square with one degree of freedom


def text_groups(rolled: RolledUp, a: str = "", b: str = "") -> pd.DataFrame:
    """Name the two groups of cases whose words are set against each other, A and B: what is asked for, else the counties with most text.

    `a` and `b` are the beginnings of paths of places. Columns: side, group (its path; empty where there is none), name, cases, articles,
    chars (of body), asked (whether by `a` or `b`), of (how many counties there are, or places of a wider level). Raises CaseworkError
    where no case is in a group that is asked for, or one is in both.
    """
    chars = rolled.cases.assign(group=[_county(c) for c in rolled.cases["case"]]).groupby("group", sort=True)["chars"].sum()
    ranked = [str(g) for g in chars.sort_values(ascending=False, kind="stable").index]
    for wanted in filter(None, (a, b)):
        if not any(_is_in(str(c), wanted) for c in rolled.cases["case"]):
            raise CaseworkError(f"no case is in '{wanted}'{did_you_mean(wanted, ranked)}")
    if a and b and (_is_in(a, b) or _is_in(b, a)):
        raise CaseworkError(f"'{a}' and '{b}' share cases; name two places of which neither lies in the other")
    chosen = [a, b]
    for i, other in ((0, 1), (1, 0)):
        apart = (g for g in ranked if not chosen[other] or not (_is_in(g, chosen[other]) or _is_in(chosen[other], g)))
        chosen[i] = chosen[i] or next(apart, "")
    rows = []
    for side, group, asked in zip("ab", chosen, (bool(a), bool(b)), strict=True):
        own, texts = _of_group(rolled.cases, group), passages_of(rolled, group)
        sizes = len(own), texts["article_id"].nunique(), int(own["chars"].sum())
        rows.append((side, group, place_name(group), *sizes, asked, len(ranked)))
    return pd.DataFrame(rows, columns=["side", "group", "name", "cases", "articles", "chars", "asked", "of"])


def passages_of(rolled: RolledUp, group: str) -> pd.DataFrame:
    """Give the passages of the cases in a place, named by its path; none where the path is empty."""
    return _of_group(rolled.passages, group)


def _of_group(rows: pd.DataFrame, group: str) -> pd.DataFrame:
    return rows[rows["case"].map(lambda case: _is_in(case, group)).astype(bool)]


def _county(case: str) -> str:
    return "/".join(case.split("/")[:3])


def _is_in(case: str, group: str) -> bool:
    return bool(group) and (case == group or case.startswith(f"{group}/"))


def cut_words(text: str) -> list[str]:
    """Cut a text into words by rjieba's dictionary alone (no HMM: the same text is always cut alike).

    Numbers and punctuation are left out.

    >>> cut_words("村党支部领办合作社，流转土地1200余亩。")
    ['村', '党支部', '领办', '合作社', '流转', '土地', '余亩']
    """
    return [w for w in rjieba.cut(text, False) if _WORD.fullmatch(w)]


def keyness(a: pd.DataFrame, b: pd.DataFrame, *, min_count: int = 3, n: float = 1.0, all_words: bool = False) -> pd.DataFrame:
    """Compare the words of two groups of passages (frames with article_id, role, text); headlines and body count.

    Of a roll-up's passages the prose is read, their text without place names.

    Columns: word, side ("a" or "b"), count_a, count_b, per_million_a, per_million_b, log_ratio (Hardie 2014; zeros count 0.5),
    g2 (Dunning 1993), simple_maths (Kilgarriff 2009, with N = `n`), articles_a, articles_b (document range). Ranked by
    log ratio, the most typical of A first. Words with fewer than `min_count` in both together, or with G2 below
    3.84 (5%), are left out unless `all_words`. A word that only one article uses is that article's, not the group's: look at the range.
    """
    left, right = _count(a), _count(b)
    size_a, size_b = left[2], right[2]
    if not size_a or not size_b:
        return pd.DataFrame(columns=_KEYNESS)
    rows = []
    for word in sorted(left[0].keys() | right[0].keys()):
        x, y = left[0][word], right[0][word]
        g2 = log_likelihood(x, size_a, y, size_b)
        if not all_words and (x + y < min_count or g2 < _FLOOR):
            continue
        ratio = log_ratio(x, size_a, y, size_b)
        rows.append(
            (
                word,
                "a" if ratio >= 0 else "b",
                x,
                y,
                round(x / size_a * 1e6, 4),
                round(y / size_b * 1e6, 4),
                ratio,
                g2,
                simple_maths(x, size_a, y, size_b, n),
                left[1][word],
                right[1][word],
            )
        )
    rows.sort(key=lambda r: (-r[6], -r[7], r[0]))
    return pd.DataFrame(rows, columns=_KEYNESS)


_KEYNESS = [
    "word",
    "side",
    "count_a",
    "count_b",
    "per_million_a",
    "per_million_b",
    "log_ratio",
    "g2",
    "simple_maths",
    "articles_a",
    "articles_b",
]


def _count(passages: pd.DataFrame) -> tuple[Counter[str], Counter[str], int]:
    """Count words, the articles that have each, and all words."""
    words: Counter[str] = Counter()
    articles: Counter[str] = Counter()
    column = "prose" if "prose" in passages else "text"
    read = passages[passages["role"].isin(["headline", "subhead", "body"])]
    for _, group in read.groupby("article_id", sort=True):
        own = Counter(w for text in group[column] for w in cut_words(text))
        words.update(own)
        articles.update(own.keys())
    return words, articles, words.total()


def concordance(
    passages: pd.DataFrame, what: str, *, regex: bool = False, width: int = 15, roles: Iterable[str] = ("headline", "subhead", "body")
) -> pd.DataFrame:
    """Show a word in its places (key word in context), one row a hit, in reading order.

    `what` is a word, or with `regex` a regular expression. Columns: case, name, source_id, article_id, passage_id, start and
    end (in the passage's clean text), left, hit, right with `width` characters on each side.
    """
    if not what:
        raise CaseworkError("concordance needs a word to look for")
    try:
        pattern = re.compile(what if regex else re.escape(what))
    except re.error as e:
        raise CaseworkError(f"'{what}' is not a regular expression: {e}") from None
    rows = [
        {
            **{c: p[c] for c in _WHERE},
            "start": m.start(),
            "end": m.end(),
            "left": p["text"][max(0, m.start() - width) : m.start()],
            "hit": m[0],
            "right": p["text"][m.end() : m.end() + width],
        }
        for p in passages[passages["role"].isin(set(roles))].to_dict("records")
        for m in pattern.finditer(p["text"])
        if m[0]
    ]
    return pd.DataFrame(rows, columns=[*_WHERE, "start", "end", "left", "hit", "right"])


_WHERE = ["case", "name", "source_id", "article_id", "passage_id"]
