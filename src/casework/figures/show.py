"""A figure as a notebook and a page show it: with its sentence, and with its files where there is a site to hold them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

from casework.figures.canvas import Drawing
from casework.figures.svg import figure_files, to_svg
from casework.figures.words import Words
from casework.tables import offer_files

__all__ = ["ShownFigure", "show_figure"]

FOLDER = "figures"


@dataclass(frozen=True)
class ShownFigure:
    """A figure that shows itself in JupyterLab and in a report; `files` go with it, by path."""

    html: str = field(repr=False)
    about: str
    files: dict[str, bytes] = field(default_factory=dict, repr=False)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        return {"text/html": self.html, "text/plain": self.about, **offer_files(self.files)}


def show_figure(figure: Drawing, name: str, *, report: str = "", lang: str = "en") -> ShownFigure:
    """Show a figure with its sentence under it; in a `report`, with links to it as SVG, PDF and PNG.

    The files are called figures/<report>-<name>.svg and so on; a page of the site sets `report` to its own name. A figure
    that only says that there is nothing to draw is not offered.
    """
    offered = figure_files(figure) if report and not figure.empty else {}
    files = {f"{FOLDER}/{report}-{name}.{kind}": data for kind, data in offered.items()}
    say = Words(lang)
    links = " ".join(f'<a href="{escape(path)}" download>{path.rpartition(".")[2].upper()}</a>' for path in files)
    row = f'<p class="files">{escape(say("legend", "download"))} {links}</p>' if links else ""
    svg = to_svg(figure, name)
    return ShownFigure(f"<figure>{svg}<figcaption>{escape(figure.alt)}{row}</figcaption></figure>", figure.alt, files)
