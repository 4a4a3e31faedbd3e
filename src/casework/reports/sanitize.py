"""HTML that a notebook printed, made fit for a page with a strict policy: nothing runs, nothing is fetched, no inline styles."""

from __future__ import annotations

from lxml import etree, html  # type: ignore[import-untyped]

from casework.views import safe_href

__all__ = ["safe_html"]

_DROPPED = frozenset({
    "script", "style", "iframe", "object", "embed", "link", "meta", "base", "form", "template", "foreignobject", "noscript", "audio",
    "video", "animate", "set", "animatetransform", "animatemotion", "frame", "frameset", "applet", "portal"
})
_ATTRIBUTES = frozenset({
    "alt", "aria-hidden", "aria-label", "aria-labelledby", "aria-describedby", "aria-sort", "aria-live", "class", "colspan", "dir",
    "download", "headers", "height", "href", "id", "lang", "open", "placeholder", "role", "rowspan", "scope", "span", "src", "start",
    "tabindex", "title", "type", "value", "width"
})
_SVG = frozenset({
    "svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "defs", "use", "clippath",
    "symbol", "title", "desc", "lineargradient", "radialgradient", "stop", "pattern", "marker", "mask", "image", "metadata", "a"
})
_LINKS = {"href", "src", "xlink:href", "{http://www.w3.org/1999/xlink}href"}


def safe_html(markup: str) -> str:
    """Give an HTML fragment without anything that could run, load or restyle.

    >>> safe_html('<p onclick="x()" style="color:red">20 <b>mu</b><script>x()</script></p>')
    '<p>20 <b>mu</b></p>'
    """
    if not markup.strip():
        return ""
    root = html.fragment_fromstring(markup, create_parent="div")
    etree.strip_elements(root, etree.Comment, etree.ProcessingInstruction, with_tail=False)
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or element.tag.lower() in _DROPPED:
            element.drop_tree()
            continue
        _clean(element)
    for table in list(root.iter("table")):
        if "dataframe" in (table.get("class") or ""):
            _plain_frame(table)
    inner: str = html.tostring(root, encoding="unicode", with_tail=False)
    return inner[len("<div>") : -len("</div>")]


def _clean(element: html.HtmlElement) -> None:
    svg = element.tag in _SVG
    for name, value in list(element.attrib.items()):
        if name in _LINKS:
            if not _safe_link(name, value):
                del element.attrib[name]
        elif not _is_known(name, svg) or "url(" in value and "url(#" not in value:
            del element.attrib[name]


def _is_known(name: str, svg: bool) -> bool:
    known = svg or name in _ATTRIBUTES or name.startswith("data-")
    return known and not name.startswith("on") and name != "style"


def _safe_link(name: str, value: str) -> bool:
    if value.startswith("data:image/") and not value.startswith("data:image/svg"):
        return name in ("src", "xlink:href", "href")
    return name != "src" and bool(safe_href(value))


def _plain_frame(table: html.HtmlElement) -> None:
    """Put the box that scrolls around a frame shown as it is."""
    parent = table.getparent()
    box = html.Element("div", {"class": "scroll", "tabindex": "0"})
    parent.replace(table, box)
    box.append(table)
    box.tail, table.tail = table.tail, None
