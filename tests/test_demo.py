"""The demonstration corpus: made from its sources to the byte, its gold where it says it is, its damage as declared."""
from __future__ import annotations

import csv
import hashlib
import importlib.util
import json
import re
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from opencc import OpenCC

from casework.codebook import load_codebook
from casework.sources import Source, iter_sources, read_manifest
from casework.study import load_study, read_attributes

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "data" / "raw" / "demo"
SHARED = ROOT.parent / "shared"
SIMPLIFIED = OpenCC("t2s")
HAN = re.compile(r"[㐀-鿿]")
SIMPLE = re.compile(r"(\d+(?:\.\d+)?)([万亿]?)(元|亩|斤|公斤|吨|公里|平方米|%|[个名户人家项次件座处])")
UNITS = {"元": "yuan", "亩": "mu", "斤": "jin", "公斤": "kg", "吨": "ton", "公里": "km", "平方米": "m2", "%": "percent"}
DATES = re.compile(r"\d{4}-\d\d-\d\d|\d\d:\d\d(?::\d\d)?|\d+年(?:第\d+期)?|\d+月(?:\d+日)?|\d+日|第\d+[版页]|\d+至\d+月|前\d+个月")


def load_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_demo", ROOT / "scripts" / "make_demo.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_demo"] = module
    spec.loader.exec_module(module)
    return module


make_demo = load_script()
SOURCES = sorted(make_demo.TEXTS.glob("*.txt"))
MANIFEST = {r["file"]: r for r in csv.DictReader((DEMO / "manifest.csv").open(encoding="utf-8", newline=""))}
PLACES = list(csv.DictReader((DEMO / "places.csv").open(encoding="utf-8", newline="")))
PLANTED: list[dict[str, Any]] = [json.loads(p.read_text(encoding="utf-8")) for p in sorted(DEMO.glob("gold/*.json"))]
GOLD = {gold["file"]: gold for gold in PLANTED}


def raw_text(file: str) -> str:
    data = (DEMO / file).read_bytes()
    return data.decode(MANIFEST[file]["encoding"]) if file.endswith(".txt") else str(make_demo.render.read_back(file, data))


def test_a_rebuild_gives_the_committed_bytes(tmp_path: Path) -> None:
    make_demo.build(tmp_path, SOURCES)
    made = {p.relative_to(tmp_path): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    kept = {p.relative_to(DEMO): p.read_bytes() for p in DEMO.rglob("*") if p.is_file() and p.name != "README.md"}
    assert sorted(made) == sorted(kept)
    assert [str(k) for k in made if made[k] != kept[k]] == []


def test_the_manifest_knows_every_file_by_its_hash() -> None:
    assert set(MANIFEST) == set(GOLD) == {p.name for p in DEMO.iterdir() if p.suffix in (".txt", ".html", ".pdf", ".docx")}
    for file, row in MANIFEST.items():
        assert row["sha256"] == hashlib.sha256((DEMO / file).read_bytes()).hexdigest(), file
        assert row["licence"] == "CC0-1.0", file
        assert row["url"].startswith("https://example.org/"), file
        assert row["outlet"], file
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", row["published"]), file


@pytest.mark.parametrize("file", sorted(GOLD))
def test_gold_stands_where_it_says(file: str) -> None:
    raw, gold = raw_text(file), GOLD[file]
    paths = {row["name"] for row in PLACES} | {"河北省"}
    for row in [*gold["quantities"], *gold["labels"]]:
        assert raw[row["start"]:row["end"]] == row["surface"]
        assert row["surface"].strip() == row["surface"] != ""
        assert raw.count("\n", 0, row["start"]) + 1 == row["line"]
    spans = sorted((r["start"], r["end"]) for r in [*gold["quantities"], *gold["labels"]])
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    for row in gold["quantities"]:
        assert set(row["place"].split("/")) <= paths
        assert row["low"] is not None or row["high"] is not None


def test_the_readers_give_the_text_that_the_gold_counts_in() -> None:
    read = {s.file: s for s in iter_sources(DEMO, read_manifest(DEMO / "manifest.csv")) if isinstance(s, Source)}
    assert {file for file in GOLD if file not in read or read[file].raw != raw_text(file)} == set()
    assert read["09_gb18030.txt"].encoding == "gb18030"


def test_codings_use_the_codebook_and_stand_on_passages() -> None:
    known = load_codebook("mechanisms").section("codes")
    used = Counter(row["code"] for gold in GOLD.values() for row in gold["codings"])
    assert set(used) <= set(known)
    assert len(used) >= 40
    for file, gold in GOLD.items():
        lines = {n for article in gold["structure"]["articles"] for a, b in article["lines"] for n in range(a, b + 1)}
        assert gold["codings"], file
        assert {row["line"] for row in gold["codings"]} <= lines
        assert len({(row["start"], row["code"]) for row in gold["codings"]}) == len(gold["codings"])


def clean(text: str) -> str:
    bare = re.sub(r"\([a-zü]*[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]\w*\)|\s", "", text)
    return bare.translate({ord(c): SIMPLIFIED.convert(c) for c in set(bare)})


@pytest.mark.parametrize("file", sorted(GOLD))
def test_simple_amounts_read_as_the_gold_says(file: str) -> None:
    read = 0
    for row in GOLD[file]["quantities"]:
        m = SIMPLE.fullmatch(clean(row["surface"]).translate(str.maketrans("０１２３４５６７８９．％", "0123456789.%")))
        if not m:
            continue
        read += 1
        value = round(float(m[1]) * {"": 1, "万": 1e4, "亿": 1e8}[m[2]], 6)
        bounds = {x for x in (row["low"], row["high"]) if x is not None}
        assert (bounds, row["unit"]) == ({value}, UNITS.get(m[3], f"count:{m[3]}")), row["surface"]
    assert read >= (0 if file.startswith("17") else 3)


@pytest.mark.parametrize("source", SOURCES, ids=lambda p: p.stem)
def test_every_digit_of_the_body_is_annotated_or_a_date(source: Path) -> None:
    for line in make_demo.load(source).lines:
        if line.role in "PKHTC":
            rest = [c.ch for c in line.cells]
            for mark in line.marks:
                rest[mark.first:mark.last] = ["□"] * (mark.last - mark.first)
            assert not re.search(r"\d", DATES.sub("", "".join(rest)).replace("印120份", "")), "".join(rest)


@pytest.mark.parametrize("source", SOURCES, ids=lambda p: p.stem)
def test_length_and_abouts(source: Path) -> None:
    doc = make_demo.load(source)
    words = "".join(line.clean for line in doc.lines if line.role != "Z")
    assert 400 <= len(HAN.findall(words)) <= 1500
    for line in doc.lines:
        for mark in line.marks:
            assert mark.kind == "label" or mark.data["about"] in words, mark.data["about"]


def test_lines_of_the_structure_are_disjoint_and_inside_the_file() -> None:
    for file, gold in GOLD.items():
        last, taken = raw_text(file).count("\n") + 1, Counter[int]()
        groups = [gold["structure"]["chrome_lines"], gold["structure"]["spam_lines"]]
        for article in gold["structure"]["articles"]:
            groups += [article["lines"], article["chrome_lines"], article["caption_lines"]]
            own = {n for a, b in article["lines"] for n in range(a, b + 1)}
            for case in article["cases"]:
                assert {n for a, b in case["lines"] for n in range(a, b + 1)} <= own, file
        for a, b in (r for group in groups for r in group):
            assert 1 <= a <= b <= last, file
            taken.update(range(a, b + 1))
        assert not [n for n, times in taken.items() if times > 1], file


def test_declared_damage_is_there() -> None:
    raw = {file: raw_text(file) for file in GOLD}
    assert raw["10_utf16.txt"][0] == "\ufeff"
    assert (DEMO / "10_utf16.txt").read_bytes()[:2] == b"\xff\xfe"
    with pytest.raises(UnicodeDecodeError):
        (DEMO / "09_gb18030.txt").read_bytes().decode("utf-8")
    assert raw["09_gb18030.txt"].count("\r\n") == raw["09_gb18030.txt"].count("\n") > 5
    assert "鄉(xiāng)" in raw["05_pinyin.txt"]
    assert "?Ｍ瑫r" in raw["05_pinyin.txt"]
    assert raw["05_pinyin.txt"].count("县|") > 12
    assert re.search("[０-９]", raw["07_wide.txt"])
    assert not re.search("[0-9]", "".join(raw["07_wide.txt"].split("\n")[2:6]))
    for wrong in ("人驻", "己经", "贫苦户"):
        assert wrong in raw["08_ocr.txt"]
    starts = [a["lines"][0][0] for a in GOLD["04_page.txt"]["structure"]["articles"]]
    assert len(starts) == 4
    assert starts != sorted(starts)
    assert [c["place"].split("/")[-1] for c in GOLD["16_cases.txt"]["structure"]["articles"][0]["cases"]] == [
        "梨花渡镇", "鹤鸣洼乡", "沙棘岭镇"]


def test_the_reprint_is_a_cut_copy_and_the_rival_contradicts() -> None:
    first, second = (make_demo.load(make_demo.TEXTS / f"{n}.txt") for n in ("11_release", "12_reprint"))
    body = ["".join(line.clean for line in doc.lines if line.role in "PK") for doc in (first, second)]
    assert body[0].startswith(body[1])
    assert 0.7 < len(body[1]) / len(body[0]) < 0.95
    income = {(q["low"]) for file in ("01_plain.txt", "15_rival.txt") for q in GOLD[file]["quantities"]
              if (q["about"], q["period"], q["place"].split("/")[-1], q["change"]) == ("村集体收入", "2021", "东柳条村", "level")}
    assert income == {480000, 365000}


def test_places_form_one_tree() -> None:
    codes = {row["place_code"]: row for row in PLACES}
    assert len(codes) == len(PLACES) == len({row["name"] for row in PLACES})
    assert Counter(row["level"] for row in PLACES) == {"prefecture": 1, "county": 2, "township": 6, "village": 16}
    for code, row in codes.items():
        assert len(code) == {"prefecture": 6, "county": 6, "township": 9, "village": 12}[row["level"]]
        assert row["parent_code"] in codes or row["parent_code"] == "130000"
        assert row["level"] in ("prefecture", "county") or code.startswith(row["parent_code"])


def test_figures_from_outside_are_of_the_six_townships_and_make_two_groups() -> None:
    rows = read_attributes(DEMO / "attributes.csv")
    townships = {row["place_code"] for row in PLACES if row["level"] == "township"}
    assert {variable: {r.place_code for r in rows if r.variable == variable} for variable in ("terrain", "population")} == {
        "terrain": townships, "population": townships,
    }  # fmt: skip
    assert sorted(Counter(r.value for r in rows if r.variable == "terrain").values()) == [3, 3]
    (compare,) = (r for r in load_study(ROOT / "studies" / "demo.yaml").reports if r.name == "compare")
    assert compare.parameters["group_by"] == "terrain"


@pytest.mark.skipif(not SHARED.exists(), reason="the press texts are not part of the repository")
def test_nothing_is_copied_from_the_press_texts() -> None:
    def grams(text: str) -> set[str]:
        words = "".join(re.findall(r"\w", clean(text)))
        return {words[i:i + 16] for i in range(len(words) - 15)}

    texts = [p for folder in ("seeds", "more/texts") for p in (SHARED / folder).glob("*.txt")]
    press = set[str]().union(*(grams(p.read_text(encoding="utf-8")) for p in texts))
    ours = set[str]().union(*(grams(raw_text(file)) for file in GOLD), *(grams(p.read_text(encoding="utf-8")) for p in SOURCES))
    assert len(press) > 20_000
    assert not sorted(press & ours)
