"""How much of a text goes out: all, 30 characters around each claim, or nothing; measured in the pages and tables themselves."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from conftest import SHARED
from lxml import html

from casework.reports import publish
from casework.study import load_study
from casework.tables import Tables, read_tables
from casework.text import Span, parse_spans
from casework.views import Reading, gather_readings

RUN = 16
ROUND = 30
FACT = 15


def site_of(tables: Path, level: str, root: Path) -> Path:
    """Publish tables at a level, without notebooks."""
    (root / "s.yaml").write_text(f"name: s\nraw: raw\npublish: {level}\n", encoding="utf-8")
    return publish(load_study(root / "s.yaml"), tables).parent


def shown(site: Path) -> str:
    """Read everything that a site shows: texts, hovers, labels, pieces, downloads."""
    found: list[str] = []
    for path in sorted(site.rglob("*.html")):
        root = html.document_fromstring(path.read_text(encoding="utf-8"))
        for element in root.xpath('//style | //script | //pre[@class="raw"]//ins'):
            element.drop_tree()
        # Marks lie inside the text; any other element ends a run.
        for element in root.iter():
            if element.tag not in ("mark", "del", "ins", "span"):
                element.tail = "\n" + (element.tail or "")
        found += [root.text_content(), *(str(v) for v in root.xpath("//@title | //@aria-label | //@alt | //@data-find"))]
    found += [re.sub(r"<[^>]*>", "\n", p.read_text(encoding="utf-8")) for p in sorted(site.rglob("*.js"))]
    with ZipFile(site / "downloads" / "tables.zip") as packed:
        found += [packed.read(name).decode() for name in packed.namelist()]
    return "\n".join(found)


def allowed(reading: Reading) -> Iterator[tuple[str, list[Span]]]:
    """Give each text of a source, its passages and its raw file, with the stretches around its claims."""
    for passage in reading.passages:
        text = passage.text or ""
        yield text, [Span(m.span.start - ROUND, m.span.end + ROUND) for m in passage.marks if m.kind == "amount"]
    claims = [s for c in reading.of("claims") for s in parse_spans(c["spans"])]
    yield reading.raw or "", [Span(s.start - ROUND, s.end + ROUND) for s in claims]


def readings_of(folder: Path) -> tuple[Tables, list[Reading]]:
    tables = read_tables(folder)
    raws = {p.stem: p.read_bytes().decode() for p in (folder / "raw").glob("s*.txt")}
    return tables, list(gather_readings(tables, raws))


def running_text(site: Path, folder: Path, level: str) -> tuple[int, int]:
    """Count the characters of the texts that stand in the site as runs of 16 or more: those around a claim, and others."""
    tables, readings = readings_of(folder)
    there = set(_runs(shown(site)))
    labels = [*(f"“{s}”" for s in tables.labels["surface"]), *(m.replace(";", "+") for m in tables.labels["members"]), *tables.cases["place"]]
    free = {run for label in labels for run in _runs(label)}
    near = other = 0
    for reading in readings:
        quoted = {q for text, spans in allowed(reading) for s in _joined(spans) for q in _runs(text[max(0, s.start) : s.end])}
        for text, _ in allowed(reading):
            for run in _runs(text):
                if run in there and run not in free and run.strip() == run:
                    near, other = (near + 1, other) if run in quoted and level == "quotes" else (near, other + 1)
    return near, other


def _joined(spans: list[Span]) -> list[Span]:
    out: list[Span] = []
    for span in sorted(spans):
        out[-1:] = [Span(out[-1].start, max(out[-1].end, span.end))] if out and span.start <= out[-1].end else [*out[-1:], span]
    return out


def _runs(text: str) -> Iterator[str]:
    """Give the runs of a text, full-width signs as the usual ones: the raw view shows both."""
    text = unicodedata.normalize("NFKC", text)
    return (text[i : i + RUN] for i in range(len(text) - RUN + 1))


CORPORA = ["demo", pytest.param("party-building", marks=pytest.mark.skipif(not SHARED.exists(), reason="the real texts are not here"))]


@pytest.mark.parametrize("corpus", CORPORA)
@pytest.mark.parametrize("level", ["quotes", "none"])
def test_no_more_running_text_goes_out_than_the_study_says(corpus: str, level: str, tmp_path: Path, tables_of: Callable[[str], Path]) -> None:
    folder = tables_of(corpus)
    near, other = running_text(site_of(folder, level, tmp_path), folder, level)
    assert other == 0
    assert near > 1000 if level == "quotes" else near == 0


def test_no_run_of_quoted_text_is_longer_than_a_hundred_characters(tmp_path: Path, tables_of: Callable[[str], Path]) -> None:
    """And every claim of the text is there all the same."""
    folder = tables_of("demo")
    site = site_of(folder, "quotes", tmp_path)
    claims = read_tables(folder).claims
    longest = 0
    for path in sorted((site / "evidence").glob("*.html")):
        root = html.document_fromstring(path.read_text(encoding="utf-8"))
        for element in root.xpath("//ins"):
            element.drop_tree()
        parts = [*root.xpath('//div[@class="text"]//*[self::p or self::h2 or self::h3][@id]'), *root.xpath('//pre[@class="raw"]')]
        longest = max(longest, *(len(run) for part in parts for run in part.text_content().split("…")))
        marked = {m.get("id") for m in root.xpath('//div[@class="text"]//mark')}
        own = claims[claims["source_id"] == path.stem]
        assert {f"c{a}-{b}" for a, b in zip(own["start"], own["end"], strict=True)} <= marked
    assert 60 < longest <= 100


def test_the_measure_sees_what_a_full_site_shows(tmp_path: Path, tables_of: Callable[[str], Path]) -> None:
    folder = tables_of("demo")
    _, readings = readings_of(folder)
    _, other = running_text(site_of(folder, "full", tmp_path), folder, "full")
    assert other > 0.9 * sum(max(0, len(p.text or "") - RUN + 1) for r in readings for p in r.passages)
