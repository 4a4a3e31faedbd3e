"""What may not be published stays in: the tables that notebooks see, and a last look at what they showed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from lxml import html  # type: ignore[import-untyped]

from casework.tables import Tables, standoff, write_tables
from casework.tables.publish import Publish
from casework.text import CaseworkError

__all__ = ["RUN", "refuse_running_text", "shareable_tables"]

RUN = 16
"""So many consecutive characters of a passage are running text."""
PIECE = 8
_APART = ("td", "th", "p", "li", "div", "h1", "h2", "h3", "text", "title", "pre", "code", "span", "figcaption")


@contextmanager
def shareable_tables(folder: Path, tables: Tables, publish: Publish, where: Path | None = None) -> Iterator[Path]:
    """Give a folder of the tables that notebooks may read, made below `where` (a temporary folder of the system).

    With `full` it is the folder itself. Else headlines, long surfaces and what edits replaced are
    emptied; the passages keep their text and the edits what they put in, since words are counted and slogans
    read clean, and `refuse_running_text` looks at what was made of them.
    """
    if publish == "full":
        yield folder
        return
    with TemporaryDirectory(prefix="casework-", dir=where) as temporary:
        frames = standoff(tables.frames, publish)
        frames |= {"passages": tables.passages, "edits": tables.edits}
        write_tables(Path(temporary) / "tables", frames)
        yield Path(temporary) / "tables"


def _runs(text: str) -> Iterator[str]:
    return (text[i : i + RUN] for i in range(len(text) - RUN + 1))


def _read(body: str) -> str:
    """Give the text of a body as it is read, cells and paragraphs apart."""
    root = html.fromstring(f"<div>{body}</div>")
    for element in root.iter(*_APART):
        element.tail = "\n" + (element.tail or "")
    return str(root.text_content())


def refuse_running_text(pages: Mapping[str, str], tables: Tables, read: Callable[[str], str] = _read) -> None:
    """Stop where a report shows running text that the study does not publish; `pages` are bodies in HTML, by path.

    `read` gives the text of a page; with `str` the pages may be files of any kind. Labels are facts, however
    long. What is held in memory are the runs of the pages, not those of the corpus.
    """
    shown = {run: path for path, body in reversed(list(pages.items())) for run in _runs(read(body))}
    for label in [*tables.labels["surface"], *(members.replace(";", "+") for members in tables.labels["members"])]:
        for run in _runs(label):
            shown.pop(run, None)
    pieces = {run[i : i + PIECE] for run in shown for i in range(RUN - PIECE + 1)}
    for text in tables.passages["text"]:
        for run in _shared(text, shown, pieces):
            raise CaseworkError(
                f"{shown[run]}: shows running text ('{run[:6]}…'), and the study does not publish any; "
                "leave that cell out, show it only where `publish` is 'full', or set 'publish: full' if the licence permits"
            )


def _shared(text: str, shown: Mapping[str, str], pieces: Set[str]) -> Iterator[str]:
    """Give the runs of a passage that are shown: a run of 16 holds a piece of 8 at every ninth place, so that few places are looked at."""
    for at in range(0, len(text) - PIECE + 1, RUN - PIECE + 1):
        if text[at : at + PIECE] in pieces:
            yield from (run for run in _runs(text[max(0, at - RUN + PIECE) : at + RUN]) if run in shown)
