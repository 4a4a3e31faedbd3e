"""An environment of its own for the peers, and the processes that run one tool each."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import venv
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from bench.corpus import ROOT

HERE = Path(__file__).resolve().parent
PINS = HERE / "peers.txt"
HOME = ROOT / ".casework" / "bench-venv"
# What each peer needs; the versions of these, and of what they need in turn, stand in peers.txt.
PACKAGES = {
    "jionlp": ("jionlp",),
    "recognizers": ("emoji", "recognizers-text-suite"),
    "cpca": ("cpca",),
}


class Missing(Exception):
    """A tool that cannot be run here, and why."""


def make_environment(home: Path = HOME) -> dict[str, str]:
    """Install the peers that are not there yet; give the reason for each that cannot be."""
    stamp = hashlib.sha256(PINS.read_bytes()).hexdigest()
    if not (home / "bin" / "python").exists():
        print(f"installing the peers in {home.relative_to(ROOT)}", file=sys.stderr)
        venv.create(home, with_pip=True, clear=True)
    return {peer: why for peer in PACKAGES if (why := _install(home, peer, stamp))}


def _install(home: Path, peer: str, stamp: str) -> str:
    """Install a peer once; give the last line of pip's complaint, or nothing."""
    done = home / f"{peer}.installed"
    if done.exists() and done.read_text() == stamp:
        return ""
    pip = [str(home / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    run = subprocess.run([*pip, "--constraint", str(PINS), *PACKAGES[peer]], capture_output=True, text=True)
    if run.returncode:
        said = [line for line in run.stderr.splitlines() if line.strip()]
        return f"not installed: {said[-1] if said else 'pip gave no reason'}"
    done.write_text(stamp)
    return ""


def version_of(package: str) -> str:
    """Give the pinned version of a package."""
    pins = dict(line.split("==") for line in PINS.read_text().split())
    return pins[package]


class Worker:
    """A tool in a process that stays warm; it is asked one thing at a time, by lines of JSON."""

    def __init__(self, tool: str, python: Path | str) -> None:
        self.tool = tool
        self._waiting = 0
        self._process = subprocess.Popen(
            [str(python), str(HERE / "tools.py"), tool],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )

    def tell(self, **question: Any) -> None:
        """Send a question without waiting for its answer."""
        assert self._process.stdin
        try:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
        except OSError:
            raise self._ended() from None
        self._waiting += 1

    def hear(self) -> Any:
        """Wait for all that was asked and give the last answer; raises Missing where the process has died or the tool fails."""
        assert self._process.stdout
        value = None
        while self._waiting:
            self._waiting -= 1
            try:
                answer = json.loads(self._process.stdout.readline())
            except ValueError:
                raise self._ended() from None
            if "error" in answer:
                raise Missing(answer["error"])
            value = answer["value"]
        return value

    def _ended(self) -> Missing:
        return Missing(f"{self.tool} ended with exit code {self._process.wait()}")

    def ask(self, **question: Any) -> Any:
        """Send a question and wait for its answer."""
        self.tell(**question)
        return self.hear()

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin
        with suppress(OSError):
            self._process.stdin.close()
        self._process.wait()


def open_worker(tool: str, texts: Sequence[Sequence[str]], peer: str, problems: dict[str, str]) -> Worker:
    """Start a tool and tell it to read some texts, so that what it loads on first use is loaded; does not wait for it."""
    if peer in problems:
        raise Missing(problems[peer])
    worker = Worker(tool, HOME / "bin" / "python" if peer else sys.executable)
    worker.tell(do="read", texts=texts)
    return worker
