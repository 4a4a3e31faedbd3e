"""Raw texts: the manifest, the readers, and a stream of sources and problems."""

from casework.sources.child import Child
from casework.sources.decode import Decoded, Unreadable, decode
from casework.sources.manifest import (
    Manifest,
    ManifestRow,
    check_manifest,
    missing_files,
    outlet_level,
    read_manifest,
    register_files,
    walk,
)
from casework.sources.mistakes import Mistakes
from casework.sources.read import PLAIN, READ_APART, iter_sources, once, read_source
from casework.sources.rows import read_rows
from casework.sources.source import MAX_BYTES, Source, registered

__all__ = [
    "MAX_BYTES",
    "PLAIN",
    "READ_APART",
    "Child",
    "Decoded",
    "Manifest",
    "ManifestRow",
    "Mistakes",
    "Source",
    "Unreadable",
    "check_manifest",
    "decode",
    "iter_sources",
    "missing_files",
    "once",
    "outlet_level",
    "read_manifest",
    "read_rows",
    "read_source",
    "register_files",
    "registered",
    "walk",
]
