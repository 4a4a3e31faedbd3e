"""Where a page comes from: hashes of the data and of the code, how to cite, under what terms."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import casework
from casework.codebook import load_codebook
from casework.study import Study
from casework.views import load_words

__all__ = ["Provenance", "code_digest", "data_digest", "footer_html", "gather_provenance"]

SHOWN = 12
PACKAGE = Path(casework.__file__).parent


@dataclass(frozen=True, slots=True)
class Provenance:
    """What every page of a site says about itself."""

    data: str
    code: str
    codebooks: tuple[tuple[str, int, str], ...]
    cite: str
    licence: str


def _digest(files: Mapping[str, Path]) -> str:
    """Hash files by their names and bytes, in the order of their names."""
    total = hashlib.sha256()
    for name in sorted(files):
        total.update(name.encode() + b"\0" + hashlib.sha256(files[name].read_bytes()).digest())
    return total.hexdigest()


@cache
def code_digest() -> str:
    """Hash every file of the package, codebooks, gazetteer and fonts included."""
    files = {p.relative_to(PACKAGE).as_posix(): p for p in PACKAGE.rglob("*") if p.is_file() and "__pycache__" not in p.parts}
    return _digest(files)


def data_digest(tables: Path) -> str:
    """Hash the tables of a folder; the same whatever the folder is called."""
    return _digest({p.name: p for p in tables.iterdir() if p.suffix in (".csv", ".parquet")})


def gather_provenance(study: Study, tables: Path, lang: str) -> Provenance:
    """Collect what the pages of a study say about themselves."""
    books = [load_codebook(path) for path in study.codebooks.values()]
    data = data_digest(tables)
    return Provenance(data, code_digest(), tuple((b.name, b.version, b.digest) for b in books), _cite(study, data, lang), study.licence)


def _cite(study: Study, data: str, lang: str) -> str:
    if study.cite:
        return study.cite
    authors = load_words(lang).join([a.name for a in study.authors])
    head = ". ".join(p for p in (authors, study.date) if p)
    words = load_words(lang)("cite_default")
    said = words.format(title=study.title_in(lang), version=casework.__version__, data=data[:SHOWN])
    return f"{head}. {said}" if head else said


def footer_html(found: Provenance, lang: str, notebook: str = "", parameters: Mapping[str, Any] | None = None, missing: str = "") -> str:
    """Write the foot of a page: how to cite, versions as content hashes, terms."""
    words = load_words(lang)
    colon = words("colon")
    parts = [f"{words('data')} <code>{found.data[:SHOWN]}</code>"]
    parts += [f"{words('program')} casework {casework.__version__} <code>{found.code[:SHOWN]}</code>"]
    parts += [f"{words('codebook')} {escape(name)} v{version} <code>{digest[:SHOWN]}</code>" for name, version, digest in found.codebooks]
    parts += [f"{words('notebook')} <code>{notebook[:SHOWN]}</code>"] if notebook else []
    parts += [f"{words('parameters')} <code>{escape(json.dumps(parameters, ensure_ascii=False))}</code>"] if parameters else []
    lines = [f"<b>{words('cite')}</b>{colon}{escape(found.cite)}", f"<b>{words('versions')}</b>{colon}{words.join(parts)}"]
    if found.licence:
        lines.append(f"<b>{words('licence')}</b>{colon}{escape(found.licence)}")
    if missing:
        lines.append(f"{words('missing_glyphs')}{colon}{escape(missing)}")
    return "".join(f"<p>{line}</p>" for line in [*lines, words("offline")])
