"""What an explorer shows where no script runs: its own declaration, drawn."""

from __future__ import annotations

import gzip
import re
from time import perf_counter
from xml.etree import ElementTree

import numpy as np
import pytest

from tradedig_book.explorers import EXPLORERS, Explorer, QualityExplorer, explorer
from tradedig_book.explorers.guess import GUESSES, guess
from tradedig_book.explorers.scales import Scale
from tradedig_book.explorers.still import as_shown
from tradedig_book.present.palette import PALETTE

NAMES = ("quality", *EXPLORERS)
LEFT, RIGHT, TOP, BOTTOM = 40, 288, 46, 186
"""Where a view's axes are, in pixels."""


def built(name: str, **values: float) -> Explorer:
    """Build an explorer by id."""
    return QualityExplorer(**values) if name == "quality" else explorer(name, **values)


def views(shown: Explorer) -> list[ElementTree.Element]:
    """Return the views as a parser of XML reads them."""
    return ElementTree.fromstring(f"<div>{shown.still().views()}</div>").findall("svg")


def words(view: ElementTree.Element) -> list[str]:
    """Return what is written in a view."""
    return ["".join(text.itertext()).replace("\u200b", "") for text in view.iter("text")]


@pytest.mark.parametrize("name", NAMES)
def test_every_view_is_there_with_its_value(name: str) -> None:
    """One drawing for each outcome, in its colour, with name, unit, value and words for it."""
    shown = built(name)
    at = shown.program.evaluate(shown.values)
    drawn = views(shown)
    assert len(drawn) == len(shown.spec["outcomes"])
    for view, outcome in zip(drawn, shown.spec["outcomes"], strict=True):
        heading, *rest = words(view)
        assert outcome["brief"] in heading
        assert " ".join(rest).startswith(outcome["unit"])
        assert outcome["meaning"] in view.attrib["aria-label"]
        if "bars" in outcome:
            values = [as_shown(float(at[bar["step"]])) for bar in outcome["bars"]]
            assert rest[-2 * len(values) :][1::2] == values
        else:
            assert heading.endswith(as_shown(float(at[outcome["name"]])))
            assert f"--td-{outcome['hue']}," in ElementTree.tostring(view, "unicode")


def drawn_curve(view: ElementTree.Element) -> tuple[np.ndarray, np.ndarray]:
    """Return a view's curve at many places: pixels from the left, and shares of its height."""
    inner = next(one for one in view if one.tag == "svg")
    found = []
    for piece in inner.findall("path")[-1].attrib["d"].split("M")[1:]:
        corners = np.array([xy.split() for xy in piece.split("L")], dtype=float)
        x = np.linspace(corners[0, 0], corners[-1, 0], 300)
        found.append((x, 1 - np.interp(x, *corners.T) / (BOTTOM - TOP)))
    x, share = np.hstack(found)
    return x, share


@pytest.mark.parametrize("name", NAMES)
def test_curves_are_the_models(name: str) -> None:
    """Every point of every line, read back in the units of its axes, is what the formulas say."""
    shown = built(name)
    (about,) = (p for p in shown.spec["parameters"] if p["name"] == shown.axis)
    across = Scale(about["low"], about["high"], about.get("axis", "linear"))
    for view, outcome in zip(views(shown), shown.spec["outcomes"], strict=True):
        if "bars" in outcome:
            continue
        x, share = drawn_curve(view)
        up = Scale(*outcome["range"], kind=outcome["scale"])
        # A third of a pixel to each side, where a curve is steep.
        there = across.values((x + np.array([[-0.33], [0.33]])) / (RIGHT - LEFT))
        values = shown.program.evaluate(shown.values | {shown.axis: there})[outcome["name"]]
        low, high = np.sort(up.shares(values), axis=0) + np.array([[-0.003], [0.003]])
        seen = (share > 0.01) & (share < 0.99) & np.isfinite(low + high)
        assert seen.sum() > 50, outcome["name"]
        assert ((share >= low) & (share <= high))[seen].all(), outcome["name"]


def test_where_there_is_no_solution_there_is_hatch_and_no_value() -> None:
    """Past the second-order condition the curve stops, and the caption says what fails."""
    shown = QualityExplorer(psi=3.2)
    picture = shown.still().to_html()
    assert "Hatched: second-order condition fails." in picture
    assert f"var(--td-warn, {PALETTE['warn'].light})" in picture
    assert "does not exist" in views(shown)[0].attrib["aria-label"]
    assert words(views(shown)[0])[0].endswith("–")


def test_the_caption_has_the_values_and_the_origin() -> None:
    """Defaults of the open sliders, and that no data are in it."""
    caption = QualityExplorer().still().caption
    assert "substitutability e = 0.4, flexible productivity ψ = 1" in caption
    assert "formulas alone; no data" in caption


@pytest.mark.parametrize("name", NAMES)
def test_it_is_small_and_soon_made(name: str) -> None:
    """At most 2 KB compressed, in less than a fifth of a second, the same every time."""
    shown = built(name)
    began = perf_counter()
    picture = shown.still().to_html()
    assert perf_counter() - began < 0.2
    assert len(gzip.compress(picture.encode())) <= 2 * 1024
    assert picture == built(name).still().to_html()
    assert picture in shown.to_html()


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_has_it_as_one_file(name: str) -> None:
    """All views, in colours that need no page, for viewers that show neither widget nor script."""
    data, _ = built(name)._repr_mimebundle_()
    drawing = data["image/svg+xml"]
    tree = ElementTree.fromstring(drawing)
    assert tree.tag == "{http://www.w3.org/2000/svg}svg"
    assert "var(" not in drawing
    assert "currentcolor" not in drawing
    assert len(tree.findall("{*}g")) == len(built(name).spec["outcomes"])


@pytest.mark.parametrize("name", GUESSES)
def test_a_question_has_its_answer_folded_away(name: str) -> None:
    """Choices first; the right one, what is said of it and the curve in a fold."""
    question = guess(name)
    section = re.search(r"<section.*</section>", question._repr_html_(), re.DOTALL)[0]
    before, _, fold = section.partition("<details>")
    assert all(f"<li>{choice}</li>" in before for choice in question.choices)
    assert question.choices[question.right] in fold
    assert question.answer in fold
    assert fold.count("<svg viewBox") == 1


@pytest.mark.parametrize(
    ("scale", "ticks"),
    [
        (Scale(0, 1), [0, 0.5, 1]),
        (Scale(-1, 1), [-1, 0, 1]),
        (Scale(0.25, 3.25), [1, 2, 3]),
        (Scale(0.5, 200, "log"), [1, 10, 100]),
        (Scale(0.5, 10, "log"), [1, 3, 10]),
        (Scale(2, 9, "log"), [2, 9]),
    ],
)
def test_ticks_are_round(scale: Scale, ticks: list[float]) -> None:
    """At least three of them where the axis has as many."""
    assert scale.ticks() == ticks
