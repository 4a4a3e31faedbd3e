"""The parent's side of the child process that reads html, pdf and docx."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from typing import Any

from casework.sources.decode import Unreadable

__all__ = ["Child"]

SECONDS = 10.0
FILES = 500
_START = 30.0


class Child:
    """A process that extracts texts within limits; started when first asked, again when it died.

    Use it as a context manager, in the process that made it.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._files = 0

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process, if there is one and it is ours."""
        process, self._process = self._process, None
        if process is not None and self._owner == os.getpid():
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()

    def extract(self, kind: str, data: bytes, declared: str = "") -> dict[str, str]:
        """Give the text and metadata of a file of a kind (html, pdf, docx).

        Raises Unreadable where the file gives none, takes too long or too much memory.
        """
        fresh = self._ready()
        head = json.dumps({"kind": kind, "size": len(data), "declared": declared}).encode("ascii") + b"\n"
        try:
            reply = self._ask(head + data, self.seconds + (_START if fresh else 0.0))
        except (BrokenPipeError, EOFError):
            self.close()
            raise Unreadable("broken", f"ended the program that reads {kind} files; fetch it again or save its text as .txt") from None
        except TimeoutError:
            self.close()
            raise Unreadable("timeout", f"takes more than {self.seconds:g} s to read as {kind}; save its text as .txt") from None
        found: dict[str, str] = json.loads(reply)
        if "problem" in found:
            raise Unreadable(found["problem"], found["message"])
        return found

    def _ready(self) -> bool:
        """Start the process unless one is there; a forked copy of us starts its own."""
        if self._process is not None and self._owner == os.getpid() and self._files < FILES:
            self._files += 1
            return False
        self.close()
        self._owner, self._files = os.getpid(), 1
        self._process = subprocess.Popen(
            [sys.executable, "-m", "casework.sources.extract"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )
        return True

    def _ask(self, request: bytes, seconds: float) -> bytes:
        process: Any = self._process
        late = threading.Event()

        def end() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(seconds, end)
        timer.start()
        try:
            # The child reads a request to its end before it answers, so that neither waits for the other.
            process.stdin.write(request)
            process.stdin.flush()
            reply: bytes = process.stdout.readline()
        finally:
            timer.cancel()
        if reply.endswith(b"\n"):
            return reply
        raise TimeoutError if late.is_set() else EOFError
