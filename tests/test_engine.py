"""The engine of the reports: kernels that die, hang or eat memory fail alone; what has not changed is not run again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from test_reports import make_study, notebook, site_bytes

from casework.reports import KeptRuns, Limits, RunFailed, Settings, choose_engine, forking, publish
from casework.reports.execute import run_notebook
from casework.reports.kernels import kernels_of
from casework.study import Study
from casework.text import CaseworkError

ENGINES = ("fork", "papermill")
GOOD = "lang * 2"
MARK = "with open({at!r}, 'a') as marks:\n    marks.write('x')"


def failing(root: Path, *cells: str, reports: str = "reports: [{name: bad}, {name: page}]") -> tuple[Study, Path]:
    """A study with a report that does not come to its end, and one that does."""
    notebook(root / "notebooks" / "bad.ipynb", "1 + 1", *cells)
    notebook(root / "notebooks" / "page.ipynb", GOOD)
    return make_study(root, reports)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("1 / 0", "bad.ipynb: cell 4 failed: ZeroDivisionError: division by zero"),
        ("import os\nos._exit(3)", "bad.ipynb: cell 4 failed: its process ended by itself with exit code 3"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "bad.ipynb: cell 4 failed: its process was ended by SIGKILL; the system may"),
    ],
)
def test_a_report_that_fails_fails_alone(cell: str, says: str, engine: str, tmp_path: Path) -> None:
    study, tables = failing(tmp_path, cell)
    with pytest.raises(CaseworkError) as caught:
        publish(study, tables, engine=engine)
    said = str(caught.value)
    assert said.startswith("1 of 2 reports failed; the other is written\nbad.html: ")
    assert says in said
    assert cell.splitlines()[-1] in said
    assert "enen" in (study.reports_dir / "page.html").read_text(encoding="utf-8")
    page = (study.reports_dir / "bad.html").read_text(encoding="utf-8")
    assert "This report could not be made." in page
    assert says.split(";")[0] in page
    assert 'href="bad.html"' in (study.reports_dir / "index.html").read_text(encoding="utf-8")
    assert str(tmp_path) not in page


@pytest.mark.parametrize("engine", ENGINES)
def test_a_report_that_hangs_is_ended_when_its_time_is_over(engine: str, tmp_path: Path) -> None:
    stubborn = "import time\nwhile True:\n    try:\n        time.sleep(60)\n    except KeyboardInterrupt:\n        pass"
    notebook(tmp_path / "n.ipynb", "pass", stubborn)
    with kernels_of(engine) as manager:
        started = time.monotonic()
        with pytest.raises(RunFailed, match=r"n.ipynb: cell 3 failed: it had not ended when the report's 4 s were over\n    import time"):
            run_notebook(tmp_path / "n.ipynb", {}, tmp_path, manager, Limits(seconds=4))
        assert time.monotonic() - started < 60
        assert not manager.running


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no prlimit")
@pytest.mark.parametrize("engine", ENGINES)
def test_a_report_that_wants_too_much_memory_fails_with_the_traceback(engine: str, tmp_path: Path) -> None:
    notebook(tmp_path / "n.ipynb", "held = []", "while True:\n    held.append(bytearray(200_000_000))")
    with kernels_of(engine, memory=2_000_000_000) as manager, pytest.raises(RunFailed) as caught:
        run_notebook(tmp_path / "n.ipynb", {}, tmp_path, manager)
    assert "cell 3 failed: MemoryError" in str(caught.value)
    assert "held.append(bytearray(200_000_000))" in str(caught.value)


def test_where_everything_fails_nothing_is_written(tmp_path: Path) -> None:
    study, tables = failing(tmp_path, "1 / 0", reports="reports: [{name: bad}]")
    with pytest.raises(CaseworkError, match="1 of 1 report failed, so nothing was written"):
        publish(study, tables)
    assert not study.reports_dir.exists()


def test_the_parent_of_the_kernels_survives_its_children(tmp_path: Path) -> None:
    notebook(tmp_path / "dies.ipynb", "import os\nos._exit(9)")
    notebook(tmp_path / "lives.ipynb", GOOD)
    with kernels_of("fork") as manager:
        for _ in range(3):
            with pytest.raises(RunFailed, match="exit code 9"):
                run_notebook(tmp_path / "dies.ipynb", {}, tmp_path, manager)
        assert run_notebook(tmp_path / "lives.ipynb", {}, tmp_path, manager).cells[-1].outputs[0].data["text/plain"] == "'enen'"


def test_a_parent_that_was_killed_fails_the_report_with_a_word(tmp_path: Path) -> None:
    notebook(tmp_path / "n.ipynb", GOOD)
    with kernels_of("fork") as manager:
        os.kill(manager.nursery._parent.pid, signal.SIGKILL)  # type: ignore[attr-defined]
        with pytest.raises(RunFailed, match="the parent of the kernels has ended"):
            run_notebook(tmp_path / "n.ipynb", {}, tmp_path, manager)


def test_where_fork_is_not_safe_papermill_runs_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert choose_engine("fork") == ("fork", "")
    monkeypatch.setattr(forking.sys, "platform", "darwin")
    assert choose_engine("fork") == ("papermill", "fork is not safe on macOS, whose libraries start threads")
    monkeypatch.setattr(forking.sys, "platform", "win32")
    monkeypatch.delattr(forking.os, "fork")
    assert choose_engine("fork") == ("papermill", "this system has no fork")


def counted(root: Path) -> tuple[Study, Path, Path]:
    """A study of two reports, each of which leaves a mark in a file whenever it is run."""
    marks = root / "marks"
    marks.mkdir(parents=True)
    for name in ("one", "two"):
        notebook(root / "notebooks" / f"{name}.ipynb", MARK.format(at=str(marks / name)), GOOD)
    study, tables = make_study(root, "reports: [{name: one}, {name: two}]")
    return study, tables, marks


def marks_of(folder: Path) -> dict[str, int]:
    return {p.name: len(p.read_text()) for p in sorted(folder.iterdir())}


def test_what_has_not_changed_is_not_run_again(tmp_path: Path) -> None:
    study, tables, marks = counted(tmp_path)
    settings = Settings(kept=KeptRuns(tmp_path / "kept"))
    first = site_bytes(publish(study, tables, settings=settings).parent)
    assert marks_of(marks) == {"one": 1, "two": 1}
    again = Settings(kept=KeptRuns(tmp_path / "kept"))
    assert site_bytes(publish(study, tables, settings=again).parent) == first
    assert marks_of(marks) == {"one": 1, "two": 1}
    (study.reports_dir / "one.html").unlink()
    (study.reports_dir / "two.html").write_text("edited", encoding="utf-8")
    assert site_bytes(publish(study, tables, settings=again).parent) == first
    assert marks_of(marks) == {"one": 1, "two": 1}
    assert site_bytes(publish(study, tables).parent) == first
    assert marks_of(marks) == {"one": 2, "two": 2}


def test_a_changed_notebook_runs_only_its_own_reports(tmp_path: Path) -> None:
    study, tables, marks = counted(tmp_path)
    settings = Settings(kept=KeptRuns(tmp_path / "kept"))
    publish(study, tables, settings=settings)
    notebook(tmp_path / "notebooks" / "one.ipynb", MARK.format(at=str(marks / "one")), "lang * 3")
    index = publish(study, tables, settings=settings)
    assert marks_of(marks) == {"one": 2, "two": 1}
    assert "enenen" in (index.parent / "one.html").read_text(encoding="utf-8")


def test_changed_tables_run_everything(tmp_path: Path) -> None:
    study, tables, marks = counted(tmp_path)
    settings = Settings(kept=KeptRuns(tmp_path / "kept"))
    publish(study, tables, settings=settings)
    claims = tables / "claims.csv"
    claims.write_text(claims.read_text(encoding="utf-8").replace("N余", "N多"), encoding="utf-8", newline="")
    publish(study, tables, settings=settings)
    assert marks_of(marks) == {"one": 2, "two": 2}


def test_a_kept_run_that_is_damaged_is_not_trusted(tmp_path: Path) -> None:
    study, tables, marks = counted(tmp_path)
    settings = Settings(kept=KeptRuns(tmp_path / "kept"))
    first = site_bytes(publish(study, tables, settings=settings).parent)
    (study.reports_dir / "index.html").unlink()
    one, two = sorted(p for p in (tmp_path / "kept").iterdir() if p.name != "site.json")
    one.write_bytes(one.read_bytes().replace(b"enen", b"eeee"))
    two.write_bytes(two.read_bytes()[:-1])
    assert site_bytes(publish(study, tables, settings=settings).parent) == first
    assert marks_of(marks) == {"one": 2, "two": 2}


def test_a_failed_run_is_tried_again(tmp_path: Path) -> None:
    study, tables = failing(tmp_path, "1 / 0")
    settings = Settings(kept=KeptRuns(tmp_path / "kept"))
    for _ in range(2):
        with pytest.raises(CaseworkError, match="ZeroDivisionError"):
            publish(study, tables, settings=settings)
    assert len(list((tmp_path / "kept").iterdir())) == 1


def test_an_edited_or_deleted_page_of_an_unchanged_site_is_made_again(tmp_path: Path) -> None:
    study, tables, marks = counted(tmp_path)
    settings = Settings(kept=KeptRuns(tmp_path / "kept"))
    first = site_bytes(publish(study, tables, settings=settings).parent)
    at = (study.reports_dir / "index.html").stat().st_ino
    publish(study, tables, settings=settings)
    assert (study.reports_dir / "index.html").stat().st_ino == at, "an unchanged site was written again"
    for spoil in (lambda p: p.unlink(), lambda p: p.write_text("edited", encoding="utf-8")):
        for name in ("one.html", "index.html", "tables/claims.csv", "ro-crate-metadata.json"):
            spoil(study.reports_dir / name)
            assert site_bytes(publish(study, tables, settings=settings).parent) == first
    (study.reports_dir / "stray.html").write_text("stray", encoding="utf-8")
    assert site_bytes(publish(study, tables, settings=settings).parent) == first
    assert marks_of(marks) == {"one": 1, "two": 1}


def command(root: Path, *words: str) -> subprocess.Popen[str]:
    line = [sys.executable, "-m", "casework.cli", "report", str(root / "studies" / "small.yaml"), *words]
    pipe = subprocess.PIPE
    return subprocess.Popen(line, stdout=pipe, stderr=pipe, text=True, start_new_session=True)


def test_the_command_ends_with_1_and_the_traceback_where_a_report_fails(tmp_path: Path) -> None:
    failing(tmp_path, "int('no number')")
    out, err = (run := command(tmp_path, "--jobs", "2")).communicate()
    assert run.returncode == 1
    assert out == ""
    assert "casework: 1 of 2 reports failed; the other is written" in err
    assert "ValueError: invalid literal for int() with base 10: 'no number'" in err
    assert "Traceback" in err
    assert (tmp_path / "reports" / "small" / "page.html").is_file()


SLOW = "import os, time\nwith open({at!r}, 'w') as said:\n    said.write(str(os.getpid()))\ntime.sleep(600)"


def test_an_interrupt_keeps_what_has_finished_and_leaves_the_site_alone(tmp_path: Path) -> None:
    started = tmp_path / "started"
    notebook(tmp_path / "notebooks" / "page.ipynb", GOOD)
    make_study(tmp_path, "reports: [{name: page}]")
    assert command(tmp_path).wait() == 0
    before = site_bytes(tmp_path / "reports" / "small")
    notebook(tmp_path / "notebooks" / "slow.ipynb", SLOW.format(at=str(started)))
    make_study(tmp_path, "reports: [{name: page, parameters: {lang: zh}}, {name: slow}]")
    run = command(tmp_path)
    until = time.monotonic() + 240
    while not (started.exists() and started.read_text()) and time.monotonic() < until and run.poll() is None:
        time.sleep(0.1)
    assert started.exists(), run.communicate()
    os.killpg(run.pid, signal.SIGINT)
    run.communicate(timeout=240)
    assert run.returncode not in (0, None)
    assert site_bytes(tmp_path / "reports" / "small") == before
    assert sorted(p.name for p in (tmp_path / "reports").iterdir()) == ["small"]
    # The report that had finished is kept.
    kept = [p for p in (tmp_path / ".casework" / "small" / "runs").iterdir() if p.name != "site.json"]
    assert len(kept) == 2
    with pytest.raises(ProcessLookupError):
        os.kill(int(started.read_text()), 0)
