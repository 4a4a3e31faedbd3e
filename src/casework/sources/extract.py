"""What runs in the child process: html, pdf and docx to text by their libraries, within limits.

The libraries are large and partly native, the files come from anywhere: a crash, a hang or a
flood of memory ends the child, not the build. `python -m casework.sources.extract` reads
requests from stdin (a JSON line with kind and size, then the bytes) and answers in JSON lines.
"""

from __future__ import annotations

import io
import json
import logging
import os
import re
import sys
import warnings
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

from casework.sources.decode import ENCODINGS, Unreadable, decode

__all__ = ["EXTRACTORS", "answer", "main"]

MEMORY = 3_000_000_000
UNPACKED = 300_000_000
RATIO = 300
MEMBERS = 20_000
PAGES = 3_000
FAR_DAY = "2099-12-31"
"""Upper bound of a page's date: the library would else take today's, and a clock must not decide."""

Extracted = dict[str, str]


def read_html(data: bytes, declared: str = "") -> Extracted:
    """Give the main text of a page and what its metadata say (trafilatura)."""
    import trafilatura

    page = decode(data, declared or _html_charset(data))
    found = trafilatura.bare_extraction(
        page.text, include_comments=False, include_tables=True, favor_recall=True, with_metadata=True,
        date_extraction_params={"extensive_search": False, "original_date": True, "max_date": FAR_DAY},
    )
    text = str(getattr(found, "text", None) or "")
    if not text.strip():
        raise Unreadable("no_text", "has no article text that could be told from the page's furniture; save the text as .txt")
    meta = {"headline": "title", "author": "author", "published": "date", "outlet": "sitename", "url": "url"}
    return {"text": text, "encoding": page.encoding, **{ours: str(getattr(found, theirs, None) or "") for ours, theirs in meta.items()}}


def _html_charset(data: bytes) -> str:
    found = re.search(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", data[:8192], re.IGNORECASE)
    name = found[1].decode("ascii").lower() if found else ""
    # A page that says utf-16 in ASCII letters is not; one that lies is found out by `decode`.
    if name not in ENCODINGS or name.startswith(("utf-16", "utf-32")) or data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return ""
    try:
        decode(data, name)
    except Unreadable:
        return ""
    return name


def read_pdf(data: bytes, declared: str = "") -> Extracted:
    """Give the text layer of a pdf, its pages apart by an empty line (pypdfium2)."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as e:
        if "assword" in str(e) or "security" in str(e).lower():
            raise Unreadable("encrypted", "is protected by a password; save it without one") from None
        raise Unreadable("broken", f"is not a whole pdf ({e}); fetch it again") from None
    try:
        if len(document) > PAGES:
            raise Unreadable("too_large", f"has {len(document)} pages, more than {PAGES}; split it")
        pages = [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document]
    except pypdfium2.PdfiumError as e:
        raise Unreadable("broken", f"has a page that cannot be read ({e}); fetch it again") from None
    text = "\n\n".join(pages)
    if not text.strip():
        raise Unreadable("no_text", "has no text layer; run a text recognition over it first")
    return {"text": text, "encoding": "pdf"}


def read_docx(data: bytes, declared: str = "") -> Extracted:
    """Give the paragraphs and table cells of a .docx in the order of the document (python-docx)."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable("encrypted", "is protected by a password, or an old .doc; save it as an open .docx")
    _check_zip(data)
    import docx

    try:
        document = docx.Document(io.BytesIO(data))
        text = "\n".join(_blocks(document, depth=0))
    except (KeyError, ValueError, zipfile.BadZipFile, SyntaxError, AttributeError, EOFError, OSError) as e:
        raise Unreadable("broken", f"is not a whole .docx ({type(e).__name__}); save it again") from None
    except Exception as e:
        # The library raises types of its own and of lxml, with no common base below Exception.
        raise Unreadable("broken", f"is not a whole .docx ({type(e).__name__}); save it again") from None
    if not text.strip():
        raise Unreadable("empty", "holds no text")
    return {"text": text, "encoding": "docx"}


def _check_zip(data: bytes) -> None:
    try:
        members = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except Exception as e:
        raise Unreadable("broken", f"is not a whole .docx ({type(e).__name__}); save it again") from None
    total = sum(m.file_size for m in members)
    if total > UNPACKED or len(members) > MEMBERS or total > RATIO * max(len(data), 100_000):
        raise Unreadable("too_large", f"would unpack to {total} bytes in {len(members)} parts; such a file is not opened")


def _blocks(container: Any, depth: int) -> list[str]:
    """List the texts of a body or a cell; a table gives a line a row, its cells apart by tabs."""
    from docx.table import Table

    out: list[str] = []
    for block in container.iter_inner_content():
        if not isinstance(block, Table):
            out.append(block.text)
        elif depth < 5:
            for row in block.rows:
                cells = {id(c._tc): c for c in row.cells}
                out.append("\t".join("\n".join(_blocks(c, depth + 1)) for c in cells.values()))
    return out


EXTRACTORS: Mapping[str, Callable[[bytes, str], Extracted]] = {"html": read_html, "pdf": read_pdf, "docx": read_docx}


def answer(kind: str, data: bytes, declared: str = "") -> Extracted:
    """Extract one file; what goes wrong is an answer too: `problem` (a code) and `message`."""
    try:
        found = EXTRACTORS[kind](data, declared)
        # What a library hands out may hold half a surrogate pair, which no file can store.
        return {key: value.encode("utf-8", "replace").decode("utf-8") for key, value in found.items()}
    except Unreadable as e:
        return {"problem": e.code, "message": str(e)}
    except MemoryError:
        return {"problem": "too_large", "message": "needs more memory than a text may; split it"}
    except RecursionError:
        return {"problem": "broken", "message": "is nested too deeply to be read"}
    except Exception as e:
        return {"problem": "broken", "message": f"could not be read as {kind} ({type(e).__name__})"}


def main() -> None:
    """Answer requests until stdin ends."""
    _limit()
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # A library that prints must not break the protocol.
    os.dup2(2, 1)
    while head := requests.readline():
        request = json.loads(head)
        data = requests.read(request["size"])
        reply = json.dumps(answer(request["kind"], data, request["declared"])).encode("ascii")
        answers.write(reply + b"\n")
        answers.flush()


def _limit() -> None:
    try:
        import resource
    except ImportError:
        # There is no such limit on Windows; the time limit still holds.
        return
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard), hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
