"""A report that failed: the page in its place, and the error that ends the command."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from casework.reports.execute import RunFailed
from casework.reports.runs import Job, Runs
from casework.text import CaseworkError
from casework.views import load_words

__all__ = ["failure_body", "tell_failures"]


def failure_body(title: str, failed: RunFailed, lang: str) -> str:
    """Write what stands in place of a report: that it failed, where, and with which error."""
    words = load_words(lang)
    code = "".join(f"<pre><code>{escape(part)}</code></pre>" for part in (failed.source, failed.traceback) if part)
    said = f"<b>{escape(words('report_failed'))}</b> {escape(failed.head)}"
    return f'<h1>{escape(title)}</h1><p class="note">{said}</p>{code}'


def tell_failures(jobs: Sequence[Job], runs: Runs, out: Path | None = None) -> None:
    """Raise the error that names each report that failed; `out` is where the others were written, if they were."""
    named = [f"{job.page}: {runs.failed[job.page]}" for job in jobs if job.page in runs.failed]
    others = "the other is" if len(runs.done) == 1 else f"the other {len(runs.done)} are"
    written = f"; {others} written" if out else ", so nothing was written"
    head = f"{len(named)} of {len(jobs)} report{'s' * (len(jobs) != 1)} failed{written}"
    raise CaseworkError("\n".join([head, *named]))
