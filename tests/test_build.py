"""The build as a stream: the cache, processes that are killed, a disk that is full, Ctrl-C, files by the thousand; all with real processes."""

from __future__ import annotations

import csv
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from casework.flow import build
from casework.flow.batch import Batch, make_batches
from casework.flow.cache import Cache
from casework.flow.crew import run_tasks
from casework.flow.kit import settings_of
from casework.flow.part import Damaged, Part, write_part
from casework.flow.pool import Pool
from casework.flow.work import ROWS
from casework.study import Study, load_study
from casework.tables import check_links, check_surfaces, make_frames, read_tables
from casework.text import CaseworkError, Problem

SENTENCE = "柳坪村今年流转土地{}亩，村集体增收{}万元，党支部领办合作社{}家。\n"


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def parts(out: Path) -> dict[str, tuple[int, float]]:
    """The parts of the cache beside a folder of tables: name → inode and time of its rows."""
    found = out.with_name(f".{out.name}.cache").glob(f"*/{ROWS}")
    return {p.parent.name: (p.stat().st_ino, p.stat().st_mtime_ns) for p in found}


def write_study(folder: Path, texts: dict[str, str], more: str = "") -> Study:
    for name, text in texts.items():
        path = folder / "raw" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    (folder / "s.yaml").write_text(f"name: s\nraw: raw\n{more}", encoding="utf-8")
    return load_study(folder / "s.yaml")


def many(n: int) -> dict[str, str]:
    return {f"{i:05}.txt": SENTENCE.format(100 + i, i + 1, i % 7 + 2) for i in range(n)}


@pytest.fixture(scope="module")
def hundred(tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, Path]:
    """A study of a hundred texts and its tables."""
    folder = tmp_path_factory.mktemp("hundred")
    study = write_study(folder, many(100))
    return study, build(study, out=folder / "tables").tables_dir


def test_a_build_of_parts_is_what_frames_of_all_rows_would_be(hundred: tuple[Study, Path]) -> None:
    """The same rows through `make_frames`, which knows all of them at once, and through the checks of whole tables."""
    _, out = hundred
    tables = read_tables(out)
    again = make_frames({name: frame.to_dict("records") for name, frame in tables.frames.items()})
    for name, frame in tables.frames.items():
        assert frame.equals(again[name]), name
    check_links(tables.frames)
    check_surfaces(tables.frames, lambda s: (out / "raw" / f"{s}.txt").read_bytes().decode())
    assert len(parts(out)) > 1


def test_a_changed_text_touches_one_part(hundred: tuple[Study, Path], tmp_path: Path) -> None:
    study = write_study(tmp_path, many(100))
    build(study, out=tmp_path / "t")
    before = parts(tmp_path / "t")
    (tmp_path / "raw" / "00050.txt").write_text(SENTENCE.format(999, 5, 3), encoding="utf-8")
    (tmp_path / "raw" / "00050a.txt").write_text(SENTENCE.format(998, 5, 3), encoding="utf-8")
    build(study, out=tmp_path / "t")
    after = parts(tmp_path / "t")
    assert len(set(after.items()) - set(before.items())) == 1
    assert len(after) == len(before)  # what is no longer used is gone
    build(study, out=tmp_path / "fresh")
    assert contents(tmp_path / "t") == contents(tmp_path / "fresh")


def test_a_changed_codebook_makes_the_codings_anew_and_nothing_else(tmp_path: Path) -> None:
    book = tmp_path / "mechanisms.yaml"
    shutil.copy(ROOT / "src" / "casework" / "codebooks" / "mechanisms.yaml", book)
    study = write_study(tmp_path, many(40), "codebooks: {mechanisms: mechanisms.yaml}\n")
    build(study, out=tmp_path / "t")
    before = parts(tmp_path / "t")
    assert len(read_tables(tmp_path / "t").codings)
    old = {p.name for p in (tmp_path / ".t.cache").glob("*/codings-*.part")}
    book.write_text(re.sub(r"(?m)^version: \d+", "version: 9999", book.read_text(encoding="utf-8")), encoding="utf-8")
    build(study, out=tmp_path / "t")
    assert parts(tmp_path / "t") == before
    codings = list((tmp_path / ".t.cache").glob("*/codings-*.part"))
    assert len(codings) == len(before)
    assert old.isdisjoint(p.name for p in codings)
    build(study, out=tmp_path / "fresh")
    assert contents(tmp_path / "t") == contents(tmp_path / "fresh")


def test_places_are_read_again(tmp_path: Path) -> None:
    head = "place_code,name,level,parent_code,also_called,from,until\n"
    study = write_study(tmp_path, {"a.txt": "云岭县流转土地300亩。\n", "places.csv": head})
    build(study, out=tmp_path / "t")
    assert read_tables(tmp_path / "t").claims.place[0] == ""
    rows = "x01,云岭省,province,,,,\nx0101,安平市,prefecture,x01,,,\nx010101,云岭县,county,x0101,,,\n"
    (tmp_path / "raw" / "places.csv").write_text(head + rows, encoding="utf-8")
    build(study, out=tmp_path / "t")
    assert read_tables(tmp_path / "t").claims.place[0] == "云岭省/安平市/云岭县"


@pytest.mark.parametrize("harm", ["cut", "byte", "index", "magic", "raw", "gone", "codings"])
def test_a_damaged_part_is_made_again(hundred: tuple[Study, Path], tmp_path: Path, harm: str) -> None:
    study, good = hundred
    out = tmp_path / "t"
    shutil.copytree(good.with_name(".tables.cache"), tmp_path / ".t.cache", copy_function=shutil.copy2)
    home = next(p.parent for p in sorted((tmp_path / ".t.cache").glob(f"*/{ROWS}")))
    rows = home / ROWS
    data = bytearray(rows.read_bytes())
    if harm == "cut":
        rows.write_bytes(data[:-7])
    elif harm == "byte":
        at = data.index("柳坪村".encode(), data.index(b"\n", 60))
        data[at + 1] ^= 1
        rows.write_bytes(data)
    elif harm == "index":
        data[data.index(b".txt")] ^= 1
        rows.write_bytes(data)
    elif harm == "magic":
        rows.write_bytes(data.replace(b"casework-part-1", b"casework-part-0", 1))
    elif harm == "raw":
        next((home / "raw").iterdir()).write_text("别的话", encoding="utf-8")
    elif harm == "gone":
        rows.unlink()
    else:
        next(home.glob("codings-*")).write_bytes(b"")
    build(study, out=out)
    assert contents(out) == contents(good)


def test_a_part_of_other_code_is_not_used(hundred: tuple[Study, Path]) -> None:
    study, _ = hundred
    batch = next(b for b in make_batches(study.raw, {}) if isinstance(b, Batch))
    settings = settings_of(study)
    cache = Cache(Path("nowhere"))
    names = {cache.task((0,), batch, study.raw, s, False).name for s in (settings, with_code(settings, "0" * 64))}
    assert len(names) == 2


def with_code(settings: object, code: str) -> object:
    from dataclasses import replace

    return replace(settings, code=code)  # type: ignore[type-var]


def test_a_part_says_when_it_is_damaged(tmp_path: Path) -> None:
    write_part(tmp_path / "p", {"x": 1}, {"a": [b"one", b"", b"three"]}, {"a": [1, 0, 2]})
    part = Part(tmp_path / "p")
    assert (part.index["x"], part.block("a", 0, 3), part.block("a", 1, 3)) == (1, (b"onethree", 3), (b"three", 2))
    for bad in (b"", b"casework-part-1 9999 00\n{}", b"\xff" * 300):
        (tmp_path / "bad").write_bytes(bad)
        with pytest.raises(Damaged):
            Part(tmp_path / "bad").index  # noqa: B018
    with pytest.raises(Damaged):
        Part(tmp_path / "none").index  # noqa: B018


def test_records_stand_in_the_order_of_their_names_and_texts_that_came_before_are_told(tmp_path: Path) -> None:
    """Numbers are sorted as text (#10 before #2), as the tables were always sorted; a text counts where it came first."""
    lines = [json.dumps({"text": SENTENCE.format(i, i + 1, 2)}, ensure_ascii=False) for i in range(700)]
    texts = {"r.jsonl": "\n".join([*lines, lines[5], lines[699]]) + "\n", "a.txt": "增收1万元。\n", "sub/b.txt": "增收1万元。\n"}
    study = write_study(tmp_path, texts)
    out = build(study, out=tmp_path / "t").tables_dir
    tables = read_tables(out)
    files = tables.sources.file.tolist()
    assert files == sorted(files)
    assert len(files) == 701
    again = tables.problems[tables.problems.code == "duplicate"]
    assert sorted(m.split(":")[0] for m in again.message) == ["r.jsonl#701", "r.jsonl#702", "sub/b.txt"]
    ranks = {s: i for i, s in enumerate(tables.sources.source_id)}
    assert [ranks[s] for s in tables.claims.source_id] == sorted(ranks[s] for s in tables.claims.source_id)
    assert set(again.source_id) <= set(ranks)


def test_corrections_are_looked_at_before_anything_is_parsed(tmp_path: Path) -> None:
    study = write_study(tmp_path, {"a.txt": "流转土地300亩。\n"}, "corrections: corrections.csv\n" if (tmp_path / "corrections.csv").exists() else "")
    claim = "s" + "0" * 16 + ":0-5"
    for cells, told in (
        (f"{claim},statsu,planned,r,me", "statsu.*did you mean 'status'"),
        (f"{claim},status,plannd,r,me", "status is 'plannd'.*did you mean 'planned'"),
        (f"{claim},surface,x,r,me", "cannot be corrected"),
        (f"{claim},status,planned,,me", "'reason' is empty"),
    ):
        (tmp_path / "corrections.csv").write_text(f"row_id,field,value,reason,by\n{cells}\n", encoding="utf-8")
        (tmp_path / "s.yaml").write_text("name: s\nraw: raw\ncorrections: corrections.csv\n", encoding="utf-8")
        study = load_study(tmp_path / "s.yaml")
        with pytest.raises(CaseworkError, match=rf"(?s)corrections\.csv:2: .*{told}"):
            build(study, out=tmp_path / "t")
        assert not (tmp_path / ".t.cache").exists()


def test_copies_in_different_parts_are_found_and_flagged(tmp_path: Path) -> None:
    long = "".join(SENTENCE.format(i * 37 + 11, i + 3, i + 2) for i in range(8))
    texts = {**many(80), "00000x.txt": long, "zz.txt": long + "又是一年。\n"}
    tables = read_tables(build(write_study(tmp_path, texts), out=tmp_path / "t").tables_dir)
    ids = dict(zip(tables.sources.file, tables.sources.source_id, strict=True))
    copies = {a.article_id[:17]: a.copy_of[:17] for a in tables.articles.itertuples() if a.copy_of}
    first, second = sorted([ids["00000x.txt"], ids["zz.txt"]])
    assert copies == {second: first}
    assert {c.source_id for c in tables.claims.itertuples() if "copy" in c.flags.split(";")} == {second}


def killer(study: Study, out: Path, jobs: int = 2) -> subprocess.Popen[str]:
    """A build in a process of its own, which says when its first part is done."""
    code = (
        "import sys; from pathlib import Path; from casework.flow import build; from casework.study import load_study\n"
        f"build(load_study(Path({str(study.file)!r})), out=Path({str(out)!r}), jobs={jobs},"
        " progress=lambda done, of: print(done, of, flush=True))\n"
    )
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


def children(process: int) -> list[int]:
    return [int(c) for c in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


needs_proc = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="tells workers apart by /proc")


@needs_proc
def test_a_killed_worker_costs_time_not_rows(hundred: tuple[Study, Path], tmp_path: Path) -> None:
    study, good = hundred
    process = killer(study, tmp_path / "t")
    assert process.stdout
    process.stdout.readline()
    victims = children(process.pid)
    os.kill(victims[0], signal.SIGKILL)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert contents(tmp_path / "t") == contents(good)


def test_a_source_that_kills_its_worker_is_a_problem_and_the_rest_goes_on(hundred: tuple[Study, Path], tmp_path: Path) -> None:
    """The worker of 00042.txt ends itself; its neighbours in the batch are read."""
    study, _ = hundred
    (tmp_path / "c").mkdir()
    cache = Cache(tmp_path / "c")
    settings = settings_of(study)
    batches = [b for b in make_batches(study.raw, {}) if isinstance(b, Batch)]
    pool = Deadly(2, settings)
    try:
        tasks = (cache.task((n,), b, study.raw, settings, False) for n, b in enumerate(batches))
        done = list(run_tasks(tasks, pool, cache))
    finally:
        pool.close()
    problems = [d.problem for d in done if d.problem]
    assert [(p.code, p.message.split(":")[0]) for p in problems] == [("killed", "00042.txt")]
    read = [s[0] for d in done if d.name for s in Part(cache.folder / d.name / ROWS).index["sources"]]
    assert sorted(read) == [f"{i:05}.txt" for i in range(100) if i != 42]
    assert isinstance(problems[0], Problem)


class Deadly(Pool):
    """A pool whose workers die of one text."""

    def submit(self, task: object) -> None:
        super().submit(task)  # type: ignore[arg-type]
        if any(getattr(i, "file", "") == "00042.txt" for i in task.batch.items):  # type: ignore[attr-defined]
            process = next(p for p, t in self._busy.values() if t is task)
            os.kill(process.pid, signal.SIGKILL)  # type: ignore[arg-type]
            process.join()


@needs_proc
def test_ctrl_c_leaves_what_is_done_and_a_rerun_goes_on(tmp_path: Path) -> None:
    study = write_study(tmp_path, many(400))
    out = tmp_path / "t"
    process = killer(study, out, jobs=1)
    assert process.stdout
    for _ in range(2):
        process.stdout.readline()
    os.kill(process.pid, signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode != 0
    assert not out.exists()
    kept = parts(out)
    assert kept
    build(study, out=out)
    assert kept.items() <= parts(out).items()
    build(study, out=tmp_path / "fresh")
    assert contents(out) == contents(tmp_path / "fresh")


def test_a_full_disk_is_told_and_no_half_table_stays(tmp_path: Path) -> None:
    """A process that may write no file beyond a size, as if the disk were full: first in the cache, then in the tables."""
    study = write_study(tmp_path, many(300))
    out = tmp_path / "t"
    build(study, out=out)
    good = contents(out)
    for name in ("raw/00000.txt", "raw/00001.txt"):
        (tmp_path / name).write_text(SENTENCE.format(7, 7, 7) * (1 if name.endswith("0.txt") else 2), encoding="utf-8")
    done = limited(study, out, 30_000)
    assert done.returncode == 1
    assert "cannot be written" in done.stderr or "too large" in done.stderr.lower(), done.stderr
    assert contents(out) == good
    build(study, out=tmp_path / "u")
    shutil.rmtree(tmp_path / "u")
    done = limited(study, tmp_path / "u", 100_000)
    assert done.returncode == 1, done.stderr
    assert done.stderr.startswith("casework: ")
    assert not (tmp_path / "u").exists()
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".u.") and p.name != ".u.cache"] == []


def limited(study: Study, out: Path, size: int) -> subprocess.CompletedProcess[str]:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    command = [sys.executable, "-m", "casework.cli", "build", str(study.file), "--out", str(out)]
    return subprocess.run(command, capture_output=True, text=True, preexec_fn=limit)


def test_two_builds_of_one_study_do_not_meet(hundred: tuple[Study, Path], tmp_path: Path) -> None:
    study, _ = hundred
    lock = tmp_path / ".t.cache" / "lock"
    lock.parent.mkdir()
    lock.write_text(str(os.getppid()))
    with pytest.raises(CaseworkError, match="another build of this study is at work"):
        build(study, out=tmp_path / "t")
    lock.write_text("999999999")  # one that was killed
    assert build(study, out=tmp_path / "t").counts["sources"] == 100


def test_parquet_holds_the_same_cells(hundred: tuple[Study, Path], tmp_path: Path) -> None:
    study, good = hundred
    build(study, out=tmp_path / "t", format="parquet")
    one, other = read_tables(tmp_path / "t").frames, read_tables(good).frames
    assert all(one[name].equals(other[name]) for name in other)
    package = json.loads((tmp_path / "t" / "datapackage.json").read_text(encoding="utf-8"))
    assert {r["path"] for r in package["resources"]} == {f"{name}.parquet" for name in other}


def test_tiny_files_by_the_thousand(tmp_path: Path) -> None:
    """Many tiny files cost their reading, and no memory each."""
    folder = tmp_path / "raw"
    for i in range(3_000):
        path = folder / f"{i // 1000:02}" / f"{i:05}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"第{i}天。\n", encoding="utf-8")
    study = write_study(tmp_path, {})
    result = build(study, out=tmp_path / "t")
    assert result.counts["sources"] == 3_000
    assert len(result.problems) == 1000 < result.counts["problems"]
    with (tmp_path / "t" / "sources.csv").open(encoding="utf-8", newline="") as f:
        assert sum(1 for _ in csv.reader(f)) == 3_001
