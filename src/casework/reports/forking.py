"""Kernels forked from a parent that has everything imported: isolation kept, start-up paid once.

`serve` is the parent's side: one thread, no kernel of its own; each line it reads asks for a child or
for how one ended, and it ends with its input. `Nursery` is our side of it; `ForkProvisioner` hands such
a child to jupyter_client in place of a process started anew, all else unchanged.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import subprocess
import sys
import threading
from typing import Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

__all__ = ["ForkProvisioner", "ForkedKernel", "Nursery", "serve", "why_not_fork"]

# What a kernel imports while it starts (the debugger alone takes a third of a second), and what reports import.
PRELOADED = (
    "ipykernel.ipkernel", "ipykernel.kernelapp", "ipykernel.debugger", "tornado.platform.asyncio", "tornado.queues",
    "IPython.core.completerlib", "IPython.core.debugger", "IPython.display", "IPython.extensions.storemagic", "email.parser", "pdb",
    "casework.compare", "casework.figures", "casework.views",
)  # fmt: skip


def why_not_fork() -> str:
    """Say why this system cannot fork kernels; empty where it can (Linux: it takes fork and pidfd)."""
    if not hasattr(os, "fork"):
        return "this system has no fork"
    if sys.platform == "darwin":
        return "fork is not safe on macOS, whose libraries start threads"
    return "" if hasattr(os, "pidfd_open") else "this system has no pidfd"


class Nursery:
    """The preloaded parent: starts at once, so that it imports while we do; ended by `close`."""

    def __init__(self, env: dict[str, str]) -> None:
        self._lock = threading.Lock()
        command = [sys.executable, "-c", "from casework.reports.forking import serve; serve()"]
        # In a session of its own, so that an interrupt from the keyboard ends it by the end of its input only.
        pipe = subprocess.PIPE
        self._parent = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=env, start_new_session=True)

    def fork(self, connection_file: str, cwd: str, env: dict[str, str]) -> ForkedKernel:
        """Ask for a kernel that serves a connection file."""
        return ForkedKernel(self._ask({"file": connection_file, "cwd": cwd, "env": env}), self)

    def ended(self, pid: int) -> int:
        """Give the exit code of a child that has ended, a negative one for a signal."""
        return self._ask({"ended": pid})

    def _ask(self, what: dict[str, Any]) -> int:
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        with self._lock:
            try:
                self._parent.stdin.write(json.dumps(what) + "\n")
                self._parent.stdin.flush()
                answer = self._parent.stdout.readline()
            except (BrokenPipeError, ValueError):
                answer = ""
        if not answer.strip().lstrip("-").isdigit():
            raise RuntimeError(answer.strip() or "the parent of the kernels has ended")
        return int(answer)

    def close(self) -> None:
        """End the parent; kernels that run are not touched."""
        with self._lock:
            self._parent.communicate()


class ForkedKernel:
    """A process that is not our child, with the face of `subprocess.Popen`; its end is seen by a pidfd."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, nursery: Nursery) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._nursery = nursery
        self._fd = os.pidfd_open(pid)

    def poll(self) -> int | None:
        """Give the exit code once the process has ended; its parent knows it."""
        if self.returncode is None and select.select([self._fd], [], [], 0)[0]:
            try:
                self.returncode = self._nursery.ended(self.pid)
            except RuntimeError:
                self.returncode = -signal.SIGKILL
            os.close(self._fd)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end of the process."""
        if self.poll() is None and not select.select([self._fd], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired("kernel", timeout or 0)
        return self.poll() or 0

    def send_signal(self, number: int) -> None:
        """Send a signal, to this process and no other that may have got its number."""
        if self.poll() is None:
            signal.pidfd_send_signal(self._fd, number)

    def kill(self) -> None:
        """End the process now."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the process to end."""
        self.send_signal(signal.SIGTERM)


class ForkProvisioner(LocalProvisioner):
    """Gives jupyter_client a forked kernel; `nursery` is set by the manager that makes it."""

    nursery: Nursery | None = None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Ask the parent for a child in place of starting `cmd`."""
        manager: Any = self.parent
        assert self.nursery is not None
        child = self.nursery.fork(manager.connection_file, kwargs.get("cwd") or os.getcwd(), kwargs.get("env") or dict(os.environ))
        self.process = child  # type: ignore[assignment]
        self.pid = self.pgid = child.pid
        return self.connection_info


def serve() -> None:
    """Be the parent: import what reports need, then answer each line of input by a number."""
    from importlib import import_module

    for name in PRELOADED:
        import_module(name)
    _warm()
    # What is there now is shared by all children; a collection in one of them would copy it.
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        try:
            answer = str(_answer(json.loads(line)))
        except OSError as e:
            answer = f"no kernel could be forked: {e.strerror}"
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


def _answer(asked: dict[str, Any]) -> int:
    """Fork a kernel and give its number, or give the exit code of one that has ended."""
    if "ended" in asked:
        return os.waitstatus_to_exitcode(os.waitpid(asked["ended"], 0)[1])
    pid = os.fork()
    if not pid:
        _be_kernel(asked)
    return pid


def _warm() -> None:
    """Read once what every report reads: codebooks, words, the dictionary of the word cutter, the font."""
    from casework.compare import cut_words
    from casework.figures import text_width
    from casework.views import load_words, mechanism_names

    cut_words("")
    text_width("", 12)
    load_words("en")
    mechanism_names()


def _be_kernel(asked: dict[str, Any]) -> None:
    """Turn this child into a kernel; it never returns."""
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(nothing, 1)
        os.environ.clear()
        os.environ.update(asked["env"])
        os.chdir(asked["cwd"])
        sys.argv = ["ipykernel_launcher"]
        from ipykernel.kernelapp import IPKernelApp

        # The handle lets the kernel end itself should its parent be gone.
        options = ["--HistoryManager.enabled=False", f"--IPKernelApp.parent_handle={os.getppid()}"]
        IPKernelApp.launch_instance(["-f", asked["file"], *options])
    finally:
        os._exit(0)
