"""The declared damage of the demo corpus: what is written instead of what was meant. Every function changes cells, never their order."""
from __future__ import annotations

from pathlib import Path

from opencc import OpenCC
from ruamel.yaml import YAML

from demo.markup import Line

CHOSEN = {"为": "為", "众": "眾", "签": "簽", "群": "群"}
KEEP = frozenset("余后斗范里面系向台几周表折采回丑谷干松只卜才冲咸于云")
ASCII = str.maketrans("，：；（）？！", ",:;()?!")
WIDE = str.maketrans("0123456789%.", "０１２３４５６７８９％．")
_CONVERTER = OpenCC("s2t")
_PINYIN: dict[str, str] = YAML(typ="safe").load(Path(__file__).with_name("pinyin.yaml").read_text(encoding="utf-8"))


def traditional(c: str) -> str:
    """One character at a time, as web converters do: those with several traditional forms stay as they are."""
    return c if c in KEEP else CHOSEN.get(c) or _CONVERTER.convert(c)


def to_traditional(line: Line, pinyin: bool) -> None:
    """Traditional forms, with bracketed pinyin after those that the table knows."""
    for cell in line.cells:
        if cell.core in ("", "«M»"):
            continue
        cell.core = "".join(traditional(c) for c in cell.core)
        if pinyin and cell.core in _PINYIN:
            cell.tail = f"({_PINYIN[cell.core]})" + cell.tail


def shift_bytes(words: str) -> list[str]:
    """What GBK bytes say when the first is lost and the rest are read one off, a piece for each character of `words`."""
    data = words.encode("gbk")
    out, i = ["?"], 1
    while i + 1 < len(data):
        out.append(data[i:i + 2].decode("gbk"))
        i += 2
    out[-1] += "€" if data[i] == 0x80 else data[i:].decode("ascii")
    return out


def mojibake(line: Line) -> None:
    """Replace each «M:…» stretch by its shifted bytes; the stretch ends where the last character's second byte is a letter."""
    for i, cell in enumerate(line.cells):
        if cell.core != "«M»":
            continue
        stretch = [cell]
        for later in line.cells[i + 1:]:
            if not later.fixed:
                break
            stretch.append(later)
        for target, piece in zip(stretch, shift_bytes("".join(traditional(c.ch) for c in stretch)), strict=True):
            target.core, target.tail = piece, ""


def translate(line: Line, table: dict[int, int]) -> None:
    """Full-width digits, or ASCII punctuation."""
    for cell in line.cells:
        cell.core = cell.core.translate(table)


def wrap(line: Line, width: int, newline: str) -> None:
    """Break a paragraph after every `width` characters, as scanned pages and mails do."""
    for i in range(width - 1, len(line.cells) - 1, width):
        line.cells[i].tail += newline


def apply(line: Line, head: dict[str, object], newline: str) -> None:
    """All the damage that the header of a source declares for its lines."""
    if head.get("traditional") and line.role != "Z":
        to_traditional(line, bool(head.get("pinyin")))
    mojibake(line)
    if head.get("ascii"):
        translate(line, ASCII)
    if head.get("wide"):
        translate(line, WIDE)
    if line.role == "P" and isinstance(width := head.get("wrap"), int):
        wrap(line, width, newline)
