"""The annotated source texts of the demo corpus: one line a passage, with quantities, labels and damage marked inline.

A line is ROLE|text. Roles: H headline, K subhead, B byline, P body, T table row, C caption, x chrome of an article, X chrome
of the page, Z spam.
In the text: {surface|indicator|about|flags} a quantity; <surface> a label (a `:s` before the end makes it a slogan, `?` borderline);
^tokens^ a context for what follows (a period, p/r/a status, q voice of the quotation or sentence, Q of the line, #place);
«right→wrong» damage; «M:words» shifted bytes; ‖ a column break, ‖C:words‖ a caption thrown into it, ‖@B‖ a jump to block B;
✂ where a reprint ends.
"""
from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from demo.values import read_surface

INDICATORS = {"ci": "collective_income", "hi": "household_income", "ov": "output_value", "jb": "jobs", "fu": "funding", "la": "land_area",
              "pr": "production", "pc": "price_cost", "or": "organisations", "fa": "facilities", "pe": "people", "ac": "activities",
              "pj": "projects", "pl": "places", "pp": "proportion", "ot": "other"}
STATUS = {"p": "planned", "r": "rule", "a": "achieved"}
STATISTIC = {"mean": "mean", "max": "maximum", "min": "minimum", "part": "part"}
CHANGE = {"up": "increase", "down": "decrease"}
FLAGS = {"est": "estimate", "restated": "restated"}
TOKEN = re.compile(r"«M:(?P<moji>[^»]+)»|«(?P<right>[^→»]*)→(?P<wrong>[^»]*)»|\^(?P<mark>[^^]*)\^|(?P<cut>✂)"
                   r"|(?P<open>[{<])|(?P<fields>\|[^}]*)?(?P<close>[}>])|(?P<char>.)", re.S)


@dataclass
class Cell:
    """One intended character, what is written for it, and noise written after it."""

    ch: str
    core: str
    tail: str = ""
    fixed: bool = False


@dataclass
class Mark:
    """An annotation over cells [first, last) of its line."""

    first: int
    last: int
    kind: str
    data: dict[str, Any]


@dataclass
class Line:
    """One physical passage of the file to be written."""

    role: str
    cells: list[Cell]
    marks: list[Mark]
    article: int
    case: str
    block: str
    slips: list[tuple[str, str]] = field(default_factory=list)
    stop: int | None = None

    @property
    def clean(self) -> str:
        """The words as they were meant."""
        return "".join(c.ch for c in self.cells)


@dataclass
class Document:
    """A source text: its header, its articles' metadata, its lines in reading order."""

    stem: str
    head: dict[str, Any]
    articles: list[dict[str, Any]]
    lines: list[Line]


@dataclass
class State:
    """What the context marks have set so far."""

    place: str
    period: str = ""
    status: str = "achieved"
    quoted: bool = False
    open_quote: bool = False
    speech: bool = False

    @property
    def voice(self) -> str:
        """Whose words an amount is in."""
        return "quoted" if self.quoted or self.speech else "reporter"

    def token(self, word: str) -> None:
        """Take one word of a ^…^ mark."""
        if word.startswith("#"):
            self.place = word[1:]
        elif word in STATUS:
            self.status = STATUS[word]
        elif word == "q":
            self.quoted = True
        elif word == "Q":
            self.speech = True
        else:
            self.period = word.strip("-")

    def read(self, words: str) -> None:
        """Pass over text: quotation marks and the ends of sentences close what a mark has set."""
        for c in words:
            if c in "“「":
                self.open_quote = True
            if c in "”」":
                self.open_quote = self.quoted = False
            if c in "。！？":
                self.period, self.status = "", "achieved"
                self.quoted = self.quoted and self.open_quote


def quantity(surface: str, fields: list[str], state: State) -> dict[str, Any]:
    """The gold of one quantity: its surface read, its fields, and the context it stands in."""
    low, high, unit, approx = read_surface(surface)
    out: dict[str, Any] = {"low": low, "high": high, "unit": unit, "per": [], "status": state.status, "indicator": "", "place": state.place,
                           "approx": approx, "statistic": "total", "voice": state.voice, "change": "level",
                           "about": fields[1] if len(fields) > 1 else "", "period": state.period, "flags": []}
    names = [INDICATORS[x] for x in fields[0].split("/")]
    out["indicator"] = names[0] if len(names) == 1 else names
    for word in (fields[2].split() if len(fields) > 2 else []):
        flag(out, word)
    return out


def flag(out: dict[str, Any], word: str) -> None:
    """Apply one flag of a quantity; an unknown one is an error of the annotator."""
    if word == "r/a":
        out["status"] = ["rule", "achieved"]
        return
    for table, key in ((STATUS, "status"), (STATISTIC, "statistic"), (CHANGE, "change")):
        if word in table:
            out[key] = table[word]
            return
    if word in FLAGS:
        out["flags"] = [*out["flags"], FLAGS[word]]
    elif word in ("q", "nq"):
        out["voice"] = "quoted" if word == "q" else "reporter"
    elif word.startswith("/"):
        out["per"] = [*out["per"], word[1:]]
    elif word.startswith("@"):
        out["period"] = word[1:].strip("-")
    elif word.startswith("#"):
        out["place"] = word[1:]
    elif word.startswith("u="):
        out["unit"] = word[2:]
    elif word.startswith("="):
        low, _, high = word[1:].partition("..")
        out["low"], out["high"] = (float(low) if low else None), (float(high) if high else None) if ".." in word else float(low)
    elif word == "approx":
        out["approx"] = True
    else:
        raise ValueError(f"unknown flag {word!r}")


def label(surface: str) -> tuple[str, dict[str, Any]]:
    """The label's own words and its gold."""
    borderline, text = surface.endswith("?"), surface.rstrip("?")
    slogan = text.endswith(":s")
    text = text.removesuffix(":s")
    return text, {"kind": "model" if "+" in text and not slogan else "slogan", "borderline": borderline}


def parse_piece(text: str, line: Line, state: State) -> None:
    """Fill a line's cells and marks from one stretch of markup."""
    start: int | None = None
    for m in TOKEN.finditer(text):
        if m["moji"]:
            line.cells += [Cell(c, c, fixed=True) for c in m["moji"]]
            line.cells[-len(m["moji"])].core = "«M»"
            state.read(m["moji"])
        elif m["wrong"] is not None:
            slip(line, m["right"], m["wrong"])
            state.read(m["right"])
        elif m["mark"] is not None:
            for word in m["mark"].split():
                state.token(word)
        elif m["cut"]:
            line.stop = len(line.cells)
        elif m["open"]:
            start = len(line.cells)
        elif m["close"] and start is not None:
            close(line, start, m["close"], m["fields"] or "", state)
            start = None
        else:
            line.cells += [Cell(c, c) for c in m[0]]
            state.read(m[0])


def close(line: Line, start: int, bracket: str, fields: str, state: State) -> None:
    """End a quantity or a label that opened at cell `start`."""
    if bracket == "}":
        surface = "".join(c.ch for c in line.cells[start:])
        line.marks.append(Mark(start, len(line.cells), "quantity", quantity(surface, fields[1:].split("|"), state)))
        return
    text, data = label("".join(c.ch for c in line.cells[start:]))
    del line.cells[start + len(text):]
    line.marks.append(Mark(start, len(line.cells), "label", data))


def slip(line: Line, right: str, wrong: str) -> None:
    """Write `wrong` for `right`, character for character; what is too much becomes noise after the last."""
    cells = [Cell(c, wrong[i:i + 1], fixed=True) for i, c in enumerate(right)]
    line.cells += cells
    if len(wrong) > len(right):
        line.cells[-1].tail += wrong[len(right):]
    line.slips.append((right, wrong))


def load(path: Path) -> Document:
    """Read one annotated source text."""
    head, _, body = path.read_text(encoding="utf-8").partition("\n---\n")
    doc = Document(path.stem, YAML(typ="safe").load(head), [], [])
    case, block = "", "A"
    for row in body.split("\n"):
        if row.startswith("@article"):
            doc.articles.append(YAML(typ="safe").load(row[8:].strip() or "{}"))
        elif row.startswith("@case"):
            case = row[5:].strip()
        elif row.startswith("@block"):
            block = row[6:].strip()
        elif row.startswith("@copy"):
            doc.lines += copied(path, row.split()[1])
        elif row:
            role, _, text = row.partition("|")
            block = add_row(doc, role, text, case, block)
    return doc


def copied(path: Path, stem: str) -> list[Line]:
    """The body of another source up to its ✂, for a reprint."""
    out: list[Line] = []
    for line in load(path.with_name(f"{stem}.txt")).lines:
        if line.role not in "PK":
            continue
        if line.stop is not None:
            marks = [m for m in line.marks if m.last <= line.stop]
            return [*out, replace(line, cells=line.cells[:line.stop], marks=marks, stop=None)]
        out.append(line)
    raise ValueError(f"{stem} has no ✂")


def add_row(doc: Document, role: str, text: str, case: str, block: str) -> str:
    """Append one row of markup as one line, or several where column breaks cut it; returns the block it ends in."""
    state = State(place=case or doc.head["place"])
    for piece in text.split("‖"):
        if piece.startswith("@"):
            block = piece[1:]
            continue
        caption = piece.startswith("C:")
        article = -1 if role in "XZ" else len(doc.articles) - 1
        line = Line("C" if caption else role, [], [], article, "" if caption or role not in "PKT" else case, block)
        parse_piece(piece[2:] if caption else piece, line, State(place=case or doc.head["place"]) if caption else state)
        doc.lines.append(line)
    return block
