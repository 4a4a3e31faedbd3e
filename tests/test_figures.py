"""figures: every figure is drawn from any frame, as text and patches, with its sentence, alike on every run."""

from __future__ import annotations

import hashlib
import io
import math
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
from fontTools.ttLib import TTFont

from casework import compare, figures
from casework.figures.canvas import Canvas, shorten, wrapped
from casework.figures.dots import amount_axis, series_name
from casework.figures.words import Words
from casework.tables import OFFERED, offered_files
from casework.text import CaseworkError

NAN = math.nan
SVG = "{http://www.w3.org/2000/svg}"
LONG = "云溪县青禾镇东岭村股份经济合作社联合社" * 3
Rows = list[dict[str, object]]


def link(key: str) -> str:
    return f"source.html#{key}"


def mechanism_rows(cases: int, codes: int, name: str = "镇") -> pd.DataFrame:
    rows: Rows = []
    for i in range(cases):
        for j in range(codes):
            state = ("1", "0", "")[(i + j) % 3]
            rows.append(
                {
                    "case": f"云州省/{i:03d}",
                    "name": f"{name}{i}",
                    "code": f"m{j}",
                    "passages": 10,
                    "hits": 3,
                    "share": (i % 10) / 10 or 0.05,
                    "mentions": 3,
                    "chars": 500 + i,
                    "state": state,
                    "coding_ids": f"s1:{i}-{j}:m{j}" if state == "1" else "",
                }
            )
    return pd.DataFrame(rows)


def amount_rows(n: int, low: float = 10, high: float = 10, name: str = "村", **more: str) -> pd.DataFrame:
    plain = {
        "status": "achieved",
        "indicator": "land_area",
        "about": "流转土地",
        "change": "level",
        "unit": "mu",
        "per": "",
        "statistic": "total",
        "period": "",
    }
    rows: Rows = [
        {
            "series": "x",
            "case": f"c{i}",
            "name": f"{name}{i}",
            "low": low,
            "high": high,
            "approx": "false",
            "claim_id": f"s1:{i}-{i + 1}",
            **plain,
            **more,
        }
        for i in range(n)
    ]
    return pd.DataFrame(rows)


def account_rows(n: int) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "source_id": f"s{i}",
                "file": f"{i}.txt",
                "outlet": "云溪日报",
                "published": "2023-01-02",
                "chars": 100 + i,
                "kept": 80,
                "repaired": 5,
                "chrome": 10,
                "caption": 2,
                "spam": i,
                "blank": 3,
            }
            for i in range(n)
        ]
    )


def flow_rows(n: int) -> pd.DataFrame:
    stages = ("sources", "articles", "originals", "cases", "claims")
    rows = [(s, "", n * (i + 1)) for i, s in enumerate(stages)] + [("cases", "too_coarse", 3), ("originals", "copies", 1)]
    return pd.DataFrame(rows, columns=["stage", "reason", "n"])


def word_rows(n: int, name: str = "词") -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "word": f"{name}{i}",
                "side": "a" if i % 2 else "b",
                "count_a": 5,
                "count_b": 2,
                "log_ratio": (1 if i % 2 else -1) * (1 + i / 10),
                "g2": 9.0,
                "articles_a": i % 3,
                "articles_b": 2,
            }
            for i in range(n)
        ],
        columns=["word", "side", "count_a", "count_b", "log_ratio", "g2", "articles_a", "articles_b"],
    )


def model_rows(n: int, member: str = "合作社") -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "model": f"党支部+{member}{i}+农户",
                "members": f"党支部;{member}{i};农户",
                "roles": "party;cooperative;household",
                "size": 3,
                "mentions": n - i,
                "articles": 1,
                "cases": 1,
                "names": "青禾镇",
                "label_ids": f"s1:{i}-9",
            }
            for i in range(n)
        ]
    )


def date_rows(n: int) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "published": f"202{i % 4}-{i % 12 + 1:02d}-01" if i % 7 != 6 else "",
                "article_id": f"s{i}:a0",
                "source_id": f"s{i}",
                "outlet": "云溪日报",
                "outlet_level": ("county", "", "central")[i % 3],
                "authorship": ("staff", "correspondent")[i % 2],
                "case": "c",
                "name": "青禾镇",
                "chars": 100,
            }
            for i in range(n)
        ]
    )


def pair_rows(n: int) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "kind": "contradiction",
                "case": f"c{i}",
                "name": "青禾镇",
                "place": "",
                "indicator": "land_area",
                "about": "流转土地",
                "unit": "mu",
                "per": "",
                "status": "achieved",
                "period": "2022",
                "low_1": 10,
                "high_1": 10,
                "claim_id_1": "s1:1-2",
                "low_2": 5000,
                "high_2": NAN,
                "claim_id_2": "s2:1-2",
                "approx": False,
            }
            for i in range(n)
        ]
    )


def distance_rows(n: int) -> pd.DataFrame:
    keys = [f"云州省/{i:03d}镇" for i in range(n)]
    return pd.DataFrame([[abs(i - j) / max(1, n - 1) for j in range(n)] for i in range(n)], index=keys, columns=keys)


def finding_rows(n: int, name: str = "镇") -> pd.DataFrame:
    rows = [
        (v, f, f"c{i}", f"{name}{i}", "m1", "1", "0" if i % 4 == 1 else "1", ("kept", "changed", "lost", "new")[i % 4])
        for v in list(compare.VARIANTS)[1:]
        for f in compare.FINDINGS
        for i in range(n)
    ]
    return pd.DataFrame(rows, columns=["variant", "finding", "case", "name", "item", "main", "other", "state"])


def period_rows(n: int) -> pd.DataFrame:
    rows = [(str(1990 + i), status, i % 5 + 1) for i in range(n) for status in ("achieved", "planned")] + ([("", "achieved", 7)] if n else [])
    return pd.DataFrame(rows, columns=["year", "status", "claims"])


def group_rows(n: int, name: str = "县") -> pd.DataFrame:
    rows = [(f"m{i}", f"云州省/{g}{name}", 3, 2, (i % 7) * 0.1 * g, (n - i) * 0.01, 0.2) for i in range(n) for g in range(3)]
    return pd.DataFrame(rows, columns=["code", "group", "cases", "mentioned", "share", "spread", "p"])


FIGURES: dict[str, tuple[Callable[..., figures.Drawing], Callable[[int], pd.DataFrame]]] = {
    "mechanism_map": (figures.mechanism_map, lambda n: mechanism_rows(n, 8 if n < 100 else 3)),
    "indicator_dots": (figures.indicator_dots, amount_rows),
    "character_bars": (figures.character_bars, account_rows),
    "source_flow": (figures.source_flow, flow_rows),
    "keyness_bars": (figures.keyness_bars, word_rows),
    "model_flow": (figures.model_flow, model_rows),
    "publication_timeline": (figures.publication_timeline, date_rows),
    "contradiction_plot": (figures.contradiction_plot, pair_rows),
    "robustness_bars": (figures.robustness_bars, finding_rows),
    "period_bars": (figures.period_bars, period_rows),
    "group_dots": (figures.group_dots, group_rows),
}


def texts_of(drawing: figures.Drawing) -> list[str]:
    return [node.text or "" for node in ElementTree.fromstring(figures.to_svg(drawing, "f")).iter(f"{SVG}text")]


def outside(drawing: figures.Drawing) -> list[str]:
    """Name the marks that reach over the drawing's edge, as matplotlib measures them."""
    width, height = (side * 72 for side in drawing.get_size_inches())
    found = []
    for artist in [*drawing.axes[0].patches, *drawing.axes[0].texts, *drawing.axes[0].artists]:
        box = artist.get_window_extent()
        if box.x0 < -1 or box.y0 < -1 or box.x1 > width + 1 or box.y1 > height + 1:
            found.append(f"{artist} {box}")
    return found


SIZES = [*((name, n) for name in FIGURES for n in (1, 3, 30, 200))]


@pytest.mark.parametrize(("name", "n"), SIZES)
def test_nothing_is_cut_off(name: str, n: int) -> None:
    draw, rows = FIGURES[name]
    drawing = draw(rows(n), lang="zh" if n % 2 else "en", theme="dark" if n == 3 else "light", link=link)
    assert outside(drawing) == []
    assert drawing.alt == figures.alt_text(drawing)
    assert str(n) in drawing.alt or name in ("keyness_bars", "publication_timeline", "mechanism_map", "robustness_bars", "period_bars")
    assert len(figures.to_svg(drawing, "f")) < 700_000
    assert drawing.missing == set()


@pytest.mark.parametrize("name", FIGURES)
def test_no_data_is_said_in_words(name: str) -> None:
    draw, rows = FIGURES[name]
    drawing = draw(rows(1).iloc[:0])
    assert texts_of(drawing) == [drawing.alt]
    assert drawing.alt.endswith(".")


@pytest.mark.parametrize("name", ["mechanism_map", "indicator_dots", "keyness_bars", "model_flow", "group_dots"])
def test_long_labels_are_cut_not_overflowing(name: str) -> None:
    draw = FIGURES[name][0]
    rows = {
        "mechanism_map": mechanism_rows(20, 5, LONG),
        "indicator_dots": amount_rows(4, name=LONG),
        "keyness_bars": word_rows(9, LONG),
        "model_flow": model_rows(4, LONG),
        "group_dots": group_rows(4, LONG),
    }[name]
    drawing = draw(rows)
    assert outside(drawing) == []
    assert any(text.endswith("…") for text in texts_of(drawing))


@pytest.mark.parametrize("name", FIGURES)
def test_svg_stands_a_strict_policy_and_is_the_same_each_time(name: str) -> None:
    draw, rows = FIGURES[name]
    svg = figures.to_svg(draw(rows(7), lang="zh", link=link), "fig3")
    assert svg == figures.to_svg(draw(rows(7), lang="zh", link=link), "fig3")
    for banned in ("style=", "<style", "target=", "<script", "<metadata", "<?xml", "DOCTYPE", "Matplotlib", "Date"):
        assert banned not in svg
    root = ElementTree.fromstring(svg)
    assert root.get("viewBox", "").startswith("0 0 ")
    ids = [node.get("id") for node in root.iter() if node.get("id")]
    assert all(i is not None and i.startswith("fig3-") for i in ids)
    assert len(ids) == len(set(ids))
    assert all(url.startswith("#fig3-") for url in re.findall(r"url\((#[^)]*)\)", svg))


@pytest.mark.parametrize("name", sorted(FIGURES.keys() - {"keyness_bars"}))
def test_links_lead_somewhere_and_say_so(name: str) -> None:
    draw, rows = FIGURES[name]
    root = ElementTree.fromstring(figures.to_svg(draw(rows(5), link=link), "f"))
    links = list(root.iter(f"{SVG}a"))
    assert links
    assert all(a.get("href", "").startswith("source.html#") and a.get("aria-label") for a in links)
    assert root.get("role") == "group"
    unlinked = ElementTree.fromstring(figures.to_svg(draw(rows(5)), "f"))
    assert unlinked.get("role") == "img"
    assert unlinked.get("aria-label")


def test_a_cell_of_the_heat_map_is_one_link_to_its_first_coding() -> None:
    root = ElementTree.fromstring(figures.to_svg(figures.mechanism_map(mechanism_rows(2, 3), link=link), "f"))
    hrefs = [a.get("href") for a in root.iter(f"{SVG}a")]
    assert hrefs.count("source.html#s1:0-0:m0") == 1
    cell = next(a for a in root.iter(f"{SVG}a") if a.get("href") == "source.html#s1:0-0:m0")
    assert [child.tag for child in cell] == [f"{SVG}title", f"{SVG}path", f"{SVG}text"]
    assert cell.get("aria-label") == "镇0: m0 in 3 of 10 passages (5%)"


def test_colours_are_left_to_the_page_unless_told_otherwise() -> None:
    drawing = figures.mechanism_map(mechanism_rows(3, 3))
    adapted, fixed = figures.to_svg(drawing, "f"), figures.to_svg(drawing, "f", adapt=False, ground=True)
    assert 'fill="var(--amount, #1f5a92)"' in adapted
    assert not re.findall(r'(?:fill|stroke)="#', adapted)
    assert "var(" not in fixed
    assert 'fill="#ffffff"' in fixed


def test_three_states_are_drawn_differently() -> None:
    one = mechanism_rows(1, 3)
    states = {s: figures.to_svg(figures.mechanism_map(one.assign(state=s)), "f") for s in ("1", "0", "")}
    assert len(set(states.values())) == 3
    assert "3 mentioned" in figures.mechanism_map(one.assign(state="1")).alt
    assert "none is mentioned" in figures.mechanism_map(one.assign(state="")).alt


def test_open_ends_plans_and_rules_are_drawn_differently() -> None:
    def svg(low: float, high: float, status: str = "achieved") -> str:
        return figures.to_svg(figures.indicator_dots(amount_rows(1, low, high, status=status)), "f")

    drawn = [svg(10, 10), svg(10, NAN), svg(NAN, 10), svg(5, 10), svg(10, 10, "planned"), svg(10, 10, "rule")]
    assert len(set(drawn)) == len(drawn)
    assert "≥ 10 mu" in figures.indicator_dots(amount_rows(1, 10, NAN)).alt
    assert "1 of them planned" in figures.indicator_dots(amount_rows(1, status="planned")).alt


def test_scales_are_logarithmic_only_where_amounts_span_powers() -> None:
    linear, log = amount_axis([5, 400], 0, 100), amount_axis([5, 5000], 0, 100)
    assert (linear.log, linear(0), linear.ticks()) == (False, 0, [0, 100, 200, 300, 400])
    assert (log.log, log.ticks()) == (True, [1, 10, 100, 1000, 10000])
    assert log(100) == pytest.approx(50)
    negative = amount_axis([-3, 12], 0, 100)
    assert negative.low <= -3
    assert negative.high >= 12
    assert amount_axis([0, 0], 0, 100)(0) == 0
    assert "log scale" in texts_of(figures.indicator_dots(pd.concat([amount_rows(1, 5, 5), amount_rows(2, 5000, 5000)])))


def test_a_series_says_what_it_compares() -> None:
    row = amount_rows(1, per="year;mu", statistic="mean", change="increase", period="2022").iloc[0]
    assert series_name(row, Words("en")) == "land, 流转土地, mean, increase, a year, a mu, 2022, mu"
    assert "土地面积，流转土地，平均" in series_name(row, Words("zh"))


def test_many_series_are_counted_not_crowded() -> None:
    rows = pd.concat([amount_rows(1).assign(series=f"s{i}", about=f"第{i}类") for i in range(30)])
    assert "and 18 more" in texts_of(figures.indicator_dots(rows))
    shared = pd.concat([rows, amount_rows(2).assign(series="shared", about="共有")])
    assert [t for t in texts_of(figures.indicator_dots(shared)) if t.startswith("land")] == ["land, 共有, mu"]
    assert "and 19 more" in texts_of(figures.indicator_dots(shared, least=1))


def test_a_threshold_is_not_drawn_among_the_figures_of_places() -> None:
    rows = pd.concat([amount_rows(2, 10, 10), amount_rows(2, 100000, NAN).assign(statistic="threshold", series="other", about="门槛")])
    assert not [t for t in texts_of(figures.indicator_dots(rows)) if "门槛" in t]
    assert figures.indicator_dots(rows).alt == figures.indicator_dots(amount_rows(2, 10, 10)).alt
    assert figures.indicator_dots(rows[rows["statistic"] == "threshold"]).alt == "No comparable figures in these texts."


def pairs_of(n: int) -> pd.DataFrame:
    rows = [
        {
            "code_1": f"m{i:02d}",
            "code_2": f"m{i * 3 % 17 + 20}",
            "passages_1": 5,
            "passages_2": 5,
            "observed": 2 + i % 4,
            "expected": 1.0,
            "ratio": 2.0 + i,
        }
        for i in range(n)
    ]
    return pd.DataFrame(rows, columns=["code_1", "code_2", "passages_1", "passages_2", "observed", "expected", "ratio"])


@pytest.mark.parametrize("n", [1, 40])
def test_arcs_print_their_thresholds(n: int) -> None:
    drawing = figures.cooccurrence_arcs(pairs_of(n), labels={"m00": LONG}, link=link)
    assert outside(drawing) == []
    assert "2 passages or more" in " ".join(texts_of(drawing))
    assert "at least 1.5 times" in drawing.alt
    arcs = figures.to_svg(drawing, "f").count("<a ")
    assert arcs == min(n, 30)


def test_pairs_that_chance_explains_are_not_drawn() -> None:
    drawing = figures.cooccurrence_arcs(pairs_of(5).assign(ratio=1.1))
    assert texts_of(drawing) == ["No two mechanisms share passages more often than chance would have it."]


@pytest.mark.parametrize("cases", [3, 60])
def test_map_of_cases_and_mechanisms(cases: int) -> None:
    counts = pd.DataFrame(
        {f"m{j}": [(i * j + i + j) % 5 for i in range(cases)] for j in range(6)}, index=[f"云州省/{i}镇" for i in range(cases)]
    )
    drawing = figures.correspondence_map(compare.correspondence(counts), link=link, theme="dark")
    assert outside(drawing) == []
    assert f"{cases} cases and 6 mechanisms" in drawing.alt
    assert any("% of the inertia" in text for text in texts_of(drawing))
    assert figures.to_svg(drawing, "f") == figures.to_svg(
        figures.correspondence_map(compare.correspondence(counts), link=link, theme="dark"), "f"
    )
    assert "Too few" in figures.correspondence_map(compare.correspondence(counts.iloc[:2])).alt


@pytest.mark.parametrize("n", [2, 6, 45, 200])
def test_likeness_of_cases(n: int) -> None:
    distances = distance_rows(n)
    drawing = figures.distance_map(distances, order=list(distances.index)[::-1], link=link, theme="dark" if n == 6 else "light")
    assert outside(drawing) == []
    assert f"{n} cases" in drawing.alt
    if n > 2:
        assert "most alike are 000镇 and 001镇" in drawing.alt
        assert f"with {100 * (1 - 1 / (n - 1)):.0f}% in common" in drawing.alt
    named = [t for t in texts_of(drawing) if t.endswith("镇")]
    assert len(named) == (n if n <= 45 else 0)
    assert ("Too many cases to name here; they stand in the order of the table." in texts_of(drawing)) == (n > 45)
    assert len(figures.to_svg(drawing, "f")) < (1_200_000 if n > 45 else 400_000)


def test_likeness_of_two_cases_is_not_ranked() -> None:
    near, far = distance_rows(2), distance_rows(2)
    near.iloc[0, 1] = near.iloc[1, 0] = 0.25
    said = [figures.distance_map(d, lang=lang).alt for d in (near, far) for lang in ("en", "zh")]
    assert said == [
        "Likeness of 000镇 and 001镇 by their shares of passages on each mechanism: 75% in common.", "000镇与001镇按各机制段落占比的相似度：共有 75%。",
        "Likeness of 2 cases by their shares of passages on each mechanism: no two have a mechanism in common.",
        "2 个案例按各机制段落占比的相似度：任何两案例均无共同的机制。",
    ]  # fmt: skip


def test_what_one_case_alone_tells_is_not_called_widespread() -> None:
    told = mechanism_rows(2, 3)
    first, second = dict.fromkeys(told["case"])
    apart = told.assign(state=["1" if (c, m) in ((first, "m0"), (second, "m1")) else "0" for c, m in zip(told["case"], told["code"], strict=True)])
    assert figures.mechanism_map(apart).alt.endswith("2 cells mentioned, 4 silent, 0 too short to tell; none is mentioned in more than one case.")
    one = apart[apart["case"] == first]
    assert figures.mechanism_map(one).alt == "3 mechanisms in one case: 1 mentioned, 2 silent, 0 too short to tell."
    assert figures.mechanism_map(one, lang="zh").alt == "一个案例中的 3 种机制：提及 1 种，未提及 2 种，文本过短 0 种。"


def test_one_day_one_year_one_model_are_said_as_one() -> None:
    assert figures.publication_timeline(date_rows(3).assign(published="2024-05-01")).alt.startswith("3 articles of 2024-05-01, ")
    assert figures.period_bars(period_rows(1)).alt.startswith("2 claims about the year 1990; ")
    assert figures.model_flow(model_rows(1)).alt.startswith("One organisational model, told ")


def test_likeness_of_one_case_is_said_in_words() -> None:
    for n in (0, 1):
        drawing = figures.distance_map(distance_rows(n))
        assert texts_of(drawing) == ["Fewer than two cases: nothing to set side by side."] == [drawing.alt]


def test_long_names_stay_inside_the_triangle() -> None:
    distances = distance_rows(30)
    drawing = figures.distance_map(distances, names=dict.fromkeys(distances.index, LONG))
    assert outside(drawing) == []
    assert any(t.endswith("…") for t in texts_of(drawing))


def test_what_becomes_of_findings_is_counted() -> None:
    drawing = figures.robustness_bars(finding_rows(4))
    assert texts_of(drawing).count("1/3 +1") == 5 * len(compare.FINDINGS)
    assert drawing.alt.startswith("Of 15 findings of the main comparison, 33% stay as they are")


def test_claims_that_name_no_year_are_counted_in_words() -> None:
    assert figures.period_bars(period_rows(3)).alt == "12 claims about the years 1990 to 1992, most of one year, 6, about 1992; 7 name no time."
    assert figures.period_bars(period_rows(0)).alt == "No claim of these cases names a year."


def test_a_figure_is_shown_with_its_sentence_and_on_a_site_with_its_files() -> None:
    drawing = figures.indicator_dots(amount_rows(2))
    plain, sited = figures.show_figure(drawing, "dots"), figures.show_figure(drawing, "dots", report="case-x01", lang="zh")
    assert "download" not in plain.html
    assert plain._repr_mimebundle_().keys() == {"text/html", "text/plain"}
    assert re.findall(r'<a href="(figures/[^"]+)" download>(\w+)</a>', sited.html) == [
        (f"figures/case-x01-dots.{kind}", kind.upper()) for kind in ("svg", "pdf", "png")
    ]
    files = offered_files([{"data": sited._repr_mimebundle_()}])
    assert sorted(files) == [f"figures/case-x01-dots.{kind}" for kind in ("pdf", "png", "svg")]
    assert files == sited.files
    assert [files[f"figures/case-x01-dots.{k}"][:4] for k in ("pdf", "png", "svg")] == [b"%PDF", b"\x89PNG", b"<svg"]
    nothing = figures.show_figure(figures.indicator_dots(amount_rows(2).head(0)), "dots", report="case-x01")
    assert (nothing.about, nothing.files) == ("No comparable figures in these texts.", {})
    assert "download" not in nothing.html
    with pytest.raises(CaseworkError, match="only figures/NAME"):
        offered_files([{"data": {OFFERED: {"../index.html": "eA=="}}}])


# Fonts


def test_the_font_covers_what_it_promises() -> None:
    gb2312 = "".join(bytes([a, b]).decode("gb2312", "ignore") for a in range(0xA1, 0xF8) for b in range(0xA1, 0xFF))
    assert figures.missing_chars(gb2312) == set()
    assert figures.missing_chars("ā á ǎ à ǚ ¥ € ≥ ≤ × → ① 黨組織領辦合作社 裡 裏 為 爲 — ·") == set()
    listed = (figures.FONT_FILE.parent / "characters.txt").read_text(encoding="utf-8")
    assert figures.missing_chars(listed) == set()


def test_the_font_carries_its_licence_and_its_own_name() -> None:
    with TTFont(figures.FONT_FILE) as font:
        assert font["name"].getDebugName(1) == figures.FAMILY
        assert "SIL Open Font License" in font["name"].getDebugName(13)
    assert "SIL OPEN FONT LICENSE Version 1.1" in (figures.FONT_FILE.parent / "OFL.txt").read_text(encoding="utf-8")
    assert figures.FONT_FILE.stat().st_size < 4_000_000


def test_a_page_gets_only_its_characters_and_always_the_same_bytes() -> None:
    data = figures.subset_woff2(["青禾镇", "禾青𠮷"])
    assert data == figures.subset_woff2(["镇禾", "青"])
    with TTFont(io.BytesIO(data)) as font:
        codes = set(font.getBestCmap())
    assert {ord(c) for c in "青禾镇Az09"} <= codes
    assert ord("溪") not in codes
    assert len(data) < 30_000


def test_a_missing_glyph_is_shown_by_its_code_point_and_noted() -> None:
    drawing = figures.mechanism_map(mechanism_rows(1, 2, "𠮷镇"))
    assert drawing.missing == {"𠮷"}
    assert any("[U+20BB7]镇0" in text for text in texts_of(drawing))
    assert figures.legible("村\u200b\ufeff民") == "村民"


# Words, canvas, files


def test_untrusted_words_are_only_text() -> None:
    evil = '<script>alert("x")</script>&$a^2$\u202e'
    drawing = figures.mechanism_map(mechanism_rows(1, 1, evil), link=lambda key: f'a.html#"><script>{key}')
    svg = figures.to_svg(drawing, "f")
    assert "<script>" not in svg
    assert "$a^2$" in svg
    ElementTree.fromstring(svg)


def test_lines_are_cut_and_broken_where_they_fit() -> None:
    assert shorten("青禾镇", 10, 30) == "青禾镇"
    assert shorten("", 10, 0) == ""
    assert wrapped("− 3 places not known to the township", 11, 118, 3) == ["− 3 places not known", "to the township"]
    assert wrapped("− 3 处地点不明或高于乡级", 11, 80, 2) == ["− 3 处地点不明", "或高于乡级"]


@pytest.mark.parametrize(
    ("value", "en", "zh"),
    [(0, "0", "0"), (999, "999", "999"), (12345, "12,345", "1.23万"), (1.5e8, "150 million", "1.5亿"), (0.125, "0.125", "0.125")],
)
def test_numbers_for_people(value: float, en: str, zh: str) -> None:
    assert (Words("en").number(value), Words("zh").number(value)) == (en, zh)


def test_unknown_language_and_theme_are_refused() -> None:
    with pytest.raises(CaseworkError, match="no language 'fr'"):
        figures.indicator_dots(amount_rows(1), lang="fr")
    with pytest.raises(CaseworkError, match="did you mean 'dark'"):
        figures.indicator_dots(amount_rows(1), theme="drak")


def test_files_for_download_are_the_same_each_time(tmp_path: Path) -> None:
    def digests(folder: str) -> list[str]:
        (tmp_path / folder).mkdir()
        drawing = figures.indicator_dots(amount_rows(3), lang="zh", link=link)
        return [hashlib.sha256(p.read_bytes()).hexdigest() for p in figures.save(drawing, tmp_path / folder / "dots.v1")]

    assert digests("one") == digests("two")
    names = sorted(p.name for p in (tmp_path / "one").iterdir())
    assert names == ["dots.v1.pdf", "dots.v1.png", "dots.v1.svg"]
    assert b"/CreationDate" not in (tmp_path / "one" / "dots.v1.pdf").read_bytes()


def test_a_canvas_writes_where_it_is_told() -> None:
    canvas = Canvas(200, 100)
    canvas.text(10, 50, "青禾")
    canvas.rect(20, 30, 40, 10, fill="amount")
    svg = figures.to_svg(canvas.figure, "f")
    assert '<text x="10" y="50" font-size="13px"' in svg
    assert "M 20 30" in svg or "M 20 40" in svg
