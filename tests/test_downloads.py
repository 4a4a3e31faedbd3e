"""What a site gives to take away, and its search over all claims: complete, safe, the same bytes every time."""

from __future__ import annotations

import io
import json
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import pandas as pd
import pytest
from frictionless import validate
from lxml import html
from small_study import COUNTY, Maker, first, small_tables, write_small

from casework.reports import downloads, publish
from casework.reports.downloads import write_downloads, write_workbook
from casework.reports.search import search_page
from casework.study import load_study
from casework.tables import TABLES, read_tables, save_tables, standoff
from casework.text import CaseworkError

EPOCH = (1980, 1, 1, 0, 0, 0)
CELL = re.compile(r'<c r="([A-Z]+\d+)"([^>]*)>(?:<is><t[^>]*>([^<]*)</t></is>)?')


def small_site(root: Path, more: str = "publish: full\nlang: en\n", tables: Callable[[Path], Path] = write_small) -> Path:
    (root / "studies").mkdir(parents=True)
    (root / "data" / "raw").mkdir(parents=True)
    file = root / "studies" / "small.yaml"
    file.write_text(f"name: small\ntitle: {{en: A small study, zh: 小研究}}\nraw: data/raw\n{more}", encoding="utf-8")
    return publish(load_study(file), tables(root / ".casework" / "small")).parent


def downloads_of(site: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted((site / "downloads").iterdir())}


def sheet_of(data: bytes, name: str) -> str:
    with ZipFile(io.BytesIO(data)) as book:
        names = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
        return book.read(f"xl/worksheets/sheet{names.index(name) + 1}.xml").decode()


def with_formula() -> Maker:
    m = Maker("f.txt", "=1+1\n青禾镇增收20万元。", f"{COUNTY}/青禾镇")
    m.start("2024-06-01")
    m.passage("headline", ["=1+1\n"], "=1+1")
    m.passage("body", ["青禾镇增收20万元。"], "青禾镇增收20万元。")
    m.claim("20万元", 200000, 200000, "yuan", "household_income", about='=HYPERLINK("x")')
    m.finish("=1+1", "2024-06-01")
    return m


def test_two_runs_give_the_same_bytes_whenever_and_under_any_umask(tmp_path: Path) -> None:
    first_run = downloads_of(small_site(tmp_path / "a"))
    time.sleep(2.1)  # a zip's clock ticks every two seconds
    before = os.umask(0o077)
    try:
        second_run = downloads_of(small_site(tmp_path / "b"))
    finally:
        os.umask(before)
    assert list(first_run) == ["tables.xlsx", "tables.zip"]
    assert first_run == second_run


def test_the_zips_are_stored_with_fixed_dates(tmp_path: Path) -> None:
    for data in downloads_of(small_site(tmp_path)).values():
        with ZipFile(io.BytesIO(data)) as packed:
            assert packed.testzip() is None
            for entry in packed.infolist():
                assert (entry.date_time, entry.compress_type, entry.create_system) == (EPOCH, ZIP_STORED, 3)
                assert entry.external_attr == 0o644 << 16


def test_the_csv_zip_is_a_data_package_that_reads_back(tmp_path: Path) -> None:
    with ZipFile(small_site(tmp_path / "site") / "downloads" / "tables.zip") as packed:
        assert packed.namelist() == sorted(["datapackage.json", *(f"{name}.csv" for name in TABLES)])
        packed.extractall(tmp_path / "out")
    back = read_tables(tmp_path / "out")
    for name, data in small_tables()[0].frames.items():
        pd.testing.assert_frame_equal(back.frames[name], data)
    assert validate(str(tmp_path / "out" / "datapackage.json")).valid


def test_the_package_keeps_what_the_tables_say_of_themselves(tmp_path: Path) -> None:
    source = tmp_path / "tables"
    source.mkdir()
    save_tables(source, small_tables()[0].frames, about={"name": "small", "version": "1.2.0", "created": "2024-07-01T00:00:00Z"})
    write_downloads(tmp_path, small_tables()[0].frames, source / "datapackage.json", "2024-07-01", "en")
    with ZipFile(tmp_path / "downloads" / "tables.zip") as packed:
        package = json.loads(packed.read("datapackage.json"))
    assert (package["name"], package["version"], package["created"]) == ("small", "1.2.0", "2024-07-01T00:00:00Z")
    assert len(package["resources"]) == len(TABLES)
    with ZipFile(tmp_path / "downloads" / "tables.xlsx") as book:
        assert "2024-07-01T00:00:00Z</dcterms:created>" in book.read("docProps/core.xml").decode()


def test_every_cell_of_the_workbook_is_text(tmp_path: Path) -> None:
    frames = small_tables(with_formula())[0].frames
    write_workbook(tmp_path / "t.xlsx", frames, "", "en")
    data = (tmp_path / "t.xlsx").read_bytes()
    headline = [c for c in CELL.findall(sheet_of(data, "articles")) if c[2] == "=1+1"]
    assert len(headline) == 1
    assert any(c[2] == "=HYPERLINK(&quot;x&quot;)" or c[2] == '=HYPERLINK("x")' for c in CELL.findall(sheet_of(data, "claims")))
    for name in ("Index", *TABLES):
        sheet = sheet_of(data, name)
        assert all('t="inlineStr"' in look for _, look, _ in CELL.findall(sheet)), name
        assert "<f>" not in sheet
        assert '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' in sheet
        heads = [text for at, look, text in CELL.findall(sheet) if re.fullmatch(r"[A-Z]+1", at) and ' s="1"' in look]
        assert heads == (TABLES[name].names if name in TABLES else ["Table", "What it holds", "Rows", "Note"])
    with ZipFile(io.BytesIO(data)) as book:
        assert "1980-01-01T00:00:00Z</dcterms:created>" in book.read("docProps/core.xml").decode()


def test_what_a_sheet_cannot_hold_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "SHEET_ROWS", 1)
    frames = small_tables()[0].frames
    frames["articles"] = frames["articles"].assign(headline="长" * 40_000)
    write_workbook(tmp_path / "t.xlsx", frames, "", "en")
    data = (tmp_path / "t.xlsx").read_bytes()
    assert f"rows left out: {len(frames['claims']) - 1}, cells cut: 0" in sheet_of(data, "Index")
    assert "rows left out: 1, cells cut: 1" in sheet_of(data, "Index")
    assert sheet_of(data, "claims").count("<row ") == 2
    assert max((text for _, _, text in CELL.findall(sheet_of(data, "articles"))), key=len) == "长" * 32_766 + "…"


@pytest.mark.parametrize("level", ["quotes", "none"])
def test_only_what_may_go_out_is_in_the_downloads_and_in_the_search(level: str, tmp_path: Path) -> None:
    site = small_site(tmp_path, f"publish: {level}\nlang: en\n")
    # Stored zips show their text as it is.
    held = b"".join(downloads_of(site).values()) + (site / "claims.html").read_bytes()
    for words in ("入夏以来", "大棚里的新账本", "动员会"):
        assert words.encode() not in held
    assert "20余万元".encode() in held
    assert "left out of both" in (site / "index.html").read_text(encoding="utf-8")
    assert "cannot be searched" in (site / "claims.html").read_text(encoding="utf-8")


def test_a_long_wording_is_not_in_the_search_of_a_study_that_holds_it_back() -> None:
    frames = small_tables()[0].frames
    long = frames["claims"].assign(about="一二三四五六七八九十一二三四五六")
    assert "一二三四五六" in search_page(long, frames["sources"], "full", "en").body
    assert "一二三四五六" not in search_page(standoff({"claims": long}, "quotes")["claims"], frames["sources"], "quotes", "en").body


@pytest.mark.parametrize(("lang", "title", "places"), [("en", "Search the claims", "collective income"), ("zh", "查找数量表述", "村集体收入")])
def test_every_claim_is_found_by_the_words_of_its_language(lang: str, title: str, places: str, tmp_path: Path) -> None:
    site = small_site(tmp_path, f"publish: full\nlang: {lang}\n")
    page = html.document_fromstring((site / "claims.html").read_text(encoding="utf-8"))
    claims = small_tables()[0].claims
    assert page.xpath("//h1")[0].text_content() == title
    assert [a.get("href").partition("#c")[2] for a in page.xpath("//tbody//a")] == [c.partition(":")[2] for c in claims["claim_id"]]
    assert places in page.xpath("//tbody")[0].text_content()
    assert page.xpath("//tbody/tr/@data-find")[0] == COUNTY
    assert page.xpath('//input[@type="search"]/@aria-label')
    index = html.document_fromstring((site / "index.html").read_text(encoding="utf-8"))
    for part in ("//nav", '//a[@class="card"]'):
        assert "claims.html" in [*index.xpath(f"{part}//@href")]
    assert {"downloads/tables.zip", "downloads/tables.xlsx"} <= set(index.xpath("//a/@href"))


def test_a_study_without_claims_says_so() -> None:
    frames = small_tables()[0].frames
    assert "Nothing to show." in search_page(frames["claims"].iloc[:0], frames["sources"], "full", "en").body


def test_a_report_cannot_take_the_name_of_a_page_of_the_site(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "claims.ipynb").write_text("{}", encoding="utf-8")
    with pytest.raises(CaseworkError, match="report 'claims': the site has a page of that name"):
        small_site(tmp_path, "publish: full\nreports: [{name: claims}]\n")


def test_the_search_page_of_the_small_study_is_small(tmp_path: Path) -> None:
    site = small_site(tmp_path)
    bare = re.sub(r"base64,[A-Za-z0-9+/=]+", "", (site / "claims.html").read_text(encoding="utf-8"))
    assert first().source_id in bare
    assert len(bare.encode()) < 40_000
