"""Lines to file bytes and back to offsets: plain text, a web page, a paper with a text layer, a letter."""
from __future__ import annotations

import html
from collections.abc import Sequence
from io import BytesIO
from itertools import groupby, pairwise, zip_longest
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from fontTools.ttLib import TTFont

from casework.sources.extract import read_docx, read_html, read_pdf
from demo.markup import Line

FONT = Path(__file__).with_name("font.otf")
TAGS = {"H": "h1", "K": "h2", "P": "p", "B": "p", "C": "figcaption", "x": "div"}
Offsets = list[tuple[int, int]]
READERS = {"html": read_html, "pdf": read_pdf, "docx": read_docx}


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


def column_rows(lines: Sequence[Line], width: int) -> list[tuple[Line, int, int]]:
    """Paragraphs as printed rows of about `width` characters; no row ends inside an annotation."""
    out = []
    for line in lines:
        at = 0
        while at < len(line.cells):
            end = min(at + width, len(line.cells))
            end = next((m.first for m in line.marks if m.first < end < m.last), end)
            out.append((line, at, end))
            at = end
    return out


def write_columns(lines: Sequence[Line], width: int, gap: str) -> tuple[str, dict[int, Offsets]]:
    """Head and foot as they are; the blocks L and R row by row in turn, as a careless extraction leaves two columns."""
    blocks = {name: [line for line in lines if line.block == name] for name in "ALRZ"}
    turns = zip_longest(column_rows(blocks["L"], width), column_rows(blocks["R"], width))
    rows = [(line, 0, len(line.cells)) for line in blocks["A"]] + [row for pair in turns for row in pair if row]
    raw, offsets = "", dict[int, Offsets]()
    for line, first, last in rows + [(line, 0, len(line.cells)) for line in blocks["Z"]]:
        for cell in line.cells[first:last]:
            offsets.setdefault(id(line), []).append((len(raw), len(raw) + len(cell.core)))
            raw += cell.core + cell.tail
        raw += gap
    return raw, offsets


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


def read_back(file: str, data: bytes) -> str:
    """The text that offsets in a page, a paper or a letter count in: what casework's own reader extracts."""
    return READERS[file.rpartition(".")[2]](data)["text"]


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


def write_pdf(lines: Sequence[Line]) -> bytes:
    """A paper with a text layer, set in the embedded subset font; its running head begins each page. The same lines give the same bytes."""
    font = TTFont(FONT)
    cid = {chr(code): int(name[3:]) for code, name in font.getBestCmap().items()}
    heads = [i for i, line in enumerate(lines) if text_of(line) == text_of(lines[0])]
    pages = [pdf_lines(lines[a:b], 41) for a, b in pairwise([*heads, len(lines)])]
    kids = " ".join(f"{8 + 2 * i} 0 R" for i in range(len(pages)))
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
               b"<< /Type /Font /Subtype /Type0 /BaseFont /DEMOAA+NotoSansCJKsc /Encoding /Identity-H"
               b" /DescendantFonts [4 0 R] /ToUnicode 7 0 R >>",
               b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /DEMOAA+NotoSansCJKsc /CIDSystemInfo"
               b" << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor 5 0 R /DW 1000"
               b" /W [" + widths(font).encode() + b"] >>",
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


DOCX = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
    "</Relationships>",
}


def docx_table(lines: Sequence[Line]) -> str:
    """A table, a row a line, its cells apart by tabs."""
    count = max(text_of(line).count("\t") for line in lines) + 1
    cell = "<w:tc><w:tcPr><w:tcW w:w='2000' w:type='dxa'/></w:tcPr><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    rows = ["<w:tr>" + "".join(cell.format(html.escape(words)) for words in text_of(line).split("\t")) + "</w:tr>" for line in lines]
    return f"<w:tbl><w:tblPr/><w:tblGrid>{'<w:gridCol/>' * count}</w:tblGrid>{''.join(rows)}</w:tbl>"


def write_docx(lines: Sequence[Line]) -> bytes:
    """A letter of paragraphs and tables, stored without compression and without dates."""
    body = ""
    for table, group in groupby(lines, key=lambda line: line.role == "T"):
        items = list(group)
        body += docx_table(items) if table else "".join(f"<w:p><w:r><w:t>{html.escape(text_of(line))}</w:t></w:r></w:p>" for line in items)
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    document = f'<w:document xmlns:w="{space}"><w:body>{body}<w:sectPr/></w:body></w:document>'
    out = BytesIO()
    with ZipFile(out, "w", ZIP_STORED) as archive:
        for name, xml in {**DOCX, "word/document.xml": document}.items():
            archive.writestr(ZipInfo(name, (2020, 1, 1, 0, 0, 0)), '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + xml)
    return out.getvalue()


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
