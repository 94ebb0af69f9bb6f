"""The explorer as a widget in a live JupyterLab: browser and kernel share its values."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from benchmarks.hosts import jupyter_lab, run_cell

SHOW = """
from tradedig_book.explorers import QualityExplorer
explorer = QualityExplorer()
explorer
"""
# Follows the kernel's copy, so that the test can wait for it.
FOLLOW = """
from ipywidgets import Label
heard = Label(str(explorer.values["psi"]))
explorer.observe(lambda change: setattr(heard, "value", str(change.new["psi"])), "values")
heard
"""
READ = 'print(explorer.values["psi"], float(explorer.parameters.psi))'
WRITE = 'explorer.values = {**explorer.values, "e": 0.3}'
WINDOW = {"width": 1400, "height": 1600}


@dataclass(frozen=True)
class Live:
    """The notebook in the browser, with the outputs of its cells so far."""

    page: Page
    explorer: Locator
    heard: Locator


@pytest.fixture(scope="module")
def live(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Open a notebook with the explorer in JupyterLab and run the cells that show it."""
    with (
        jupyter_lab(tmp_path_factory.mktemp("lab")) as lab,
        browser.new_context(viewport=WINDOW) as context,
    ):
        page = context.new_page()
        lab.open(page, [SHOW, FOLLOW, READ, WRITE])
        explorer = run_cell(page, 1).locator(".td-explorer")
        yield Live(page, explorer, run_cell(page, 2).locator(".widget-label"))


def test_browser_and_kernel_share_the_values(live: Live) -> None:
    """A key on a slider reaches the kernel, and what the kernel sets moves a slider."""
    live.explorer.locator("#quality-psi").press("ArrowRight")
    live.explorer.locator("#quality-psi").press("ArrowRight")
    expect(live.explorer.locator("output[for=quality-psi]")).to_have_text("1.02")
    expect(live.heard).to_have_text("1.02")
    expect(run_cell(live.page, 3)).to_have_text("1.02 1.02")

    expect(live.explorer.locator("output[for=quality-e]")).to_have_text("0.40")
    run_cell(live.page, 4)
    expect(live.explorer.locator("output[for=quality-e]")).to_have_text("0.30")
    assert float(live.explorer.locator("#quality-e").input_value()) == pytest.approx(0.3)


def test_no_cell_complains(live: Live) -> None:
    """No cell ends in an error or writes to stderr."""
    expect(live.explorer).to_be_visible()
    assert live.page.locator("[data-mime-type*=error], [data-mime-type*=stderr]").count() == 0
