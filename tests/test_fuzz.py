"""Damaged files through the whole chain: no crash, no hang, every file a source or a problem, every ledger replayed.

CASEWORK_FUZZ=300 runs fewer while one is at work.
"""

from __future__ import annotations

import os
import random
import shutil
import time
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from conftest import ROOT

from casework.clean import clean_text
from casework.flow import build
from casework.study import load_study
from casework.tables import read_tables

FILES = int(os.environ.get("CASEWORK_FUZZ", "2000"))
SECONDS = 10  # processor time that one file may take
DEMO = ROOT / "data" / "raw" / "demo"
SEEDS = sorted(p for p in DEMO.iterdir() if p.suffix in (".txt", ".html", ".docx", ".pdf"))
LONG = 5_000_000 if FILES >= 2000 else 200_000  # bytes of the longest line

Mutate = Callable[[bytes, random.Random], bytes]


def truncated(data: bytes, r: random.Random) -> bytes:
    return data[: r.randrange(len(data))]


def sown(data: bytes, r: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(r.randrange(1, 40)):
        out.insert(r.randrange(len(out)), r.randrange(256))
    return bytes(out)


def overwritten(data: bytes, r: random.Random) -> bytes:
    at = r.randrange(len(data))
    return data[:at] + r.randbytes(r.randrange(1, 200)) + data[at + 100 :]


def shuffled(data: bytes, r: random.Random) -> bytes:
    lines = data.splitlines(keepends=True)
    r.shuffle(lines)
    return b"".join(lines)


def unbroken(data: bytes, _: random.Random) -> bytes:
    return data.replace(b"\r", b"").replace(b"\n", b"")


def halved(data: bytes, r: random.Random) -> bytes:
    """Each line cut somewhere, as by a column."""
    out = []
    for line in data.splitlines():
        at = r.randrange(len(line) + 1)
        out += [line[:at], line[at:]]
    return b"\n".join(out)


def bracketed(data: bytes, r: random.Random) -> bytes:
    return data + r.choice(["（", "(", "[", "【", "《", "<"]).encode() * r.randrange(1, 3000)


def quoted(data: bytes, r: random.Random) -> bytes:
    out = data.decode("utf-8", "replace")
    for _ in range(30):
        at = r.randrange(len(out) + 1)
        out = out[:at] + r.choice("“\"‘「『”’") + out[at:]
    return out.encode()


def numbered(data: bytes, r: random.Random) -> bytes:
    out = data.decode("utf-8", "replace")
    for _ in range(30):
        at = r.randrange(len(out) + 1)
        out = out[:at] + "".join(r.choices("0123456789一二三十百千万亿.,、至—多余半个元亩%", k=r.randrange(1, 12))) + out[at:]
    return out.encode()


def recoded(data: bytes, r: random.Random) -> bytes:
    return data.decode("utf-8", "ignore").encode(r.choice(["gb18030", "utf-16-le", "utf-16-be", "big5", "cp1252"]), "ignore")


def mixed(data: bytes, r: random.Random) -> bytes:
    other = r.choice(SEEDS).read_bytes()
    return data[: r.randrange(len(data))] + other[r.randrange(len(other)) :]


def noise(_: bytes, r: random.Random) -> bytes:
    return r.randbytes(r.randrange(0, 5000))


MUTATIONS: tuple[Mutate, ...] = (truncated, sown, overwritten, shuffled, unbroken, halved, bracketed, quoted, numbered, recoded, mixed, noise)


def heavy(r: random.Random) -> dict[str, bytes]:
    """A few files each of which is a worst case by its size."""
    text = "".join(p.read_text(encoding="utf-8") for p in SEEDS if p.name in ("01_plain.txt", "11_release.txt")).replace("\n", "")
    return {
        "line.txt": (text * (LONG // len(text) + 1))[: LONG // 3].encode(),
        "digits.txt": b"7" * LONG,
        "brackets.txt": "（".encode() * 100_000,
        "open.txt": ("“" + text).encode() * 20,
        "blanks.txt": b" \n" * (LONG // 4),
        "empty.txt": b"",
        "zeros.txt": bytes(5000),
        "broken.csv": "text,outlet\n流转土地500亩,青禾报\n\"没有收尾,的引号\n增收3万元,青禾报\n".encode(),
        "broken.jsonl": b'{"text": "\xe6\xb5\x81\xe8\xbd\xac500\xe4\xba\xa9"}\n{"text": \n[1]\n',
        "noise.parquet": r.randbytes(2000),
        "emoji.txt": "𠮷😀é".encode() * 3000,
    }


def write_files(folder: Path, count: int) -> Counter[str]:
    r = random.Random(2026)
    kinds: Counter[str] = Counter()
    for name, data in heavy(r).items():
        (folder / name).write_bytes(data)
        kinds["heavy"] += 1
    for i in range(count - kinds["heavy"]):
        seed, mutate = r.choice(SEEDS), r.choice(MUTATIONS)
        data = mutate(seed.read_bytes(), r)
        if r.random() < 0.3:
            data = r.choice(MUTATIONS)(data or b"x", r)
        (folder / f"{i:04}_{mutate.__name__}{seed.suffix}").write_bytes(data)
        kinds[mutate.__name__] += 1
    return kinds


def replay(raw: str, edits: pd.DataFrame) -> str:
    out, at = [], 0
    for start, end, was, new in edits[["start", "end", "raw", "new"]].itertuples(index=False):
        assert raw[int(start) : int(end)] == was
        out += raw[at : int(start)], new
        at = int(end)
    return "".join([*out, raw[at:]])


def no_blanks(text: str) -> str:
    return "".join(text.split())


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Counter[str], list[float]]:
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "raw").mkdir()
    kinds = write_files(folder / "raw", FILES)
    shutil.copy(DEMO / "places.csv", folder)
    (folder / "study.yaml").write_text("name: fuzz\nraw: raw\nplaces: places.csv\n", encoding="utf-8")
    times = [time.process_time()]
    built = build(load_study(folder / "study.yaml"), out=folder / "tables", progress=lambda *_: times.append(time.process_time()))
    return folder / "raw", built.tables_dir, kinds, [b - a for a, b in pairwise(times[1:])]


Run = tuple[Path, Path, Counter[str], list[float]]


def test_every_file_is_a_source_or_a_problem(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    raw, tables, kinds, times = run
    frames = read_tables(tables)
    told = {f.split("#")[0] for f in frames.sources["file"]}
    words = "\n".join(frames.problems["message"])
    files = [p.name for p in raw.iterdir()]
    assert [f for f in files if f not in told and f not in words] == []
    with capsys.disabled():
        print(f"\nfuzz: {len(files)} files {dict(kinds)}: {len(frames.sources)} sources, {len(frames.claims)} claims, "
              f"problems {dict(Counter(frames.problems['code']))}, slowest {[round(t, 1) for t in sorted(times)[-3:]]} s")


def test_no_file_takes_long(run: Run) -> None:
    assert max(run[3]) < SECONDS


def test_ledgers_replay(run: Run) -> None:
    _, tables, _, _ = run
    frames = read_tables(tables)
    edits = dict(list(frames.edits.assign(at=frames.edits["start"].astype(int)).sort_values("at").groupby("source_id")))
    none = frames.edits.head(0)
    for source_id in frames.sources["source_id"]:
        raw = (tables / "raw" / f"{source_id}.txt").read_bytes().decode("utf-8", "surrogatepass")
        if len(raw) > 100_000:
            continue
        # The ledger also holds the line breaks that joining a cut sentence took away.
        assert no_blanks(replay(raw, edits.get(source_id, none))) == no_blanks(clean_text(raw)[0].clean), source_id
