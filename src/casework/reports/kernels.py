"""The kernel that a report runs in: this very interpreter, nothing of the user's own settings."""

from __future__ import annotations

import os
import sys
import tempfile
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

__all__ = ["OwnKernelManager", "kernel_environment"]


def kernel_environment(folder: str) -> dict[str, str]:
    """Give the environment of a kernel: no hash order, no clock, one thread, no user profile."""
    fixed = {
        "PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "0", "IPYTHONDIR": folder, "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "TZ": "UTC", "PYTHONWARNINGS": "default",
    }
    return {**os.environ, **fixed}


class OwnKernelManager(AsyncKernelManager):
    """Starts ipykernel with `sys.executable`, whatever a kernelspec named python3 may point to."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._profile = tempfile.TemporaryDirectory(prefix="casework-")
        if os.name == "posix":
            # Sockets in a folder of our own: nobody else can listen, and no port can be taken.
            self.transport = "ipc"
            self.connection_file = os.path.join(self._profile.name, "kernel.json")

    @property
    def kernel_spec(self) -> KernelSpec:
        """The one kernelspec there is."""
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--HistoryManager.enabled=False"]
        return KernelSpec(argv=argv, display_name="Python 3", language="python")

    async def _async_pre_start_kernel(self, **kw: Any) -> tuple[list[str], dict[str, Any]]:
        kw["env"] = kernel_environment(self._profile.name)
        return await super()._async_pre_start_kernel(**kw)

    async def _async_cleanup_resources(self, restart: bool = False) -> None:
        await super()._async_cleanup_resources(restart=restart)
        if not restart:
            self._profile.cleanup()
