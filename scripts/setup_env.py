"""Make .venv from a lock with hashes, the package itself in it as an editable install.

usage: setup_env.py [--test]

uv does the work (about 5 s where pip takes 50 s); pip fetches it, by the hash that the lock gives it. Where uv cannot be had
or fails, pip installs the same lock. A stamp makes the second run quick.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"


def digest(lock: Path) -> str:
    """Give a fingerprint of all that decides what is installed."""
    files = (lock, ROOT / "pyproject.toml", Path(__file__))
    parts = [*(f.read_bytes() for f in files), sys.version.encode(), str(VENV).encode()]
    return hashlib.sha256(b"\0".join(hashlib.sha256(p).digest() for p in parts)).hexdigest()


def run(*command: object, quiet: bool = False) -> bool:
    """Run a command and tell whether it went well."""
    out = subprocess.DEVNULL if quiet else None
    return subprocess.run([str(c) for c in command], cwd=ROOT, stdout=out, stderr=out, env=environment()).returncode == 0


@cache
def environment() -> dict[str, str]:
    """Give uv the package index that pip is configured for: it does not read pip's settings."""
    env = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "VIRTUAL_ENV": str(VENV)}
    index = subprocess.run([sys.executable, "-m", "pip", "config", "get", "global.index-url"], capture_output=True, text=True)
    url = env.get("PIP_INDEX_URL") or index.stdout.strip()
    if url and index.returncode in (0, 1):
        env.setdefault("UV_DEFAULT_INDEX", url)
    return env


def make_venv() -> None:
    """Make an empty .venv with this Python, unless a working one of the same version is there."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    probe = "import sys; sys.exit('%d.%d' % sys.version_info[:2] != sys.argv[1])"
    if PYTHON.exists() and run(PYTHON, "-c", probe, version, quiet=True):
        return
    if not any(_venv(*options) for options in ((), ("--without-pip",))) and not (_debian_venv() and _venv()):
        sys.exit(f"{sys.executable} cannot make a virtual environment; install its venv (Debian, Ubuntu: apt-get install python3-venv)")


def _venv(*options: str) -> bool:
    """Make .venv; without pip in it only where this Python has a pip that can reach into it."""
    shutil.rmtree(VENV, ignore_errors=True)
    if options and not run(sys.executable, "-m", "pip", "--version", quiet=True):
        return False
    return run(sys.executable, "-m", "venv", *options, VENV, quiet=True)


def _debian_venv() -> bool:
    """Fetch Debian's venv module, as root: a bare Debian has python3 without it."""
    if not (hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") and sys.executable.startswith("/usr/bin/")):
        return False
    return run("apt-get", "-qq", "update") and run("apt-get", "-qq", "install", "-y", "--no-install-recommends", "python3-venv", quiet=True)


def pip() -> tuple[object, ...]:
    """Give the pip that installs into .venv: its own, else this Python's."""
    inside = run(PYTHON, "-m", "pip", "--version", quiet=True)
    return (PYTHON, "-m", "pip") if inside else (sys.executable, "-m", "pip", "--python", PYTHON)


def locked_uv(lock: Path) -> Path | None:
    """Install the uv that the lock names into .venv, or None where there is none for this machine."""
    block = re.search(r"^uv==.*?(?=^\S|\Z)", lock.read_text(encoding="utf-8"), re.M | re.S)
    if block is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "uv.txt"
        wanted.write_text(block[0], encoding="utf-8")
        done = run(*pip(), "install", "--quiet", "--only-binary", ":all:", "--require-hashes", "-r", wanted)
    return BIN / "uv" if done else None


def install(lock: Path) -> bool:
    """Install the lock and then the package itself, whose build backend is in the lock."""
    uv = locked_uv(lock)
    if uv and run(uv, "pip", "install", "--quiet", "--require-hashes", "-r", lock):
        return run(uv, "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "-e", ".")
    print("uv could not install the lock; pip does it now, which takes a minute", file=sys.stderr)
    quietly = (*pip(), "install", "--quiet")
    return run(*quietly, "--require-hashes", "-r", lock) and run(*quietly, "--no-deps", "--no-build-isolation", "-e", ".")


def main() -> int:
    """Set up .venv, or find it as it should be."""
    kind = "requirements-test" if "--test" in sys.argv[1:] else "requirements"
    lock, stamp = ROOT / f"{kind}.lock", VENV / f"{kind}.stamp"
    wanted = digest(lock)
    if stamp.exists() and stamp.read_text() == wanted and PYTHON.exists():
        return 0
    make_venv()
    stamp.unlink(missing_ok=True)
    print(f"installing {lock.name} into .venv", flush=True)
    if not install(lock):
        print(f"{lock.name} could not be installed: the lines above say why; is the package index within reach?", file=sys.stderr)
        return 1
    stamp.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
