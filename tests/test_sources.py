"""Raw texts: encodings, readers, record files, manifests, and what becomes of damaged files."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import re
import signal
import subprocess
import sys
import tracemalloc
import zipfile
from collections import Counter
from pathlib import Path

import docx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from opencc import OpenCC
from ruamel.yaml import YAML

from casework.sources import (
    Child,
    Manifest,
    Source,
    Unreadable,
    check_manifest,
    decode,
    iter_sources,
    missing_files,
    outlet_level,
    read_manifest,
    register_files,
    walk,
)
from casework.sources import extract as extract_module
from casework.text import CaseworkError, Problem

CASES = Path(__file__).parent / "cases"
SHARED = Path(__file__).parent.parent.parent / "shared"
SIMPLIFIED = "云岭县石桥镇去年投入20余万元,建起大棚3座,带动50户村民增收。镇党委书记说,今年还要扩大规模,把产业做强。\n"
TRADITIONAL = "雲嶺縣石橋鎮去年投入20餘萬元,建起大棚3座,帶動50戶村民增收。鎮黨委書記說,今年還要擴大規模,把產業做強。\n"


def read_all(folder: Path, manifest: Manifest | None = None) -> tuple[dict[str, Source], list[Problem]]:
    found = list(iter_sources(folder, manifest))
    return {s.file: s for s in found if isinstance(s, Source)}, [p for p in found if isinstance(p, Problem)]


def codes(problems: list[Problem]) -> dict[str, str]:
    """Problem codes by file, without the ever-present 'unregistered'."""
    return {p.message.split(": ", 1)[0]: p.code for p in problems if p.code != "unregistered"}


# Encodings


@pytest.mark.parametrize("text", [SIMPLIFIED, TRADITIONAL, SIMPLIFIED.replace("\n", "\r\n") * 3, SIMPLIFIED[:14]])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "cp950"])
def test_an_encoding_is_found_and_gives_the_bytes_back(text: str, encoding: str) -> None:
    try:
        data = text.encode(encoding)
    except UnicodeEncodeError:
        assert encoding == "cp950"
        return
    got = decode(data)
    assert got.text.lstrip("\ufeff") == text
    assert data.decode(got.encoding) == got.text, "offsets count in bytes.decode(encoding)"
    assert got.text.encode(got.encoding) == data


@pytest.mark.parametrize(("declared", "used"), [
    ("gbk", "gb18030"), ("GB2312", "gb18030"), ("utf-8", "utf-8"), ("big5", "cp950"), ("utf-16", "utf-16-le"),
])
def test_a_declared_encoding_is_taken(declared: str, used: str) -> None:
    text = TRADITIONAL if declared == "big5" else SIMPLIFIED
    got = decode(text.encode(used), declared)
    assert (got.encoding, got.how, got.text) == (used, "declared", text)


def test_hong_kong_characters_declared_as_big5() -> None:
    text = TRADITIONAL + "㗎啲嘅\n"
    assert decode(text.encode("big5hkscs"), "big5").text == text


@pytest.mark.parametrize(("data", "declared", "code", "says"), [
    (SIMPLIFIED.encode()[:-3], "", "truncated", "as utf-8 it is whole up to byte"),
    (SIMPLIFIED.encode("gb18030"), "utf-8", "encoding", "is declared utf-8, but byte 0 is not"),
    (SIMPLIFIED.encode()[:60] + b"\xff" + SIMPLIFIED.encode() * 3, "", "encoding", "but byte 59 is not"),
    (b"\xff\xfe" + SIMPLIFIED.encode("utf-16-le")[:-1], "", "truncated", "ends inside a character: as utf-16-le"),
    (b"PK\x03\x04" + b"x" * 100, "", "binary", "another kind of file"),
    (b"\x89PNG\r\n\x1a\n" + b"x" * 100, "", "binary", "another kind of file"),
    (bytes(range(256)) * 20, "", "binary", "is not text in any encoding"),
    (b"\x01\x02\x03" * 50, "", "binary", "full of control characters"),
    ("Ça m'a coûté très cher, l'été dernier".encode("latin-1"), "", "encoding", "in no encoding that is known here"),
    ("Привет".encode("koi8-r"), "", "encoding", "in no encoding that is known here"),
])
def test_bytes_that_are_no_text_are_refused(data: bytes, declared: str, code: str, says: str) -> None:
    with pytest.raises(Unreadable) as caught:
        decode(data, declared)
    assert caught.value.code == code
    assert says in str(caught.value)


@pytest.mark.skipif(not SHARED.exists(), reason="the press texts are not on this machine")
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "cp950", "utf-16-le", "utf-16-be"])
def test_pieces_of_press_texts_are_decoded_right(encoding: str) -> None:
    rng = random.Random(7)
    texts = [p.read_text(encoding="utf-8") for folder in ("seeds", "more/texts") for p in sorted((SHARED / folder).glob("*.txt"))]
    if encoding == "cp950":
        texts = [OpenCC("s2tw").convert(text) for text in texts]
    wrong = tried = 0
    for text in texts:
        # What the encoding has no bytes for goes: no file in it could hold it.
        whole = text.encode(encoding, "ignore").decode(encoding)
        for size in (16, 40, 200, len(whole)):
            start = rng.randrange(max(1, len(whole) - size))
            piece = whole[start : start + size]
            if sum("\u4e00" <= c <= "\u9fff" for c in piece) >= 5:
                tried += 1
                wrong += decode(piece.encode(encoding)).text.lstrip("\ufeff") != piece
    assert tried >= 50
    assert wrong == 0


# Files


def test_a_folder_of_good_and_bad_files(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    files = {
        "a.txt": SIMPLIFIED.encode(), "b.txt": TRADITIONAL.encode("cp950"), "c.TXT": SIMPLIFIED.encode("gb18030"),
        "sub/d.txt": b"\xef\xbb\xbf" + b"20 mu", "copy.txt": SIMPLIFIED.encode(), "empty.txt": b"", "blank.txt": b" \r\n\t\n",
        "nul.txt": b"\x00" * 900, "cut.txt": SIMPLIFIED.encode()[:-2], "picture.png": b"\x89PNG", "sheet.xlsx": b"PK\x03\x04",
        "noending": b"x", ".hidden.txt": b"x", "manifest.csv": b"x", "README.md": b"x", "LICENSE": b"x", "places.csv": b"x",
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "gold").mkdir()
    (tmp_path / "gold" / "a.txt").write_text("x")
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.txt")
    sources, problems = read_all(tmp_path)
    assert list(sources) == ["a.txt", "b.txt", "c.TXT", "sub/d.txt"]
    assert codes(problems) == {
        "b.txt": "encoding_detected", "blank.txt": "empty", "c.TXT": "encoding_detected", "copy.txt": "duplicate", "cut.txt": "truncated",
        "empty.txt": "empty", "gone.txt": "unreadable", "noending": "unsupported", "nul.txt": "empty", "picture.png": "unsupported",
        "pipe.txt": "unreadable", "sheet.xlsx": "unsupported",
    }
    assert sources["sub/d.txt"].raw == "\ufeff20 mu", "a byte-order mark is kept"
    assert sources["a.txt"].source_id == "s" + sources["a.txt"].sha256[:16]
    duplicate = next(p for p in problems if p.code == "duplicate")
    assert duplicate.source_id == sources["a.txt"].source_id
    assert {p.source_id for p in problems if p.code == "unregistered"} == {s.source_id for s in sources.values()}
    assert "save it as CSV with a column 'text'" in next(p.message for p in problems if "sheet.xlsx" in p.message)


def test_a_file_without_permission(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(SIMPLIFIED, encoding="utf-8")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "c.txt").symlink_to(tmp_path / "b" / "c.txt")
    sources, problems = read_all(tmp_path)
    assert list(sources) == ["a.txt"]
    assert codes(problems) == {"b/c.txt": "unreadable"}


def test_a_large_file_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "a.txt").open("wb") as f:
        f.truncate(50_000_001)
    (found,) = iter_sources(tmp_path)
    assert isinstance(found, Problem)
    assert (found.code, found.message) == ("too_large", "a.txt: has 50000001 bytes, more than 50000000; split it")


def test_a_name_that_no_table_can_hold(tmp_path: Path) -> None:
    (tmp_path / "a\nb.txt").write_text(SIMPLIFIED, encoding="utf-8")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.txt")).write_text(SIMPLIFIED, encoding="utf-8")
    found = list(iter_sources(tmp_path))
    assert [p.code for p in found if isinstance(p, Problem)] == ["bad_name", "bad_name"]
    assert all(p.message.isascii() and p.message.isprintable() for p in found if isinstance(p, Problem))


def test_a_missing_and_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(CaseworkError, match="no such folder of texts"):
        list(iter_sources(tmp_path / "none"))
    (tmp_path / "README.md").write_text("x")
    with pytest.raises(CaseworkError, match="holds no texts"):
        list(iter_sources(tmp_path))


def test_files_come_in_the_order_of_their_paths(tmp_path: Path) -> None:
    for name in ("a/z.txt", "a.txt", "a-b.txt", "B.txt", "乡.txt", "a/b/c.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert list(walk(tmp_path)) == sorted(walk(tmp_path)) == ["B.txt", "a-b.txt", "a.txt", "a/b/c.txt", "a/z.txt", "乡.txt"]


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(SIMPLIFIED, encoding="utf-8")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert codes(read_all(tmp_path)[1]) == {"loop": "unreadable"}


def test_sources_stream(tmp_path: Path) -> None:
    for i in range(600):
        (tmp_path / f"{i:04}.txt").write_text(f"{i}\n" + SIMPLIFIED * 100, encoding="utf-8")
    peaks = []
    for number in (60, 600):
        tracemalloc.start()
        count = sum(isinstance(s, Source) for _, s in zip(range(number * 2), iter_sources(tmp_path), strict=False))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert count == number
    assert peaks[1] < peaks[0] + 500_000, peaks


# Html, pdf, docx

HTML = """<html><head><meta charset="{charset}"><meta property="og:site_name" content="云岭新闻网">
<meta property="article:published_time" content="2021-05-06T08:00:00+08:00"><title>石桥镇建大棚</title></head>
<body><nav><a href="/">首页</a> <a href="/x">新闻</a></nav><article><h1>石桥镇建大棚</h1>{paragraphs}</article>
<footer>版权所有</footer></body></html>"""


def html(charset: str = "utf-8", text: str = SIMPLIFIED) -> bytes:
    return HTML.format(charset=charset, paragraphs=f"<p>{text * 2}</p><p>{text}</p>").encode(charset)


def pdf(words: str = "20 mu of land", encrypted: bool = False) -> bytes:
    """Make a pdf of one page by hand; `encrypted` asks for a password that nobody has."""
    stream = f"BT /F1 12 Tf 72 720 Td ({words}) Tj ET".encode() if words else b""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream), b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>" % (b"41" * 32, b"42" * 32),
    ]
    out, offsets = io.BytesIO(), []
    out.write(b"%PDF-1.4\n")
    for i, body in enumerate(objects, start=1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (i, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % o for o in offsets))
    lock = b"/Encrypt 6 0 R/ID[<43><43>]" if encrypted else b""
    out.write(b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, lock, start))
    return out.getvalue()


def word(*paragraphs: str) -> bytes:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    table = document.add_table(2, 2)
    table.cell(0, 0).text, table.cell(1, 1).text = "大棚", "3座"
    document.add_paragraph("完")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def bomb(members: int, size: int, level: int = 1) -> bytes:
    """Make a small .docx that would unpack to a large one."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word("x"))) as whole, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as z:
        for name in whole.namelist():
            z.writestr(name, whole.read(name))
        for i in range(members):
            with z.open(f"word/media/{i}.xml", "w") as part:
                for _ in range(size // 1_000_000):
                    part.write(b" " * 1_000_000)
    return out.getvalue()


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_html_gives_its_article_and_metadata(tmp_path: Path, charset: str) -> None:
    (tmp_path / "a.html").write_bytes(html(charset))
    sources, problems = read_all(tmp_path)
    source = sources["a.html"]
    assert SIMPLIFIED.strip() in source.raw
    assert "首页" not in source.raw
    assert (source.headline, source.published, source.encoding, source.extracted) == ("石桥镇建大棚", "2021-05-06", charset, True)
    assert source.from_page == ("headline", "outlet", "published")
    assert codes(problems) == {"a.html": "from_page"}
    assert [p.message.split(": ")[-1] for p in problems if p.code == "from_page"] == ["headline, outlet, published"]


def test_html_without_a_date_does_not_get_todays(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(f"<html><body><article><p>{SIMPLIFIED * 3}</p></article></body></html>", encoding="utf-8")
    assert read_all(tmp_path)[0]["a.html"].published == ""


def test_the_manifest_goes_before_the_page(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(html())
    register_files(tmp_path, tmp_path / "manifest.csv")
    path = tmp_path / "manifest.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",,,,,,,,,,", ",河北日报,,,,,,,,,", 1), encoding="utf-8")
    source = read_all(tmp_path, read_manifest(path))[0]["a.html"]
    assert (source.outlet, source.outlet_level, source.from_page) == ("河北日报", "provincial", ("headline", "published"))


def test_pdf_and_docx(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf())
    (tmp_path / "b.docx").write_bytes(word("云岭县石桥镇", "投入20余万元"))
    sources, problems = read_all(tmp_path)
    assert sources["a.pdf"].raw == "20 mu of land"
    assert sources["b.docx"].raw == "云岭县石桥镇\n投入20余万元\n大棚\t\n\t3座\n完"
    assert [sources[f].encoding for f in sources] == ["pdf", "docx"]
    assert codes(problems) == {}


def test_damaged_and_hostile_documents(tmp_path: Path) -> None:
    good = word("x" * 3000)
    files = {
        "locked.pdf": pdf(encrypted=True), "scan.pdf": pdf(""), "cut.pdf": pdf()[:300], "none.pdf": b"%PDF-1.7\n", "text.pdf": b"not a pdf",
        "many.docx": bomb(301, 1_000_000), "ratio.docx": bomb(1, 60_000_000, level=6), "cut.docx": good[: len(good) // 2],
        "old.docx": b"\xd0\xcf\x11\xe0" + b"x" * 600, "zip.docx": b"PK\x03\x04" + b"x" * 600, "blank.docx": b" \n",
        "deep.html": b"<div>" * 100_000 + b"x", "empty.html": b"<html></html>",
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    sources, problems = read_all(tmp_path)
    assert sources == {}
    assert codes(problems) == {
        "blank.docx": "empty", "cut.docx": "broken", "cut.pdf": "broken", "deep.html": "no_text", "empty.html": "no_text",
        "locked.pdf": "encrypted", "many.docx": "too_large", "none.pdf": "broken", "old.docx": "encrypted", "ratio.docx": "too_large",
        "scan.pdf": "no_text", "text.pdf": "broken", "zip.docx": "broken",
    }
    assert all("\n" not in p.message for p in problems)


def test_a_docx_with_entities_does_not_grow(tmp_path: Path) -> None:
    out = io.BytesIO()
    entities = "".join(f'<!ENTITY e{i + 1} "{f"&e{i};" * 10}">' for i in range(9))
    with zipfile.ZipFile(io.BytesIO(word("x"))) as whole, zipfile.ZipFile(out, "w") as z:
        for name in whole.namelist():
            body = whole.read(name)
            if name == "word/document.xml":
                head = f'<!DOCTYPE d [<!ENTITY e0 "lol">{entities}]><w:document'.encode()
                body = body.replace(b"<w:document", head, 1).replace(b">x<", b">&e9;<", 1)
            z.writestr(name, body)
    (tmp_path / "a.docx").write_bytes(out.getvalue())
    found = list(iter_sources(tmp_path))
    assert all(isinstance(f, Problem) or len(f.raw) < 10_000 for f in found)


def test_a_hanging_or_dying_reader_ends_alone() -> None:
    with Child(seconds=0.5) as child:
        assert child.extract("pdf", pdf())["text"] == "20 mu of land"
        for sent, code in ((signal.SIGSTOP, "timeout"), (signal.SIGKILL, "broken")):
            assert child._process is not None
            os.kill(child._process.pid, sent)
            with pytest.raises(Unreadable) as caught:
                child.extract("pdf", pdf())
            assert caught.value.code == code
            assert child.extract("pdf", pdf("again"))["text"] == "again"


def test_the_reader_has_a_memory_limit() -> None:
    code = "from casework.sources.extract import _limit; _limit(); bytearray(4_000_000_000)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "MemoryError" in done.stderr


def test_what_goes_wrong_in_a_reader_is_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(error: BaseException) -> dict[str, str]:
        def reader(_data: bytes, _declared: str) -> dict[str, str]:
            raise error

        monkeypatch.setattr(extract_module, "EXTRACTORS", {"pdf": reader})
        return extract_module.answer("pdf", b"")

    assert fail(MemoryError())["problem"] == "too_large"
    assert fail(RecursionError())["problem"] == "broken"
    assert fail(ZeroDivisionError())["message"] == "could not be read as pdf (ZeroDivisionError)"


# Record files


def test_records_are_sources_whatever_file_they_come_in(tmp_path: Path) -> None:
    rows = [
        {"text": SIMPLIFIED, "outlet": "运城日报", "published": "2022-03-04"},
        {"text": TRADITIONAL + "a\r\nb\rc", "outlet": "", "published": ""},
    ]
    for folder in ("csv", "jsonl", "parquet", "gbk"):
        (tmp_path / folder).mkdir()
    with (tmp_path / "csv" / "r.csv").open("w", encoding="utf-8-sig", newline="") as f:
        writer = csv.DictWriter(f, ["text", "outlet", "published"])
        writer.writeheader()
        writer.writerows(rows)
    lines = "".join(json.dumps(r) + "\n\n" for r in rows)
    (tmp_path / "jsonl" / "r.jsonl").write_text(lines, encoding="utf-8")
    (tmp_path / "gbk" / "r.jsonl").write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="gb18030")
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "parquet" / "r.parquet")
    ids = []
    for folder in ("csv", "jsonl", "gbk", "parquet"):
        sources, problems = read_all(tmp_path / folder)
        assert [s.raw for s in sources.values()] == [r["text"] for r in rows]
        assert [(s.file.split("#")[1], s.outlet_level, s.published, s.extracted) for s in sources.values()] == [
            ("1", "prefecture", "2022-03-04", True), ("2", "", "", True),
        ]
        assert codes(problems) == {}
        ids.append([s.source_id for s in sources.values()])
    assert ids[0] == ids[1] == ids[2] == ids[3], "an id does not depend on the kind of file"


def test_a_broken_record_does_not_stop_the_next(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('text,outlet\n"云岭县, 20亩",x\nlonely\na,b,c\n,x\n"石桥镇",y\n"cut off,z\n', encoding="utf-8")
    lines = [
        '{"text": "甲"}', '{"text": ', "[1]", '{"body": "乙", "date": "2020-13-01"}', '{"no": 1}', '{"text": "\\ud800"}', "[" * 100_000,
    ]
    (tmp_path / "b.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "c.parquet").write_bytes(b"PAR1 broken PAR1")
    (tmp_path / "d.csv").write_text("text\n", encoding="utf-8")
    (tmp_path / "e.csv").write_bytes(b"")
    (tmp_path / "f.csv").write_bytes("text\n甲\n".encode() * 1 + b"\xff\xfe\xfa\n" + "乙\n".encode() * 400_000)
    sources, problems = read_all(tmp_path)
    assert [f for f in sources if not f.startswith("f")] == ["a.csv#1", "a.csv#5", "b.jsonl#1", "b.jsonl#4"]
    assert sources["b.jsonl#4"].raw == "乙"
    assert codes(problems) == {
        "a.csv#2": "broken", "a.csv#3": "broken", "a.csv#4": "empty", "a.csv#6": "broken",
        "b.jsonl#2": "broken", "b.jsonl#3": "broken", "b.jsonl#4": "bad_metadata", "b.jsonl#5": "broken", "b.jsonl#6": "encoding",
        "b.jsonl#7": "broken",
        "c.parquet#1": "broken", "d.csv": "empty", "e.csv": "empty", "f.csv": "encoding",
    }


def test_the_manifest_fills_what_records_leave_empty(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,outlet\n甲,运城日报\n乙,\n", encoding="utf-8")
    register_files(tmp_path, tmp_path / "manifest.csv")
    manifest = read_manifest(tmp_path / "manifest.csv")
    manifest["a.csv"] = type(manifest["a.csv"])("a.csv", manifest["a.csv"].sha256, outlet="河北日报", published="2020-01-01")
    sources, problems = read_all(tmp_path, manifest)
    assert [(s.outlet, s.published) for s in sources.values()] == [("运城日报", "2020-01-01"), ("河北日报", "2020-01-01")]
    assert problems == []


def test_records_stream(tmp_path: Path) -> None:
    with (tmp_path / "a.csv").open("w", encoding="utf-8") as f:
        f.write("text\n" + "".join(f"{i} {SIMPLIFIED.strip()}\n".replace(",", "，") for i in range(5_000)))
    tracemalloc.start()
    count = sum(isinstance(s, Source) for s in iter_sources(tmp_path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 5_000
    assert peak < 6_000_000, peak


# Manifests


def manifest_of(tmp_path: Path, text: str) -> Manifest:
    path = tmp_path / "manifest.csv"
    path.write_text(text, encoding="utf-8")
    return read_manifest(path)


HASH = "0" * 64
HASH_2 = "1" * 64


@pytest.mark.parametrize(("typed", "day"), [
    ("2023-05-01", "2023-05-01"), ("2023/5/1", "2023-05-01"), ("2023/05/01", "2023-05-01"), ("2023.5.1", "2023-05-01"), ("2023-5-1", "2023-05-01"),
    ("2024/2/29", "2024-02-29"), ("2023年5月1日", "2023-05-01"), ("2023/5/1 0:00", "2023-05-01"), ("2023-05-01T08:00:00+08:00", "2023-05-01"), ("", ""),
])
def test_a_day_may_be_written_as_spreadsheets_do(tmp_path: Path, typed: str, day: str) -> None:
    (tmp_path / "manifest.csv").write_text(f"file,sha256,published\na.txt,{HASH},{typed}\n", encoding="utf-8")
    assert read_manifest(tmp_path / "manifest.csv")["a.txt"].published == day


@pytest.mark.parametrize("typed", ["5/1/2023", "2023/2/30", "23/5/1", "2023/5-1", "2023/5", "20230501", "2023/13/1", "2023年", "45047"])
def test_what_is_no_certain_day_is_refused(tmp_path: Path, typed: str) -> None:
    (tmp_path / "manifest.csv").write_text(f"file,sha256,published\na.txt,{HASH},{typed}\n", encoding="utf-8")
    with pytest.raises(CaseworkError, match="write a day as YYYY-MM-DD"):
        read_manifest(tmp_path / "manifest.csv")


@pytest.mark.parametrize("typed", ["2023", "2023-05", "2023/5", "2023年5月"])
def test_a_month_or_a_year_is_no_day_and_it_is_said_what_to_write(tmp_path: Path, typed: str) -> None:
    (tmp_path / "manifest.csv").write_text(f"file,sha256,published\na.txt,{HASH},{typed}\n", encoding="utf-8")
    says = f"published is '{typed}'; write a day as YYYY-MM-DD, or nothing: where only the year or the month is known, the text itself may tell the day"
    with pytest.raises(CaseworkError, match=re.escape(says)):
        read_manifest(tmp_path / "manifest.csv")


@pytest.mark.parametrize(("text", "line", "says"), [
    ("file,sha265\n", 1, "unknown column 'sha265'; did you mean 'sha256'?"),
    ("file,outlet\n", 1, "column 'sha256' is missing"),
    (f"file,sha256\n../a.txt,{HASH}\n", 2, "file '../a.txt' must be a path inside the folder"),
    (f"file,sha256\n/etc/passwd,{HASH}\n", 2, "must be a path inside the folder"),
    (f"file,sha256\na/../../b.txt,{HASH}\n", 2, "must be a path inside the folder"),
    (f"file,sha256\nC:/b.txt,{HASH}\n", 2, "must be a path inside the folder"),
    (f"file,sha256\n..\\b.txt,{HASH}\n", 2, "must be a path inside the folder"),
    (f"file,sha256\n,{HASH}\n", 2, "must be a path inside the folder"),
    ("file,sha256\na.txt,12\n", 2, "sha256 of a.txt must be 64 hex digits; `casework manifest STUDY` writes them"),
    (f"file,sha256,published\na.txt,{HASH},2020-02-30\n", 2, "published is '2020-02-30'; write a day as YYYY-MM-DD"),
    (f"file,sha256,encoding\na.txt,{HASH},utf8x\n", 2, "no encoding 'utf8x'; did you mean 'utf8'?"),
    (f"file,sha256\na.txt,{HASH}\na.txt,{HASH_2}\n", 3, "a.txt is the same file as in line 2"),
    (f"file,sha256\na.txt,{HASH}\nb.txt,{HASH}\n", 3, "b.txt is the same text as in line 2"),
])
def test_mistakes_in_a_manifest(tmp_path: Path, text: str, line: int, says: str) -> None:
    with pytest.raises(CaseworkError) as caught:
        manifest_of(tmp_path, text)
    assert str(caught.value).startswith(f"{tmp_path / 'manifest.csv'}:{line}: ")
    assert says in str(caught.value)


def test_all_mistakes_of_a_manifest_are_told_at_once(tmp_path: Path) -> None:
    rows = [f"../a.txt,{HASH},2023,utf8x", "b.txt,12,5/1/2023,", f"c.txt,{HASH_2},,,more", f"d.txt,{HASH_2},,", f"e.txt,{HASH_2},,"]
    with pytest.raises(CaseworkError) as caught:
        manifest_of(tmp_path, "file,sha256,published,encoding\n" + "\n".join(rows) + "\n")
    path = tmp_path / "manifest.csv"
    told = [line.removeprefix(f"{path}:").split(" ")[:2] for line in str(caught.value).splitlines()]
    assert told == [
        ["2:", "file"], ["2:", "published"], ["2:", "no"], ["3:", "sha256"], ["3:", "published"], ["4:", "has"], ["6:", "e.txt"],
    ]  # fmt: skip


def test_of_many_mistakes_twenty_are_told_and_how_many_more(tmp_path: Path) -> None:
    rows = "".join(f"{i}.txt,{i:064},soon\n" for i in range(30))
    with pytest.raises(CaseworkError) as caught:
        manifest_of(tmp_path, f"file,sha256,published\n{rows}")
    *lines, last = str(caught.value).splitlines()
    assert (len(lines), last) == (20, f"… and 10 more in {tmp_path / 'manifest.csv'}")


def test_a_header_is_told_all_that_is_wrong_with_it(tmp_path: Path) -> None:
    with pytest.raises(CaseworkError) as caught:
        manifest_of(tmp_path, f"file,sha265,file,outlet\na.txt,{HASH},a.txt,x\n")
    assert [line.split(": ", 1)[1] for line in str(caught.value).splitlines()] == [
        "column 'file' stands twice", "unknown column 'sha265'; did you mean 'sha256'?", "column 'sha256' is missing",
    ]  # fmt: skip


def test_a_changed_file_stops_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(SIMPLIFIED, encoding="utf-8")
    assert register_files(tmp_path, tmp_path / "manifest.csv") == "1 file registered, 1 of them new"
    manifest = read_manifest(tmp_path / "manifest.csv")
    check_manifest(tmp_path, manifest)
    assert codes(read_all(tmp_path, manifest)[1]) == {}
    (tmp_path / "a.txt").write_text(SIMPLIFIED + "!", encoding="utf-8")
    for act in (lambda: check_manifest(tmp_path, manifest), lambda: list(iter_sources(tmp_path, manifest))):
        with pytest.raises(CaseworkError, match=r"manifest\.csv:2: a\.txt has sha256 \w{16}…, the manifest \w{16}…"):
            act()


def test_missing_files_are_listed_with_their_place(tmp_path: Path) -> None:
    manifest = manifest_of(tmp_path, f"file,sha256\na.txt,{HASH}\nb.txt,{HASH_2}\n")
    (tmp_path / "b.txt").write_text("x")
    assert [row.file for row in missing_files(tmp_path, manifest)] == ["a.txt"]


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret.txt"
    outside.write_text("x")
    manifest = manifest_of(tmp_path, f"file,sha256\na.txt,{HASH}\n")
    (tmp_path / "a.txt").symlink_to(outside)
    with pytest.raises(CaseworkError, match=r"manifest\.csv:2: a\.txt is a link that leaves the folder"):
        check_manifest(tmp_path, manifest)


def test_a_renamed_file_is_known_by_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(SIMPLIFIED, encoding="utf-8")
    register_files(tmp_path, tmp_path / "manifest.csv")
    (tmp_path / "a.txt").rename(tmp_path / "b.txt")
    sources, problems = read_all(tmp_path, read_manifest(tmp_path / "manifest.csv"))
    assert list(sources) == ["b.txt"]
    assert problems == []


def test_registering_keeps_what_was_typed(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text(SIMPLIFIED, encoding="utf-8")
    path = tmp_path / "manifest.csv"
    register_files(tmp_path, path)
    path.write_text(path.read_text(encoding="utf-8").replace(",,,,,,,,,,", ',"河北, 日报",2020-01-02,,,,,,,,', 1), encoding="utf-8")
    (tmp_path / "a.txt").write_text(TRADITIONAL, encoding="utf-8")
    (tmp_path / "c.txt").write_text(TRADITIONAL, encoding="utf-8")
    assert register_files(tmp_path, path) == "2 files registered, 1 of them new"
    rows = read_manifest(path)
    assert list(rows) == ["a.txt", "b.txt"]
    assert (rows["b.txt"].outlet, rows["b.txt"].published) == ("河北, 日报", "2020-01-02")
    before = path.read_bytes()
    register_files(tmp_path, path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(("level", "outlet"), [(lev, o) for lev, os_ in YAML(typ="safe").load(CASES / "outlets.yaml").items() for o in os_])
def test_outlet_levels(level: str, outlet: str) -> None:
    assert outlet_level(outlet) == level


# Damage


def mutated(rng: random.Random, data: bytes) -> bytes:
    """Damage bytes in one of the ways that files are damaged."""
    at, other = sorted(rng.randrange(len(data) + 1) for _ in range(2))
    noise = rng.randbytes(rng.choice((1, 3, 40, 400)))
    lines = data.split(b"\n")
    rng.shuffle(lines)
    return rng.choice((
        data[:at], data[at:], data[:at] + noise + data[at:], data[:at] + data[other:], b"\n".join(lines), noise, data * 3, data[::-1],
        data[:at] + b'"' + data[at:], data[:at] + b"\x00" * 50 + data[at:], bytes(b ^ (rng.random() < 0.01) for b in data),
    ))


def test_two_thousand_damaged_files_are_sources_or_problems(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rng = random.Random(20240501)
    table = pa.Table.from_pylist([{"text": SIMPLIFIED, "outlet": "x"}] * 3)
    pq.write_table(table, tmp_path / "x")
    lines = (json.dumps({"text": SIMPLIFIED * 2, "outlet": "x"}, ensure_ascii=False) + "\n").encode() * 4
    originals = {
        ".txt": [SIMPLIFIED.encode(e) * 5 for e in ("utf-8", "gb18030", "utf-16")] + [TRADITIONAL.encode("cp950") * 5],
        ".csv": [("text,outlet\n" + f'"{SIMPLIFIED}",x\n' * 6).encode()], ".jsonl": [lines], ".parquet": [(tmp_path / "x").read_bytes()],
        ".html": [html(), html("gb18030")], ".pdf": [pdf(), pdf(encrypted=True)], ".docx": [word(SIMPLIFIED * 3)],
    }
    (tmp_path / "x").unlink()
    share = {".txt": 1000, ".csv": 250, ".jsonl": 250, ".parquet": 100, ".html": 120, ".pdf": 140, ".docx": 140}
    for suffix, number in share.items():
        for i in range(number):
            (tmp_path / f"{i:04}{suffix}").write_bytes(mutated(rng, rng.choice(originals[suffix])))
    (tmp_path / "line.txt").write_text(SIMPLIFIED.replace("\n", "") * 30_000, encoding="utf-8")
    (tmp_path / "brackets.html").write_text("(<" * 100_000, encoding="utf-8")
    sources, problems = read_all(tmp_path)
    told = {name.split("#")[0] for name in sources} | {p.message.split(": ")[0].split("#")[0] for p in problems}
    assert told == set(walk(tmp_path))
    for s in sources.values():
        s.raw.encode("utf-8")
        if not s.extracted:
            assert (tmp_path / s.file).read_bytes().decode(s.encoding) == s.raw
    with capsys.disabled():
        counts = Counter(p.code for p in problems)
        print(f"\nfuzz: {sum(share.values()) + 2} files → {len(sources)} sources, problems {dict(sorted(counts.items()))}")
