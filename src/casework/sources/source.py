"""A source: one raw text, and what is known about it from the manifest, its page or its record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from casework.sources.manifest import Manifest, ManifestRow, mismatch, outlet_level
from casework.text import Problem

__all__ = ["MAX_BYTES", "META", "Source", "make_source", "registered", "typed", "unregistered"]

MAX_BYTES = 50_000_000
META = ("outlet", "published", "url", "licence", "collected", "query", "headline", "author", "place")


@dataclass(frozen=True, slots=True)
class Source:
    """One raw text and what is known about it; metadata are text, empty where not known.

    `encoding` is the codec that gives `raw` back from the bytes, or pdf, docx, parquet.
    `from_page` names the metadata that the page itself told where the manifest was silent.
    """

    source_id: str
    file: str
    sha256: str
    bytes: int
    encoding: str
    raw: str
    outlet: str = ""
    outlet_level: str = ""
    published: str = ""
    url: str = ""
    licence: str = ""
    collected: str = ""
    query: str = ""
    headline: str = ""
    author: str = ""
    place: str = ""
    from_page: tuple[str, ...] = ()
    extracted: bool = False
    """True where `raw` is not the decoded bytes but what a library took from them, or a record's text."""


def make_source(file: str, sha256: str, size: int, encoding: str, raw: str, *told: Mapping[str, str]) -> Source:
    """Put a source together; of what was told of it, the first that is not empty counts."""
    def first(name: str) -> str:
        return next((t[name] for t in told if t.get(name)), "")

    outlet = first("outlet")
    return Source(
        f"s{sha256[:16]}", file, sha256, size, encoding, raw, outlet, outlet_level(outlet), first("published"), first("url"),
        first("licence"), first("collected"), first("query"), first("headline"), first("author"), first("place"),
    )


def typed(row: ManifestRow | None) -> dict[str, str]:
    """Give what a row of the manifest says, without what it leaves empty."""
    return {name: value for name in META if row is not None and (value := getattr(row, name))}


def registered(file: str, sha256: str, manifest: Mapping[str, ManifestRow]) -> ManifestRow | None:
    """Find a file's row in the manifest, by its name, else by its bytes.

    Raises CaseworkError where the named file has other bytes.
    """
    row = manifest.get(file)
    if row is not None and row.sha256 != sha256:
        raise mismatch(row, sha256)
    return row or (manifest.by_hash.get(sha256) if isinstance(manifest, Manifest) else None)


def unregistered(source: Source, row: ManifestRow | None) -> Iterator[Problem]:
    """Say that a source is not in the manifest."""
    if row is None:
        message = f"{source.file}: is not in the manifest, so its outlet and date are not known"
        yield Problem("unregistered", message, source_id=source.source_id)
