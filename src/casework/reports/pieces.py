"""Pages stay small: the rows of long tables, folded raw texts, and where a source is long what follows of its text and of
the list of its claims go into files beside the page, loaded by its own script.

A file of data cannot be fetched from file://, a script can; so each piece is a script that hands its part over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape

from casework.views.words import Words

__all__ = ["BUDGET", "Cut", "cut_body"]

BUDGET = 100_000
"""The bytes that a page's body may have, figures aside; what is around it takes some forty thousand."""
KEPT = 50
OPENING = 25_000
"""So many bytes of a long text, and of the list of its claims, stand on the page itself."""
PIECE = 120_000
FOLDER = "data"
_HEAD = r'<div class="tabled">(?P<head>(?:(?!<tbody>).)*<table class="data(?:(?!<tbody>).)*<tbody>)'
_TABLE = re.compile(_HEAD + r"(?P<rows>.*?)</tbody></table></div></div>", re.S)
_RAW = re.compile(r'<pre class="raw" lang="zh">(?P<text>.*?)</pre>', re.S)
_CLAIMS = re.compile(r'<ol class="claims">(?P<rest>.*?)(?P<end></ol>)', re.S)
_NOTE = r'(?<=<div class="text">)(?:<p class="note">(?:(?!</p>).)*</p>)?'
_TEXT = re.compile(_NOTE + r'<div lang="zh">(?P<rest>.*?)(?P<end></div>)(?=</div>)', re.S)
_UNITS = {_CLAIMS: re.compile(r"<li\b.*?</li>", re.S), _TEXT: re.compile(r"<(?:p|h2|h3|hr)\b.*?(?=<(?:p|h2|h3|hr)\b|$)", re.S)}
_ROW = re.compile(r"<tr.*?</tr>", re.S)
_FIGURE = re.compile(r"<svg.*?</svg>|data:image/[^\"']*", re.S)


@dataclass
class Cut:
    """A body that is small enough, and the pieces that were cut from it, by path within the site."""

    body: str
    pieces: dict[str, str] = field(default_factory=dict)


def weigh(body: str) -> int:
    """Give the bytes of a body without its figures."""
    return len(_FIGURE.sub("", body).encode())


def cut_body(path: str, body: str, words: Words, budget: int = BUDGET) -> Cut:
    """Cut a page's body down to a budget: its raw view first, then its longest tables, which keep their first 50 rows, then
    what follows the opening of the list of claims and of the text.

    `path` is the page's own, from which the names of the pieces come. A body within the budget stays as it is.
    """
    cut = Cut(body)
    tables = sorted(_TABLE.finditer(body), key=lambda m: m.start("rows") - m.end("rows"))
    left = weigh(body) - budget
    chosen: list[re.Match[str]] = []
    for match in (*_RAW.finditer(body), *tables, *_CLAIMS.finditer(body), *_TEXT.finditer(body)):
        if left > 0 and (gain := _gain(match)) > 0:
            chosen.append(match)
            left -= gain
    for n, match in sorted(enumerate(chosen, start=1), key=lambda pair: -pair[1].start()):
        inner = _without(match, path, n, cut, words)
        cut.body = cut.body[: match.start()] + inner + cut.body[match.end() :]
    return cut


def _gain(match: re.Match[str]) -> int:
    """Give the bytes that a page is rid of by a cut."""
    if match.re is _RAW:
        return len(match["text"].encode())
    if match.re is _TABLE:
        return len("".join(_ROW.findall(match["rows"])[KEPT:]).encode())
    return sum(len(unit.encode()) for unit in _units(match)[1])


def _without(match: re.Match[str], path: str, n: int, cut: Cut, words: Words) -> str:
    if match.re is _RAW:
        return _without_text(match, path, n, cut)
    return _without_rows(match, path, n, cut, words) if match.re is _TABLE else _without_rest(match, path, n, cut, words)


def _units(match: re.Match[str]) -> tuple[list[str], list[str]]:
    """Give the paragraphs of a text, or the entries of a list, that stay on the page, and those that follow."""
    units, size, kept = _UNITS[match.re].findall(match["rest"]), 0, 0
    while kept < len(units) and (size := size + len(units[kept].encode())) <= OPENING:
        kept += 1
    return units[:kept], units[kept:]


def _without_rest(match: re.Match[str], path: str, n: int, cut: Cut, words: Words) -> str:
    kept, rest = _units(match)
    names = _store(path, n, [f"[{','.join(part)}]" for part in _parts([json.dumps(unit, ensure_ascii=False) for unit in rest])], cut)
    head = match[0][: match.start("rest") - match.start()]
    note = f'<noscript><p class="note">{escape(words("rest_follows"))}</p></noscript>'
    return f'{head[:-1]} id="rest{n}" data-rest="{names}">{"".join(kept)}{match["end"]}{note}'


def _without_text(match: re.Match[str], path: str, n: int, cut: Cut) -> str:
    names = _store(path, n, [json.dumps(match["text"], ensure_ascii=False)], cut)
    return f'<pre class="raw" lang="zh" id="rest{n}" data-rest="{names}"></pre>'


def _without_rows(match: re.Match[str], path: str, n: int, cut: Cut, words: Words) -> str:
    rows = _ROW.findall(match["rows"])
    names = _store(path, n, [f"[{','.join(part)}]" for part in _parts([json.dumps(r, ensure_ascii=False) for r in rows[KEPT:]])], cut)
    said = words("rest_needs").format(shown=KEPT, rows=f"{len(rows):,}")
    more = f'<button type="button" class="more" hidden>{escape(words("more_rows"))}</button>'
    return (
        f'<div class="tabled" id="rest{n}" data-rest="{names}">{match["head"]}{"".join(rows[:KEPT])}</tbody></table></div>'
        f'{more}<noscript><p class="soft">{escape(said)}</p></noscript></div>'
    )


def _parts(rows: Sequence[str]) -> Iterator[list[str]]:
    """Gather rows into pieces of a bounded size."""
    part: list[str] = []
    size = 0
    for row in rows:
        own = len(row.encode()) + 1
        if part and size + own > PIECE:
            yield part
            part, size = [], 0
        part.append(row)
        size += own
    yield part


def _store(path: str, n: int, parts: Sequence[str], cut: Cut) -> str:
    """Keep parts as scripts; give their links from the page."""
    stem = path.removesuffix(".html").replace("/", "-")
    names = [f"{FOLDER}/{stem}-{n}-{i}.js" for i in range(1, len(parts) + 1)]
    cut.pieces |= {name: f'casework.rest("rest{n}",{part});\n' for name, part in zip(names, parts, strict=True)}
    return " ".join("../" * path.count("/") + name for name in names)
