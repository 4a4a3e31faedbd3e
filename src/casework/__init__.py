"""Messy Chinese local-press texts in, a comparative case study out.

>>> import casework as cw
>>> [(a.low, a.high, a.unit) for a in cw.find_amounts("柳坪镇流转土地1200余亩，户均增收近3000元。")]
[(1200.0, None, 'mu'), (None, 3000.0, 'yuan')]
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from casework import compare, figures, views
    from casework.codebook import load_codebook
    from casework.flow import build
    from casework.places import Mention
    from casework.quantities import Amount
    from casework.score import score_codes, score_tables
    from casework.study import load_study
    from casework.tables import Tables, read_tables
    from casework.text import CaseworkError

__all__ = [
    "CaseworkError",
    "Parsed",
    "build",
    "compare",
    "figures",
    "find_amounts",
    "find_places",
    "load_codebook",
    "load_study",
    "parse",
    "read_tables",
    "score_codes",
    "score_tables",
    "views",
]

# Where each name comes from; a module is imported when its name is first used, so that `import casework` is quick.
_HOMES = {
    "CaseworkError": "text",
    "build": "flow",
    "compare": "",
    "figures": "",
    "load_codebook": "codebook",
    "load_study": "study",
    "read_tables": "tables",
    "score_codes": "score",
    "score_tables": "score",
    "views": "",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'casework' has no attribute '{name}'; it has {', '.join(__all__)}")
    home = _HOMES[name]
    value = getattr(import_module(f"casework.{home}"), name) if home else import_module(f"casework.{name}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]


def find_places(text: str, hints: Sequence[str] = ()) -> list[Mention]:
    """Find the places that a text names, resolved to today's codes; `hints` (outlet, headline …) settle homonyms.

    >>> find_places("灵寿县的合作社有86户成员。")[0].place.code
    '130126'
    """
    from casework import places
    from casework.text import check_text

    for words in (text, *hints):
        check_text(words, "find_places")
    return places.find_places([text], hints)[0]


def find_amounts(text: str) -> list[Amount]:
    """Find the amounts of a text, from left to right: value, unit, open ends.

    >>> [(a.low, a.high, a.unit) for a in find_amounts("流转土地1000余亩，每户增收近3万元")]
    [(1000.0, None, 'mu'), (None, 30000.0, 'yuan')]
    """
    from casework import quantities
    from casework.text import check_text

    check_text(text, "find_amounts")
    return quantities.find_amounts(text)


class Parsed:
    """What was read from one text: the frames as attributes (`.claims`, `.places` …), in a notebook the text with its spans in colour."""

    def __init__(self, tables: Tables, raw: str) -> None:
        self.tables, self.raw = tables, raw

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "tables":
            raise AttributeError(name)
        return getattr(self.tables, name)

    def __repr__(self) -> str:
        counts = ", ".join(f"{len(frame)} {name}" for name, frame in self.tables.frames.items() if len(frame))
        return f"<Parsed: {counts}>"

    def _repr_html_(self) -> str:
        from casework.views import parsed_html

        return parsed_html(self.tables, self.raw)


def parse(text: str, outlet: str = "", published: str = "", headline: str = "") -> Parsed:
    """Read one text with the built-in codebooks; what is known of it (outlet, day, headline) helps to settle its places.

    >>> parse("灵寿县今年计划投资300万元。").claims[["surface", "status"]].to_numpy().tolist()
    [['300万元', 'planned']]
    """
    from casework import flow

    return Parsed(flow.parse_text(text, outlet=outlet, published=published, headline=headline), text)
