"""Studies that are odd as a whole (one case, no claims, nobody mentions it, a typing mistake, 300 cases), run from the command line."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from pathlib import Path

from conftest import ROOT
from lxml import html
from typer.testing import CliRunner, Result

from casework.cli import app

PLACES = "place_code,name,level,parent_code,also_called,from,until\nx90,云岭市,prefecture,130000,,,\nx9001,云溪县,county,x90,,,\n"
TEXT = "{town}：大棚里的新账本\n{town}党支部领办合作社，今年流转土地{n}亩，村集体收入{n}万元。村里推行积分制，又请来农业专家。\n"
PLAIN = "{town}：山坡上的新路\n{town}党支部领办合作社，带着大家种辣椒，路也通到了地头。\n"


def make_study(root: Path, texts: Mapping[str, str], reports: str) -> Path:
    """Write a study whose texts stand under the names of its townships."""
    raw = root / "raw"
    raw.mkdir(parents=True)
    rows = [f"x9001{i:03d},{town},township,x9001,,,\n" for i, town in enumerate(texts, start=101)]
    (raw / "places.csv").write_text(PLACES + "".join(rows), encoding="utf-8")
    for i, (town, text) in enumerate(texts.items()):
        (raw / f"{i:03d}.txt").write_text(text.format(town=f"云溪县{town}", n=100 + i), encoding="utf-8")
    (root / "notebooks").symlink_to(ROOT / "notebooks")
    study = root / "odd.yaml"
    study.write_text(f"name: odd\nraw: raw\npublish: full\nreports:\n{reports}", encoding="utf-8")
    return study


def run(study: Path, *more: str) -> Result:
    return CliRunner().invoke(app, ["run", str(study), *more])


def said(site: Path, page: str) -> str:
    return str(html.document_fromstring((site / page).read_text(encoding="utf-8")).text_content())


EVERY = "  - name: corpus\n  - name: compare\n  - name: robustness\n  - name: language\n  - {name: case, foreach: case}\n"


def test_a_study_of_one_case(tmp_path: Path) -> None:
    done = run(make_study(tmp_path, {"青禾镇": TEXT}, EVERY), "--jobs", "2")
    assert done.exit_code == 0, done.output
    site = tmp_path / "reports" / "odd"
    compare = said(site, "compare.html")
    assert "Fewer than two cases: nothing to set side by side." in compare
    assert "Fewer than two groups with two cases or more." in compare
    assert "No finding changes." in said(site, "robustness.html")
    assert "青禾镇" in said(site, "case-x9001101.html")
    matrix = (site / "downloads" / "case_matrix.csv").read_text(encoding="utf-8").splitlines()
    assert len(matrix) == 2
    assert '"m_points_system"' in matrix[0]


def test_a_study_without_claims_and_a_mechanism_that_nobody_mentions(tmp_path: Path) -> None:
    reports = "  - {name: compare, parameters: {mechanisms: [credit]}}\n  - name: robustness\n  - name: codebook\n"
    done = run(make_study(tmp_path, {"青禾镇": PLAIN, "石泉乡": PLAIN}, reports))
    assert done.exit_code == 0, done.output
    site = tmp_path / "reports" / "odd"
    compare = said(site, "compare.html")
    assert "1 mechanism in 2 cases: none is mentioned." in compare
    assert "No comparable figures in these texts." in compare
    assert "No claim of these cases names a year." in compare
    assert "No case mentions it." in said(site, "codebook.html")
    assert said(site, "codebook.html").count("not validated") >= 44


def test_a_parameter_that_is_wrong_stops_the_run_in_one_line_before_anything_is_built(tmp_path: Path) -> None:
    study = make_study(tmp_path, {"青禾镇": TEXT}, "  - {name: compare, parameters: {levle: county}}\n")
    wrong = {
        "{since: May}": "since is 'May'; write a year, a month or a day",
        "{indicators: [jbos]}": "no indicator 'jbos'; did you mean 'jobs'?",
        "{levle: county}": "compare.ipynb has no parameter 'levle'; did you mean 'level'?",
        "{level: [county]}": "parameter 'level' must be a text, not a list",
        "{level: cuonty}": "no level 'cuonty'; did you mean 'county'?",
        "{mechanisms: [point_system]}": "no mechanism 'point_system'; did you mean 'points_system'?",
    }
    plain = study.read_text(encoding="utf-8")
    for command, (parameters, says) in product(("run", "report"), wrong.items()):
        study.write_text(plain.replace("{levle: county}", parameters), encoding="utf-8")
        done = CliRunner().invoke(app, [command, str(study)])
        assert done.exit_code == 2, parameters
        assert done.output.startswith(f"casework: {study}:5: report 'compare': ")
        assert says in done.output
        assert done.output.count("\n") == 1
        assert not (tmp_path / ".casework").exists(), "nothing is built before what can be checked is"


def test_a_study_of_300_cases(tmp_path: Path) -> None:
    towns = [f"{a}{b}镇" for a, b in product("青白红黄紫蓝绿金银铜铁玉石木水火土山东西", "禾泉柳坪桥湾岭沟塘坝井店集堡寨庄")][:300]
    study = make_study(tmp_path, dict.fromkeys(towns, ""), "  - name: compare\n")
    for path in (tmp_path / "raw").glob("*.txt"):
        path.unlink()
    # Three texts with a hundred townships each: a page of evidence costs more than a case.
    for i in range(0, 300, 100):
        told = "".join(f"{town}\n{TEXT.splitlines()[1].format(town=town, n=i + 100)}\n" for town in towns[i : i + 100])
        (tmp_path / "raw" / f"{i}.txt").write_text(f"云溪县各镇晒出新账本\n{told}", encoding="utf-8")
    done = run(study)
    assert done.exit_code == 0, done.output
    site = tmp_path / "reports" / "odd"
    assert "5 mechanisms in 300 cases" in said(site, "compare.html")
    assert len((site / "downloads" / "case_matrix.csv").read_text(encoding="utf-8").splitlines()) == 301
