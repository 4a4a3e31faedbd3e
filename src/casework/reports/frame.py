"""The frame of every page: head with its policy, navigation, foot; script, styles and font inlined."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import casework
from casework.figures.fonts import FAMILY, missing_chars
from casework.reports.fonts import FontCache
from casework.reports.pieces import Cut, cut_body
from casework.reports.provenance import Provenance, footer_html
from casework.views import Words, load_words

__all__ = ["ASSETS", "Page", "Site", "render_files", "render_page"]

ASSETS = Path(casework.__file__).parent / "data" / "site"
# Below this, every system has glyphs (Latin and the like), and the shipped font need not.
FIRST_CJK = 0x2E80


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a site: where it goes, what it is called, what stands on it; `current` is the entry of the navigation it belongs to."""

    path: str
    title: str
    body: str
    current: str = ""
    notebook: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Site:
    """What all pages of a site share: `nav` is (path, label) of each entry, in order.

    `others` gives, for each other language, the way from the first page to that language's folder.
    """

    title: str
    lang: str
    nav: Sequence[tuple[str, str]]
    provenance: Provenance
    fonts: FontCache = field(default_factory=FontCache)
    others: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> Words:
        """The words of the site's language."""
        return load_words(self.lang)


@cache
def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


@cache
def _template() -> Any:
    from jinja2 import Environment

    return Environment(autoescape=False, keep_trailing_newline=True).from_string(_asset("page.html.j2"))


def render_page(site: Site, page: Page) -> str:
    """Write a page as one file, however large; as `render_files` else."""
    return render_files(site, page, whole=True)[page.path]


def render_files(site: Site, page: Page, whole: bool = False) -> dict[str, str]:
    """Put a body into its frame: everything inlined, allowed by hash, nothing remote. Give its files by path, the page's first.

    What the shipped font lacks is shown by its code point and said in the foot. A body that is too large gives
    files beside the page, which its own script loads.
    """
    up = "../" * page.path.count("/")
    nav = [{"href": up + path, "label": label, "current": _current(path, page)} for path, label in site.nav]
    others = [{"lang": lang, "href": up + way + page.path, "label": site.words(f"lang_{lang}")} for lang, way in site.others.items()]
    missing = sorted(c for c in missing_chars(page.body + page.title + site.title) if ord(c) >= FIRST_CJK)
    shown = {ord(c): f"[U+{ord(c):04X}]" for c in missing}
    foot = footer_html(site.provenance, site.lang, page.notebook, page.parameters, ", ".join(f"U+{ord(c):04X}" for c in missing))
    body = page.body if "<h1" in page.body else f"<h1>{escape(page.title)}</h1>\n{page.body}"
    title = f"{page.title} · {site.title}" if page.title != site.title else site.title
    parts = {k: v.translate(shown) for k, v in (("body", body), ("title", title), ("study", site.title), ("footer", foot))}
    own = {"lang": site.lang, "nav": nav, "others": others, "words": site.words, "script": _asset("site.js")}
    drawn = _template().render(**own, **parts, csp="", styles=())
    styles = [_font_style(site.fonts, drawn), _asset("site.css")]
    body = parts.pop("body")
    cut = Cut(body) if whole else cut_body(page.path, body, site.words)
    policy = _policy(styles, _asset("site.js"), bool(cut.pieces))
    return {page.path: str(_template().render(**own, **parts, csp=policy, styles=styles, body=cut.body))} | cut.pieces


def _current(path: str, page: Page) -> str:
    """Say, in the word of aria-current, whether an entry of the navigation is the page itself or what the page is one of."""
    return "page" if path == page.path else "true" if path == page.current else ""


def _font_style(fonts: FontCache, text: str) -> str:
    data = base64.b64encode(fonts.subset(text)).decode()
    return f'@font-face{{font-family:"{FAMILY}";src:url(data:font/woff2;base64,{data}) format("woff2")}}'


def _policy(styles: Sequence[str], script: str, pieces: bool) -> str:
    """Allow the page's own script, and with `pieces` what that script loads."""
    allowed = " ".join(f"'sha256-{_hash(s)}'" for s in styles)
    loads = " 'strict-dynamic'" if pieces else ""
    return (
        f"default-src 'none'; script-src 'sha256-{_hash(script)}'{loads}; style-src {allowed}; font-src data:; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
