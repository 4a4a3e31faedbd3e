"""A figure on a page: SVG that a strict Content-Security-Policy lets be, and files to download."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import matplotlib as mpl
from matplotlib.figure import Figure

from casework.figures.canvas import THEMES, Drawing, alt_text
from casework.figures.fonts import FAMILY

__all__ = ["FONT_STACK", "figure_files", "save", "to_svg"]

FONT_STACK = f"'{FAMILY}', system-ui, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"

_SETTINGS: dict[Any, Any] = {"svg.fonttype": "none", "svg.hashsalt": "casework", "pdf.fonttype": 3, "path.simplify": False}
# What matplotlib would write of itself and of the clock.
_NO_METADATA: Mapping[str, dict[str, None]] = {
    "svg": dict.fromkeys(("Date", "Creator", "Format", "Type")),
    "pdf": dict.fromkeys(("CreationDate", "Creator", "Producer")),
    "png": {"Software": None},
}
_DROPPED = frozenset({"metadata", "style", "title"})
_REFERRED = frozenset({"path", "clipPath", "pattern", "linearGradient"})
_ROUNDED = ("d", "transform", "x", "y", "width", "height")
_FONT_SIZE = re.compile(r"([\d.]+)px")
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_NO_TURN = re.compile(r"rotate\(-?0(?:\.0*)? [^)]*\)")


def to_svg(figure: Figure, prefix: str, *, adapt: bool = True, ground: bool = False, family: str = FONT_STACK) -> str:
    """Give a figure as SVG to stand inside a page; the same figure gives the same characters.

    Text stays text, set in `family`; style attributes become presentational ones; ids get `prefix`; link targets go; the
    size follows the page's style for `.figure-svg` (viewBox kept, width as drawn). With `adapt`, colours are
    the page's tokens (`var(--ink, #…)`), so that one figure serves light and dark. Links say where they lead
    (aria-label and tooltip), and the whole carries the figure's sentence. The ground is the page's unless `ground`.
    """
    source = ElementTree.fromstring(_render(figure, "svg"))
    ours = figure if isinstance(figure, Drawing) else None
    tokens = THEMES[ours.theme].items() if ours and adapt else ()
    cleaner = _Cleaner(prefix, {value: f"var(--{token}, {value})" for token, value in tokens}, ours.link_labels if ours else {})
    parts = _merged(part for node in source for part in cleaner.clean(node))
    # The first path is the figure's own ground.
    parts = parts[1:] if ours and not ground else parts
    root = Element("svg", {
        "xmlns": "http://www.w3.org/2000/svg", "viewBox": source.get("viewBox", ""), "width": f"{figure.get_figwidth() * 72:g}",
        # What is inside an image is not read out, so a figure with links is a group.
        "class": "figure-svg", "role": "group" if cleaner.linked else "img", "aria-label": alt_text(figure),
        "font-family": family, "stroke-linejoin": "round",
    })  # fmt: skip
    root.extend(parts)
    return ElementTree.tostring(root, encoding="unicode")


@dataclass
class _Cleaner:
    """Rewrites matplotlib's elements; remembers whether it met a link."""

    prefix: str
    colours: Mapping[str, str]
    labels: Mapping[str, str]
    linked: bool = False

    def clean(self, node: Element) -> Iterator[Element]:
        """Yield what remains of an element: nothing, itself, or its children where it was a bare group."""
        tag = node.tag.rpartition("}")[2]
        if tag in _DROPPED:
            return
        attributes = self._attributes(tag, node)
        children = _merged(part for child in node for part in self.clean(child))
        if tag in ("g", "defs") and (not attributes or not children):
            yield from children
            return
        new = Element(tag, attributes)
        new.text = node.text if tag in ("text", "tspan") else None
        if tag == "a":
            self._name_link(new)
        new.extend(children)
        yield new

    def _attributes(self, tag: str, node: Element) -> dict[str, str]:
        given = {name.rpartition("}")[2]: value for name, value in node.items()}
        style = dict(_declarations(given.pop("style", "")))
        useless = {"target", "show", "type"} | ({"id"} if tag not in _REFERRED else set())
        out = {name: value for name, value in {**given, **style}.items() if name not in useless}
        for name, value in out.items():
            if name == "id":
                out[name] = f"{self.prefix}-{value}"
            elif name in ("fill", "stroke"):
                out[name] = self.colours.get(value, value)
            elif name in _ROUNDED:
                out[name] = " ".join(_LONG_NUMBER.sub(_shorter, _NO_TURN.sub("", value)).split())
            if tag == "use" and name == "href":
                out[name] = f"#{self.prefix}-{value.removeprefix('#')}"
            out[name] = out[name].replace("url(#", f"url(#{self.prefix}-")
        return {name: value for name, value in out.items() if value}

    def _name_link(self, link: Element) -> None:
        self.linked = True
        label = self.labels.get(link.get("href", ""), "")
        if label:
            link.set("aria-label", label)
            ElementTree.SubElement(link, "title").text = label


def _merged(parts: Iterable[Element]) -> list[Element]:
    """Make neighbours that lead to one place one link: a cell and the figure inside it are one door."""
    out: list[Element] = []
    for part in parts:
        if part.tag == "a" and out and out[-1].tag == "a" and out[-1].get("href") == part.get("href"):
            out[-1].extend(child for child in part if child.tag != "title")
        else:
            out.append(part)
    return out


def _shorter(number: re.Match[str]) -> str:
    """Write a number with two decimals: a hundredth of a pixel is not seen."""
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def _declarations(style: str) -> Iterator[tuple[str, str]]:
    """Yield a style attribute's declarations as attributes; of a font only its size, for its family is the page's."""
    for part in style.split(";"):
        name, _, value = (s.strip() for s in part.partition(":"))
        if name == "font":
            if size := _FONT_SIZE.search(value):
                yield "font-size", size[1]
        elif name and name not in ("font-family", "-inkscape-font-specification"):
            yield name, value


def _render(figure: Figure, kind: str, **options: Any) -> bytes:
    """Write a figure without dates, program names or settings of this machine."""
    out = io.BytesIO()
    with mpl.rc_context({**mpl.rcParamsDefault, **_SETTINGS}):
        figure.savefig(out, format=kind, metadata=_NO_METADATA[kind], **options)
    return out.getvalue()


def figure_files(figure: Figure, *, scale: float = 2) -> dict[str, bytes]:
    """Give a figure as svg, pdf and png for download, by kind; the same figure gives the same bytes.

    The SVG keeps text as text and names the font; PDF and PNG carry the glyphs. `scale` is PNG pixels a page pixel.
    """
    return {
        "svg": to_svg(figure, "f", adapt=False, ground=True).encode(),
        "pdf": _render(figure, "pdf"),
        "png": _render(figure, "png", dpi=72 * scale),
    }


def save(figure: Figure, stem: Path | str, *, scale: float = 2) -> tuple[Path, ...]:
    """Write a figure as `stem`.svg, .pdf and .png; see `figure_files`."""
    stem = Path(stem)
    paths = []
    for kind, data in figure_files(figure, scale=scale).items():
        paths.append(stem.with_name(f"{stem.name}.{kind}"))
        paths[-1].write_bytes(data)
    return tuple(paths)
