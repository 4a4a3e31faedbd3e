"""The kernels that reports run in: this very interpreter, nothing of the user's own settings."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, ClassVar

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

from casework.codebook import did_you_mean
from casework.reports.forking import ForkProvisioner, Nursery, why_not_fork
from casework.text import CaseworkError

__all__ = ["ENGINES", "ForkKernelManager", "OwnKernelManager", "choose_engine", "kernel_environment", "kernels_of"]

ENGINES = ("fork", "papermill")


def kernel_environment() -> dict[str, str]:
    """Give the environment of a kernel: no hash order, no clock, one thread."""
    fixed = {
        "PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "0", "TZ": "UTC", "PYTHONWARNINGS": "default", "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
    }  # fmt: skip
    if path := os.environ.get("PYTHONPATH"):
        # A kernel runs in another folder, where a relative entry would mean another package.
        fixed["PYTHONPATH"] = os.pathsep.join(os.path.abspath(entry) for entry in path.split(os.pathsep) if entry)
    return {**os.environ, **fixed}


class OwnKernelManager(AsyncKernelManager):
    """Starts ipykernel with `sys.executable`, whatever a kernelspec named python3 may point to.

    Sockets, connection file and profile are in a folder of its own: no port can be taken, and
    no start-up file of the user's is run. A class of its own is made for each run of the reports (`kernels_of`)
    and each report: `running` are the managers of all, `ends` the exit codes of kernels that ended by themselves.
    """

    running: ClassVar[set[OwnKernelManager]] = set()
    ends: ClassVar[list[int]] = []
    memory: ClassVar[int | None] = None

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._folder = tempfile.TemporaryDirectory(prefix="casework-")
        if os.name == "posix":
            self.transport = "ipc"
            self.connection_file = os.path.join(self._folder.name, "kernel.json")

    @property
    def kernel_spec(self) -> KernelSpec:
        """The one kernelspec there is."""
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--HistoryManager.enabled=False"]
        return KernelSpec(argv=argv, display_name="Python 3", language="python")

    async def _async_pre_start_kernel(self, **kw: Any) -> tuple[list[str], dict[str, Any]]:
        kw["env"] = {**kernel_environment(), "IPYTHONDIR": self._folder.name}
        return await super()._async_pre_start_kernel(**kw)

    async def _async_launch_kernel(self, kernel_cmd: list[str], **kw: Any) -> None:
        await super()._async_launch_kernel(kernel_cmd, **kw)
        self.running.add(self)
        if self.memory is not None and hasattr(resource, "prlimit"):
            # A child that has ended already needs no limit.
            with suppress(ProcessLookupError):
                resource.prlimit(self.process.pid, resource.RLIMIT_DATA, (self.memory, self.memory))

    async def _async_wait(self, pollinterval: float = 0.005) -> None:
        # A tenth of a second, as is usual, would be felt with every report.
        await super()._async_wait(pollinterval)

    @property
    def process(self) -> Any:
        """The kernel's process, with the face of `subprocess.Popen`; none before its start and after its end."""
        return getattr(self.provisioner, "process", None)

    @classmethod
    def end_all(cls) -> None:
        """End the kernels that run, at once."""
        for manager in list(cls.running):
            if (process := manager.process) is not None:
                process.kill()

    async def _async_cleanup_resources(self, restart: bool = False) -> None:
        self.running.discard(self)
        if self.process is not None and (code := self.process.poll()) is not None:
            self.ends.append(code)
        await super()._async_cleanup_resources(restart=restart)
        if not restart:
            self._folder.cleanup()

    cleanup_resources = _async_cleanup_resources  # the name that nbclient calls


class ForkKernelManager(OwnKernelManager):
    """Takes its kernels from a preloaded parent; `nursery` is set on a class made for each run of the reports."""

    nursery: Nursery

    async def _async_pre_start_kernel(self, **kw: Any) -> tuple[list[str], dict[str, Any]]:
        if self.provisioner is None:
            self.provisioner = ForkProvisioner(kernel_id="fork", kernel_spec=self.kernel_spec, parent=self)
            self.provisioner.nursery = self.nursery
        return await super()._async_pre_start_kernel(**kw)


def choose_engine(engine: str) -> tuple[str, str]:
    """Give the engine that runs here and, where it is not the one asked for, the reason.

    >>> choose_engine("papermill")
    ('papermill', '')
    """
    if engine not in ENGINES:
        raise CaseworkError(f"no engine '{engine}'{did_you_mean(engine, ENGINES)}")
    why = why_not_fork() if engine == "fork" else ""
    return ("papermill", why) if why else (engine, "")


@contextmanager
def kernels_of(engine: str, memory: int | None = None) -> Iterator[type[OwnKernelManager]]:
    """Give the class of kernel managers of an engine, each kernel held to `memory` bytes; where a system cannot fork, papermill's."""
    chosen, _ = choose_engine(engine)
    own: dict[str, Any] = {"running": set(), "memory": memory}
    if chosen == "papermill":
        yield type("PlainKernelManager", (OwnKernelManager,), own)
        return
    nursery = Nursery(kernel_environment())
    try:
        yield type("ForkedKernelManager", (ForkKernelManager,), {**own, "nursery": nursery})
    finally:
        nursery.close()
