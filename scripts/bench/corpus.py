"""A corpus of any size from the demonstration texts: the same seed and size always give the same texts."""

from __future__ import annotations

import csv
import hashlib
import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from casework.clean import clean_text
from casework.sources import Source, iter_sources, read_manifest

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "data" / "raw" / "demo"
# Figures of dates and clock times keep their digits: others would make months and days that do not exist.
FIGURE = re.compile(r"(?<![\d.:\-/年月])\d+(?![\d:\-/年月日]|个月|[至到—]\d+月)")
SENTENCE_ENDS = tuple("。！？”")
SHORTEST = 40  # a line of fewer characters may be a heading or furniture and keeps its place


@dataclass(frozen=True)
class Stock:
    """What new texts are made of: the old ones, whole paragraphs without damage, groups of names that may change places."""

    texts: tuple[str, ...]
    paragraphs: tuple[str, ...]
    names: tuple[tuple[str, ...], ...]


def read_stock() -> Stock:
    """Read the demonstration corpus."""
    sources = iter_sources(DEMO, read_manifest(DEMO / "manifest.csv"))
    texts = tuple(s.raw.replace("\r\n", "\n").lstrip("\ufeff") for s in sources if isinstance(s, Source))
    whole = dict.fromkeys(line for t in texts for line in t.split("\n") if _is_whole(line))
    return Stock(texts, tuple(whole), (*_place_groups(), _people()))


def _is_whole(line: str) -> bool:
    """Tell whether a line is a paragraph that no cleaner would change."""
    return len(line) >= SHORTEST and line.endswith(SENTENCE_ENDS) and str(clean_text(line)[0]) == line


def _place_groups() -> Iterator[tuple[str, ...]]:
    """Give the stems of sister places: any of them may stand for another without leaving its parent."""
    with (DEMO / "places.csv").open(encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f))
    groups: dict[tuple[str, str, str], list[str]] = {}
    for r in rows:
        # The rank stays where it stands, so only places of one rank change names.
        groups.setdefault((r["parent_code"], r["level"], r["name"][-1]), []).append(r["name"][:-1])
    return (tuple(g) for g in groups.values() if len(g) > 1)


def _people() -> tuple[str, ...]:
    golds = (json.loads(p.read_text(encoding="utf-8")) for p in sorted((DEMO / "gold").glob("*.json")))
    return tuple(sorted({b for g in golds for a in g["structure"]["articles"] for b in a["bylines"]}))


def make_texts(stock: Stock, size: int, seed: int = 1) -> Iterator[str]:
    """Yield texts until they come to `size` bytes of UTF-8; every text has its own seed, so a longer corpus begins like a shorter one."""
    made = 0
    seen: set[bytes] = set()
    for i in range(size):
        if made >= size:
            return
        text = vary(stock, i, seed)
        # A text without figures or whole paragraphs has few variants: one that came before is passed over.
        if (mark := hashlib.blake2b(text.encode(), digest_size=8).digest()) not in seen:
            seen.add(mark)
            made += len(text.encode())
            yield text


def vary(stock: Stock, number: int, seed: int) -> str:
    """Make one text: each demonstration text in turn, with other paragraphs, names and figures."""
    draw = random.Random(f"{seed}:{number}")
    lines = stock.texts[number % len(stock.texts)].split("\n")
    slots = [i for i, line in enumerate(lines) if line in stock.paragraphs]
    for i, line in zip(slots, draw.sample(stock.paragraphs, len(slots)), strict=True):
        lines[i] = line
    return _figures(_rename("\n".join(lines), stock.names, draw), draw)


def _rename(text: str, groups: Sequence[Sequence[str]], draw: random.Random) -> str:
    new: dict[str, str] = {}
    for group in groups:
        new.update(zip(group, draw.sample(group, len(group)), strict=True))
    return _replace_all(text, new)


def _replace_all(text: str, new: Mapping[str, str]) -> str:
    names = re.compile("|".join(map(re.escape, sorted(new, key=lambda n: (-len(n), n)))))
    return names.sub(lambda m: new[m[0]], text)


def _figures(text: str, draw: random.Random) -> str:
    """Give every figure other digits, as many as it had, the first never a nought."""

    def other(m: re.Match[str]) -> str:
        return "".join(str(draw.randint(0 if i else 1, 9)) for i in range(len(m[0])))

    return FIGURE.sub(other, text)


def write_corpus(folder: Path, name: str, texts: Sequence[str]) -> Path:
    """Write texts and a study that reads them with the demonstration's places; give the study's file.

    The studies of one folder share one file of places, so that a process that has built a small one has its gazetteer ready.
    """
    raw = folder / name
    raw.mkdir(parents=True)
    for i, text in enumerate(texts):
        (raw / f"{i:06}.txt").write_text(text, encoding="utf-8", newline="")
    (folder / "places.csv").write_bytes((DEMO / "places.csv").read_bytes())
    study = folder / f"{name}.yaml"
    study.write_text(f"name: bench\nraw: {name}\nplaces: places.csv\n", encoding="utf-8")
    return study
