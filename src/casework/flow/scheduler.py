"""The Dask scheduler that a study names: reached or told why not, and its workers asked whether they may take part."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from casework.flow.kit import own_version
from casework.text import CaseworkError

__all__ = ["ANSWER", "PATIENCE", "connect", "refuse_unfit", "unseen"]

ANSWER = 5.0
"""How many seconds a scheduler has to answer."""
WORKERS = 60.0
PATIENCE = 300.0
"""How many seconds work goes on where no worker is left."""
_ASK = "__import__({!r}, fromlist=['x']).{}({})"


def connect(address: str) -> Any:
    """Give a client of the scheduler at an address; raises CaseworkError where Dask is not installed or nothing answers there."""
    try:
        from distributed import Client
    except ImportError:
        raise CaseworkError("--scheduler needs Dask, which is not installed: pip install 'casework[cluster]'") from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what it would say is said by our errors
    make: Any = Client
    try:
        return make(address, timeout=ANSWER, set_as_default=False)
    except (OSError, ValueError, RuntimeError, ImportError) as e:
        message = f"{address}: no Dask scheduler answers there ({type(e).__name__}); start one, see docs/cluster.md, or use --jobs"
        raise CaseworkError(message) from None


def refuse_unfit(client: Any, address: str, question: Callable[..., Any], given: Sequence[object], why_not: Callable[[Any], str]) -> None:
    """Ask every worker `question` of what is `given`, and refuse by name each whose answer is a reason not to (`why_not`).

    The question goes over as text, since a worker without casework could not take a function of it.
    """
    try:
        client.wait_for_workers(1, timeout=WORKERS)
    except TimeoutError:
        raise CaseworkError(f"{address}: the scheduler has no workers; start some, see docs/cluster.md") from None
    asked = _ASK.format(question.__module__, question.__name__, ", ".join(map(repr, given)))
    told = client.run(eval, asked, on_error="return")
    wrong = [f"{worker} {why}" for worker, answer in sorted(told.items()) if (why := _unfit(answer, why_not))]
    if wrong:
        raise CaseworkError("\n".join([f"{address}: {len(wrong)} of {len(told)} workers cannot take part", *wrong]))


def _unfit(answer: Any, why_not: Callable[[Any], str]) -> str:
    if isinstance(answer, BaseException):
        return f"has no casework, or one that knows no clusters ({type(answer).__name__}); install {own_version()} there"
    return why_not(answer)


def unseen(path: str | Path) -> str:
    """Say that a worker does not see a path."""
    return f"does not see {path}; it must lie on a file system that all share"
