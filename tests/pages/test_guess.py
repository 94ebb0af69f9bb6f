"""Guess first, in the built book: by pointer and by keyboard, with the model's curve as answer."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tradedig_book.explorers.guess import GUESSES, guess

from .conftest import OpenPage

PAGES = {
    "variety": "book/optimal-quality.html",
    "firms": "notebooks/benchmark.html",
    "selection": "notebooks/endogeneity.html",
    "extreme": "notebooks/quality.html",
}


def test_every_question_is_on_a_page() -> None:
    """A question that nobody is asked is no question."""
    assert set(PAGES) == set(GUESSES)


@pytest.mark.parametrize("name", PAGES)
def test_the_answer_comes_after_the_guess(open_page: OpenPage, name: str) -> None:
    """From the file system, by keyboard: choose, show, and the curve is Python's."""
    seen = open_page(PAGES[name], "file")
    asked = seen.page.locator(f"#guess-{name}")
    curve = asked.locator("path.td-now")
    assert (curve.get_attribute("d") or "") == ""
    assert asked.locator(".td-answer").inner_text() == ""
    asked.locator("input").first.focus()
    seen.page.keyboard.press("Space")
    asked.get_by_role("button").focus()
    seen.page.keyboard.press("Enter")
    question = guess(name)
    assert question.answer in asked.locator(".td-answer").inner_text()
    points = np.array(re.findall(r"[ML]([\d.]+),([\d.]+)", curve.get_attribute("d")), dtype=float)
    left, right = points[0, 0], points[-1, 0]
    axis, (low, high) = question.spec["axis"], question.bounds
    along = axis["low"] + (points[:, 0] - left) / (right - left) * (axis["high"] - axis["low"])
    values = question.program.evaluate(question.spec["values"] | {question.axis: along})
    height = asked.locator("svg").bounding_box()["height"] - 34
    up = low + (height + 10 - points[:, 1]) / height * (high - low)
    np.testing.assert_allclose(up, values[question.step], atol=5e-3 * (high - low))
    assert seen.errors == []
    assert seen.foreign == []


def test_a_drawn_curve_is_kept_and_measured(open_page: OpenPage) -> None:
    """A flat line at two is away from the model's curve by what Python computes."""
    page = open_page(PAGES["variety"]).page
    plot = page.locator("#guess-variety svg")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    height = box["y"] + box["height"] - 24 - (box["height"] - 34) / 3
    page.mouse.move(box["x"] + 44, height)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 16, height, steps=4)
    page.mouse.up()
    assert page.evaluate("String(getSelection())") == ""
    page.locator("#guess-variety button").click()
    question = guess("variety")
    axis = question.spec["axis"]
    along = np.linspace(axis["low"], axis["high"], 61)
    truth = question.program.evaluate(question.spec["values"] | {"e": along})[question.step]
    said = page.locator("#guess-variety .td-answer").inner_text()
    (away,) = re.findall(r"Your curve is ([\d.]+) away", said)
    assert float(away) == pytest.approx(np.abs(truth - 2).mean(), abs=0.03)
    page.get_by_role("button", name="Guess again").click()
    assert (page.locator("#guess-variety path.td-mine").get_attribute("d") or "") == ""
