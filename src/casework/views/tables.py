"""Tables in HTML: escaped, numbers to the right, ready for the site's sort and filter."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from casework.tables import offer_files
from casework.views.amounts import number_text
from casework.views.words import Words, load_words

__all__ = ["Html", "safe_href", "show_file", "show_table", "table_html"]

Row = Mapping[str, str]
FILTER_FROM = 8
LONG_FROM = 30
# Columns of the tables that hold numbers, though every cell there is text.
NUMBERS = frozenset({"bytes", "chars", "start", "end", "low", "high", "base_low", "base_high", "seq"})
_SCHEMES = ("http", "https", "mailto")


@dataclass(frozen=True, slots=True)
class Html:
    """A piece of HTML that shows itself in JupyterLab and in a report; `files` go with it, by their path in the site."""

    html: str = field(repr=False)
    about: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    def _repr_html_(self) -> str:
        return self.html

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        return {"text/html": self.html, "text/plain": self.about, **offer_files(self.files)}

    def __str__(self) -> str:
        return self.html


def safe_href(href: str) -> str:
    """Give a link that is safe to follow: relative, http or mailto; anything else becomes empty.

    >>> safe_href("evidence/s1.html#c3-7"), safe_href("javascript:alert(1)")
    ('evidence/s1.html#c3-7', '')
    """
    scheme, colon, _ = href.partition(":")
    relative = not colon or any(c in scheme for c in "/#?")
    unseen = any(ord(c) <= 32 for c in href)
    return href if not unseen and (relative or scheme.lower() in _SCHEMES) else ""


def table_html(
    frame: pd.DataFrame,
    *,
    links: Mapping[str, str] | None = None,
    sort_by: Mapping[str, str] | None = None,
    chips: Sequence[str] = (),
    label: str = "",
    names: Mapping[str, str] | None = None,
    find: str = "",
    lang: str = "en",
) -> str:
    """Write a frame as a table that can be sorted and filtered, also by keyboard.

    links: column → the column that holds its links. sort_by: column → the column that holds
    what it is sorted by. Both helper columns are not shown. chips: columns whose `;` lists are
    shown as chips. names: what values are called, where the site's own words do not say.
    find: the column, not shown, that holds more words to filter by; with it there is always a filter.
    Everything is escaped. A frame without rows is said in words.
    """
    words = load_words(lang)
    links, sort_by = links or {}, sort_by or {}
    hidden = {*links.values(), *sort_by.values(), *filter(None, [find])}
    columns = [str(c) for c in frame.columns if c not in hidden]
    if not len(frame):
        return f'<p class="note">{escape(words("no_rows"))}</p>'
    records = [{str(k): _cell(v) for k, v in row.items()} for row in frame.to_dict("records")]
    numbers = {c for c in columns if c in NUMBERS or is_numeric_dtype(frame[c]) and not is_bool_dtype(frame[c])}
    called = _Called(words, names or {})

    def cell(row: Row, column: str) -> str:
        key = row[sort_by[column]] if column in sort_by else row[column] if column in numbers else ""
        href = safe_href(row[links[column]]) if column in links else ""
        return _td(row[column], key, href, column in chips, column in numbers, called)

    head = "".join(_heading(c, c in numbers, words) for c in columns)
    rows = "".join(f"<tr{_found_by(r, find)}>{''.join(cell(r, c) for c in columns)}</tr>" for r in records)
    long = " long" if len(records) >= LONG_FROM else ""
    caption = f'<caption class="vh">{escape(label)}</caption>' if label else ""
    return (
        f'<div class="tabled">{_filter(len(records), label, words, bool(find))}<div class="scroll{long}" tabindex="0" role="region" '
        f'aria-label="{escape(label or words.column(columns[0]))}"><table class="data">{caption}'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></div>"
    )


def show_table(frame: pd.DataFrame, **options: object) -> Html:
    """Give a table that shows itself in JupyterLab and in a report; options as for `table_html`."""
    html = table_html(frame, **options)  # type: ignore[arg-type]
    return Html(html, f"table of {len(frame)} rows")


def show_file(frame: pd.DataFrame, name: str, *, report: str = "", lang: str = "en") -> Html:
    """Offer a frame as a CSV file for R and the like: downloads/NAME.csv, in a report not called `compare` NAME-REPORT.csv.

    Outside a report the size alone is said; a frame without rows is not offered.
    """
    words = load_words(lang)
    if not len(frame):
        return Html(table_html(frame, lang=lang), f"{name}: {words('no_rows')}")
    size = words("rows_columns", len(frame)).format(rows=f"{len(frame):,}", columns=len(frame.columns))
    path = f"downloads/{name}.csv" if report == "compare" else f"downloads/{name}-{report}.csv"
    data = frame.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_ALL).encode()
    link = f'<a href="{path}" download>{path.rpartition("/")[2]}</a>' if report else f"<b>{escape(name)}</b>"
    return Html(f'<p class="files">{link} <small>{escape(size)}</small></p>', f"{name}: {size}", {path: data} if report else {})


def _cell(value: object) -> str:
    if value is None or value != value:
        return ""
    if isinstance(value, float):
        return f"{value:.10g}" if abs(value) < 1e10 else f"{value:.0f}"
    return str(value)


def _heading(column: str, number: bool, words: Words) -> str:
    look = ' class="n"' if number else ""
    return f'<th scope="col" aria-sort="none"{look}><button type="button">{escape(words.column(column))}</button></th>'


class _Called:
    """What values are called: by the study's own names, else by the site's words."""

    def __init__(self, words: Words, names: Mapping[str, str]) -> None:
        self._words, self._names = words, names

    def __call__(self, value: str) -> str:
        return self._names.get(value) or self._words.value(value)


def _td(cell: str, key: str, href: str, chips: bool, number: bool, called: _Called) -> str:
    if chips:
        body = " ".join(f'<span class="chip {escape(c)}">{escape(called(c))}</span>' for c in cell.split(";") if c)
    else:
        body = escape(number_text(cell) if number else cell)
    body = f'<a href="{escape(href)}">{body}</a>' if href and body else body
    look = ' class="n"' if number else ""
    value = f' data-v="{escape(key)}"' if key else ""
    return f"<td{look}{value}>{body}</td>"


def _found_by(row: Row, find: str) -> str:
    return f' data-find="{escape(row[find])}"' if find else ""


def _filter(rows: int, label: str, words: Words, always: bool = False) -> str:
    if rows < FILTER_FROM and not always:
        return ""
    name = escape(f"{words('filter')}{words('colon')}{label}" if label else words("filter"))
    return (
        f'<p class="filter"><input type="search" placeholder="{escape(words("filter"))}" aria-label="{name}"> '
        f'<span class="count" role="status" data-row="{escape(words("rows", 1))}" data-rows="{escape(words("rows"))}" '
        f'data-none="{escape(words("colon") + words("none_found"))}">{rows:,} {escape(words("rows", rows))}</span></p>'
    )

