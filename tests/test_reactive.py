"""Protects numbers in the text: before any script they are what the explorer of the page says."""

import math
from types import SimpleNamespace

import pytest
import reactive
from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.utils import new_document

from tests.pages.drawn import written
from tradedig_book.explorers import EXPLORERS, Explorer, QualityExplorer, explorer

MIXED = ["quality:psi", "quality:quality", "quality:quality/default", "quality:price/K"]


def page(shown: Explorer, *numbers: str, scrub: bool = False) -> nodes.document:
    """Return a page with an explorer and bound numbers, filled."""
    doctree = new_document("page.md", get_default_settings())
    doctree += nodes.raw("", shown.to_html(), format="html")
    for number in numbers:
        target = reactive.TARGET.fullmatch(number)
        assert target
        doctree += reactive.Bound(number, "", **target.groupdict(), scrub=scrub)
    reactive.fill(SimpleNamespace(), doctree, "page")
    return doctree


def said(shown: Explorer, *numbers: str) -> list[str]:
    """Return what bound numbers say on a page with an explorer."""
    return [one.astext() for one in page(shown, *numbers).findall(reactive.Bound)]


@pytest.mark.parametrize("name", ["quality", *EXPLORERS])
def test_numbers_are_those_of_python(name: str) -> None:
    """Every step of every explorer, at the settings with which it starts."""
    shown = QualityExplorer() if name == "quality" else explorer(name)
    steps = {
        step: float(value)
        for step, value in shown.program.evaluate(shown.values).items()
        if math.isfinite(value)
    }
    assert len(steps) > 3
    found = said(shown, *(f"{name}:{step}" for step in steps))
    assert found == [written(value) for value in steps.values()]


def test_a_setting_and_a_ratio_are_written_as_in_the_browser() -> None:
    """An explorer that starts away from its defaults says by how much."""
    shown = QualityExplorer(psi=2.0)
    now = shown.program.evaluate(shown.values)
    first = shown.program.evaluate(QualityExplorer().values)
    assert said(shown, *MIXED) == [
        "2.00",
        written(float(now["quality"])),
        f"× {written(float(now['quality'] / first['quality']))}",
        f"× {written(float(now['price'] / now['K']))}",
    ]


@pytest.mark.parametrize(
    ("number", "scrub", "problem"),
    [
        ("qualty:psi", False, "no explorer 'qualty' is on this page"),
        ("quality:qualty", False, "'quality' has no number 'qualty'"),
        ("quality:quality/defaults", False, "'quality' has no number 'quality/defaults'"),
        ("quality:quality", True, "'quality' has no slider 'quality'"),
    ],
)
def test_a_wrong_name_is_a_warning(
    number: str, scrub: bool, problem: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A build, which takes warnings for errors, says what is wrong."""
    page(QualityExplorer(), number, scrub=scrub)
    assert problem in caplog.text


def test_a_number_holds_the_width_of_the_widest() -> None:
    """A setting that of its slider's ends, an outcome that of the letters it may have."""
    by_name = {
        one["value"]: (one["width"], one["hue"])
        for one in page(QualityExplorer(), *MIXED, "quality:D").findall(reactive.Bound)
    }
    assert by_name["psi"] == (4, "psi")
    assert by_name["quality"] == (5, "quality")
    assert by_name["quality/default"] == (7, "quality")
    assert by_name["D"] == (6.3, "now"), "it may be negative"
