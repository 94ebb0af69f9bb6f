"""What an explorer needs to be looked at: a browser, the built book, a live JupyterLab."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import nbformat
from playwright.sync_api import Browser, Locator, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
LAB_OPTIONS = (
    "--no-browser",
    "--allow-root",  # continuous integration often runs as root
    "--ServerApp.port=0",  # any free port
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
)
# Everything that Jupyter reads or writes, apart from what this environment installs.
LAB_FOLDERS = (
    "JUPYTER_CONFIG_DIR",
    "JUPYTER_DATA_DIR",
    "JUPYTER_RUNTIME_DIR",
    "JUPYTERLAB_SETTINGS_DIR",
    "JUPYTERLAB_WORKSPACES_DIR",
    "IPYTHONDIR",
)
PATIENCE = 60.0
"""Seconds that a slow machine may take to start a server or to run a cell."""


class _QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the Chromium of this machine without a window: ``$CHROMIUM``, or on the path.

    Raises
    ------
    FileNotFoundError
        If there is none.
    """
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        raise FileNotFoundError("no Chromium: `apt install chromium`, or set CHROMIUM to its path")
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=found, args=FLAGS) as browser,
    ):
        yield browser


def built_book() -> Path:
    """Build what changed in the book and return its HTML folder."""
    subprocess.run([sys.executable, "tools/book.py"], cwd=ROOT, check=True)
    return ROOT / "_build" / "html"


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a folder on a free local port and yield its address, with a slash at the end."""
    handler = partial(_QuietHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab.

    Attributes
    ----------
    folder : Path
        Where its notebooks are.
    url, token : str
        Its address, with a slash at the end, and what lets a browser in.
    """

    folder: Path
    url: str
    token: str

    def open(self, page: Page, cells: Sequence[str]) -> None:
        """Open a new notebook with these code cells and wait until its kernel is idle."""
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(source) for source in cells],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        )
        nbformat.write(notebook, self.folder / "cells.ipynb")
        page.goto(f"{self.url}lab/tree/cells.ipynb?token={self.token}")
        # The indicator beside the notebook says idle before there is a kernel; this one does not.
        idle = page.locator("#jp-main-statusbar", has_text="| Idle")
        idle.wait_for(timeout=1000 * PATIENCE)


@contextmanager
def jupyter_lab(folder: Path) -> Iterator[Lab]:
    """Run JupyterLab on an empty folder, untouched by anyone's own settings, without a browser.

    Raises
    ------
    RuntimeError
        If it does not start; the message is its log.
    """
    home = folder / ".jupyter"
    home.mkdir()
    own = {name: str(home / name.lower()) for name in LAB_FOLDERS}
    environment = {**os.environ, **own, "JUPYTER_PREFER_ENV_PATH": "1"}
    command = [sys.executable, "-m", "jupyterlab", *LAB_OPTIONS, f"--ServerApp.root_dir={folder}"]
    with (
        (home / "log.txt").open("w") as log,
        subprocess.Popen(command, env=environment, stdout=log, stderr=log) as process,
    ):
        try:
            yield _started(process, folder, Path(own["JUPYTER_RUNTIME_DIR"]))
        finally:
            process.terminate()  # it takes its kernels along


def _started(process: subprocess.Popen[bytes], folder: Path, runtime: Path) -> Lab:
    """Wait until the server has noted down where it listens."""
    note = runtime / f"jpserver-{process.pid}.json"
    deadline = time.monotonic() + PATIENCE
    while not (note.exists() and note.read_text().rstrip().endswith("}")):
        if process.poll() is not None or time.monotonic() > deadline:
            log = (folder / ".jupyter" / "log.txt").read_text()
            raise RuntimeError(f"JupyterLab did not start:\n{log}")
        time.sleep(0.05)
    server = json.loads(note.read_text())
    return Lab(folder, server["url"], server["token"])


def run_cell(page: Page, number: int) -> Locator:
    """Run a code cell for the first time, by keyboard, wait for its end, return its output.

    Cells are numbered from 1 and run in that order.
    """
    cell = page.locator(".jp-CodeCell").nth(number - 1)
    cell.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    cell.locator(".jp-InputPrompt", has_text=f"[{number}]").wait_for(timeout=1000 * PATIENCE)
    return cell.locator(".jp-OutputArea").first
