"""Texts with spans and tables in HTML: escaped, laminar, anchored."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from ruamel.yaml import YAML
from small_study import COUNTY, Maker, first, second, small_tables

from casework import views
from casework.clean import CLEANERS
from casework.codebook import load_codebook
from casework.tables import VOCABULARIES
from casework.text import CaseworkError, Span, parse_spans
from casework.views.marks import KINDS, Mark, mark_html, nest_marks

CASES = YAML(typ="safe").load((Path(__file__).parent / "cases" / "views.yaml").read_text(encoding="utf-8"))


def readings(*makers: Maker, raw: bool = True) -> list[views.Reading]:
    tables, raws = small_tables(*makers)
    return list(views.gather_readings(tables, raws if raw else {}))


def element(markup: str, ident: str) -> Any:
    found = html.fragment_fromstring(markup, create_parent="div").xpath(f'//*[@id="{ident}"]')
    assert len(found) == 1, f"{ident}: {len(found)} elements"
    return found[0]


@pytest.mark.parametrize("case", CASES["marks"], ids=lambda c: c["about"])
def test_marks(case: dict[str, Any]) -> None:
    assert mark_html(case["text"], [Mark(Span(a, b), kind) for kind, a, b in case["marks"]]) == case["want"]


@pytest.mark.parametrize("case", CASES["quotes"], ids=lambda c: c["about"])
def test_quotes(case: dict[str, Any]) -> None:
    assert mark_html(case["text"], [], [Span(*s) for s in case["shown"]]) == case["want"]


@pytest.mark.parametrize("case", CASES["amounts"], ids=lambda c: c["en"])
def test_amounts_in_words(case: dict[str, Any]) -> None:
    assert [views.amount_text(case["claim"], lang) for lang in ("en", "zh")] == [case["en"], case["zh"]]


SPANS = st.builds(lambda a, n: Span(a, a + n), st.integers(0, 18), st.integers(1, 12))
MARKS = st.lists(st.builds(Mark, SPANS, st.sampled_from(KINDS)), max_size=7)


@given(MARKS)
def test_marks_nest_and_cover_the_same(marks: list[Mark]) -> None:
    nested = nest_marks(marks)
    for i, a in enumerate(nested):
        for b in nested[i + 1 :]:
            assert not a.span.overlaps(b.span) or a.span.covers(b.span) or b.span.covers(a.span)
    for kind in KINDS:
        covered = [{at for m in found if m.kind == kind for at in range(*m.span)} for found in (marks, nested)]
        assert covered[0] == covered[1]
    # What comes first in KINDS is never cut by what comes later.
    assert all(m in nested for m in marks if m.kind == "amount" and not any(_crosses(m, o) for o in marks if o.kind == "amount"))


def _crosses(a: Mark, b: Mark) -> bool:
    return a.span.overlaps(b.span) and not a.span.covers(b.span) and not b.span.covers(a.span)


@given(st.text(max_size=30), MARKS)
def test_marked_text_reads_as_the_text(text: str, marks: list[Mark]) -> None:
    inside = [Mark(Span(m.span.start, min(m.span.end, len(text))), m.kind) for m in marks if m.span.start < len(text)]
    markup = mark_html(text, inside)
    plain = re.sub(r"</?mark[^>]*>", "", markup)
    assert plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text
    assert markup.count("<mark") == markup.count("</mark>")


def test_claims_are_anchored_where_they_stand() -> None:
    for reading in readings():
        markup = views.text_html(reading)
        for claim in reading.of("claims"):
            mark = element(markup, f"c{claim['start']}-{claim['end']}")
            assert mark.text_content() == claim["surface"]
            assert "amount" in mark.get("class")


def test_a_span_is_shown_repaired_and_its_raw_view_as_it_was() -> None:
    reading = readings(first())[0]
    assert "动员会" in views.text_html(reading)
    assert "動(dòng)" not in views.text_html(reading)
    raw = views.raw_html(reading)
    assert '<del title="pinyin in brackets, simplify">動(dòng)</del><ins title="pinyin in brackets, simplify">动</ins>' in raw
    assert '<span class="gone">分享到：微信 微博</span>' in raw
    plain = html.fragment_fromstring(raw)
    for ins in plain.xpath(".//ins"):
        ins.drop_tree()
    assert plain.text_content() == first().raw


def test_a_span_across_a_seam_is_two_marks_of_one_anchor() -> None:
    m = Maker("seam.txt", "流转土地12\n（见右）\n00余亩。", f"{COUNTY}/青禾镇")
    m.start("2024-01-01")
    m.passage("caption", ["（见右）"], "（见右）")
    m.passage("body", ["流转土地12", "00余亩。"], "流转土地1200余亩。")
    parts = [m.find("12"), m.find("00余亩")]
    where = {**m.at("12"), "spans": parts, "surface": "1200余亩", "end": parts[0].end}
    own = f"{m.source_id}:{parts[0].start}-{parts[0].end}"
    m.add("claims", claim_id=own, **where, low=1200, high=None, unit="mu", approx=False, rule="r")
    m.finish("", "2024-01-01")
    mark = element(views.text_html(readings(m)[0]), f"c{parts[0].start}-{parts[0].end}")
    assert mark.text_content() == "1200余亩"


def test_what_was_set_aside_is_an_aside_with_its_role() -> None:
    asides = html.fragment_fromstring(views.text_html(readings(first())[0])).xpath('.//p[@class="aside"]/b')
    assert [a.text_content() for a in asides] == ["page furniture, set aside: ", "caption, set aside: ", "page furniture, set aside: "]


def test_raw_text_is_escaped_everywhere() -> None:
    reading = readings(second())[0]
    for markup in (views.text_html(reading), views.raw_html(reading), views.parsed_html(small_tables(second())[0], second().raw)):
        assert "<b>乡里</b>" not in markup
        assert "&lt;b&gt;乡里&lt;/b&gt;还说 &amp;" in markup


def test_marks_that_are_left_out_leave_an_anchor_and_no_line() -> None:
    marks = [Mark(Span(0, 2), "code", "k0-2-x"), Mark(Span(4, 7), "place", "m4-7"), Mark(Span(5, 9), "amount", "c5-9")]
    want = '<span id="k0-2-x"></span><i class="cut">…</i><mark class="place" id="m4-7">e</mark>'
    want += '<mark class="amount" id="c5-9"><mark class="place" data-part="m4-7">fg</mark>hi</mark><i class="cut">…</i>'
    assert mark_html("abcdefghijkl", marks, [Span(4, 9)]) == want


IDS = (("claims", "claim_id", "amount"), ("labels", "label_id", "label"), ("codings", "coding_id", "code"))


def test_the_share_that_quotes_let_out_is_what_the_raw_view_shows() -> None:
    for reading in readings():
        raw = reading.raw or ""
        shown = {i for s in views.texts.shown_of_raw(reading) for i in range(*s)}
        body = {i for p in reading.of("passages") if p["role"] == "body" for s in parse_spans(p["spans"]) for i in range(*s)}
        assert body <= set(range(len(raw)))
        assert views.share_out(reading.of("claims"), reading.of("passages")) == len(shown & body) / len(body) > 0.5
    assert views.share_out([{"spans": "0-5"}], []) == 0


def test_quotes_hold_thirty_characters_and_no_more() -> None:
    m = Maker("long.txt", "头" * 50 + "增收20万元" + "尾" * 50, f"{COUNTY}/青禾镇")
    m.start("2024-01-01")
    m.passage("body", [m.raw], m.raw)
    m.claim("20万元", 200000, 200000, "yuan", "collective_income")
    m.finish("", "2024-01-01")
    shown = html.fragment_fromstring(views.text_html(readings(m)[0], publish="quotes")).xpath(".//p[@id]")[-1].text_content()
    assert shown == "…" + "头" * 28 + "增收20万元" + "尾" * 30 + "…"


@pytest.mark.parametrize("gap", [0, 3, 9, 12, 40, 59])
def test_quotes_of_a_crowded_text_come_in_runs_of_a_hundred_and_hold_every_claim(gap: int) -> None:
    """Both views leave out the same, so that neither tells what the other holds back."""
    numbers = [f"{n}万元" for n in range(101, 131)]
    m = Maker("dense.txt", "头" * 50 + "".join(n + "".join(chr(0x4E00 + 97 * i + j) for j in range(gap)) for i, n in enumerate(numbers)) + "尾" * 50, f"{COUNTY}/青禾镇")
    m.start("2024-01-01")
    m.passage("body", [m.raw], m.raw)
    for n in numbers:
        m.claim(n, int(n[:3]) * 10000, int(n[:3]) * 10000, "yuan", "funding")
    m.finish("", "2024-01-01")
    reading = readings(m)[0]
    page = html.fragment_fromstring(views.text_html(reading, publish="quotes")).xpath(".//p[@id]")[-1]
    runs = [run for run in page.text_content().split("…") if run]
    assert [e.text_content() for e in page.xpath(".//mark")] == numbers
    assert max(map(len, runs)) <= (100 if gap else 60 + len("".join(numbers)))
    assert len(runs) > 1 or not gap
    assert html.fragment_fromstring(views.raw_html(reading, publish="quotes")).text_content().strip("…").split("…") == runs
    shares = views.share_out(reading.of("claims"), reading.of("passages"))
    assert shares == pytest.approx(sum(map(len, runs)) / len(m.raw))


def test_quotes_show_the_short_words_of_labels_and_codings_apart_and_say_what_else_there_is() -> None:
    m = Maker("facts.txt", "头" * 40 + "四联四促流转土地" + "中" * 40 + "增收20万元" + "尾" * 28 + "土地托管到村\n网站导航", f"{COUNTY}/青禾镇")
    m.start("2024-01-01")
    m.passage("body", [m.raw.splitlines()[0]], m.raw.splitlines()[0])
    m.passage("chrome", ["网站导航"], "网站导航")
    m.claim("20万元", 200000, 200000, "yuan", "collective_income")
    m.label("四联四促", "slogan")
    m.coding("流转土地", "land_transfer")
    m.coding("土地托管到村", "land_trusteeship")
    m.finish("", "2024-01-01")
    shown = html.fragment_fromstring(views.text_html(readings(m)[0], publish="quotes"))
    # Side by side the label and the coding are 8 characters; the last coding begins inside the 30 characters and ends with them.
    assert shown.xpath(".//p[@id]")[-2].text_content() == "…四联四促流转土地…" + "中" * 28 + "增收20万元" + "尾" * 28 + "土地…"
    assert shown.xpath(".//p[@id]")[-1].text_content() == "page furniture, set aside: 4 characters, not published 129–133"


def test_quotes_show_the_raw_file_around_claims_with_its_edits() -> None:
    m = Maker("raw.txt", "头" * 40 + "動(dòng)" + "中" * 40 + "動(dòng)员增收20万元" + "尾" * 40, f"{COUNTY}/青禾镇")
    m.start("2024-01-01")
    m.rows["edits"] = []
    for at in (40, 87):
        m.add("edits", start=at, end=at + 7, rule="pinyin", raw="動(dòng)", new="动")
    m.passage("body", [m.raw], m.raw.replace("動(dòng)", "动"))
    m.claim("20万元", 200000, 200000, "yuan", "collective_income")
    m.finish("", "2024-01-01")
    raw = views.raw_html(readings(m)[0], publish="quotes")
    assert html.fragment_fromstring(raw).text_content() == "…" + "中" * 20 + "動(dòng)动员增收20万元" + "尾" * 30 + "…"
    assert raw.count('<del title="pinyin in brackets">') == 1
    assert views.raw_html(readings(m)[0], publish="none") == ""


@pytest.mark.parametrize("raw", [True, False])
def test_none_publishes_no_running_text_and_keeps_the_anchors(raw: bool) -> None:
    reading = readings(first(), raw=raw)[0]
    text, claims = views.text_html(reading, publish="none"), views.claims_html(reading, publish="none")
    assert "入夏以来" not in text + claims
    assert "is not published" in text
    # What figures link to is found in the list: claims, labels and mechanisms.
    kept = [views.evidence_href(r[c], k).partition("#")[2] for t, c, k in IDS for r in reading.of(t)]
    for ident in ["c103-108", *kept]:
        assert element(claims, ident).tag == "li"


def test_without_the_raw_text_the_tables_own_text_is_marked() -> None:
    with_raw, without = readings(first())[0], readings(first(), raw=False)[0]
    assert views.text_html(with_raw) == views.text_html(without)
    assert views.raw_html(without) == ""


def test_tables_are_escaped_sortable_and_link_safely() -> None:
    frame = pd.DataFrame({"place": ["<script>x</script>", "b"], "low": ["1200", "9"], "to": ["evidence/s1.html#c1-2", "javascript:x()"]})
    markup = views.table_html(frame, links={"place": "to"})
    assert "<script>" not in markup
    assert "javascript" not in markup
    table = html.fragment_fromstring(markup).xpath(".//table")[0]
    assert [th.get("aria-sort") for th in table.xpath(".//th")] == ["none", "none"]
    assert [td.get("data-v") for td in table.xpath('.//td[@class="n"]')] == ["1200", "9"]
    assert [a.get("href") for a in table.xpath(".//a")] == ["evidence/s1.html#c1-2"]


def test_a_table_without_rows_says_so() -> None:
    assert "Nothing to show" in views.table_html(pd.DataFrame({"a": []}))
    assert "Nothing to show" in str(views.show_claims(small_tables(first())[0].claims.head(0)))


def test_claims_of_one_place_name_only_the_places_below_it() -> None:
    claims = small_tables(first())[0].claims.reset_index(drop=True)
    claims.loc[0, "place"] = f"{COUNTY}/青禾镇/柳湾村"
    cells = {}
    for within in ("", COUNTY, f"{COUNTY}/青禾镇"):
        table = html.fragment_fromstring(str(views.show_claims(claims, within=within)))
        at = [th.text_content() for th in table.xpath(".//th")].index("Place")
        cells[within] = [tr.xpath("./td")[at].text_content() for tr in table.xpath(".//tbody/tr")]
    assert cells[""] == ["柳湾村", "青禾镇", "青禾镇", "青禾镇"]
    assert cells[COUNTY] == ["青禾镇柳湾村", "青禾镇", "青禾镇", "青禾镇"]
    assert cells[f"{COUNTY}/青禾镇"] == ["柳湾村", "", "", ""]
    assert ">Place<" not in str(views.show_claims(claims.iloc[1:], within=f"{COUNTY}/青禾镇"))


def test_what_is_too_coarse_and_what_has_no_place_are_said_apart() -> None:
    rows = [("云岭省/安平市/云溪县", "county", "only known to the county"), ("", "", "no place"), ("", "", "no place")]
    coarse = pd.DataFrame([{"source_id": f"s{i:016d}", "place": p, "level": v, "chars": 9, "why": w} for i, (p, v, w) in enumerate(rows)])
    both = views.show_too_coarse(coarse, 7, "township")
    assert both.about.startswith("Not compared here, since their place cannot be brought to the township (云溪县): 1 of 7 stretches of text.")
    assert "since no place is known of them: 2 of 7 stretches of text" in both.about
    links = html.fragment_fromstring(str(both), create_parent="div").xpath(".//td/a/text()")
    assert links == ["云岭省/安平市/云溪县", "unknown", "unknown"]
    unplaced = views.show_too_coarse(coarse.iloc[1:], 2, "township", lang="zh")
    assert unplaced.about.startswith("2 处文字中有 2 处地点不详，未计入比较。")
    assert views.show_too_coarse(coarse.head(0), 2, "county").about == "Every stretch of text on a place could be brought to the county."


def test_what_is_of_no_case_is_counted_by_reason_listed_by_place_and_offered_whole() -> None:
    claims = small_tables(first())[0].claims.reset_index(drop=True)
    why = ["no text on it", "only known to the county", "no text on it", "no place"]
    cases = [f"{COUNTY}/白云乡", "", f"{COUNTY}/白云乡", ""]
    left = claims.assign(case=cases, name="", why=why, place=[f"{COUNTY}/白云乡/柳湾村", COUNTY, f"{COUNTY}/白云乡", ""])
    shown = views.show_left_out(left, 20, "township", folder="e", report="compare")
    assert shown.about.startswith("Of 24 claims 4 are not compared here, since their place is no case of this level (township): no text is on it (2), ")
    tree = html.fragment_fromstring(str(shown), create_parent="div")
    rows = [[td.text_content() for td in tr.xpath("./td")] for tr in tree.xpath(".//tbody/tr")]
    assert rows == [
        [f"{COUNTY}/白云乡", "no text is on it", "2"], ["unknown", "no place named", "1"], [COUNTY, "only known to the county", "1"],
    ]  # fmt: skip
    assert tree.xpath(".//td/a/@href")[0] == views.evidence_href(claims["claim_id"][0], "amount", "e")
    (path,) = shown.files
    assert path == "downloads/left_out.csv"
    assert shown.files[path].count(b"\n") == 5
    assert "柳湾村" in shown.files[path].decode()
    assert "surface" not in shown.files[path].decode()
    assert views.show_left_out(left, 20, "township", lang="zh").about.startswith("24 条数量表述中有 4 条的地点不是本级（乡级）案例，未作比较：没有专文（2）、")
    assert views.show_left_out(left.head(0), 20, "county").about == "Every claim is of a case."


def test_a_key_figure_says_what_it_is_of_where_that_is_more() -> None:
    shown = str(views.show_key_figures({"articles": 3, "claims": 1200}, of={"articles": 3, "claims": 1300}))
    assert "<b>3</b><span>articles</span>" in shown
    assert "<b>1,200</b><span>claims, of 1,300</span>" in shown


def test_a_planned_threshold_is_marked_and_keeps_its_sense() -> None:
    row = {"name": "青禾镇", "indicator": "collective_income", "unit": "yuan", "n": 1, "low": None, "claim_ids": ""}
    values = pd.DataFrame([{**row, "status": "planned", "high": 1e5, "statistic": s} for s in ("threshold", "total")])
    cells = [[td.text_content() for td in tr.xpath("./td")] for tr in html.fragment_fromstring(str(views.show_values(values))).xpath(".//tbody/tr")]
    assert [(c[3], c[4]) for c in cells] == [("planned a threshold", "those of ≤ 100,000 yuan"), ("planned", "≤ 100,000 yuan")]


def test_it_is_said_which_groups_are_compared_and_why() -> None:
    groups = pd.DataFrame({
        "side": ["a", "b"], "group": ["x/甲县", "x/乙县"], "name": ["甲县", "乙县"], "cases": [2, 1], "articles": [3, 1], "chars": [4000, 90],
        "asked": False, "of": 3,
    })  # fmt: skip
    said = views.show_compared(groups).about
    assert said.startswith("A is 甲县 (cases: 2; articles: 3; 4,000 characters); B is 乙县 (")
    assert "Of 3 places with cases these two have most text." in said
    assert "by the parameters a and b" in said
    assert "No other place has cases." in views.show_compared(groups.assign(of=2)).about
    half = views.show_compared(groups.assign(asked=[False, True])).about
    assert "B was asked for; of the other places A has most text." in half
    assert "They were asked for." in views.show_compared(groups.assign(asked=True)).about
    assert "B: none. All cases lie in one place" in views.show_compared(groups.assign(group=["x/甲县", ""])).about
    assert "这两处文字最多" in views.show_compared(groups, "zh").about


def test_a_sentence_on_robustness_ends_in_a_full_stop() -> None:
    states = ["kept", "kept", "changed", "lost"]
    about = {"finding": ["told", "told", "leads", "told"], "case": "", "item": list("abcd")}
    found = pd.DataFrame({"variant": "with_copies", **about, "state": states})
    shown = str(views.show_robustness(found))
    assert shown.startswith("<p>Each line is held against the same 4 findings of the main comparison: tells of a mechanism 3, highest figure 1.</p>")
    assert shown.endswith(": Of 4 findings 2 are kept. 1 changed, 1 can no longer be told.</li></ul>")
    assert str(views.show_robustness(found, lang="zh")).endswith("1 项改变、1 项不再能判断。</li></ul>")
    assert str(views.show_robustness(found.head(2))).endswith("2 are kept. No finding changes.</li></ul>")


def test_a_frame_without_rows_is_not_offered() -> None:
    assert views.show_file(pd.DataFrame({"case": ["a"]}), "case_matrix", report="compare").files.keys() == {"downloads/case_matrix.csv"}
    empty = views.show_file(pd.DataFrame({"case": []}), "case_matrix", report="compare")
    assert empty.files == {}
    assert "Nothing to show" in str(empty)
    assert "download" not in str(empty)


@pytest.mark.parametrize("href", ["javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,x", "java\nscript:x", "vbscript:x"])
def test_dangerous_links_are_dropped(href: str) -> None:
    assert views.safe_href(href) == ""


def test_every_code_of_the_tables_has_a_name_in_both_languages() -> None:
    values = load_codebook("site").section("values")
    for name, codes in VOCABULARIES.items():
        for code in codes:
            key = f"per_{code}" if name == "denominators" else code
            assert key in values, f"{name}: {code}"
    for section in ("words", "values", "columns", "rules", "problems"):
        for key, entry in load_codebook("site").section(section).items():
            assert set(entry) == {"en", "zh"}, key


def test_every_problem_of_the_code_has_a_name() -> None:
    source = "".join(p.read_text(encoding="utf-8") for p in sorted((ROOT / "src" / "casework").rglob("*.py")))
    codes = set(re.findall(r'(?:Problem|Unreadable|_doubt)\(\s*"(\w+)"', source))
    book = load_codebook("site")
    assert len(codes) > 20
    assert codes - set(book.section("problems")) == set()
    assert set(CLEANERS) - set(book.section("rules")) == set()


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(CaseworkError, match="no language 'fr'"):
        views.load_words("fr")


def test_a_parsed_text_shows_itself_without_a_style_sheet() -> None:
    tables, _ = small_tables(first())
    markup = views.parsed_html(tables, first().raw)
    assert '<mark style="background:none;color:inherit;border-bottom:2px solid' in markup
    assert "class=\"amount\"" not in markup
    assert "4 claims, 2 edits, 0 problems" in markup


def test_the_link_of_a_row_is_the_anchor_of_its_mark() -> None:
    for reading in readings():
        markup = views.text_html(reading)
        for table, key in (("claims", "claim_id"), ("labels", "label_id"), ("codings", "coding_id")):
            for row in reading.of(table):
                page, _, ident = str(views.link_to(table)(row[key])).partition("#")
                assert page == f"evidence/{reading.source_id}.html"
                assert element(markup, ident).tag == "mark"
