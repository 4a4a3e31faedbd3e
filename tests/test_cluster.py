"""The build and the reports on a Dask cluster of real processes: the same tables, a worker that is killed, those that cannot take part."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from test_build import contents, many, write_study
from test_reports import make_study, notebook, site_bytes

from casework.flow import build
from casework.flow.cluster import Cluster
from casework.flow.kit import settings_of
from casework.reports import publish
from casework.reports.cluster import introduce, why_not
from casework.study import Study
from casework.text import CaseworkError

distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as made:
        yield made


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, dict[str, bytes]]:
    folder = tmp_path_factory.mktemp("good")
    study = write_study(folder, many(300))
    return study, contents(build(study, out=folder / "t").tables_dir)


def test_a_cluster_gives_the_same_tables(cluster: Any, good: tuple[Study, dict[str, bytes]], tmp_path: Path) -> None:
    study, tables = good
    build(study, out=tmp_path / "t", scheduler=cluster.scheduler_address)
    assert contents(tmp_path / "t") == tables
    assert contents(build(study, out=tmp_path / "u", jobs=2).tables_dir) == tables


def test_a_killed_worker_costs_time_not_rows(cluster: Any, good: tuple[Study, dict[str, bytes]], tmp_path: Path) -> None:
    study, tables = good
    with distributed.Client(cluster.scheduler_address, set_as_default=False) as client:
        first = next(iter(client.run(os.getpid).values()))

    def kill(done: int, of: int) -> None:
        if threading.current_thread() is threading.main_thread() and kill.__dict__.setdefault("left", 1):
            kill.__dict__["left"] = 0
            os.kill(first, signal.SIGKILL)

    build(study, out=tmp_path / "t", scheduler=cluster.scheduler_address, progress=kill)
    assert kill.__dict__["left"] == 0
    assert contents(tmp_path / "t") == tables


def test_a_scheduler_that_is_not_there_is_told_within_seconds(good: tuple[Study, dict[str, bytes]], tmp_path: Path) -> None:
    study, _ = good
    start = time.monotonic()
    for address in ("tcp://127.0.0.1:9", "nonsense"):
        with pytest.raises(CaseworkError, match="no Dask scheduler answers there"):
            build(study, out=tmp_path / "t", scheduler=address)
    assert time.monotonic() - start < 30
    assert not (tmp_path / "t").exists()


def test_a_worker_with_another_casework_is_refused_by_name(cluster: Any, good: tuple[Study, dict[str, bytes]], tmp_path: Path) -> None:
    """One that has the package with a line more in it, started from a copy, beside two that are fit."""
    study, _ = good
    shutil.copytree(ROOT / "src", tmp_path / "src")
    with (tmp_path / "src" / "casework" / "cases.py").open("a", encoding="utf-8") as file:
        file.write("\nMORE = 1\n")
    options = ["--nthreads", "1", "--no-dashboard", "--name", "odd"]
    command = [sys.executable, "-m", "distributed.cli.dask_worker", cluster.scheduler_address, *options]
    env = {**os.environ, "PYTHONPATH": str(tmp_path / "src")}
    worker = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tmp_path)
    try:
        with distributed.Client(cluster, set_as_default=False) as client:  # on the cluster's own loop: a new one may not start in time
            client.wait_for_workers(3, timeout=240)
            odd = next(w for w, info in client.scheduler_info(n_workers=-1)["workers"].items() if info["name"] == "odd")
        with pytest.raises(CaseworkError, match=rf"1 of 3 workers cannot take part\n{odd} has casework .* with other code"):
            build(study, out=tmp_path / "t", scheduler=cluster.scheduler_address)
    finally:
        worker.terminate()
        worker.wait()


def test_a_folder_that_workers_do_not_see_is_told(cluster: Any, good: tuple[Study, dict[str, bytes]], tmp_path: Path) -> None:
    study, _ = good
    with pytest.raises(CaseworkError, match=r"does not see .* must lie on a file system that all share"):
        Cluster(cluster.scheduler_address, settings_of(study), tmp_path / "elsewhere", tmp_path)


def make_site(root: Path, *cells: str) -> tuple[Study, Path]:
    """A study of five reports on three notebooks, the last of which is of these cells."""
    notebook(root / "notebooks" / "page.ipynb", "import casework as cw\ncw.views.show_claims(cw.read_tables(tables).claims, lang=lang)")
    notebook(root / "notebooks" / "case.ipynb", "case", parameters='tables = "."\nlang = "en"\ncase = ""\nlevel = "township"')
    notebook(root / "notebooks" / "last.ipynb", *cells)
    return make_study(root, "reports: [{name: page}, {name: case, foreach: village}, {name: last}]")


def test_reports_on_a_cluster_are_the_same_bytes(cluster: Any, tmp_path: Path) -> None:
    study, tables = make_site(tmp_path, "1 + 1")
    publish(study, tables, tmp_path / "here", jobs=2)
    publish(study, tables, tmp_path / "there", scheduler=cluster.scheduler_address)
    assert site_bytes(tmp_path / "there") == site_bytes(tmp_path / "here")


def test_a_report_that_fails_on_a_cluster_fails_alone_with_its_traceback(cluster: Any, tmp_path: Path) -> None:
    study, tables = make_site(tmp_path, "1 / 0")
    with pytest.raises(CaseworkError, match=r"1 of 2 reports failed; the other is written\nlast.html: last.ipynb: cell 3 failed: ZeroDiv"):
        publish(study, tables, scheduler=cluster.scheduler_address)
    assert (study.reports_dir / "page.html").is_file()


def test_a_worker_that_is_killed_under_a_report_costs_no_page(cluster: Any, tmp_path: Path) -> None:
    """The first run of the last report kills the worker that runs it: its parent's parent."""
    mark = tmp_path / "killed"
    kill = "import os, signal\nfrom pathlib import Path\nmark = Path(" + repr(str(mark)) + ")"
    parent = "int(Path(f'/proc/{os.getppid()}/stat').read_text().split()[3])"
    study, tables = make_site(tmp_path, f"{kill}\nif not mark.exists():\n    mark.touch()\n    os.kill({parent}, signal.SIGKILL)")
    publish(study, tables, scheduler=cluster.scheduler_address)
    assert mark.exists()
    assert (study.reports_dir / "last.html").is_file()


def test_a_worker_that_would_make_other_pages_is_refused_by_what_it_has() -> None:
    ours, _ = introduce("", ())
    assert why_not((ours, [])) == ""
    assert why_not(({**ours, "pandas": "1.0"}, [])).startswith(f"has pandas 1.0, not {ours['pandas']}; pages would differ")
    assert why_not((ours, ["study/case.ipynb"])) == "does not see study/case.ipynb; it must lie on a file system that all share"
    assert {"casework", "Python", "code", "matplotlib"} <= ours.keys()
    assert "pytest" not in ours
