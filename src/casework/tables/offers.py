"""Files that a notebook offers for download beside what it shows: they travel in its output, and the site writes them."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from typing import Any

from casework.text import CaseworkError

__all__ = ["OFFERED", "offer_files", "offered_files"]

OFFERED = "application/vnd.casework.files+json"
"""The kind of output that holds files: a mapping of path to base64."""
_PATH = re.compile(r"(?:figures|downloads)/[\w-]+\.(?:svg|pdf|png|csv)", re.ASCII)


def offer_files(files: Mapping[str, bytes]) -> dict[str, dict[str, str]]:
    """Give the part of an output that carries files, by their path in the site; nothing where there are none.

    >>> offer_files({"downloads/a.csv": b"x"})
    {'application/vnd.casework.files+json': {'downloads/a.csv': 'eA=='}}
    """
    return {OFFERED: {path: base64.b64encode(data).decode() for path, data in files.items()}} if files else {}


def offered_files(outputs: Iterable[Mapping[str, Any]]) -> dict[str, bytes]:
    """Gather the files that outputs of a notebook carry; raise where one would lie outside the site's own folders.

    >>> offered_files([{"data": {OFFERED: {"downloads/a.csv": "eA=="}}}, {"text": "…"}])
    {'downloads/a.csv': b'x'}
    """
    found: dict[str, bytes] = {}
    for output in outputs:
        for path, data in dict(output.get("data", {}).get(OFFERED, {})).items():
            if not _PATH.fullmatch(path):
                raise CaseworkError(f"a notebook offers '{path}'; only figures/NAME.svg, .pdf, .png and downloads/NAME.csv can be")
            try:
                found[path] = base64.b64decode(str(data), validate=True)
            except binascii.Error:
                raise CaseworkError(f"a notebook offers '{path}', which is not base64") from None
    return found
