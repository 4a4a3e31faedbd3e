"""Verification: what is untouched is identical; whatever was tampered with is named, with the place in it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT, SHARED
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from typer.testing import CliRunner, Result

from casework import flow, reports
from casework.cli import app
from casework.study import load_study
from casework.verify import Finding, verify_study
from casework.verify.environment import check_lock, check_python
from casework.verify.later import AHEAD

STUDY = """name: small
raw: texts
manifest: texts/manifest.csv
publish: {publish}
date: 2026-11-22
reports: [{{name: plain}}, {{name: {second}}}]
"""
TEXTS = {
    "one.txt": "柳坪镇党建引领促增收\n本报讯（记者 李青）柳坪镇流转土地1200余亩，带动86户增收。镇里计划投资300万元。\n",
    "two.txt": "河湾村建起合作社\n河湾村党支部领办合作社，户均增收近3000元，村集体收入达到20余万元。" + (
        "村里的老人常到合作社的院子里坐坐，听年轻人讲外面的事，也讲这些年村里的路、水和灯是怎样一点点修起来的，讲到高兴处就唱上几句。\n"
    ),
}
PLAIN = 'import casework as cw\nread = cw.read_tables(tables)\nread.claims[["surface", "low"]]'
DRAW = "import numpy as np\nnp.random.default_rng().random(3)"
CLOCK = "import datetime\nprint(datetime.date.today())"


def cli(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments])


def notebook(path: Path, *sources: str) -> None:
    cells = [new_markdown_cell("# A page\n\nWhat it says."), new_code_cell('tables = "."', metadata={"tags": ["parameters"]})]
    cells += [new_code_cell(s) for s in sources]
    for i, cell in enumerate(cells):
        cell["id"] = f"n{i}"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=cells), path)


def make(folder: Path, publish: str = "full", second: str = "other") -> Path:
    """Make a study with two texts and two reports, registered, built and published."""
    (folder / "texts").mkdir(parents=True)
    for name, text in TEXTS.items():
        (folder / "texts" / name).write_text(text, encoding="utf-8")
    (folder / "texts" / "manifest.csv").write_text("file,sha256\n", encoding="utf-8")
    notebook(folder / "notebooks" / "plain.ipynb", PLAIN)
    notebook(folder / "notebooks" / "other.ipynb", "2 + 2")
    notebook(folder / "notebooks" / "draw.ipynb", "2 + 2", DRAW)
    notebook(folder / "notebooks" / "clock.ipynb", CLOCK)
    notebook(folder / "notebooks" / "seeded.ipynb", "2 + 2", DRAW.replace("default_rng()", "default_rng(1)"))
    (folder / "small.yaml").write_text(STUDY.format(publish=publish, second=second), encoding="utf-8")
    assert cli("manifest", folder / "small.yaml").exit_code == 0
    study = load_study(folder / "small.yaml")
    flow.build(study)
    reports.publish(study, engine="fork")
    return folder


@dataclass(frozen=True)
class Original:
    """A study that was published once; a copy of it is as good as one made anew."""

    folder: Path

    def copy(self, to: Path) -> Path:
        shutil.copytree(self.folder, to / "study")
        return to / "study"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Original:
    return Original(make(tmp_path_factory.mktemp("verify") / "study"))


@pytest.fixture
def study(original: Original, tmp_path: Path) -> Path:
    """A published study in another folder than the one it was made in."""
    return original.copy(tmp_path)


def edit(path: Path, old: bytes, new: bytes) -> None:
    """Change the first place where some bytes stand in a file."""
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new, 1))


def test_an_untouched_study_is_identical(study: Path) -> None:
    done = cli("verify", study / "small.yaml", "--jobs", "2")
    assert done.exit_code == 0, done.stdout
    assert done.stdout.splitlines()[-1] == "all identical"


def wrong(study: Path, *, tables_only: bool = True) -> list[Finding]:
    return verify_study(load_study(study / "small.yaml"), tables_only=tables_only).wrong


def claims(study: Path) -> Path:
    return study / ".casework" / "small" / "tables" / "claims.csv"


def test_a_raw_file_edited_by_one_byte(study: Path) -> None:
    path = study / "texts" / "one.txt"
    at = path.read_bytes().index(b"1200")
    edit(path, b"1200", b"1300")
    (found,) = wrong(study)
    assert (found.area, found.name, found.state) == ("raw", "one.txt", "differs")
    assert f"changed at byte {at + 1} (line 2): 0x32 became 0x33" in found.detail
    assert "the manifest (line 2)" in found.detail


def test_a_raw_file_cut_short_whose_text_is_not_stored(study: Path) -> None:
    path = study / "texts" / "one.txt"
    size = path.stat().st_size
    path.write_bytes(path.read_bytes()[:-3])
    shutil.rmtree(study / ".casework")
    (found,) = wrong(study)
    assert f"has {size - 3} bytes, the manifest says {size}" in found.detail


def test_a_missing_and_an_unregistered_file(study: Path) -> None:
    (study / "texts" / "one.txt").rename(study / "texts" / "first.txt")
    (study / "texts" / "new.txt").write_text("河湾村修路3公里。\n", encoding="utf-8")
    found = {(f.name, f.state): f.detail for f in wrong(study)}
    assert found.keys() == {("one.txt", "missing"), ("first.txt", "extra"), ("new.txt", "extra")}
    assert "put it into texts/one.txt" in found["one.txt", "missing"]
    assert found["first.txt", "extra"] == "is one.txt of the manifest under another name"
    assert "casework manifest STUDY" in found["new.txt", "extra"]


def test_a_table_edited_by_hand(study: Path) -> None:
    edit(claims(study), b'"1200"', b'"1300"')
    (found,) = wrong(study)
    assert (found.area, found.name, found.state) == ("tables", "claims.csv", "differs")
    assert "column low: '1300' is there, '1200' is made again" in found.detail
    row = claims(study).read_text(encoding="utf-8").splitlines()[1]
    assert f"({row.split(',')[0].strip(chr(34))})" in found.detail


def test_all_cells_of_a_row_that_were_edited_are_named_as_far_as_three(study: Path) -> None:
    edit(claims(study), b'"1200","","mu"', b'"1300","","ha"')
    (found,) = wrong(study)
    assert found.detail.endswith("column low: '1300' is there, '1200' is made again; column unit: 'ha' is there, 'mu' is made again")
    edit(claims(study), b'"1300","","ha","false","","total"', b'"1300","9","ha","true","","mean"')
    (found,) = wrong(study)
    assert "column low: '1300'" in found.detail
    assert found.detail.endswith("column unit: 'ha' is there, 'mu' is made again; and 2 more of its cells")


def test_a_row_taken_out_and_a_column_added(study: Path) -> None:
    lines = claims(study).read_text(encoding="utf-8").splitlines(keepends=True)
    claims(study).write_text("".join(lines[:-1]), encoding="utf-8", newline="")
    assert f"row {len(lines) - 1} ({lines[-1].split(',')[0].strip(chr(34))}) is missing" in wrong(study)[0].detail
    claims(study).write_text("".join(line.rstrip("\n") + ',"new"\n' for line in lines), encoding="utf-8", newline="")
    assert wrong(study)[0].detail == "the columns differ: new"


def test_a_table_taken_away_and_one_put_there(study: Path) -> None:
    claims(study).unlink()
    (study / "data" / "processed" / "small" / "more.csv").write_text("a\n", encoding="utf-8")
    assert [(f.area, f.name, f.state) for f in wrong(study)] == [("tables", "claims.csv", "missing"), ("published", "more.csv", "extra")]


def test_a_report_page_and_a_download_edited(study: Path) -> None:
    site = study / "reports" / "small"
    edit(site / "plain.html", b"<td>1200", b"<td>1300")
    edit(site / "downloads" / "tables.zip", b'"1200"', b'"1300"')
    found = {f.name: f for f in wrong(study, tables_only=False)}
    assert {(f.area, f.state) for f in found.values()} == {("reports", "differs")}
    assert found.keys() == {"plain.html", "downloads/tables.zip"}
    assert found["plain.html"].detail.startswith("cell 3, line ")
    assert "1300" in found["plain.html"].detail
    assert "not deterministic" not in found["plain.html"].detail
    packed = found["downloads/tables.zip"].detail
    assert packed.startswith("cannot be read as what it should be; byte "), "the zip's own sum no longer fits"


def test_a_notebook_with_an_unseeded_draw_or_a_clock(tmp_path: Path) -> None:
    study = make(tmp_path / "study", second="draw}, {name: clock}, {name: seeded")
    page = study / "reports" / "small" / "clock.html"
    today = page.read_text(encoding="utf-8").partition("<pre>20")[2][:8]
    edit(page, f"20{today}".encode(), b"2020-01-01")  # as it would be found on another day
    notebook(study / "notebooks" / "seeded.ipynb", "2 + 2", DRAW.replace("default_rng()", "default_rng(2)"))
    found = {f.name: f.detail for f in wrong(study, tables_only=False)}
    assert {name for name in found if name.endswith(".html")} == {"draw.html", "clock.html", "seeded.html"}
    assert found.keys() >= {"source/notebooks/seeded.ipynb"}, "the notebook that the site carries is not the study's any more"
    assert "not deterministic: cell 4 of draw.ipynb: its output differs from run to run" in found["draw.html"]
    assert "not deterministic: cell 3 of clock.ipynb: its output differs from run to run" in found["clock.html"]
    assert "not deterministic" not in found["seeded.html"], "another seed is another notebook, but the same each time"


def test_a_lock_that_differs_from_the_environment(study: Path) -> None:
    real = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = next(line for line in real.splitlines() if line.startswith("pandas=="))
    version = pinned.removeprefix("pandas==").split()[0]
    (study / "requirements.lock").write_text(real.replace(f"pandas=={version}", "pandas==0.1.0") + "no-such-thing==1.0\n", encoding="utf-8")
    found = {f.name: (f.area, f.state, f.detail) for f in wrong(study)}
    assert found.keys() == {"pandas", "no-such-thing"}
    assert found["pandas"] == ("environment", "differs", f"{version} is installed, the lock has 0.1.0; `make setup` installs that")
    assert found["no-such-thing"][1] == "missing"


def test_the_lock_of_the_project_is_what_is_installed() -> None:
    assert [str(f) for f in check_lock(ROOT / "requirements.lock")] == ["identical: environment: requirements.lock"]


def test_another_minor_version_of_python() -> None:
    (found,) = check_python("3.7.4")
    assert (found.name, found.state) == ("Python", "differs")
    assert "made with 3.7" in found.detail
    assert list(check_python("")) == []


def test_without_texts_the_tables_are_held_against_themselves(study: Path, tmp_path: Path) -> None:
    standoff = make(tmp_path / "other", publish="quotes")
    for path in (standoff / "texts").glob("*.txt"):
        path.rename(tmp_path / path.name)
    shutil.rmtree(standoff / ".casework")
    reports.publish(load_study(standoff / "small.yaml"), engine="fork")
    done = cli("verify", standoff / "small.yaml")
    assert done.exit_code == 0, done.stdout
    assert "not checked: 2 raw texts" in done.stdout
    edit(standoff / "data" / "processed" / "small" / "claims.csv", b'"1200"', b'"1300"')
    assert "differs: published: claims.csv: has sha256:" in cli("verify", standoff / "small.yaml", "--tables-only").stdout
    assert cli("verify", standoff / "small.yaml", "--tables-only", "--raw", tmp_path).exit_code == 1


def test_nothing_made_yet_and_wrong_usage(study: Path) -> None:
    for folder in (".casework", "data"):
        shutil.rmtree(study / folder)
    done = cli("verify", study / "small.yaml")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "nothing to verify; `casework run small.yaml` makes them" in done.stderr
    assert cli("verify", study / "nowhere.yaml").exit_code == 2
    assert cli("verify", study / "small.yaml", "--nope").exit_code == 2


@pytest.mark.skipif(not (SHARED / "seeds").is_dir(), reason="the texts of the real study are not here")
def test_the_committed_tables_of_the_real_study_are_those_of_its_texts() -> None:
    """What stands in data/processed is what the five texts give; what was built here by someone else is not looked at."""
    verdict = verify_study(load_study(ROOT / "studies" / "party-building.yaml"), SHARED / "seeds", tables_only=True)
    assert [str(f) for f in verdict.wrong if f.area in ("raw", "published")] == []


def test_the_clock_of_a_second_run_is_years_ahead() -> None:
    assert AHEAD > 3 * 365 * 86_400
