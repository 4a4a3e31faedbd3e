"""What several tests share: the folder of real texts where it is there, a browser, the built demonstration study."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


def script(name: str) -> ModuleType:
    """Import a file of scripts/, which is no package."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def tables_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Build the tables of a corpus (see scripts/gold_floors.py), once a session."""

    @cache
    def built(name: str) -> Path:
        folder: Path = script("gold_floors").build_corpus(name, tmp_path_factory.mktemp(name))
        return folder

    return built


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; where there is none, the test fails and says what to install."""
    finder = script("find_chromium")
    path = finder.find_chromium()
    assert path, finder.ADVICE
    return str(path)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Any]:
    """A headless browser that all browser tests of a worker share; open a page with `browser.new_page()`."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as p:
        opened = p.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()
