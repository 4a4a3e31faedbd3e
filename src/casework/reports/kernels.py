"""The kernels that reports run in: this very interpreter, nothing of the user's own settings."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

from casework.codebook import did_you_mean
from casework.reports.forking import ForkProvisioner, Nursery, can_fork
from casework.text import CaseworkError

__all__ = ["ENGINES", "ForkKernelManager", "OwnKernelManager", "kernel_environment", "kernels_of"]

ENGINES = ("fork", "papermill")


def kernel_environment() -> dict[str, str]:
    """Give the environment of a kernel: no hash order, no clock, one thread."""
    fixed = {
        "PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "0", "TZ": "UTC", "PYTHONWARNINGS": "default", "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
    }  # fmt: skip
    return {**os.environ, **fixed}


class OwnKernelManager(AsyncKernelManager):
    """Starts ipykernel with `sys.executable`, whatever a kernelspec named python3 may point to.

    Sockets, connection file and profile are in a folder of its own: no port can be taken, and
    no start-up file of the user's is run.
    """

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

    async def _async_cleanup_resources(self, restart: bool = False) -> None:
        await super()._async_cleanup_resources(restart=restart)
        if not restart:
            self._folder.cleanup()


class ForkKernelManager(OwnKernelManager):
    """Takes its kernels from a preloaded parent; `nursery` is set on a class made for each run of the reports."""

    nursery: Nursery

    async def _async_pre_start_kernel(self, **kw: Any) -> tuple[list[str], dict[str, Any]]:
        if self.provisioner is None:
            self.provisioner = ForkProvisioner(kernel_id="fork", kernel_spec=self.kernel_spec, parent=self)
            self.provisioner.nursery = self.nursery
        return await super()._async_pre_start_kernel(**kw)


@contextmanager
def kernels_of(engine: str) -> Iterator[type[OwnKernelManager]]:
    """Give the class of kernel managers of an engine; where a system cannot fork, that of papermill."""
    if engine not in ENGINES:
        raise CaseworkError(f"no engine '{engine}'{did_you_mean(engine, ENGINES)}")
    if engine == "papermill" or not can_fork():
        yield OwnKernelManager
        return
    nursery = Nursery(kernel_environment())
    try:
        yield type("ForkKernelManager", (ForkKernelManager,), {"nursery": nursery})
    finally:
        nursery.close()
