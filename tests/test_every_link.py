"""The two studies as published: every linked number leads to a highlight that is that number; every page is small."""

from __future__ import annotations

import dataclasses
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, SHARED
from lxml import html

from casework.reports import publish
from casework.reports.pieces import weigh
from casework.study import load_study
from casework.tables import Tables, read_tables
from casework.text import Span, parse_spans

pytestmark = pytest.mark.browser
STUDIES = ["demo", pytest.param("party-building", marks=pytest.mark.skipif(not SHARED.exists(), reason="the real texts are not here"))]
LIMIT = 150_000
KINDS = {"c": ("claims", "claim_id"), "l": ("labels", "label_id"), "k": ("codings", "coding_id")}


@pytest.fixture(scope="module", params=STUDIES)
def published(request: Any, tmp_path_factory: pytest.TempPathFactory, tables_of: Callable[[str], Path]) -> tuple[Path, Tables]:
    """A study of the repository as its file says, with all its reports."""
    study = dataclasses.replace(load_study(ROOT / "studies" / f"{request.param}.yaml"), home=tmp_path_factory.mktemp(request.param))
    folder = tables_of(request.param)
    return publish(study, folder, study.home / "site", engine="fork", jobs=2).parent, read_tables(folder)


def pages(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


def links(site: Path) -> Iterator[tuple[Path, str, bool]]:
    """Give every link of the site to a stretch of a source: the evidence page, the anchor, whether a figure's mark holds it."""
    for path in pages(site):
        root = html.document_fromstring(path.read_text(encoding="utf-8"))
        for a in root.iter("a"):
            href = a.get("href") or a.get("xlink:href") or ""
            page, _, ident = href.partition("#")
            if re.match(r"[clk]\d+-\d+", ident):
                to = (path.parent / page).resolve() if page else path
                yield to, ident, any(e.tag == "svg" for e in a.iterancestors())
    for path in site.rglob("data/*.js"):
        for page, ident in re.findall(r'(evidence/s[0-9a-f]{16}\.html)#([clk]\d+-\d+[\w-]*)', path.read_text(encoding="utf-8")):
            yield path.parent.parent / page, ident, False


def read_as(row: dict[str, str], edits: list[tuple[Span, str]]) -> str:
    """Give a row's words as they are read: its raw stretches with the edits in them; one of equal length counts by character."""
    said, at = "", 0
    for span in parse_spans(row["spans"]):
        part = list(row["surface"][at : at + span.end - span.start])
        at += len(part)
        for e, new in edits:
            if e.end - e.start == len(new):
                for i, char in enumerate(new, start=e.start):
                    if span.start <= i < span.end:
                        part[i - span.start] = char
            elif span.covers(e):
                part[e.start - span.start : e.end - span.start] = [new] + [""] * (e.end - e.start - 1)
        said += "".join(part)
    return said


def test_every_linked_number_leads_to_itself(page_of: Any, published: tuple[Path, Tables]) -> None:
    site, tables = published
    edits: dict[str, list[tuple[Span, str]]] = defaultdict(list)
    for source, start, end, new in zip(*(tables.edits[c] for c in ("source_id", "start", "end", "new")), strict=True):
        edits[source].append((Span(int(start), int(end)), new))
    claims = {str(r["claim_id"]): {str(k): str(v) for k, v in r.items()} for r in tables.claims.to_dict("records")}
    wanted: dict[Path, set[str]] = defaultdict(set)
    drawn = set()
    for to, ident, figure in links(site):
        wanted[to].add(ident)
        if figure and ident.startswith("c"):
            drawn.add((to.stem, ident))
    followed = set()
    for to, idents in sorted(wanted.items()):
        shown = page_of(to, sorted(i for i in idents if i.startswith("c")))
        for ident, lit in shown.items():
            claim = claims[f"{to.stem}:{ident[1:]}"]
            assert lit == read_as(claim, edits[to.stem]), (to.name, ident)
            followed.add((to.stem, ident))
        # What mechanisms and labels link to is there too, if only as the place where it would stand.
        there = set(html.document_fromstring(to.read_text(encoding="utf-8")).xpath("//@id"))
        for piece in site.rglob(f"data/evidence-{to.stem}-*.js"):
            there |= set(re.findall(r'<[^>]* id=\\"([^"\\]+)', piece.read_text(encoding="utf-8")))
        assert idents - there == set(), to.name
    assert {f"{source}:{ident[1:]}" for source, ident in followed} == set(claims)
    assert drawn
    assert drawn <= followed


@pytest.fixture
def page_of(browser: Any) -> Iterator[Callable[[Path, list[str]], dict[str, str]]]:
    """Open an evidence page and follow anchors on it: give the text that lights up, by anchor."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    seen: list[str] = []
    page.on("console", lambda m: seen.append(m.text))
    page.on("request", lambda r: None if r.url.startswith(("file:", "data:")) else seen.append(r.url))

    def follow(path: Path, idents: list[str]) -> dict[str, str]:
        page.goto(path.as_uri())
        found = page.evaluate("""async (idents) => { const out = {};
            for (const id of idents) {
                const told = new Promise(done => addEventListener("hashchange", done, { once: true }));
                location.hash = id; await told;
                out[id] = [...document.querySelectorAll(".text mark.on")].filter(m => !m.parentElement.closest("mark.on"))
                    .map(m => m.textContent).join("");
            }
            return out; }""", idents)
        return dict(found)

    yield follow
    page.close()
    assert seen == []


def test_every_page_is_small(published: tuple[Path, Tables]) -> None:
    site, _ = published
    weights = {p.relative_to(site).as_posix(): weigh(re.sub(r"base64,[A-Za-z0-9+/=]+", "", p.read_text(encoding="utf-8"))) for p in pages(site)}
    print(max(weights.items(), key=lambda kv: kv[1]))
    assert {name: size for name, size in weights.items() if size > LIMIT} == {}


def test_the_first_page_loads_in_under_a_second(browser: Any, published: tuple[Path, Tables]) -> None:
    page = browser.new_page()
    times = []
    for _ in range(3):
        page.goto((published[0] / "index.html").as_uri())
        times.append(page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"))
    page.close()
    print(f"loads in {min(times):.0f} ms")
    assert min(times) < 1000
