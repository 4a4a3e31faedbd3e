"""A very small study made by hand, so that views and reports are tested without the readers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from casework.tables import Tables, make_frames, write_tables
from casework.text import Span

COUNTY = "云岭省/安平市/云溪县"
CODES = {
    COUNTY: "x01",
    f"{COUNTY}/青禾镇": "x0101",
    f"{COUNTY}/石泉乡": "x0102",
    f"{COUNTY}/青禾镇/柳湾村": "x010101",
}
LEVELS = ("province", "prefecture", "county", "township", "village")

FIRST = """首页 > 县域 > 正文
青禾镇：大棚里的新账本
本报讯（记者 林小禾）入夏以来，青禾镇的大棚一天也没闲着。镇里推行“党支部+合作社+农户”，\
由村党支部领办合作社，今年流转土地1200余亩，预计村集体年增收20余万元。
動(dòng)员会开到了地头，人驻企业已有3家，柳湾村村民户均增收约2300元。
图为柳湾村的育苗棚。
分享到：微信 微博
"""
SECOND = """石泉乡开出“第一书记”清单
石泉乡的第一书记领着党员算收入账：去年村集体收入30万元至35万元，占全乡的15%至20%。<b>乡里</b>还说 & 写下“四联四促”。
"""


@dataclass
class Maker:
    """Collect the rows of one source; spans are found by their words in the raw text."""

    file: str
    raw: str
    place: str
    outlet: str = "云溪日报"
    copy_of: str = ""
    rows: dict[str, list[dict[str, object]]] = field(default_factory=dict)

    @property
    def source_id(self) -> str:
        return "s" + hashlib.sha256(self.raw.encode()).hexdigest()[:16]

    def find(self, words: str, occurrence: int = 0) -> Span:
        at = -1
        for _ in range(occurrence + 1):
            at = self.raw.index(words, at + 1)
        return Span(at, at + len(words))

    def add(self, table: str, **row: object) -> None:
        self.rows.setdefault(table, []).append({"source_id": self.source_id, **row})

    def start(self, published: str) -> None:
        data = self.raw.encode()
        self.add("sources", file=self.file, sha256=hashlib.sha256(data).hexdigest(), bytes=len(data), encoding="utf-8", chars=len(self.raw),
                 script="simplified", outlet=self.outlet, outlet_level="county", published=published, licence="CC0")

    def edit(self, words: str, new: str, rule: str) -> None:
        span = self.find(words)
        self.add("edits", start=span.start, end=span.end, rule=rule, raw=words, new=new)

    def passage(self, role: str, stretches: Sequence[str], clean: str, focus: bool = True) -> None:
        spans = [self.find(s) for s in stretches]
        done = len(self.rows.get("passages", []))
        inside = role not in ("chrome", "spam")
        self.add("passages", passage_id=f"{self.source_id}:p{spans[0].start}", article_id=self.article if inside else "",
                 case_id=self.case if inside and focus else "", seq=done + 1, role=role, spans=spans, text=clean)

    @property
    def article(self) -> str:
        return f"{self.source_id}:a0"

    @property
    def case(self) -> str:
        return f"{self.source_id}:k1"

    def at(self, words: str) -> dict[str, object]:
        span = self.find(words)
        inside = next(p for p in self.rows["passages"] if any(s.covers(span) for s in p["spans"]))  # type: ignore[attr-defined]
        return {"article_id": self.article, "case_id": self.case, "passage_id": inside["passage_id"], "start": span.start, "end": span.end,
                "surface": words, "spans": [span]}

    def claim(self, words: str, low: float | None, high: float | None, unit: str, indicator: str, **more: object) -> None:
        where = self.at(words)
        usual = {"status": "achieved", "change": "level", "statistic": "total", "approx": False, "voice": "reporter", "rule": "N unit"}
        row = {**usual, **more}
        self.add("claims", claim_id=f"{self.source_id}:{where['start']}-{where['end']}", **where, low=low, high=high, unit=unit,
                 indicator=indicator, place=self.place, place_code=CODES[self.place], **row)

    def label(self, words: str, kind: str, members: Sequence[str] = ()) -> None:
        where = self.at(words)
        self.add("labels", label_id=f"{self.source_id}:{where['start']}-{where['end']}", **where, kind=kind, members=list(members))

    def coding(self, words: str, code: str) -> None:
        where = self.at(words)
        self.add("codings", coding_id=f"{self.source_id}:{where['start']}-{where['end']}:{code}", **where, code=code, rule="term")

    def mention(self, words: str, place: str) -> None:
        where = {k: v for k, v in self.at(words).items() if k != "article_id"}
        self.add("places", **where, place=place, place_code=CODES[place], level=LEVELS[place.count("/")], how="full name")

    def finish(self, headline: str, published: str) -> None:
        whole = [Span(0, len(self.raw))]
        self.add("articles", article_id=self.article, spans=whole, headline=headline, outlet=self.outlet, published=published,
                 bylines=["林小禾"], authorship="staff", chars=len(self.raw), copy_of=self.copy_of)
        self.add("cases", case_id=self.case, article_id=self.article, place=self.place, place_code=CODES[self.place],
                 level=LEVELS[self.place.count("/")], spans=whole, chars=len(self.raw))


def first() -> Maker:
    m = Maker("a.txt", FIRST, f"{COUNTY}/青禾镇")
    m.start("2024-06-01")
    m.edit("動(dòng)", "动", "pinyin;simplify")
    m.edit("人驻", "入驻", "ocr_slip")
    lines = FIRST.splitlines()
    m.passage("chrome", [lines[0]], lines[0])
    m.passage("headline", [lines[1]], lines[1])
    m.passage("body", [lines[2]], lines[2])
    m.passage("body", [lines[3]], lines[3].replace("動(dòng)", "动").replace("人驻", "入驻"))
    m.passage("caption", [lines[4]], lines[4])
    m.passage("chrome", [lines[5]], lines[5])
    m.claim("1200余亩", 1200, None, "mu", "land_area", rule="N余")
    m.claim("20余万元", 200000, None, "yuan", "collective_income", status="planned", per=["year"], change="increase")
    m.claim("3家", 3, 3, "count:家", "organisations")
    m.claim("约2300元", 2300, 2300, "yuan", "household_income", approx=True, statistic="mean", per=["household"], change="increase")
    m.label("党支部+合作社+农户", "model", ["党支部", "合作社", "农户"])
    m.coding("由村党支部领办合作社", "branch_led_cooperative")
    m.coding("流转土地1200", "land_transfer")
    m.mention("柳湾村", f"{COUNTY}/青禾镇/柳湾村")
    m.mention("青禾镇的大棚"[:3], f"{COUNTY}/青禾镇")
    m.finish(lines[1], "2024-06-01")
    return m


def second() -> Maker:
    m = Maker("b.txt", SECOND, f"{COUNTY}/石泉乡")
    m.start("2024-07-15")
    lines = SECOND.splitlines()
    m.passage("headline", [lines[0]], lines[0])
    m.passage("body", [lines[1]], lines[1])
    m.claim("30万元至35万元", 300000, 350000, "yuan", "collective_income", per=["year"], period="2023")
    m.claim("15%至20%", 15, 20, "percent", "proportion", statistic="part")
    m.label("四联四促", "slogan")
    m.coding("第一书记", "first_secretary")
    m.finish(lines[0], "2024-07-15")
    return m


def small_tables(*makers: Maker) -> tuple[Tables, dict[str, str]]:
    """Give the tables of the makers (both, unless said) and the raw texts by source."""
    chosen = makers or (first(), second())
    rows: dict[str, list[dict[str, object]]] = {}
    for maker in chosen:
        for table, found in maker.rows.items():
            rows.setdefault(table, []).extend(found)
    return Tables(**make_frames(rows)), {m.source_id: m.raw for m in chosen}


def write_small(folder: Path, *makers: Maker) -> Path:
    """Write the small study as `casework build` would, raw texts with its tables; give the tables' folder."""
    tables, raws = small_tables(*makers)
    write_tables(folder / "tables", tables.frames)
    (folder / "tables" / "raw").mkdir()
    for source_id, raw in raws.items():
        (folder / "tables" / "raw" / f"{source_id}.txt").write_text(raw, encoding="utf-8", newline="")
    return folder / "tables"


__all__ = ["CODES", "COUNTY", "Maker", "first", "second", "small_tables", "write_small"]
