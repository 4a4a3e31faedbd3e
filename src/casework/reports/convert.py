"""A notebook that was run, as the body of a page: text, tables, figures; its code folded away."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, cast

from casework.reports.frame import ASSETS
from casework.reports.imports import light_imports
from casework.reports.sanitize import safe_html
from casework.reports.silence import told_once
from casework.views import LANGUAGES, load_words

__all__ = ["notebook_body", "notebook_title"]


def notebook_body(notebook: Any, lang: str) -> str:
    """Convert a run notebook with the package's own nbconvert template.

    Markdown cells tagged with another language than `lang` are left out, and so are cells tagged `hide`. What has nothing
    to show says so once.
    """
    shown = copy.copy(notebook)
    given = any("injected-parameters" in c.metadata.get("tags", []) for c in shown.cells)
    # Where parameters were given, those that the notebook was written with say nothing of this page.
    cells = [c for c in shown.cells if not (given and "parameters" in c.metadata.get("tags", []))]
    seen = (c for c in cells if _is_shown(c.metadata.get("tags", []), lang))
    shown.cells = list(_gathered(told_once(seen, load_words(lang))))
    body, _ = _exporter(lang).from_notebook_node(shown)
    return str(body)


def _gathered(cells: Iterable[Any]) -> Iterator[Any]:
    """Join the code of cells that show nothing to that of the next one that does, so that it is folded away once."""
    silent: list[str] = []
    last: Any = None
    for cell in cells:
        if cell.cell_type == "code" and not cell.outputs:
            silent.append(cell.source)
            last = cell
            continue
        if cell.cell_type == "code" and silent:
            cell = copy.copy(cell)
            cell.source = "\n\n".join([*silent, cell.source])
            silent = []
        yield cell
    if silent:
        last = copy.copy(last)
        last.source = "\n\n".join(silent)
        yield last


def _is_shown(tags: list[str], lang: str) -> bool:
    languages = [t for t in tags if t in LANGUAGES]
    return "hide" not in tags and (not languages or lang in languages)


def notebook_title(notebook: Any, lang: str) -> str:
    """Give the first heading of a notebook in a language; empty if there is none."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and _is_shown(cell.metadata.get("tags", []), lang):
            for line in cell.source.splitlines():
                if line.startswith("# "):
                    return str(line[2:].strip())
    return ""


@cache
def _exporter(lang: str) -> Any:
    with light_imports():
        from nbconvert.exporters.templateexporter import TemplateExporter
        from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
    markdown: Any = MarkdownWithMath(renderer=IPythonRenderer(escape=False, exclude_anchor_links=True))
    exporter: Any = cast(Any, TemplateExporter)(raw_template=(ASSETS / "notebook.html.j2").read_text(encoding="utf-8"))
    exporter.register_filter("safe_html", safe_html)
    exporter.register_filter("say", lambda source: safe_html(str(markdown.render(source))))
    exporter.environment.globals["words"] = load_words(lang)
    return exporter
