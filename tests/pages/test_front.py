"""The first page as a visitor meets it."""

from __future__ import annotations

import pytest

from tradedig_book.explorers.front import formulas
from tradedig_book.theory import ABOUT

from .conftest import OpenPage, Origin
from .drawn import written

PAGE = "book/intro.html"
DEFAULTS = {name: info.default for name, info in ABOUT.items() if name != "psi"}


@pytest.mark.parametrize("origin", ["http", "file"])
def test_switches_and_taste_move_quality_to_what_python_computes(
    open_page: OpenPage, origin: Origin
) -> None:
    """All technologies on, then a stronger taste for variety."""
    seen = open_page(PAGE, origin)
    front = seen.page.locator("#td-front")
    start = formulas().evaluate(DEFAULTS | {"dig": 1.0})["quality"]
    for name in ("pit", "icp", "pdo"):
        front.locator(f"[data-part={name}]").check()
    now = formulas().evaluate(DEFAULTS | {"dig": 8.0})["quality"]
    assert front.locator("[data-part=level]").inner_text() == "8"
    assert front.locator("[data-part=ratio]").inner_text() == f"× {written(float(now / start))}"
    front.locator("[data-part=e]").fill("0.2")
    now = formulas().evaluate(DEFAULTS | {"dig": 8.0, "e": 0.2})["quality"]
    assert front.locator("[data-part=ratio]").inner_text() == f"× {written(float(now / start))}"
    assert seen.errors == []
    assert seen.foreign == []


def test_technology_and_tastes_are_told_apart(open_page: OpenPage) -> None:
    """Without technology only tastes move quality, and the sentence says so."""
    front = open_page(PAGE).page.locator("#td-front")
    front.locator("[data-part=e]").fill("0.2")
    start, alone, both = (
        float(formulas().evaluate(DEFAULTS | {"dig": dig, "e": e})["quality"])
        for dig, e in ((1.0, DEFAULTS["e"]), (1.0, 0.2), (8.0, 0.2))
    )
    said = front.locator("[data-part=say]")
    tastes = f"These buyers alone make it {written(alone / start)} times as high"
    assert said.inner_text().startswith("Level 1 is a firm without any of the three.")
    assert tastes in said.inner_text()
    for name in ("pit", "icp", "pdo"):
        front.locator(f"[data-part={name}]").check()
    assert f"level 8 makes the best quality {written(both / alone)} times" in said.inner_text()
    assert tastes in said.inner_text()


def test_more_orders_of_more_sizes(open_page: OpenPage) -> None:
    """A firm with all technologies has more and more varied dots than one with none."""
    front = open_page(PAGE).page.locator("#td-front")
    radii = "dots => dots.map(d => parseFloat(d.style.r)).filter(r => r > 0)"
    before = front.locator(".td-order").evaluate_all(radii)
    front.locator("[data-part=pit]").check()
    after = front.locator(".td-order").evaluate_all(radii)
    assert len(after) > len(before)
    assert max(after) - min(after) > max(before) - min(before)


def test_it_fits_one_screen_without_a_formula(open_page: OpenPage) -> None:
    """At 1280 × 720: question, picture, numbers and ways in."""
    page = open_page(PAGE, viewport={"width": 1280, "height": 720}).page
    box = page.locator("#td-front").bounding_box()
    assert box["y"] + box["height"] <= 720
    first = page.locator(".bd-article mjx-container, .bd-article .math").first
    assert first.bounding_box()["y"] > 720


def test_its_doors_lead_somewhere(open_page: OpenPage) -> None:
    """Every link of the first page opens a page of the book."""
    seen = open_page(PAGE)
    for link in seen.page.locator("#td-front a").evaluate_all("links => links.map(a => a.href)"):
        answer = seen.page.request.get(link)
        assert answer.ok, link
