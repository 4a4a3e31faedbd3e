"""Make the demonstration corpus: annotated clean texts in scripts/demo/texts, plus declared damage, give data/raw/demo and its gold.

usage: make_demo.py [OUT]            write the corpus (OUT: data/raw/demo)
       make_demo.py --font FONT.ttc  cut the pdf's subset font again (only when its text needs a new character)
"""
from __future__ import annotations

import copy
import csv
import hashlib
import json
import shutil
import sys
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from demo import damage, render  # noqa: E402
from demo.markup import Document, Line, Mark, load  # noqa: E402

TEXTS = HERE / "demo" / "texts"
COLUMNS = ("file", "sha256", "outlet", "published", "url", "licence", "collected", "query", "encoding", "headline", "place")
FURNITURE = {"X": "chrome_lines", "x": "chrome_lines", "C": "caption_lines", "Z": "spam_lines"}
Ranges = list[list[int]]
Numbers = dict[int, list[tuple[int, int]]]
Places = dict[str, tuple[str, str]]


def read_places() -> Places:
    """name → (path, county code); names are unique in the corpus."""
    with (HERE / "demo" / "places.csv").open(encoding="utf-8", newline="") as f:
        rows = {r["place_code"]: r for r in csv.DictReader(f)}
    out = {}
    for code, row in rows.items():
        path, at = [row["name"]], row
        while (at := rows.get(at["parent_code"], {})):
            path.append(at["name"])
        out[row["name"]] = ("/".join(["河北省", *reversed(path)]), code[:6] if len(code) > 6 or row["level"] == "county" else "")
    return out


def file_order(doc: Document) -> list[Line]:
    """The lines as the file has them: block by block."""
    blocks = doc.head.get("order") or sorted({line.block for line in doc.lines})
    return [line for block in blocks for line in doc.lines if line.block == block]


def ranges(lines: Iterable[Line], numbers: Numbers, gap: int) -> Ranges:
    """Line ranges in reading order; neighbours in the file run together."""
    out: Ranges = []
    for line in lines:
        for first, last in numbers.get(id(line), []):
            if out and 0 < first - out[-1][1] <= gap:
                out[-1][1] = last
            else:
                out.append([first, last])
    return out


def line_runs(raw: str, spans: render.Offsets) -> list[tuple[int, int]]:
    """The stretches of lines that a passage stands on."""
    breaks = [i for i, c in enumerate(raw) if c == "\n"]
    runs: list[tuple[int, int]] = []
    for n in sorted({bisect_left(breaks, start) + 1 for start, end in spans if end > start}):
        if runs and n - runs[-1][1] <= 1:
            runs[-1] = (runs[-1][0], n)
        else:
            runs.append((n, n))
    return runs


def gold_mark(raw: str, mark: Mark, offsets: render.Offsets, places: Places) -> dict[str, Any]:
    """One quantity or label with its raw span."""
    cells = [s for s in offsets[mark.first:mark.last] if s[1] > s[0]]
    start, end = cells[0][0], cells[-1][1]
    out: dict[str, Any] = {"start": start, "end": end, "surface": raw[start:end], "line": raw.count("\n", 0, start) + 1, **mark.data}
    if mark.kind == "quantity":
        path, county = places[out.pop("place")]
        extra = {k: out.pop(k) for k in ("approx", "statistic", "voice", "change", "about", "period", "flags")}
        out |= {"place": path, "county_code": county, **extra}
    return out


def gold_article(doc: Document, n: int, numbers: Numbers, gap: int, places: Places) -> dict[str, Any]:
    """Headline, lines in reading order, furniture and cases of one article."""
    meta, mine = doc.articles[n], [line for line in doc.lines if line.article == n]
    cases: dict[str, list[Line]] = {}
    for line in mine:
        if line.role in "PKT" and line.case:
            cases.setdefault(line.case, []).append(line)
    out = {"headline": "".join(line.clean for line in mine if line.role == "H"), "outlet": meta.get("outlet", doc.head["outlet"]) or None,
           "date": str(meta.get("date", doc.head["published"])) or None, "bylines": meta.get("bylines", []),
           "lines": ranges([line for line in mine if line.role not in FURNITURE], numbers, gap)}
    for role, key in (("x", "chrome_lines"), ("C", "caption_lines")):
        out[key] = [r for line in mine if line.role == role for r in ranges([line], numbers, gap)]
    out["cases"] = [{"place": places[k][0], "lines": ranges(v, numbers, gap)} for k, v in cases.items()]
    return out


def damage_list(doc: Document, numbers: Numbers) -> list[str]:
    """The header's list, then each slip with its line."""
    out = list(doc.head.get("damage", []))
    for line in sorted((x for x in doc.lines if id(x) in numbers), key=lambda x: numbers[id(x)]):
        first = numbers[id(line)][0][0]
        out += [f"line {first}: {wrong!r} for {right!r}" for right, wrong in line.slips]
        out += [f"line {first}: shifted bytes" for _ in [1] if any(c.core.startswith("?") and c.ch != "?" and c.fixed for c in line.cells)]
        if line.role == "C":
            out.append(f"line {first}: a caption without a mark")
    return out


def gold(doc: Document, raw: str, offsets: dict[int, render.Offsets], gap: int) -> dict[str, Any]:
    """The planted gold in the format of the guidelines."""
    places = read_places()
    numbers = {id(line): line_runs(raw, offsets[id(line)]) for line in doc.lines if id(line) in offsets}
    marks = [(m, offsets[id(line)]) for line in doc.lines if id(line) in numbers for m in line.marks]
    rows = {kind: sorted((gold_mark(raw, m, o, places) for m, o in marks if m.kind == kind), key=lambda r: int(r["start"]))
            for kind in ("quantity", "label")}
    page = {key: [r for line in doc.lines if line.role == role for r in ranges([line], numbers, gap)]
            for role, key in (("X", "chrome_lines"), ("Z", "spam_lines"))}
    structure = {"articles": [gold_article(doc, n, numbers, gap, places) for n in range(len(doc.articles))], **page,
                 "damage": damage_list(doc, numbers)}
    return {"file": doc.head["file"], "quantities": rows["quantity"], "labels": rows["label"], "codings": codings(doc, raw, offsets),
            "structure": structure}


def codings(doc: Document, raw: str, offsets: dict[int, render.Offsets]) -> list[dict[str, Any]]:
    """Which mechanisms a passage reports; a passage that a column break cuts is named by its first part."""
    out = []
    for words, codes in YAML(typ="safe").load((HERE / "demo" / "codings.yaml").read_text(encoding="utf-8"))[doc.stem].items():
        (line,) = [line for line in doc.lines if line.role == "P" and line.clean.startswith(words)]
        start, end = offsets[id(line)][0][0], offsets[id(line)][-1][1]
        out += [{"start": start, "end": end, "line": raw.count("\n", 0, start) + 1, "code": code} for code in sorted(codes)]
    return sorted(out, key=lambda r: (int(r["start"]), str(r["code"])))


def write_bytes(head: dict[str, Any], lines: list[Line]) -> bytes:
    """A web page, a paper or a letter."""
    kind = head["file"].rpartition(".")[2]
    if kind == "html":
        return render.write_html(lines, head["headline"], (HERE / "demo" / "page.html").read_text(encoding="utf-8")).encode()
    return render.write_pdf(lines) if kind == "pdf" else render.write_docx(lines)


def build_file(doc: Document) -> tuple[bytes, dict[str, Any]]:
    """Bytes and gold of one source."""
    head, newline = doc.head, "\r\n" if doc.head.get("newline") == "crlf" else "\n"
    gap = int(head.get("gap", 2))
    for line in doc.lines:
        damage.apply(line, head, newline)
    lines = file_order(doc)
    if not head["file"].endswith(".txt"):
        data = write_bytes(head, lines)
        raw = render.read_back(head["file"], data)
        return data, gold(doc, raw, render.find_lines(raw, lines), 1)
    if width := head.get("columns"):
        raw, offsets = render.write_columns(doc.lines, int(width), newline * gap)
        return raw.encode(head["encoding"]), gold(doc, raw, offsets, gap)
    lead = "\ufeff" * bool(head.get("bom")) + newline * int(head.get("lead", 0))
    raw, offsets = render.write_text(lines, lead, newline * gap, head.get("indent", ""))
    return raw.encode(head["encoding"]), gold(doc, raw, offsets, gap)


def manifest_row(head: dict[str, Any], data: bytes) -> list[str]:
    """One row of the manifest, in the order of its columns."""
    known = {"sha256": hashlib.sha256(data).hexdigest(), "licence": "CC0-1.0", "collected": "2026-11-20",
             "url": f"https://example.org/demo/{head['file']}", "place": read_places()[head["place"]][0],
             "query": "written for the demonstration corpus; damage declared in scripts/demo"}
    return [str(known.get(c) or head.get(c, "")) for c in COLUMNS]


def build(out: Path, sources: Sequence[Path]) -> None:
    """Write files, gold, manifest, places and figures from outside."""
    (out / "gold").mkdir(parents=True, exist_ok=True)
    rows = []
    for path in sources:
        doc = copy.deepcopy(load(path))
        data, planted = build_file(doc)
        (out / doc.head["file"]).write_bytes(data)
        text = json.dumps(planted, ensure_ascii=False, indent=1) + "\n"
        (out / "gold" / f"{Path(doc.head['file']).stem}.json").write_text(text, encoding="utf-8", newline="\n")
        rows.append(manifest_row(doc.head, data))
    with (out / "manifest.csv").open("w", encoding="utf-8", newline="") as f:
        csv.writer(f, lineterminator="\n").writerows([COLUMNS, *rows])
    for name in ("places.csv", "attributes.csv"):
        shutil.copyfile(HERE / "demo" / name, out / name)


def cut_font(source: str) -> None:
    """Subset a Noto Sans CJK collection to what the pdf texts need."""
    from fontTools import subset
    from fontTools.ttLib import TTCollection

    papers = [doc for path in sorted(TEXTS.glob("*.txt")) if (doc := load(path)).head["file"].endswith(".pdf")]
    words = "".join(line.clean for doc in papers for line in doc.lines)
    font = next(f for f in TTCollection(source).fonts if f["name"].getDebugName(1) == "Noto Sans CJK SC")
    options = subset.Options(layout_features=[], hinting=False, notdef_outline=True, desubroutinize=True)
    cutter = subset.Subsetter(options)
    cutter.populate(text=words)
    cutter.subset(font)
    for tag in set(font.keys()) - {"CFF ", "cmap", "head", "hhea", "hmtx", "maxp", "name", "post", "OS/2"} - {"GlyphOrder"}:
        del font[tag]
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    font.save(render.FONT)


def main(args: list[str]) -> None:
    """Build the corpus, or cut its font."""
    if args[:1] == ["--font"]:
        cut_font(args[1])
        return
    build(Path(args[0]) if args else HERE.parent / "data" / "raw" / "demo", sorted(TEXTS.glob("*.txt")))


if __name__ == "__main__":
    main(sys.argv[1:])
