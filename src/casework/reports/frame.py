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
from casework.reports.provenance import Provenance, footer_html
from casework.views import Words, load_words

__all__ = ["ASSETS", "Page", "Site", "render_page"]

ASSETS = Path(casework.__file__).parent / "data" / "site"
# Below this, every system has glyphs (Latin and the like), and the shipped font need not.
FIRST_CJK = 0x2E80


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a site: where it goes, what it is called, what stands on it."""

    path: str
    title: str
    body: str
    current: str = ""
    notebook: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Site:
    """What all pages of a site share: `nav` is (path, label) of each entry, in order."""

    title: str
    lang: str
    nav: Sequence[tuple[str, str]]
    provenance: Provenance
    fonts: FontCache = field(default_factory=FontCache)

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
    """Put a body into its frame: everything inlined, allowed by hash, nothing remote.

    What the shipped font lacks is shown by its code point and said in the foot.
    """
    up = "../" * page.path.count("/")
    nav = [{"href": up + path, "label": label, "current": path == (page.current or page.path)} for path, label in site.nav]
    missing = sorted(c for c in missing_chars(page.body + page.title + site.title) if ord(c) >= FIRST_CJK)
    shown = {ord(c): f"[U+{ord(c):04X}]" for c in missing}
    codes = ", ".join(f"U+{ord(c):04X}" for c in missing)
    foot = footer_html(site.provenance, site.lang, page.notebook, page.parameters, codes)
    body = page.body if "<h1" in page.body else f"<h1>{escape(page.title)}</h1>\n{page.body}"
    title = f"{page.title} · {site.title}" if page.title != site.title else site.title
    parts = {k: v.translate(shown) for k, v in (("body", body), ("title", title), ("study", site.title), ("footer", foot))}
    styles = [_font_style(site.fonts, ["".join(parts.values()), *(label for _, label in site.nav), _asset("site.js")]), _asset("site.css")]
    script = _asset("site.js")
    policy = _policy(styles, script)
    return str(_template().render(lang=site.lang, csp=policy, styles=styles, script=script, nav=nav, words=site.words, **parts))


def _font_style(fonts: FontCache, texts: Sequence[str]) -> str:
    data = base64.b64encode(fonts.subset("".join(texts))).decode()
    return f'@font-face{{font-family:"{FAMILY}";src:url(data:font/woff2;base64,{data}) format("woff2")}}'


def _policy(styles: Sequence[str], script: str) -> str:
    allowed = " ".join(f"'sha256-{_hash(s)}'" for s in styles)
    return (
        f"default-src 'none'; script-src 'sha256-{_hash(script)}'; style-src {allowed}; font-src data:; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
