"""Print the path of a Chromium that the browser tests can drive.

usage: find_chromium.py [--install]

A browser that is there is taken; with --install Debian's is fetched (as root), else playwright's own, else one line says what to install.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
PLACES = ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium")
ADVICE = (
    "no Chromium found: install one (Debian, Ubuntu: apt-get install chromium), "
    "or name yours: CASEWORK_CHROMIUM=/path/to/chromium make test"
)


def find_chromium() -> str | None:
    """Find a browser: the one the user names, one on the PATH, a usual place, playwright's own."""
    named = os.environ.get("CASEWORK_CHROMIUM")
    if named:
        return named if Path(named).is_file() else None
    on_path = [p for name in NAMES if (p := shutil.which(name))]
    return next(iter([*on_path, *(p for p in PLACES if Path(p).is_file()), *playwrights_own()]), None)


def playwrights_own() -> list[str]:
    """Give the browser that `playwright install` fetched, where it did."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as p:
        return [p.chromium.executable_path] if Path(p.chromium.executable_path).is_file() else []


def install_chromium() -> bool:
    """Fetch Debian's browser as root, else playwright's."""
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        commands = (["apt-get", "-qq", "update"], ["apt-get", "-qq", "install", "-y", "--no-install-recommends", "chromium"])
        if all(subprocess.run(c, env=env, stdout=sys.stderr).returncode == 0 for c in commands):
            return True
    return subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], stdout=sys.stderr).returncode == 0


def main() -> int:
    """Print the path, or the advice."""
    path = find_chromium()
    if path is None and "--install" in sys.argv[1:] and install_chromium():
        path = find_chromium()
    print(path or ADVICE, file=sys.stdout if path else sys.stderr)
    return 0 if path else 1


if __name__ == "__main__":
    sys.exit(main())
