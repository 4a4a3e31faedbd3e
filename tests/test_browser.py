"""Pages in Chromium, from file://: nothing is fetched, nothing is logged, and what can be pressed does what it says."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from small_study import COUNTY, Maker, first, second, small_tables, write_small

from casework.reports import publish
from casework.study import load_study
from casework.tables import read_tables

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parent.parent
STUDY = """name: small
title: {en: A small study, zh: 小研究}
raw: data/raw
publish: full
lang: [en, zh]
reports: [{name: corpus}, {name: case, foreach: case}, {name: compare}, {name: language}]
"""
PAGES = ("index.html", "corpus.html", "compare.html", "language.html", "claims.html", "case-x0101.html", f"evidence/{first().source_id}.html")
CHINESE = tuple(f"zh/{name}" for name in PAGES)
NASTY = "<script>window.broken = 1</script> & \"quoted\" 'apostrophe' " + "长" * 200 + " שלום \u202eevil 𠮷野家 😀"


def make_site(root: Path, study: str = STUDY, *makers: Maker) -> Path:
    (root / "studies").mkdir()
    shutil.copytree(ROOT / "notebooks", root / "notebooks", ignore=shutil.ignore_patterns(".*"))
    (root / "studies" / "small.yaml").write_text(study, encoding="utf-8")
    (root / "data" / "raw").mkdir(parents=True)
    return publish(load_study(root / "studies" / "small.yaml"), write_small(root / ".casework" / "small", *makers), engine="fork").parent


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_site(tmp_path_factory.mktemp("browser"))


@pytest.fixture(scope="module")
def demo_site(tmp_path_factory: pytest.TempPathFactory, tables_of: Callable[[str], Path]) -> Path:
    """The demonstration study's index and evidence pages, without reports."""
    root = tmp_path_factory.mktemp("demo")
    (root / "studies").mkdir()
    (root / "studies" / "demo.yaml").write_text("name: demo\nraw: data/raw\npublish: full\nlang: [en, zh]\n", encoding="utf-8")
    return publish(load_study(root / "studies" / "demo.yaml"), tables_of("demo"), engine="fork").parent


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page that fails the test when it asks for anything outside the site or logs anything."""
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    seen: list[str] = []
    opened.on("console", lambda m: seen.append(f"console: {m.text}"))
    opened.on("pageerror", lambda e: seen.append(f"error: {e}"))
    opened.on("request", lambda r: None if r.url.startswith(("file:", "data:")) else seen.append(f"request: {r.url}"))
    yield opened
    opened.close()
    assert seen == []


CUT_OFF = """() => [...document.querySelectorAll("main *, header *, footer *")].filter((e) => !e.closest(".vh, .skip, svg")).filter((e) => {
  const style = getComputedStyle(e), wider = e.clientWidth && e.scrollWidth > e.clientWidth + 2;
  if (wider && style.overflowX === "hidden") return true;
  return wider && /auto|scroll/.test(style.overflowX) && !e.previousElementSibling?.matches(".hint:not([hidden])");
}).map((e) => e.outerHTML.slice(0, 120))"""


def overflow(page: Any) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.parametrize("name", PAGES + CHINESE)
@pytest.mark.parametrize("width", [1280, 390])
def test_pages_load_offline_and_fit(page: Any, site: Path, name: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto((site / name).as_uri())
    assert page.locator("h1").count() == 1
    assert overflow(page) <= 0
    assert page.evaluate("document.fonts.ready.then(() => [...document.fonts].every(f => f.status !== 'error'))")


@pytest.mark.parametrize("name", PAGES + CHINESE)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(page: Any, site: Path, name: str, theme: str) -> None:
    page.emulate_media(color_scheme=theme)
    page.goto((site / name).as_uri())
    assert page.locator("html").get_attribute("data-theme") == theme
    found = [v for v in Axe().run(page).response["violations"] if v["impact"] in ("serious", "critical")]
    assert not found, [(v["id"], [n["html"][:200] for n in v["nodes"]][:3]) for v in found]


def test_the_theme_is_kept(page: Any, site: Path) -> None:
    page.goto((site / "index.html").as_uri())
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("#theme")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.locator("#theme").inner_text() == "Light"


def test_tables_sort_by_keyboard(page: Any, site: Path) -> None:
    page.goto((site / "index.html").as_uri())
    table = page.locator("table.data").first
    heading = table.locator("th", has_text="Characters")
    cells = table.locator("tbody tr td:nth-child(4)")
    before = cells.all_inner_texts()
    heading.locator("button").focus()
    page.keyboard.press("Enter")
    assert heading.get_attribute("aria-sort") == "ascending"
    assert cells.all_inner_texts() == sorted(before, key=lambda t: int(t.replace(",", "")))
    page.keyboard.press("Enter")
    assert heading.get_attribute("aria-sort") == "descending"
    assert cells.all_inner_texts() == sorted(before, key=lambda t: -int(t.replace(",", "")))


def test_tables_filter(page: Any, demo_site: Path) -> None:
    page.goto((demo_site / "index.html").as_uri())
    box = page.locator(".tabled", has=page.locator("input[type=search]")).first
    rows = box.locator("tbody tr")
    all_rows = rows.count()
    word = rows.first.locator("td").nth(3).inner_text()
    box.locator("input").fill(word.upper())
    left = [r for r in rows.all() if r.is_visible()]
    assert 0 < len(left) < all_rows
    assert all(word.lower() in r.inner_text().lower() for r in left)
    assert box.locator(".count").inner_text() == f"{len(left)} / {all_rows} rows"
    box.locator("input").press("Escape")
    assert sum(r.is_visible() for r in rows.all()) == all_rows


def found(page: Any, words: str) -> list[Any]:
    page.locator("input[type=search]").fill(words)
    return [r for r in page.locator("tbody tr").all() if r.is_visible()]


def test_the_search_finds_claims_and_opens_them(page: Any, site: Path) -> None:
    claims = small_tables()[0].claims
    page.goto((site / "index.html").as_uri())
    page.locator("nav a", has_text="Search the claims").click()
    box = page.locator("input[type=search]")
    assert len(found(page, "")) == len(claims)
    # As written, in full-width digits, by its indicator, its county, its status, and by the number itself.
    for words, surface in (("20余万", "20余万元"), ("２０余万", "20余万元"), ("collective 200000 PLANNED", "20余万元"), ("land 青禾镇", "1200余亩")):
        assert [surface in r.inner_text() for r in found(page, words)] == [True], words
    assert len(found(page, "云溪县")) == len(claims)
    assert found(page, "no such word") == []
    assert page.locator(".count").inner_text() == f"0 / {len(claims)} rows: none has all of these words"
    assert [r.locator("td").first.inner_text() for r in found(page, "2023 300,000")] == ["300,000–350,000 yuan a year"], "the period is found too"
    box.press("Escape")
    assert len([r for r in page.locator("tbody tr").all() if r.is_visible()]) == len(claims)
    # By keyboard alone, from the field to the highlighted characters.
    found(page, "20余万元")
    box.focus()
    while not page.evaluate("document.activeElement.matches('tbody a')"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/evidence/*#c103-108")
    assert lit(page) == ["20余万元"]


def test_the_search_by_keys_alone(page: Any, site: Path) -> None:
    page.goto((site / "claims.html").as_uri())
    page.keyboard.press("/")
    page.keyboard.type("20余万元")
    assert page.locator(".count").inner_text().startswith("1 / ")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.textContent") == "≥ 200,000 yuan a year"
    page.keyboard.press("Enter")
    page.wait_for_url("**/evidence/*#c103-108")


def test_on_a_phone_a_row_of_the_search_is_whole_on_the_screen(page: Any, site: Path) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto((site / "claims.html").as_uri())
    cells = page.locator("tbody tr").first.locator("td")
    shown = [c.bounding_box() for c in cells.all() if c.inner_text()]
    assert len(shown) >= 5
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in shown)
    assert page.locator(".hint:visible").count() == 0
    page.locator("th button", has_text="Amount").click()
    assert page.locator("th").first.get_attribute("aria-sort") == "ascending"


@pytest.mark.parametrize("name", PAGES + CHINESE)
def test_on_a_phone_nothing_is_cut_off_without_a_sign(page: Any, site: Path, name: str) -> None:
    """What is wider than the screen scrolls, and says so above it; nothing else is cut."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto((site / name).as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    page.wait_for_timeout(100)
    assert page.evaluate(CUT_OFF) == []


@pytest.mark.parametrize(("name", "label"), [
    ("index.html", "Index"), ("compare.html", "Comparison"), ("claims.html", "Search the claims"),
    ("case-x0101.html", "Cases"), (PAGES[-1], "Sources"), (f"zh/{PAGES[-1]}", "来源文本"),
])  # fmt: skip
def test_the_navigation_lights_what_a_page_belongs_to(page: Any, site: Path, name: str, label: str) -> None:
    page.goto((site / name).as_uri())
    lit_up = page.locator("nav [aria-current]")
    assert lit_up.all_inner_texts() == [label]
    assert lit_up.get_attribute("aria-current") == ("true" if label in ("Cases", "Sources", "来源文本") else "page")


def lit(page: Any) -> list[str]:
    return [m.inner_text() for m in page.locator("mark.on").all()]


def test_a_claim_link_highlights_and_survives_reload(page: Any, site: Path) -> None:
    page.goto((site / "case-x0101.html").as_uri())
    page.locator("a", has_text="200,000 yuan a year").first.click()
    assert page.url.endswith(f"evidence/{first().source_id}.html#c103-108")
    for _ in range(2):
        assert lit(page) == ["20余万元"]
        assert page.locator("mark.on").is_visible()
        assert page.locator(".claims li.on b").inner_text() == "≥ 200,000 yuan a year"
        page.reload()


def test_a_figure_mark_leads_to_its_characters(page: Any, site: Path) -> None:
    page.goto((site / "compare.html").as_uri())
    links = page.locator('figure svg a[href*="#c"], figure svg a[href*="#k"]')
    hrefs = {a.get_attribute("href") for a in links.all()}
    assert any("#c" in h for h in hrefs)
    assert any("#k" in h for h in hrefs)
    surfaces = set(small_tables()[0].claims["surface"]) | set(small_tables()[0].codings["surface"])
    for href in sorted(hrefs):
        page.goto((site / href.split("#")[0]).as_uri() + "#" + href.split("#")[1])
        assert "".join(lit(page)) in surfaces, href


def test_the_claims_are_walked_by_keyboard(page: Any, site: Path) -> None:
    page.goto((site / PAGES[-1]).as_uri())
    seen = []
    for key in "nnnpn":
        page.keyboard.press(key)
        seen += lit(page)
    assert seen == ["1200余亩", "20余万元", "3家", "20余万元", "3家"]


def test_hover_and_focus_show_where_a_claim_stands(page: Any, site: Path) -> None:
    page.goto((site / PAGES[-1]).as_uri())
    page.locator("#c88-94").hover()
    assert page.locator(".claims li.on b").inner_text() == "≥ 1,200 mu"
    page.mouse.move(0, 0)
    page.locator(".claims li a").nth(2).focus()
    assert lit(page) == ["3家"]


def test_code_and_the_raw_file_are_folded_away_but_there(page: Any, site: Path) -> None:
    page.goto((site / "compare.html").as_uri())
    step = page.locator("details.step").first
    assert not step.locator("pre").is_visible()
    step.locator("summary").click()
    assert "import casework as cw" in step.locator("pre").inner_text()
    page.goto((site / PAGES[-1]).as_uri())
    page.locator("#raw summary").click()
    assert page.locator("#raw del").first.inner_text() == "動(dòng)"


def test_print_shows_the_text_without_the_tools(page: Any, site: Path) -> None:
    page.goto((site / PAGES[-1]).as_uri())
    page.emulate_media(media="print")
    assert not page.locator("#theme").is_visible()
    assert page.locator(".text").is_visible()


@pytest.mark.parametrize("name", ["index.html", "compare.html", "claims.html"])
def test_nothing_is_cut_off_on_paper(page: Any, site: Path, name: str) -> None:
    page.set_viewport_size({"width": 680, "height": 960})
    page.emulate_media(media="print")
    page.goto((site / name).as_uri())
    wide = page.evaluate("[...document.querySelectorAll('.scroll, figure')].filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.outerHTML.slice(0, 200))")
    assert wide == []
    assert all(h < 960 for h in page.evaluate("[...document.querySelectorAll('figure svg')].map(e => e.getBoundingClientRect().height)"))


def test_nasty_text_stays_text(page: Any, tmp_path: Path) -> None:
    m = Maker("nasty.txt", f"{NASTY}\n青禾镇{NASTY}增收20万元。", f"{COUNTY}/青禾镇", outlet=NASTY)
    m.start("2024-06-01")
    lines = m.raw.splitlines()
    m.passage("headline", [lines[0] + "\n"], lines[0])
    m.passage("body", [lines[1]], lines[1])
    m.claim("20万元", 200000, 200000, "yuan", "collective_income", about=NASTY[:30], rule=NASTY[:40])
    m.finish(lines[0], "2024-06-01")
    site = make_site(tmp_path, STUDY.replace("[en, zh]", "zh"), m, second())
    for name in ("index.html", "corpus.html", "compare.html", "claims.html", "case-x0101.html", f"evidence/{m.source_id}.html"):
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto((site / name).as_uri())
            assert page.evaluate("window.broken") is None
            assert overflow(page) <= 0, f"{name} at {width}"
    assert "<script>window.broken = 1</script>" in page.locator("h1").inner_text()
    assert "[U+20BB7]野家" in page.locator("h1").inner_text()
    assert "U+20BB7" in page.locator("footer").inner_text()


def test_one_case_without_claims_is_said_in_words(page: Any, tmp_path: Path) -> None:
    m = Maker("one.txt", "青禾镇的早晨\n青禾镇的大棚一天也没闲着。", f"{COUNTY}/青禾镇")
    m.start("2024-06-01")
    for role, line in zip(("headline", "body"), m.raw.splitlines(), strict=True):
        m.passage(role, [line], line)
    m.finish("青禾镇的早晨", "2024-06-01")
    site = make_site(tmp_path, STUDY.replace("[en, zh]", "en"), m)
    for name in ("index.html", "claims.html", "corpus.html", "compare.html", "language.html", "case-x0101.html", f"evidence/{m.source_id}.html"):
        page.goto((site / name).as_uri())
        assert page.locator("h1").count() == 1
        assert overflow(page) <= 0, name
    assert "None in this text." in page.locator(".side").inner_text()
    page.goto((site / "claims.html").as_uri())
    assert "Nothing to show." in page.locator("main").inner_text()


def test_no_tofu_without_chinese_fonts(browser: Any, chromium: str, site: Path, tmp_path: Path) -> None:
    """Where the system has Latin fonts only, every Chinese character is drawn by the font that the page carries."""
    latin = next(p for p in Path("/usr/share/fonts").rglob("*.ttf") if "CJK" not in p.name)
    config = tmp_path / "fonts.conf"
    config.write_text(f"<fontconfig><dir>{latin.parent}</dir><cachedir>{tmp_path}</cachedir></fontconfig>", encoding="utf-8")
    bare = browser.browser_type.launch(executable_path=chromium, args=["--no-sandbox"], env={**os.environ, "FONTCONFIG_FILE": str(config)})
    try:
        page = bare.new_page()
        drawn = sum(check_glyphs(page, site / name) for name in PAGES + CHINESE)
    finally:
        bare.close()
    assert drawn > 100


def check_glyphs(page: Any, path: Path) -> int:
    """Hold the glyphs that the page's own font drew against the Chinese characters of each element; give their number."""
    page.goto(path.as_uri())
    page.evaluate("Promise.all([...document.fonts].map(f => f.load())).then(() => new Promise(done => requestAnimationFrame(() => done(0))))")
    client = page.context.new_cdp_session(page)
    client.send("DOM.enable")
    client.send("CSS.enable")
    root = client.send("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
    drawn = 0
    for node in client.send("DOM.querySelectorAll", {"nodeId": root, "selector": "h1, nav a, .tools *, td, .text p, .claims b, svg text"})["nodeIds"][:80]:
        text = client.send("Runtime.callFunctionOn", {
            "objectId": client.send("DOM.resolveNode", {"nodeId": node})["object"]["objectId"],
            "functionDeclaration": "function () { return this.checkVisibility() ? this.innerText ?? this.textContent : ''; }",
        })["result"]["value"]
        fonts = client.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
        own = sum(f["glyphCount"] for f in fonts if f["isCustomFont"])
        assert own >= len(re.findall("[\u4e00-\u9fff]", text)), (path.name, text, fonts)
        drawn += own
    client.detach()
    return int(drawn)


def test_every_claim_of_the_demonstration_opens_its_characters(page: Any, demo_site: Path, tables_of: Callable[[str], Path]) -> None:
    tables = read_tables(tables_of("demo"))
    edited = {s: [(int(a), int(b)) for a, b in zip(g["start"], g["end"], strict=True)] for s, g in tables.edits.groupby("source_id")}
    for source_id, claims in tables.claims.groupby("source_id"):
        page.goto((demo_site / "evidence" / f"{source_id}.html").as_uri())
        marks = dict(page.evaluate("[...document.querySelectorAll('mark[id^=c]')].map(m => [m.id, m.textContent])"))
        for start, end, surface in zip(claims["start"], claims["end"], claims["surface"], strict=True):
            if any(a < int(end) and int(start) < b for a, b in edited.get(str(source_id), [])):
                assert f"c{start}-{end}" in marks, surface
            else:
                assert marks[f"c{start}-{end}"] == surface


def test_the_other_language_opens_at_the_same_place(page: Any, site: Path) -> None:
    page.goto((site / PAGES[-1]).as_uri() + "#c103-108")
    for tongue, folder, chip in (("中文", "/zh/evidence/", "计划"), ("English", "/small/evidence/", "planned")):
        page.locator("a.tongue", has_text=tongue).click()
        assert folder in page.url
        assert page.url.endswith("#c103-108")
        assert lit(page) == ["20余万元"]
        assert page.locator(".claims li.on .planned").inner_text() == chip
    for name in PAGES:
        page.goto((site / name).as_uri())
        page.locator("a.tongue").click()
        assert page.locator("html").get_attribute("lang") == "zh"
        assert page.url.endswith(f"/zh/{name}")


def test_problems_are_said_in_the_language_of_the_page(page: Any, demo_site: Path) -> None:
    page.goto((demo_site / "index.html").as_uri())
    assert "A doubtful repair: recognition slips" in page.locator("#problems + .tabled").inner_text()
    page.goto((demo_site / "zh" / "index.html").as_uri())
    table = page.locator("#problems + .tabled").inner_text()
    assert "存疑的修复：识别错字" in table
    assert "A doubtful repair" not in table
    assert "“己经”读作“已经”" in table
    assert "read as" not in table


def test_a_mark_that_is_touched_says_what_was_read(page: Any, site: Path) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto((site / PAGES[-1]).as_uri())
    page.locator("#c103-108").click()
    note = page.locator(".peek")
    assert "≥ 200,000 yuan a year · collective income" in note.inner_text()
    assert "rule N unit" in note.inner_text()
    assert page.url.endswith("#c103-108")
    page.keyboard.press("Escape")
    assert not note.is_visible()
    page.locator(".text mark.label").first.click()
    assert note.inner_text().startswith("model · 党支部 · 合作社 · 农户")
    note.locator("button").click()
    assert not note.is_visible()


def test_the_sources_are_walked_by_keyboard(page: Any, site: Path) -> None:
    page.goto((site / "index.html").as_uri())
    pages = [a.get_attribute("href") for a in page.locator("#sources + .tabled tbody a").all()]
    page.goto((site / pages[0]).as_uri())
    page.keyboard.press("N")
    page.wait_for_url(f"**/{pages[1]}")
    page.keyboard.press("P")
    page.wait_for_url(f"**/{pages[0]}")


def test_what_is_wider_than_a_phone_says_so(page: Any, site: Path) -> None:
    page.goto((site / "compare.html").as_uri())
    assert page.locator("figure svg").first.is_visible()
    page.set_viewport_size({"width": 390, "height": 800})
    # Handles, not locators: a box that is at its end would no longer be found by what it was found by.
    for box in (page.query_selector("figure[data-wide]"), page.query_selector(".scroll[data-wide]")):
        assert box.get_attribute("tabindex") == "0"
        assert box.evaluate("e => e.previousElementSibling.textContent") == "↔ scroll sideways for more"
        box.focus()
        page.keyboard.press("End")
        box.evaluate("e => e.scrollTo(e.scrollWidth, 0)")
        page.wait_for_function("e => !e.hasAttribute('data-wide')", arg=box)
