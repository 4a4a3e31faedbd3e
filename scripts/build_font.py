"""Make the font that figures and pages are set in: a subset of Noto Sans CJK SC.

    python scripts/build_font.py                         # fetch Debian's fonts-noto-cjk with apt-get download
    python scripts/build_font.py --source NotoSansCJK-Regular.ttc
    python scripts/build_font.py --names streets.csv villages.csv    # add the characters of these files

The same source font gives the same bytes. What the rules below do not reach (rare characters
of place names) stands in characters.txt beside the font, so that a rebuild needs no other file;
`--names` adds to it. docs/decisions/0005-fonts.md says why it is done this way.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

import opencc
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont

FONTS = Path(__file__).parent.parent / "src/casework/data/fonts"
PACKAGE = "fonts-noto-cjk"
FACE = "Noto Sans CJK SC"
# A name of its own: a figure must not change with the fonts that a machine happens to have.
FAMILY = "Casework Sans SC"
FILE = "casework-sans-sc.otf"

BLOCKS = [
    (0x0020, 0x017F),  # Latin, with the vowels of pinyin below
    (0x01CD, 0x01DC),
    (0x0370, 0x03FF),
    (0x2010, 0x2027),
    (0x2030, 0x205E),
    (0x20AC, 0x20AC),
    (0x2100, 0x214F),
    (0x2150, 0x218F),
    (0x2190, 0x2199),
    (0x2200, 0x226F),
    (0x2460, 0x24FF),
    (0x2500, 0x26FF),
    (0x2713, 0x2718),
    (0x3000, 0x30FF),
    (0x3200, 0x33FF),
    (0xFE30, 0xFE6B),
    (0xFF00, 0xFFEF),
]


def rows_of(codec: str, first: range, second: Iterable[int]) -> set[str]:
    """Give the characters that a two-byte character set has in the given rows."""
    second = list(second)
    found = {bytes([a, b]).decode(codec, "ignore") for a in first for b in second}
    return found - {""}


def ruled_characters() -> set[str]:
    """Give GB2312, its traditional forms (China, Taiwan, Hong Kong), Big5's common half, and the signs."""
    chars = {chr(c) for first, last in BLOCKS for c in range(first, last + 1)}
    simplified = rows_of("gb2312", range(0xA1, 0xF8), range(0xA1, 0xFF))
    chars |= simplified | rows_of("big5", range(0xA4, 0xC7), [*range(0x40, 0x7F), *range(0xA1, 0xFF)])
    for config in ("s2t", "s2tw", "s2hk"):
        convert = opencc.OpenCC(config).convert
        chars |= {t for c in sorted(simplified) for t in convert(c)}
    return chars


def fetch(folder: Path) -> Path:
    """Download Debian's package and unpack the regular weight."""
    subprocess.run(["apt-get", "download", PACKAGE], cwd=folder, check=True)
    deb = next(folder.glob(f"{PACKAGE}_*.deb"))
    subprocess.run(["dpkg-deb", "-x", str(deb), str(folder)], check=True)
    return next(folder.rglob("NotoSansCJK-Regular.ttc"))


def open_face(path: Path) -> TTFont:
    """Open the simplified Chinese face of a collection (or a single font)."""
    if path.suffix != ".ttc":
        return TTFont(path)
    return next(f for f in TTCollection(path, lazy=True).fonts if f["name"].getDebugName(1) == FACE)


def rename(font: TTFont) -> None:
    """Give the subset its own name, as the licence allows; copyright and licence entries stay."""
    plain = FAMILY.replace(" ", "")
    for record in list(font["name"].names):
        new = {1: FAMILY, 3: f"{FAMILY}, a subset of {FACE}", 4: FAMILY, 6: f"{plain}-Regular", 16: FAMILY}.get(record.nameID)
        if new:
            record.string = new
    top = font["CFF "].cff
    top.fontNames = [f"{plain}-Regular"]
    top.topDictIndex[0].FullName = top.topDictIndex[0].FamilyName = FAMILY


def subset(font: TTFont, chars: Iterable[str]) -> None:
    """Keep the given characters, with kerning and mark placement, without hints."""
    options = Options()
    options.hinting = False
    options.layout_features = ["kern", "mark", "mkmk", "ccmp"]
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE"]
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.name_languages = [0x409]
    options.notdef_outline = True
    worker = Subsetter(options)
    worker.populate(unicodes=[ord(c) for c in chars])
    worker.subset(font)


def rare_characters(listed: Path, names: Iterable[Path], ruled: set[str]) -> set[str]:
    """Give what the rules do not reach: the list kept beside the font and the characters of `names`."""
    texts = [listed.read_text(encoding="utf-8")] if listed.exists() else []
    texts += [p.read_text(encoding="utf-8") for p in names]
    return {c for text in texts for c in text if ord(c) >= 0x3400} - ruled


def main() -> None:
    """Build the font and print its size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", type=Path, help="NotoSansCJK-Regular.ttc; fetched where not given")
    parser.add_argument("--names", type=Path, nargs="*", default=[], help="text files whose characters are wanted too")
    parser.add_argument("--out", type=Path, default=FONTS)
    given = parser.parse_args()
    ruled = ruled_characters()
    rare = rare_characters(FONTS / "characters.txt", given.names, ruled)
    with tempfile.TemporaryDirectory() as folder:
        font = open_face(given.source or fetch(Path(folder)))
        rare &= {chr(c) for c in font.getBestCmap()}
        font.recalcTimestamp = False
        subset(font, ruled | rare)
        rename(font)
        given.out.mkdir(parents=True, exist_ok=True)
        font.save(given.out / FILE, reorderTables=False)
    lines = "".join(sorted(rare))
    (given.out / "characters.txt").write_text("\n".join(lines[i : i + 40] for i in range(0, len(lines), 40)) + "\n", encoding="utf-8")
    print(f"{FILE}: {(given.out / FILE).stat().st_size:,} bytes, {len(font.getBestCmap()):,} characters, {len(rare)} of them from names")


if __name__ == "__main__":
    main()
