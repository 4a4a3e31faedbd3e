"""Claims: what the words around an amount say of it, as cases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from casework.claims import Claim, Scene, extract_claims, mark_restated
from casework.places import Mention, Place
from casework.text import Span

FOLDER = Path(__file__).parent / "cases"
CASES = YAML(typ="safe").load((FOLDER / "claims.yaml").read_text(encoding="utf-8"))
MEASURES = YAML(typ="safe").load((FOLDER / "indicators.yaml").read_text(encoding="utf-8"))


def read(marked: str, published: str = "", headline: str = "", section: str = "") -> Claim:
    """Give the claim of the marked amount."""
    start, end = marked.index("⟦"), marked.index("⟧") - 1
    claims = extract_claims(marked.replace("⟦", "").replace("⟧", ""), published=published, headline=headline, section=section)
    found = [c for c in claims if c.span == Span(start, end)]
    assert found, [c.span for c in claims]
    return found[0]


@pytest.mark.parametrize("case", CASES, ids=[c["text"] for c in CASES])
def test_claim(case: dict[str, Any]) -> None:
    claim = read(case["text"], *(str(case.get(k, "")) for k in ("published", "headline", "section")))
    got = {"approx": claim.amount.approx, "per": list(claim.per), "flags": sorted(claim.flags - {"place_guessed"})} | {
        f: getattr(claim, f) for f in ("status", "indicator", "change", "statistic", "voice", "period")
    }
    assert {f: got[f] for f in case["want"]} == case["want"], claim.rule


@pytest.mark.parametrize("indicator", MEASURES)
def test_what_an_amount_measures(indicator: str) -> None:
    got = {text: read(text) for text in MEASURES[indicator]}
    assert {text: (c.indicator, c.rule) for text, c in got.items() if c.indicator != indicator} == {}


def test_every_claim_names_its_rule() -> None:
    assert read("预计每亩增收⟦500元⟧。").rule == "amount yuan, status 预计, indicator 增收"


COUNTY = "河北省/石家庄市/灵寿县"
HOME = Place("130126", COUNTY, "county")
SOUTH, NORTH = (
    Place(f"130126100{n}", f"{COUNTY}/北洼乡/{name}", "village") for n, name in ((201, "南洼村"), (202, "青禾村"))
)


def said(text: str, *places: Place, flags: frozenset[str] = frozenset()) -> list[Mention]:
    """Give the mentions of places whose names stand in a text, in order."""
    spans = [(text.index(p.name), p) for p in places]
    return [Mention(Span(at, at + len(p.name)), p, "name", flags) for at, p in sorted(spans, key=lambda s: s[0])]


@pytest.mark.parametrize(
    ("text", "places", "flags", "place", "guessed"),
    [
        ("流转土地300亩。", (), (), HOME, False),
        ("南洼村流转土地300亩。", (SOUTH,), (), SOUTH, False),
        ("南洼村修路。今年流转土地300亩。", (SOUTH,), (), SOUTH, False),
        ("南洼村学青禾村，流转土地300亩。", (SOUTH, NORTH), (), NORTH, True),
        ("南洼村学习，青禾村流转土地300亩。", (SOUTH, NORTH), (), NORTH, False),
        ("南洼村修路。青禾村架桥。今年流转土地300亩。", (SOUTH, NORTH), (), NORTH, True),
        ("南洼村和青禾村流转土地300亩。", (SOUTH, NORTH), ("listed",), HOME, True),
    ],
)
def test_a_place_is_in_doubt_where_another_may_be_meant(
    text: str, places: tuple[Place, ...], flags: tuple[str, ...], place: Place, guessed: bool
) -> None:
    claims = extract_claims(text, said(text, *places, flags=frozenset(flags)), home=HOME)
    assert [(c.place, "place_guessed" in c.flags) for c in claims] == [(place, guessed)]


@pytest.mark.parametrize(
    ("text", "places", "home", "place"),
    [
        ("“我们种了300亩油桃。”6月初，南洼村的老支书说。", (SOUTH,), HOME, SOUTH),
        ("“我们种了300亩油桃。”说起去年的收成，大家都笑。南洼村的老支书也笑。", (SOUTH,), HOME, HOME),
        ("62岁的南洼村老支书先带头。", (SOUTH,), HOME, SOUTH),
        ("62岁，正是南洼村老支书的年纪。", (SOUTH,), HOME, HOME),
        ("南洼村种桃、梨等果树300亩。", (SOUTH,), HOME, SOUTH),
        ("本报讯（记者钱一山）“我们种了300亩油桃。”南洼村的老支书说。", (SOUTH,), HOME, SOUTH),
        ("截至目前，灵寿县已建冷库43座，选派农技员210人。", (HOME,), SOUTH, HOME),
        ("这在灵寿县已不新鲜，桃卖了43万元。", (HOME,), SOUTH, SOUTH),
    ],
)
def test_an_amount_is_of_who_speaks_of_whom_it_tells_of_or_of_the_subject(
    text: str, places: tuple[Place, ...], home: Place, place: Place
) -> None:
    assert {c.place for c in extract_claims(text, said(text, *places), home=home)} == {place}


def test_a_claim_without_any_place_has_none_guessed() -> None:
    assert [(c.place, c.flags) for c in extract_claims("流转土地300亩。")] == [(None, frozenset())]


def test_a_value_said_again_is_flagged() -> None:
    claims = extract_claims("流转土地1200亩。栽下5棵树。") + extract_claims("这流转来的1200亩土地，如今栽下5棵树。")
    assert ["restated" in c.flags for c in mark_restated(claims)] == [False, False, True, False]


@pytest.mark.parametrize(
    ("first", "again", "home", "restated"),
    [
        ("栽下苹果300亩。", "这300亩苹果挂果了。", HOME, True),
        ("栽下苹果300亩。", "这300亩苹果挂果了。", SOUTH, False),
        ("栽下苹果300亩。", "又栽红薯300亩。", HOME, False),
        ("这里的300亩。", "又栽红薯300亩。", HOME, False),
        ("栽下苹果2433亩。", "又栽红薯2433亩。", HOME, True),
    ],
)
def test_a_value_said_again_is_of_the_same_place_and_thing(first: str, again: str, home: Place, restated: bool) -> None:
    claims = extract_claims(first, home=HOME) + extract_claims(again, home=home)
    assert ["restated" in c.flags for c in mark_restated(claims)] == [False, restated]


def test_base_values_are_told_to_ten_digits() -> None:
    assert read("流转土地⟦2100亩⟧。").amount.base == (1_400_000.0, 1_400_000.0)
    assert read("投资⟦1234567890.25元⟧。").amount.base == (1_234_567_890.25, 1_234_567_890.25)


def test_the_place_spoken_of_goes_on_until_a_wider_place_speaks() -> None:
    county = Place("130126", "河北省/石家庄市/灵寿县", "county")
    town = Place("130126201", "河北省/石家庄市/灵寿县/北洼乡", "township")
    scene = Scene()
    scene.follow("body", [Mention(Span(0, 3), town, "name")], county)
    carried = extract_claims("又种了300亩。县财政补了20万元。", home=county, scene=scene.at(county))
    assert [c.place for c in carried] == [town, county]
    scene.follow("subhead", [], county)
    assert scene.at(county) is None


def test_an_article_with_one_village_comes_back_to_it() -> None:
    town = Place("130126201", "河北省/石家庄市/灵寿县/北洼乡", "township")
    village, other = (Place("", f"{town.path}/{name}", "village") for name in ("南洼村", "青禾村"))
    told = [[Mention(Span(0, 3), village, "name")]] * 3
    scene = Scene.of(told)
    scene.follow("subhead", [], town)
    assert scene.at(town) == village
    scene = Scene.of([*told, [Mention(Span(0, 3), other, "name")]])
    scene.follow("subhead", [], town)
    assert scene.at(town) is None


def test_what_is_told_before_any_place_is_of_the_first_that_is_named() -> None:
    town = Place("130126201", "河北省/石家庄市/灵寿县/北洼乡", "township")
    village = Place("", f"{town.path}/南洼村", "village")
    mentions = [Mention(Span(4, 7), village, "name")]
    scene = Scene.of([[], mentions])
    assert scene.at(town) == village
    scene.follow("body", [], town)
    assert scene.at(town) == village
    scene.follow("body", mentions, town)
    scene.follow("subhead", [], town)
    assert scene.at(town) is None


def test_a_place_elsewhere_that_opens_a_sentence_is_what_it_is_about() -> None:
    far = Place("", "浙江省/湖州市/安吉县/溪龙乡/黄杜村", "village")
    for text, where in (
        ("黄杜村20名党员写了信。", far),
        ("黄杜村也种茶，流转土地300亩。", far),
        ("去年，茶苗来自黄杜村，种了300亩。", HOME),
    ):
        at = text.index("黄杜村")
        assert [c.place for c in extract_claims(text, [Mention(Span(at, at + 3), far, "name")], home=HOME)] == [where], text


def test_a_paragraph_that_opens_with_the_whole_county_goes_on_about_it() -> None:
    county, town = Place("130126", "河北省/石家庄市/灵寿县", "county"), Place("130126201", "河北省/石家庄市/灵寿县/北洼乡", "township")
    said = [Mention(Span(0, 2), county, "coreference")]
    claims = extract_claims("全县都在修路。去年修了300公里。", said, home=town, scene=town)
    assert [c.place for c in claims] == [county]


def test_a_quotation_that_opens_is_of_the_place_its_speaker_points_back_to() -> None:
    town = Place("130126201", "河北省/石家庄市/灵寿县/北洼乡", "township")
    village = Place("", f"{town.path}/南洼村", "village")
    other = Place("", f"{town.path}/青禾村", "village")
    text = "“去年种菇1万棒，收入2万元。”在大棚里，该村的老王说。"
    at = text.index("该村")
    claims = extract_claims(text, [Mention(Span(at, at + 2), village, "coreference")], home=town)
    assert {c.place for c in claims} == {village}
    text = "“去年种菇1万棒，收入2万元。”说起村里的变化，青禾村的老王说。"
    back, named = text.index("村里"), text.index("青禾村")
    said = [Mention(Span(back, back + 2), village, "coreference"), Mention(Span(named, named + 3), other, "name")]
    assert {c.place for c in extract_claims(text, said, home=town)} == {other}


def test_an_item_of_a_list_does_not_speak_of_the_place_of_the_item_before() -> None:
    scene = Scene()
    for text, mentions, carried in (
        ("南洼村要做三件事。", [Mention(Span(0, 3), SOUTH, "name")], None),
        ("一是学青禾村修渠。", [Mention(Span(3, 6), NORTH, "name")], SOUTH),
        ("渠修好了。", [], NORTH),
        ("二是种桃300亩。", [], SOUTH),
    ):
        scene.enter(text)
        assert scene.at(HOME) == carried
        scene.follow("body", mentions, HOME)
    scene.follow("subhead", [], HOME)
    scene.enter("一是种桃300亩。")
    assert scene.at(HOME) is None


def test_a_paragraph_that_goes_through_several_places_leaves_none() -> None:
    county = Place("130126", "河北省/石家庄市/灵寿县", "county")
    towns = [Place(f"13012620{n}", f"河北省/石家庄市/灵寿县/{n}乡", "township") for n in range(3)]
    scene = Scene()
    scene.follow("body", [Mention(Span(n, n + 1), town, "name") for n, town in enumerate(towns)], county)
    assert scene.at(county) is None
