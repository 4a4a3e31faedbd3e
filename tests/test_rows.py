"""Every row of every table, cut again from the raw text it was read from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from conftest import ROOT, script

from casework.tables import read_tables
from casework.text import Span, parse_spans

CORPORA = script("gold_floors").CORPORA
there = [pytest.param(name, marks=pytest.mark.skipif(not CORPORA[name][1].exists(), reason="the texts are not here")) for name in CORPORA]
each_corpus = pytest.mark.parametrize("name", there)
Built = Callable[[str], Path]
ROWS = ("claims", "labels", "codings", "places")


def rows(frame: pd.DataFrame) -> list[dict[str, str]]:
    return [{str(k): str(v) for k, v in r.items()} for r in frame.to_dict("records")]


def raws(tables: Path) -> dict[str, str]:
    """Read the stored raw texts, newlines untranslated."""
    return {p.stem: p.read_bytes().decode("utf-8") for p in sorted((tables / "raw").glob("*.txt"))}


@each_corpus
def test_surfaces(name: str, tables_of: Built) -> None:
    folder = tables_of(name)
    frames, raw = read_tables(folder), raws(folder)
    checked = 0
    for table in ROWS:
        for r in rows(getattr(frames, table)):
            spans = parse_spans(r["spans"])
            assert r["surface"] == "".join(s.cut(raw[r["source_id"]]) for s in spans), (table, r)
            assert (int(r["start"]), int(r["end"])) == tuple(spans[0]), (table, r)
            checked += 1
    assert checked > 50


@each_corpus
def test_ids_say_where_the_row_stands(name: str, tables_of: Built) -> None:
    frames = read_tables(tables_of(name))
    for table, key in (("claims", "claim_id"), ("labels", "label_id")):
        for r in rows(getattr(frames, table)):
            assert r[key] == f"{r['source_id']}:{r['start']}-{r['end']}"
    for r in rows(frames.codings):
        assert r["coding_id"] == f"{r['source_id']}:{r['start']}-{r['end']}:{r['code']}"
    for table, key, letter in (("articles", "article_id", "a"), ("passages", "passage_id", "p"), ("cases", "case_id", "k")):
        for r in rows(getattr(frames, table)):
            assert r[key] == f"{r['source_id']}:{letter}{parse_spans(r['spans'])[0].start}"


@each_corpus
def test_rows_belong_together(name: str, tables_of: Built) -> None:
    """What a row refers to is there, and a row lies inside its passage."""
    frames = read_tables(tables_of(name))
    passages = {r["passage_id"]: r for r in rows(frames.passages)}
    keys = (("sources", "source_id"), ("articles", "article_id"), ("cases", "case_id"))
    known = {key: set(getattr(frames, table)[key]) for table, key in keys}
    for table in (*ROWS, "passages"):
        for r in rows(getattr(frames, table)):
            for key, values in known.items():
                assert r.get(key, "") in values | ({""} if key != "source_id" else set()), (table, r)
            around = parse_spans(passages[r["passage_id"]]["spans"])
            assert all(any(a.covers(s) for a in around) for s in parse_spans(r["spans"])), (table, r)


@each_corpus
def test_passages_share_out_every_character(name: str, tables_of: Built) -> None:
    """Each character of the raw text that is not blank stands in exactly one passage."""
    folder = tables_of(name)
    passages = read_tables(folder).passages
    for source_id, raw in raws(folder).items():
        times = [0] * len(raw)
        for cell in passages.loc[passages["source_id"] == source_id, "spans"]:
            for s in parse_spans(cell):
                times[s.start : s.end] = [n + 1 for n in times[s.start : s.end]]
        odd = [(i, raw[i]) for i, n in enumerate(times) if n != 1 and not raw[i].isspace() and not (n == 0 and raw[i] == "\ufeff")]
        assert [(i, times[i]) for i, _ in odd] == [], source_id


@each_corpus
def test_edits_are_disjoint_and_cut_from_the_raw_text(name: str, tables_of: Built) -> None:
    folder = tables_of(name)
    frames, raw = read_tables(folder), raws(folder)
    last: dict[str, int] = {}
    for r in rows(frames.edits):
        span = Span(int(r["start"]), int(r["end"]))
        assert r["raw"] == span.cut(raw[r["source_id"]])
        assert r["new"] != r["raw"]
        assert last.get(r["source_id"], 0) <= span.start < span.end
        last[r["source_id"]] = span.end


@each_corpus
def test_sources_are_the_files(name: str, tables_of: Built) -> None:
    folder = tables_of(name)
    raw = raws(folder)
    for r in rows(read_tables(folder).sources):
        data = (CORPORA[name][1] / r["file"]).read_bytes()
        assert (r["sha256"], r["bytes"]) == (hashlib.sha256(data).hexdigest(), str(len(data)))
        assert r["source_id"] == "s" + r["sha256"][:16]
        assert r["chars"] == str(len(raw[r["source_id"]]))
        if r["file"].endswith(".txt"):
            assert data.decode(r["encoding"].split()[0]) == raw[r["source_id"]]


def test_published_tables_of_the_real_study_are_cut_from_the_same_texts(tables_of: Built) -> None:
    """The committed stand-off tables say where and what, without running text."""
    folder = ROOT / "data" / "processed" / "party-building"
    published = read_tables(folder)
    assert not (folder / "raw").exists()
    assert set(published.passages["text"]) == {""}
    assert set(published.articles["headline"]) == {""}
    if CORPORA["party-building"][1].exists():
        raw = raws(tables_of("party-building"))
        for r in rows(published.claims):
            assert r["surface"] in ("", "".join(s.cut(raw[r["source_id"]]) for s in parse_spans(r["spans"])))
