"""What users of other tools complained of (../shared/PEERS.md), where it is no matter of amounts: each must come out right here."""

from __future__ import annotations

from casework.claims import find_codings, load_mechanisms
from casework.clean import clean_text
from casework.compare import cut_words
from casework.flow import parse_text
from casework.places import find_places
from casework.quantities import find_amounts


def names(text: str) -> list[str]:
    return [m.place.name for m in find_places([text])[0] if m.place]


def test_a_county_by_itself_is_no_county_of_chongqing() -> None:
    assert names("县里成立专班，全县推广，县委书记到场。") == []


def test_a_cooperative_is_no_city() -> None:
    assert names("合作社与合作企业合作办厂。") == []


def test_a_name_inside_a_longer_word_is_not_found() -> None:
    assert names("咖啡销往印度尼西亚和马来西亚。") == []


def test_the_first_secretary_stays_a_word() -> None:
    text = clean_text("驻村第一书记带头流转土地300亩。")[0].clean
    assert "第一书记" in text
    assert [a.unit for a in find_amounts(text)] == ["mu"]
    assert "first_secretary" in {c.code for c in find_codings(text, load_mechanisms())}


def test_the_top_words_hold_no_comma() -> None:
    assert all(any(ch.isalpha() for ch in word) for word in cut_words("村里，修了路，建了桥，通了水，，，"))


def test_look_alike_radicals_are_read() -> None:
    assert clean_text("⻄山村修⻓廊。")[0].clean == "西山村修长廊。"


def test_offsets_count_code_points() -> None:
    claims = parse_text("𠮷庆😀村增收20万元。").claims
    assert claims[["start", "end", "surface"]].to_numpy().tolist() == [["6", "10", "20万元"]]


def test_traditional_characters_are_counted() -> None:
    claims = parse_text("投資1.08億元。").claims
    assert claims[["low", "unit", "surface"]].to_numpy().tolist() == [["108000000", "yuan", "1.08億元"]]
