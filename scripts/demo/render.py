"""Lines to file bytes and back to offsets: plain text, a web page, a paper with a text layer."""
from __future__ import annotations

import html
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pypdfium2
import trafilatura
from fontTools.ttLib import TTFont

from demo.markup import Line

FONT = Path(__file__).with_name("font.otf")
TAGS = {"H": "h1", "K": "h2", "P": "p", "B": "p", "C": "figcaption", "x": "div"}
Offsets = list[tuple[int, int]]


def text_of(line: Line) -> str:
    """The line as it is written, noise included."""
    return "".join(c.core + c.tail for c in line.cells)


def write_text(lines: Sequence[Line], lead: str, gap: str, indent: str) -> tuple[str, dict[int, Offsets]]:
    """The raw text of a plain file and, for each line, the offsets of its characters' cores."""
    raw, offsets = [lead], {}
    pos = len(lead)
    for line in lines:
        start = indent if line.role == "P" else ""
        raw.append(start + text_of(line) + gap)
        at = pos + len(start)
        offsets[id(line)] = place_cells(line, at)
        pos += len(raw[-1])
    return "".join(raw), offsets


def place_cells(line: Line, at: int) -> Offsets:
    """Where each character's core stands when the line begins at `at`."""
    out: Offsets = []
    for cell in line.cells:
        out.append((at, at + len(cell.core)))
        at += len(cell.core) + len(cell.tail)
    return out


def find_lines(raw: str, lines: Sequence[Line]) -> dict[int, Offsets]:
    """Offsets in a text that a library extracted, by the characters that are not blank; lines that are not in it are left out."""
    solid = [i for i, c in enumerate(raw) if not c.isspace()]
    packed, cursor, out = "".join(raw[i] for i in solid), 0, {}
    for line in lines:
        words = "".join(text_of(line).split())
        at = packed.find(words, cursor)
        if at < 0 or not words:
            continue
        cursor = at + len(words)
        spans: Offsets = []
        for cell in line.cells:
            core, tail = "".join(cell.core.split()), "".join(cell.tail.split())
            here = solid[at] if at < len(solid) else len(raw)
            spans.append((here, solid[at + len(core) - 1] + 1 if core else here))
            at += len(core) + len(tail)
        out[id(line)] = spans
    return out


def write_html(lines: Sequence[Line], title: str, template: str) -> str:
    """A county portal's page around the lines."""
    rows = []
    for line in lines:
        tag, words = TAGS[line.role], html.escape(text_of(line))
        element = f"<{tag}>{words}</{tag}>"
        rows.append(f'<figure><img src="photo.jpg" alt="">{element}</figure>' if tag == "figcaption" else element)
    return template.replace("{title}", html.escape(title)).replace("{body}", "\n".join(rows))


def read_html(data: bytes) -> str:
    """The text that offsets in a web page count in."""
    return trafilatura.extract(data.decode("utf-8"), include_comments=False, include_tables=True, favor_recall=True) or ""


def read_pdf(data: bytes) -> str:
    """The text that offsets in a paper count in: its pages, a line feed between them."""
    document = pypdfium2.PdfDocument(data)
    return "\n".join(document[i].get_textpage().get_text_range() for i in range(len(document)))


def pdf_lines(lines: Sequence[Line], width: int) -> list[tuple[int, str]]:
    """Font size and words of each printed row; a paragraph is set `width` characters to the row."""
    out: list[tuple[int, str]] = []
    for line in lines:
        words = text_of(line)
        size = {"H": 18, "K": 13, "C": 9, "x": 9, "X": 9}.get(line.role, 11)
        per = width * 11 // size
        out += [(size, words[i:i + per]) for i in range(0, len(words), per)]
    return out


def page_stream(rows: Sequence[tuple[int, str]], cid: dict[str, int]) -> bytes:
    """The drawing of one page, row under row."""
    y, out = 800, []
    for size, words in rows:
        y -= size + 15
        codes = "".join(f"{cid[c]:04X}" for c in words)
        out.append(f"BT /F1 {size} Tf 60 {y} Td <{codes}> Tj ET")
    return "\n".join(out).encode("ascii")


def to_unicode(cid: dict[str, int]) -> bytes:
    """The map from glyph numbers back to characters: the text layer."""
    items = sorted((n, c) for c, n in cid.items())
    out = ["/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Demo def /CMapType 2 def",
           "1 begincodespacerange <0000> <FFFF> endcodespacerange"]
    for i in range(0, len(items), 100):
        part = items[i:i + 100]
        out += [f"{len(part)} beginbfchar", *(f"<{n:04X}> <{c.encode('utf-16-be').hex().upper()}>" for n, c in part), "endbfchar"]
    return "\n".join([*out, "endcmap CMapName currentdict /CMap defineresource pop end end"]).encode("ascii")


def stream(data: bytes, extra: str = "") -> bytes:
    """A stream object, not compressed: zlib's versions differ."""
    return f"<< /Length {len(data)} {extra}>>\nstream\n".encode() + data + b"\nendstream"


def write_pdf(lines: Sequence[Line], rows_a_page: int) -> bytes:
    """A paper with a text layer, set in the embedded subset font; the same lines give the same bytes."""
    font = TTFont(FONT)
    cid = {chr(code): int(name[3:]) for code, name in font.getBestCmap().items()}
    rows = pdf_lines(lines, 41)
    pages = [rows[i:i + rows_a_page] for i in range(0, len(rows), rows_a_page)]
    kids = " ".join(f"{8 + 2 * i} 0 R" for i in range(len(pages)))
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
               b"<< /Type /Font /Subtype /Type0 /BaseFont /DEMOAA+NotoSansCJKsc /Encoding /Identity-H"
               b" /DescendantFonts [4 0 R] /ToUnicode 7 0 R >>",
               b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /DEMOAA+NotoSansCJKsc /CIDSystemInfo"
               b" << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor 5 0 R /DW 1000 /W [" + widths(font).encode() + b"] >>",
               b"<< /Type /FontDescriptor /FontName /DEMOAA+NotoSansCJKsc /Flags 4"
               b" /FontBBox [-1002 -1048 2928 1808] /ItalicAngle 0"
               b" /Ascent 880 /Descent -120 /CapHeight 733 /StemV 80 /FontFile3 6 0 R >>",
               stream(font.getTableData("CFF "), "/Subtype /CIDFontType0C "), stream(to_unicode(cid))]
    for i, page in enumerate(pages):
        resources = f"/Resources << /Font << /F1 3 0 R >> >> /Contents {9 + 2 * i} 0 R"
        objects += [f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] {resources} >>".encode(), stream(page_stream(page, cid))]
    return assemble(objects)


def widths(font: TTFont) -> str:
    """The widths of glyphs that are not a full square."""
    table = sorted((int(name[3:]), width) for name, (width, _) in font["hmtx"].metrics.items() if name.startswith("cid") and width != 1000)
    return " ".join(f"{n} [{width}]" for n, width in table)


def assemble(objects: Sequence[bytes]) -> bytes:
    """Numbered objects, cross-reference table and trailer."""
    out, places = BytesIO(), []
    out.write(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
    for n, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(f"{n} 0 obj\n".encode() + body + b"\nendobj\n")
    start = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode() + b"".join(f"{p:010d} 00000 n \n".encode() for p in places))
    out.write(f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()
