"""Kernels forked from a parent that has everything imported: isolation kept, start-up paid once.

`serve` is the parent's side: one thread, no kernel of its own; it forks a child for each line it
reads and ends with its input. `Nursery` is our side of it; `ForkProvisioner` hands such
a child to jupyter_client in place of a process started anew, all else unchanged.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import threading
from typing import Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

__all__ = ["ForkProvisioner", "ForkedKernel", "Nursery", "can_fork", "serve"]

PRELOADED = ("ipykernel.ipkernel", "ipykernel.kernelapp", "casework.compare", "casework.figures", "casework.views", "IPython.display")


def can_fork() -> bool:
    """Tell whether this system can do it (Linux: it takes fork and pidfd)."""
    return hasattr(os, "fork") and hasattr(os, "pidfd_open")


class Nursery:
    """The preloaded parent: started when first asked, ended by `close`."""

    def __init__(self, env: dict[str, str]) -> None:
        self._env = env
        self._lock = threading.Lock()
        self._parent: subprocess.Popen[str] | None = None

    def fork(self, connection_file: str, cwd: str, env: dict[str, str]) -> ForkedKernel:
        """Ask for a kernel that serves a connection file."""
        with self._lock:
            if self._parent is None:
                command = [sys.executable, "-c", "from casework.reports.forking import serve; serve()"]
                # In a session of its own, so that an interrupt from the keyboard ends it by the end of its input only.
                pipe = subprocess.PIPE
                self._parent = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=self._env, start_new_session=True)
            assert self._parent.stdin is not None
            assert self._parent.stdout is not None
            self._parent.stdin.write(json.dumps({"file": connection_file, "cwd": cwd, "env": env}) + "\n")
            self._parent.stdin.flush()
            answer = self._parent.stdout.readline()
        if not answer:
            raise RuntimeError("the parent of the kernels has ended")
        return ForkedKernel(int(answer))

    def close(self) -> None:
        """End the parent; kernels that run are not touched."""
        if self._parent is not None:
            self._parent.communicate()
            self._parent = None


class ForkedKernel:
    """A process that is not our child, with the face of `subprocess.Popen`; its end is seen by a pidfd."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._fd = os.pidfd_open(pid)

    def poll(self) -> int | None:
        """Give 0 once the process has ended; its true exit code is its parent's to know."""
        if self.returncode is None and select.select([self._fd], [], [], 0)[0]:
            self.returncode = 0
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
    """Be the parent: import what reports need, then fork a kernel for each line of input."""
    from importlib import import_module

    for name in PRELOADED:
        import_module(name)
    _warm()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            _be_kernel(json.loads(line))
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


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
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
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
