"""Figures: frames in, matplotlib figures out; text stays text, marks carry links, every figure has its sentence."""

from casework.figures.bars import keyness_bars
from casework.figures.canvas import THEMES, WIDTH, Drawing, alt_text
from casework.figures.dots import contradiction_plot, indicator_dots
from casework.figures.flow import character_bars, source_flow
from casework.figures.fonts import FAMILY, FONT_FILE, legible, missing_chars, register_fonts, subset_woff2, text_width
from casework.figures.groups import group_dots
from casework.figures.heat import mechanism_map
from casework.figures.maps import cooccurrence_arcs, correspondence_map
from casework.figures.models import model_flow
from casework.figures.robust import robustness_bars
from casework.figures.show import ShownFigure, show_figure
from casework.figures.similar import distance_map
from casework.figures.svg import FONT_STACK, figure_files, save, to_svg
from casework.figures.time import period_bars, publication_timeline

__all__ = [
    "FAMILY",
    "FONT_FILE",
    "FONT_STACK",
    "THEMES",
    "WIDTH",
    "Drawing",
    "ShownFigure",
    "alt_text",
    "character_bars",
    "contradiction_plot",
    "cooccurrence_arcs",
    "correspondence_map",
    "distance_map",
    "figure_files",
    "group_dots",
    "indicator_dots",
    "keyness_bars",
    "legible",
    "mechanism_map",
    "missing_chars",
    "model_flow",
    "period_bars",
    "publication_timeline",
    "register_fonts",
    "robustness_bars",
    "save",
    "show_figure",
    "source_flow",
    "subset_woff2",
    "text_width",
    "to_svg",
]
