"""A researcher's session in JupyterLab: open a notebook, run all cells, look at the text with its spans in colour."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import pytest

CELLS = (
    "import casework as cw",
    "parsed = cw.parse('柳坪镇计划投资300万元，流转土地1200余亩。', outlet='青禾新闻')\nparsed",
    "print('claims:', ', '.join(parsed.claims['surface']))",
)
OUTPUT = ".jp-OutputArea-output"


@contextmanager
def jupyterlab(folder: Path, home: Path) -> Iterator[str]:
    """Serve a folder in JupyterLab, with settings of its own, and give its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = [f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token=", "--no-browser", "--allow-root"]
    options += ["--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    env = {**os.environ, "HOME": str(home), "JUPYTER_CONFIG_DIR": str(home / "config"), "JUPYTER_RUNTIME_DIR": str(home / "runtime")}
    command = [sys.executable, "-m", "jupyter", "lab", *options]
    with (home / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, env=env)
        try:
            wait_for(f"http://127.0.0.1:{port}/api", server, home / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(20)


def wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=2)
            return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    """A notebook as a researcher would type it."""
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    (tmp_path / "work").mkdir()
    nbformat.write(made, tmp_path / "work" / "first.ipynb")
    return tmp_path / "work" / "first.ipynb"


@pytest.mark.browser
def test_run_all_shows_the_text_with_its_spans(notebook: Path, tmp_path: Path, browser: Any) -> None:
    (tmp_path / "home").mkdir()
    with jupyterlab(notebook.parent, tmp_path / "home") as address:
        page = browser.new_page(viewport={"width": 1300, "height": 1000})
        page.goto(f"{address}/lab/tree/{notebook.name}?reset", timeout=60_000)
        page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)
        page.wait_for_selector(".jp-StatusBar-Widget :text('| Idle')", timeout=60_000)
        page.click('.lm-MenuBar-itemLabel:text-is("Run")')
        page.click('li[data-command="runmenu:run-all"]')
        page.wait_for_selector(f"{OUTPUT}:has-text('claims:'), {OUTPUT}:has-text('Traceback')", timeout=90_000)
        shown = page.locator(".jp-RenderedHTMLCommon mark")
        words = [re.sub(r"\s", "", text) for text in shown.all_inner_texts()]
        lines = shown.evaluate_all("marks => marks.map(m => getComputedStyle(m).borderBottomStyle)")
        errors = page.locator(f"{OUTPUT}[data-mime-type$=stderr], {OUTPUT}:has-text('Traceback')").all_inner_texts()
        said = page.locator(OUTPUT).last.inner_text()
        page.close()
    assert errors == []
    assert {"300万元", "1200余亩"} <= set(words)
    assert "none" not in lines
    assert said.strip() == "claims: 300万元, 1200余亩"
