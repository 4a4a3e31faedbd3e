"""Tables in HTML: escaped, numbers to the right, ready for the site's sort and filter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

import pandas as pd

from casework.views.amounts import number_text
from casework.views.words import Words, load_words

__all__ = ["Html", "safe_href", "show_table", "table_html"]

Row = Mapping[str, str]
FILTER_FROM = 8
_SCHEMES = ("http", "https", "mailto")


@dataclass(frozen=True, slots=True)
class Html:
    """A piece of HTML that shows itself in JupyterLab and in a report."""

    html: str = field(repr=False)
    about: str = ""

    def _repr_html_(self) -> str:
        return self.html

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
    lang: str = "en",
) -> str:
    """Write a frame as a table that can be sorted and filtered, also by keyboard.

    links: column → the column that holds its links. sort_by: column → the column that holds
    what it is sorted by. Both helper columns are not shown. chips: columns whose `;` lists are
    shown as chips. Everything is escaped. A frame without rows is said in words.
    """
    words = load_words(lang)
    links, sort_by = links or {}, sort_by or {}
    hidden = {*links.values(), *sort_by.values()}
    columns = [str(c) for c in frame.columns if c not in hidden]
    if not len(frame):
        return f'<p class="note">{escape(words("no_rows"))}</p>'
    records = [{str(k): _cell(v) for k, v in row.items()} for row in frame.to_dict("records")]
    numbers = {c for c in columns if _all_numbers(r[c] for r in records)}
    head = "".join(_heading(c, c in numbers, words) for c in columns)
    rows = "".join(f"<tr>{''.join(_td(r, c, links, sort_by, chips, c in numbers, words) for c in columns)}</tr>" for r in records)
    caption = f"<caption>{escape(label)}</caption>" if label else ""
    return (
        f'<div class="tabled">{_filter(len(records), label, words)}<div class="scroll" tabindex="0" role="region" '
        f'aria-label="{escape(label or words.column(columns[0]))}"><table class="data">{caption}'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></div>"
    )


def show_table(frame: pd.DataFrame, **options: object) -> Html:
    """Give a table that shows itself in JupyterLab and in a report; options as for `table_html`."""
    html = table_html(frame, **options)  # type: ignore[arg-type]
    return Html(html, f"table of {len(frame)} rows")


def _cell(value: object) -> str:
    if value is None or value != value:
        return ""
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(value)


def _all_numbers(cells: object) -> bool:
    seen = False
    for cell in cells:  # type: ignore[attr-defined]
        if cell:
            try:
                float(cell)
            except ValueError:
                return False
            seen = True
    return seen


def _heading(column: str, number: bool, words: Words) -> str:
    look = ' class="n"' if number else ""
    return f'<th scope="col" aria-sort="none"{look}><button type="button">{escape(words.column(column))}</button></th>'


def _td(row: Row, column: str, links: Row, sort_by: Row, chips: Sequence[str], number: bool, words: Words) -> str:
    cell = row[column]
    if column in chips:
        body = " ".join(f'<span class="chip {escape(c)}">{escape(words.value(c))}</span>' for c in cell.split(";") if c)
    else:
        body = escape(number_text(cell) if number else cell)
    if column in links and body and (href := safe_href(row[links[column]])):
        body = f'<a href="{escape(href)}">{body}</a>'
    key = row[sort_by[column]] if column in sort_by else cell if number else ""
    look = ' class="n"' if number else ""
    value = f' data-v="{escape(key)}"' if key else ""
    return f"<td{look}{value}>{body}</td>"


def _filter(rows: int, label: str, words: Words) -> str:
    if rows < FILTER_FROM:
        return ""
    name = escape(f"{words('filter')}{words('colon')}{label}" if label else words("filter"))
    return (
        f'<p class="filter"><input type="search" placeholder="{escape(words("filter"))}" aria-label="{name}"> '
        f'<span class="count" role="status" data-rows="{escape(words("rows"))}">{rows} {escape(words("rows"))}</span></p>'
    )

