"""Articles: roles of lines, joined sentences, columns put back; every character in exactly one passage."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from casework.articles import Page, Passage, split_articles
from casework.articles.metadata import read_date, read_lead
from casework.clean import clean_text
from casework.text import Text

HERE = Path(__file__).resolve().parent
CASES: list[dict[str, Any]] = YAML(typ="safe").load((HERE / "cases" / "articles.yaml").read_text(encoding="utf-8"))
SHARED = HERE.parents[1] / "shared"
REAL = sorted([*SHARED.glob("seeds/*.txt"), *SHARED.glob("more/texts/*.txt")])
DEMO = sorted(p for p in (HERE.parent / "data" / "raw" / "demo").glob("*.txt"))


def split(raw: str, headline: str = "") -> Page:
    return split_articles(clean_text(raw)[0], headline=headline)


def begins(passages: Sequence[Passage], want: Sequence[str]) -> bool:
    got = [(p.role, p.text.clean) for p in passages]
    return len(got) == len(want) and all(f"{role}: {words}".startswith(w) for (role, words), w in zip(got, want, strict=True))


@pytest.mark.parametrize("case", CASES, ids=[c["name"] for c in CASES])
def test_page(case: dict[str, Any]) -> None:
    page = split(case["page"], case.get("headline", ""))
    shown = [[f"{p.role}: {p.text.clean[:14]}" for p in a.passages] for a in page.articles]
    assert len(page.articles) == len(case["want"]), shown
    assert all(begins(a.passages, want) for a, want in zip(page.articles, case["want"], strict=True)), shown
    assert begins(page.furniture, case.get("furniture", [])), [(p.role, p.text.clean[:12]) for p in page.furniture]
    assert [p.code for p in page.problems if p.code != "from_page"] == case.get("problems", [])
    assert_told(case["page"], page)
    body = "\n".join(p.text.clean for a in page.articles for p in a.passages if p.role == "body")
    assert all(words in body for words in case.get("seams", [])), body
    about = [" | ".join([a.headline, a.outlet, a.published, " ".join(a.bylines), a.authorship]) for a in page.articles]
    assert case.get("about", about) == about


def assert_told(raw: str, page: Page) -> None:
    """The outlet and date that no manifest tells each point to the line that they were read from."""
    notes = [p for p in page.problems if p.code == "from_page"]
    want = [value for a in page.articles for value in (a.outlet, a.published) if value]
    assert [p.message.split("'")[1] for p in notes] == want
    for note, value in zip(notes, want, strict=True):
        where = clean_text(raw[note.start : note.end])[0].clean
        assert value in where or value[:4] in where, where


def uncovered(raw: str, page: Page) -> list[int]:
    """List the places that are not in exactly one passage, blanks aside."""
    times = [0] * len(raw)
    for passage in [*(p for a in page.articles for p in a.passages), *page.furniture]:
        for span in passage.text.raw_spans():
            for i in range(span.start, span.end):
                times[i] += 1
    return [i for i, n in enumerate(times) if n != 1 and not (raw[i].isspace() and n == 0)]


@pytest.mark.parametrize(
    ("opening", "outlet"),
    [("新华社青山3月5日电（记者 田一）", "新华社"), ("烟台日报讯（记者 田一）", "烟台日报"), ("东山报道网讯（记者 田一）", "东山报道网"),
     ("河北日报石家庄5月2日讯（记者 田一）", "河北日报"), ("县委宣传部讯（通讯员 田一）", "县委宣传部"), ("本报石家庄讯（记者 田一）", "")],
)
def test_the_outlet_of_a_lead_is_whole(opening: str, outlet: str) -> None:
    assert read_lead(opening) == outlet


LINES = st.sampled_from(
    [
        "",
        "  ",
        "青禾县",
        "一、路通了",
        "本报记者 吴边",
        "责编：周末",
        "2021-05-06 来源：东山日报",
        "首页 > 要闻",
        "上一篇：开会",
        "石桥乡油桃基地",
        "石桥乡种了三百亩油菜，花开时游客不断，收入不少。",
        "县里把学",
        "习内容编成口袋书，每户发一本，三个月走遍全县。",
        "去年，村里修路用了三年，最后通到了",
        "\u200b",
        "鄉(xiāng)里(lǐ)",
        "&nbsp;",
        "甲| 乙| 丙| 丁| 戊| 己| 庚| 辛|",
        "乡镇\t户数\t收入",
        "𠮷村😀",
        "\ufeff",
        "図",
        "相关新闻",
        "（记者 吴边）",
        "“他说",
        "”",
    ]
)


@given(st.lists(LINES, max_size=14), st.sampled_from(["\n", "\r\n", "\n\n", "\u2028", "\r"]))
@settings(max_examples=500, deadline=None)
def test_every_character_has_one_place(lines: list[str], newline: str) -> None:
    raw = newline.join(lines)
    assert uncovered(raw, split(raw)) == []


@given(st.text(st.sampled_from("村县，。：“”（）(a1 \n\t\u200b\u3000|>来源编记者𠮷"), max_size=80))
@settings(max_examples=300, deadline=None)
def test_every_character_of_any_mess_has_one_place(raw: str) -> None:
    assert uncovered(raw, split(raw)) == []


PIECES = st.sampled_from(
    ["青禾县", "本报讯（记者 吴边）青禾县把夜校办进农家小院。", "村里把学", "习内容编成口袋书，人人能懂。", "县里推行合", "作社联合采购，省下不少钱。", "一、路通了", "社里又把收"]
)


@given(st.lists(PIECES, min_size=4, max_size=16))
@settings(max_examples=300, deadline=None)
def test_columns_in_any_order_lose_nothing(lines: list[str]) -> None:
    raw = "\n".join(lines)
    assert uncovered(raw, split(raw)) == []


@given(st.lists(LINES, max_size=10))
@settings(deadline=None)
def test_passages_lead_back_to_the_raw_text(lines: list[str]) -> None:
    raw = "\n".join(lines)
    for article in split(raw).articles:
        for passage in article.passages:
            assert passage.text.raw == raw
            starts = [passage.role == "headline" for passage in article.passages]
            assert starts == sorted(starts, reverse=True)


@pytest.mark.parametrize("file", [*DEMO, *REAL], ids=[f.stem[:8] for f in [*DEMO, *REAL]])
def test_every_character_of_a_real_text_has_one_place(file: Path) -> None:
    raw = file.read_bytes().decode("gb18030" if "gb18030" in file.name else "utf-16" if "utf16" in file.name else "utf-8")
    page = split(raw)
    assert uncovered(raw, page) == []
    assert page.articles


@pytest.mark.skipif(not SHARED.exists(), reason="the real texts are not here")
def test_five_pieces_on_a_page_with_its_columns_out_of_order() -> None:
    raw = next(SHARED.glob("seeds/004*")).read_bytes().decode()
    page = split(raw)
    assert len(page.articles) == 4
    captions = [p for a in page.articles for p in a.passages if p.role == "caption"]
    assert len(captions) == 2
    last = next(p.text for p in page.articles[-1].passages if len(p.text.raw_spans()) > 1)
    assert "结合学习内容" in last.clean
    assert last.raw_spans()[0].start > last.raw_spans()[1].start
    assert "社会化服务路子" in "".join(p.text.clean for p in page.articles[0].passages)


@pytest.mark.parametrize(
    ("line", "date"),
    [("2021年3月5日 08:00", "2021-03-05"), ("发布时间：2012-3-4", "2012-03-04"), ("2021/13/40", ""), ("03-12 09:10", ""), ("", "")],
)
def test_dates(line: str, date: str) -> None:
    assert read_date(line) == date


UNITS = [
    "（",
    "村",
    "“村",
    "村\n",
    "村，\n",
    "青禾县\n",
    "（记者 ",
    "来源：",
    "首页 > ",
    "2021-05-06 ",
    "村里种了油菜，收入不少。\n",
    "村里种了油菜，收入不少，日子好过，大家都说好的\n",
    "甲|",
    "图",
    "1、",
]


@pytest.mark.parametrize("unit", UNITS)
def test_no_page_hangs(unit: str) -> None:
    """Long runs of what the patterns look for, on one line and on many."""
    start = time.process_time()
    page = split_articles(Text.of(unit * (60_000 // len(unit))))
    assert page.articles or page.furniture
    assert time.process_time() - start < 10


@pytest.mark.parametrize(
    "line", ["村里种了油菜，收入不少，日子好过，大家都说好，花开时游客{}来", "{}村种了油菜。\n习内容编成口袋书，村里把学", "第{}行写到这里就断在半路上了没有写完"]
)
def test_a_large_page_takes_time_in_proportion(line: str) -> None:
    """Ten times the paragraphs, cut sentences and orphans, no more than thirty times the seconds."""

    def seconds(size: int) -> float:
        text = clean_text("\n".join(line.format(i) for i in range(size)))[0]
        start = time.process_time()
        split_articles(text)
        return time.process_time() - start

    assert seconds(6000) < 30 * seconds(600) + 1


def test_five_megabytes_on_one_line() -> None:
    start = time.process_time()
    split("村里种了油菜，收入不少。" * 150_000)
    assert time.process_time() - start < 10


def test_headings_run_into_their_paragraphs_are_cut_off_where_an_article_does_so() -> None:
    tail = "全镇上下一起动手，把这件事一户一户落到了实处，半年下来家家都看得见变化，人人都说得出好处。"
    heads = ["坚持修路先行，打通产业“断头路”。", "坚持引水上山，喝上放心“自来水”。", "坚持点灯进村，照亮夜里“回家路”。"]
    text = "柳坪镇三件实事办到家\n\n" + "\n\n".join(h + tail for h in heads) + "\n"
    passages = split_articles(Text.of(text)).articles[0].passages
    assert [p.text.clean for p in passages if p.role == "subhead"] == heads
    assert "".join(p.text.clean for p in passages if p.role == "body") == tail * 3
    two = split_articles(Text.of(text.replace(heads[2], ""))).articles[0].passages
    assert [p.role for p in two if p.role == "subhead"] == []
