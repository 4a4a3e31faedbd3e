"""Studies: what loads, and that every mistake is one line that names file and place."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from casework.study import Study, init_study, load_study, read_attributes, read_corrections
from casework.text import CaseworkError

ROOT = Path(__file__).parent.parent
GOOD = """\
name: river
title: {en: Two river counties, zh: 两个河边县}
raw: data/raw/river
corrections: data/raw/river/corrections.csv
codebooks:
  mechanisms: studies/river-mechanisms.yaml
cleaners:
  off: [pinyin, slips]
publish: none
lang: zh
authors:
  - {name: Lin Yi, orcid: 0000-0000-0000-0000}
date: 2024-05-06
version: 1.2
reports:
  - name: corpus
  - name: case
    foreach: county
    parameters: {level: county, since: 2020-01-01, indicators: [jobs, funding], share: 0.5, folded: true}
  - {name: wide, notebook: notebooks/other.ipynb}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("data/raw/river/corrections.csv", "data/raw/river/manifest.csv", "studies/river-mechanisms.yaml", "notebooks/other.ipynb"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("", encoding="utf-8")
    return tmp_path


def load(project: Path, text: str) -> Study:
    (project / "studies" / "river.yaml").write_text(text, encoding="utf-8")
    return load_study(project / "studies" / "river.yaml")


def test_a_whole_study(project: Path) -> None:
    study = load(project, GOOD)
    assert (study.name, study.folder, study.raw) == ("river", project, project / "data/raw/river")
    assert study.manifest == project / "data/raw/river/manifest.csv", "found beside the texts"
    assert study.places is None
    assert study.codebooks == {"mechanisms": project / "studies/river-mechanisms.yaml"}
    assert study.cleaners_off == {"pinyin", "slips"}
    assert (study.publish, study.lang, study.date, study.version) == ("none", "zh", "2024-05-06", "1.2")
    assert (study.authors[0].name, study.authors[0].affiliation) == ("Lin Yi", "")
    assert study.title_in("zh") == "两个河边县"
    assert [(r.name, r.foreach, r.notebook.relative_to(project).as_posix()) for r in study.reports] == [
        ("corpus", "", "notebooks/corpus.ipynb"), ("case", "county", "notebooks/case.ipynb"), ("wide", "", "notebooks/other.ipynb"),
    ]
    given = study.reports[1].parameters
    assert given == {"level": "county", "since": "2020-01-01", "indicators": ["jobs", "funding"], "share": 0.5, "folded": True}
    assert [type(v) for v in given.values()] == [str, str, list, float, bool]
    assert study.tables_dir == project / ".casework/river/tables"
    assert study.published_dir == project / "data/processed/river"
    assert study.reports_dir == project / "reports/river"
    with pytest.raises(dataclasses.FrozenInstanceError):
        study.name = "lake"  # type: ignore[misc]


def test_the_least_a_study_says(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("name: mine\nraw: texts\n", encoding="utf-8")
    study = load_study(tmp_path / "mine.yaml")
    assert study.folder == tmp_path, "a study outside studies/ is a project of its own"
    assert (study.raw, study.publish, study.lang, study.reports) == (tmp_path / "texts", "quotes", "en", ())
    assert study.title_in("en") == "mine"


@pytest.mark.parametrize(("old", "new", "line", "message"), [
    ("reports:", "reprots:", 15, "unknown key 'reprots'; did you mean 'reports'?"),
    ("name: river", "nmae: river", 1, "unknown key 'nmae'; did you mean 'name'?"),
    ("name: river", "lang: zh", 10, "not valid YAML: found duplicate key \"lang\""),
    ("name: river\n", "", 1, "the study lacks 'name'"),
    ("name: river", "name: ../river", 1, "'name' is '../river'; use small letters, digits and hyphens"),
    ("name: river", "name: [river]", 1, "'name' must be text"),
    ("name: river", "name: 12", 1, "'name' must be text, not 12"),
    ("{en: Two river counties, zh: 两个河边县}", "Two river counties", 2, "'title' must be keys and values, not 'Two river counties'"),
    ("zh: 两个河边县", "fr: deux", 2, "unknown key 'fr' in 'title'; known: en, zh"),
    ("raw: data/raw/river", "raw: ../elsewhere", 3, "'raw' leaves the project: ../elsewhere"),
    ("raw: data/raw/river", "raw: /etc", 3, "'raw' leaves the project: /etc"),
    ("raw: data/raw/river", "raw: 5", 3, "'raw' must be a path, not 5"),
    ("raw: data/raw/river\n", "", 1, "the study lacks 'raw'"),
    ("river/corrections.csv", "river/corections.csv", 4, "'corrections' names data/raw/river/corections.csv, which is not there"),
    ("studies/river-mechanisms.yaml", "studies/none.yaml", 6, "'mechanisms' names studies/none.yaml, which is not there"),
    ("studies/river-mechanisms.yaml", "../../x.yaml", 6, "'mechanisms' leaves the project"),
    ("off: [pinyin, slips]", "off: pinyin", 8, "'off' must be a list, not 'pinyin'"),
    ("off: [pinyin, slips]", "of: [pinyin]", 8, "unknown key 'of' in 'cleaners'; did you mean 'off'?"),
    ("off: [pinyin, slips]", "off: [pinyin, slps]", 8, "no cleaner 'slps'; did you mean 'slips'?"),
    ("off: [pinyin, slips]", "off:\n    - pinyin\n    - slps", 10, "no cleaner 'slps'"),
    ("off: [pinyin, slips]", "off: [1]", 8, "'off' must be a list of texts; it holds 1"),
    ("publish: none", "publish: all", 9, "'publish' is 'all'; known: full, none, quotes"),
    ("publish: none", "publish: no", 9, "'publish' is 'no'; did you mean 'none'?"),
    ("lang: zh", "lang: fr", 10, "'lang' is 'fr'; known: en, zh"),
    ("name: Lin Yi, ", "", 12, "entry 1 of 'authors' lacks 'name'"),
    ("date: 2024-05-06", "date: May 2024", 13, "'date' is 'May 2024'; write a day as YYYY-MM-DD"),
    ("date: 2024-05-06", "date: '2024-02-30'", 13, "'date' is '2024-02-30'"),
    ("foreach: county", "foreach: cases", 18, "'foreach' is 'cases'; did you mean 'case'?"),
    ("foreach: county", "for_each: county", 18, "unknown key 'for_each' in entry 2 of 'reports'; did you mean 'foreach'?"),
    ("- name: corpus", "- corpus", 15, "'reports' must be a list of keys and values; entry 1 is 'corpus'"),
    ("- name: corpus", "- name: case", 17, "report 'case' stands twice"),
    ("share: 0.5", "share: {a: 1}", 19, "parameter 'share' must be a text, a number or a list of them"),
    ("share: 0.5", "'os.sep': 1", 19, "'os.sep' cannot be a parameter's name"),
    ("notebooks/other.ipynb", "notebooks/othr.ipynb", 20, "'notebook' names notebooks/othr.ipynb, which is not there"),
])
def test_mistakes_are_one_line_with_a_place(project: Path, old: str, new: str, line: int, message: str) -> None:
    assert old in GOOD
    with pytest.raises(CaseworkError) as caught:
        load(project, GOOD.replace(old, new, 1))
    text = str(caught.value)
    assert text.startswith(f"{project / 'studies' / 'river.yaml'}:{line}: ")
    assert message in text
    assert "\n" not in text


def test_links_cannot_leave_the_project(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (project / "data/raw/out").symlink_to(outside)
    with pytest.raises(CaseworkError, match="'raw' leaves the project"):
        load(project, GOOD.replace("data/raw/river\n", "data/raw/out\n"))


@pytest.mark.parametrize(("text", "message"), [
    ("name: [", "not valid YAML"), ("- a\n- b\n", "must hold keys and values"), ("", "must hold keys and values"),
    ("name: !!python/object:os.system x\n", "the study lacks|must be text"),
])
def test_broken_yaml(project: Path, text: str, message: str) -> None:
    with pytest.raises(CaseworkError, match=message):
        load(project, text)


def test_a_missing_study(tmp_path: Path) -> None:
    with pytest.raises(CaseworkError, match="no such file"):
        load_study(tmp_path / "none.yaml")


def test_a_folder_is_no_study_and_names_those_in_it(project: Path) -> None:
    with pytest.raises(CaseworkError, match=r"is a folder; it holds no study; `casework init DIR` makes one"):
        load_study(project / "data")
    for name in "abcdef":
        (project / "studies" / f"{name}.yaml").write_text("", encoding="utf-8")
    with pytest.raises(CaseworkError, match=r"is a folder; name the study's file in it: \S+/studies/a.yaml, .*/e.yaml or 2 more"):
        load_study(project)


def test_reports_know_their_lines(project: Path) -> None:
    study = load(project, GOOD)
    file = project / "studies" / "river.yaml"
    assert {r.name: r.where[""] for r in study.reports} == {"corpus": f"{file}:16", "case": f"{file}:17", "wide": f"{file}:20"}
    assert study.reports[1].where["level"] == f"{file}:19"


@pytest.mark.parametrize("name", ["demo", "party-building"])
def test_the_studies_that_come_with_the_project(name: str) -> None:
    study = load_study(ROOT / "studies" / f"{name}.yaml")
    assert study.name == name
    assert study.folder == ROOT
    assert study.manifest == study.raw / "manifest.csv"
    assert {r.name for r in study.reports} >= {"corpus", "case", "compare", "language"}
    assert study.publish == {"demo": "full", "party-building": "quotes"}[name]


HEAD = "row_id,field,value,reason,by\n"


def test_corrections(tmp_path: Path) -> None:
    path = tmp_path / "corrections.csv"
    path.write_text("\ufeff" + HEAD + '\ns1:3-5,low,"1,200","misread, see scan",LY\ns1:3-5,high,,open,LY\n', encoding="utf-8")
    got = read_corrections(path)
    assert [(c.row_id, c.field, c.value, c.line) for c in got] == [("s1:3-5", "low", "1,200", 3), ("s1:3-5", "high", "", 4)]


@pytest.mark.parametrize(("text", "message"), [
    ("", ":1: is empty; the first line must name the columns"),
    ("row_id,field,value,reason\n", ":1: column 'by' is missing"),
    ("row_id,feild,value,reason,by\n", ":1: unknown column 'feild'; did you mean 'field'?"),
    ("row_id,field,value,reason,by,by\n", ":1: column 'by' stands twice"),
    (HEAD + "a,low,1,x\n", ":2: has 4 cells, the header 5"),
    (HEAD + "a,low,1,x,LY,6\n", ":2: has 6 cells, the header 5; quote a cell that holds a comma"),
    (HEAD + "a,low,1,,LY\n", ":2: 'reason' is empty"),
    (HEAD + "a,low,1,x,LY\na,low,2,y,LY\n", ":3: 'low' of a is corrected already in line 2"),
    (HEAD + 'a,low,"1\n', ":2: not a valid CSV row"),
])
def test_bad_corrections(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "corrections.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CaseworkError) as caught:
        read_corrections(path)
    assert f"{path}{message}" in str(caught.value)


def test_corrections_must_be_utf8(tmp_path: Path) -> None:
    path = tmp_path / "corrections.csv"
    path.write_bytes((HEAD + "a,about,大棚,改,LY\n").encode("gb18030"))
    with pytest.raises(CaseworkError, match="is not UTF-8; save it as 'CSV UTF-8'"):
        read_corrections(path)


def test_attributes(tmp_path: Path) -> None:
    path = tmp_path / "attributes.csv"
    path.write_text("place_code,variable,value,source\n130126,population,310000,Yearbook 2021\n", encoding="utf-8")
    assert [(a.place_code, a.variable, a.value) for a in read_attributes(path)] == [("130126", "population", "310000")]
    path.write_text("place_code,variable,value,source\n1,p,2,\n", encoding="utf-8")
    with pytest.raises(CaseworkError, match=":2: 'source' is empty"):
        read_attributes(path)


def test_a_new_study_loads_and_nothing_is_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "My Study: 云岭 'A'"
    folder.mkdir()
    (folder / "corrections.csv").write_text(HEAD + "a,low,1,seen,LY\n", encoding="utf-8")
    made = init_study(folder)
    study = load_study(made)
    assert (made.name, study.name, study.title_in("zh")) == ("my-study-a.yaml", "my-study-a", folder.name)
    assert study.raw == folder / "raw"
    assert study.raw.is_dir()
    assert [r.name for r in study.reports] == ["corpus", "case", "compare", "robustness", "language", "codebook"]
    assert study.corrections is not None
    assert study.attributes is not None
    assert len(read_corrections(study.corrections)) == 1
    assert read_attributes(study.attributes) == ()
    with pytest.raises(CaseworkError, match=r"holds a study already, my-study-a\.yaml"):
        init_study(folder)


def test_a_new_study_needs_a_folder_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(CaseworkError, match="is a file; name a folder"):
        init_study(tmp_path / "file")
    with pytest.raises(CaseworkError, match="cannot be called 'studies'"):
        init_study(tmp_path / "studies")
    assert load_study(init_study(tmp_path / "乡村")).name == "study"


def test_the_namespace_shows_its_own_names_alone() -> None:
    import casework

    assert dir(casework) == sorted([*casework.__all__, "__version__"])
