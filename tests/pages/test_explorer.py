"""The explorer in the built book: no kernel, no network, the numbers that Python computes."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from playwright.sync_api import Page

from tradedig_book.explorers import QualityExplorer
from tradedig_book.theory import ABOUT, CONDITIONS, OUTCOMES, Parameters, solve

from .conftest import OpenPage, Origin
from .drawn import FRAMES, assert_curves_are_the_models, curve, written

CHAPTER = "book/optimal-quality.html"
PHONE = {"width": 375, "height": 720}
QUALITY = QualityExplorer()
TRAVEL = {p["name"]: (p["low"], p["high"]) for p in QUALITY.spec["parameters"]}


def slider(page: Page, name: str) -> object:
    """Return the slider of a parameter."""
    return page.locator(f"#quality-{name}")


def move(page: Page, name: str, value: float) -> None:
    """Set a slider as a drag would, and wait for the frame."""
    page.evaluate(
        """([id, value]) => {
          const input = document.getElementById(id);
          input.value = value;
          input.dispatchEvent(new Event("input", {bubbles: true}));
          input.dispatchEvent(new Event("change", {bubbles: true}));
        }""",
        [f"quality-{name}", value],
    )
    page.evaluate(FRAMES)


def shown(page: Page, name: str) -> float:
    """Return the number beside a slider."""
    return float(page.locator(f"output[for=quality-{name}]").inner_text())


@pytest.mark.parametrize("origin", ["http", "file"])
def test_slider_moves_curves_to_what_python_computes(open_page: OpenPage, origin: Origin) -> None:
    """Every visible point of every curve, and the number on top, equal the model's."""
    seen = open_page(CHAPTER, origin)
    move(seen.page, "beta", 1.7)
    values = {name: about.default for name, about in ABOUT.items()} | {"beta": 1.7}
    solved = asdict(solve(Parameters(beta=1.7)))
    for name in OUTCOMES:
        label = seen.page.locator(f"[data-outcome={name}] output").inner_text()
        assert label == written(float(solved[name]))
    assert_curves_are_the_models(seen.page, QUALITY, values, "psi")
    assert seen.errors == []
    assert seen.foreign == []


def test_equation_shows_the_current_numbers(open_page: OpenPage) -> None:
    """Equation (8) on the page has the sliders' values in it and the model's results."""
    page = open_page(CHAPTER).page
    move(page, "psi", 2.0)
    numbers = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll(".td-equation [data-value]")]
           .map(n => [n.dataset.value, n.textContent.trim()]))"""
    )
    solved = solve(Parameters(psi=2.0))
    assert numbers["psi"] == "2.00"
    assert numbers["beta"] == "1.50"
    assert numbers["K"] == written(float(solved.K))
    assert numbers["quality"] == written(float(solved.quality))


def test_outside_the_region_is_named(open_page: OpenPage) -> None:
    """The page says which condition fails, in Python's words, and shows no number."""
    page = open_page(CHAPTER).page
    for number, (name, value) in enumerate([("varphi", 0.6), ("phi", 0.45), ("psi", 3.2)], 1):
        page.get_by_role("button", name="Reset").click()
        move(page, name, value)
        status = page.locator(".td-status").inner_text()
        assert status.startswith(f"{CONDITIONS[number - 1].otherwise}. Come back with ")
        assert page.locator("[data-outcome=quality] output").inner_text() == "–"
        assert CONDITIONS[number - 1].short in page.locator(".td-hatched").inner_text()
        assert page.locator("[data-outcome=quality] .td-shade").count() >= 1


def test_shade_begins_where_the_condition_fails(open_page: OpenPage) -> None:
    """The left edge of the shaded area is the ψ at which the second-order condition turns."""
    page = open_page(CHAPTER).page
    shade = page.locator("[data-outcome=quality] .td-shade").first
    grid = page.locator("[data-outcome=quality] .td-grid").first
    left, right = (float(grid.get_attribute(side)) for side in ("x1", "x2"))
    share = (float(shade.get_attribute("x")) - left) / (right - left)
    low, high = TRAVEL["psi"]
    psi = low + share * (high - low)
    assert psi == pytest.approx(4 * 0.6**2 / 0.7**2, abs=1e-6)


def test_pin_ghost_and_reset(open_page: OpenPage) -> None:
    """The default stays as a ghost, a pin keeps a curve, reset brings the defaults back."""
    page = open_page(CHAPTER).page
    quality = page.locator("[data-outcome=quality]")
    ghost = quality.locator("path.td-ghost").get_attribute("d")
    assert quality.locator("path.td-now").get_attribute("d") == ghost
    move(page, "beta", 1.3)
    page.get_by_role("button", name="Pin", exact=True).click()
    move(page, "beta", 1.2)
    page.evaluate(FRAMES)
    assert quality.locator("path.td-pin").count() == 1
    assert "β = 1.3" in page.locator(".td-key").inner_text()
    assert quality.locator("path.td-now").get_attribute("d") != ghost
    page.get_by_role("button", name="Reset").click()
    page.evaluate(FRAMES)
    assert quality.locator("path.td-pin").count() == 0
    assert quality.locator("path.td-now").get_attribute("d") == ghost
    assert shown(page, "beta") == ABOUT["beta"].default


def test_any_parameter_can_be_the_axis(open_page: OpenPage) -> None:
    """Choosing an axis redraws all views against it and names it with its unit."""
    seen = open_page(CHAPTER)
    for name, about in ABOUT.items():
        seen.page.locator("#quality-axis").select_option(name)
        seen.page.evaluate(FRAMES)
        assert about.unit in seen.page.locator("[data-outcome=quality] .td-axis-name").inner_text()
        along, _, _ = curve(seen.page, QUALITY, "profit", name)
        assert len(along) > 20, name
    assert seen.errors == []


@pytest.mark.parametrize("origin", ["http", "file"])
def test_address_carries_the_setting(open_page: OpenPage, origin: Origin) -> None:
    """What a teacher sets is in the address, and the address brings it back."""
    page = open_page(CHAPTER, origin).page
    page.locator("#quality-axis").select_option("e")
    move(page, "psi", 1.8)
    page.get_by_role("button", name="Pin", exact=True).click()
    move(page, "psi", 1.2)
    fragment = page.evaluate("location.hash")
    assert fragment == "#quality?psi=1.2&axis=e&pin=psi:1.8"
    again = open_page(f"{CHAPTER}{fragment}", origin)
    again.page.evaluate(FRAMES)
    assert shown(again.page, "psi") == 1.2
    assert again.page.locator("#quality-axis").input_value() == "e"
    assert "A: ψ = 1.8" in again.page.locator(".td-key").inner_text()
    assert again.page.locator("#quality").is_visible()
    assert again.errors == []


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("psi=99", "The link asks for ψ = 99, outside 0.25 to 3.25."),
        ("psi=two", "The link asks for ψ = two, outside 0.25 to 3.25."),
        ("psi=NaN", "The link asks for ψ = NaN, outside 0.25 to 3.25."),
        ("rho=1", "The link names an unknown parameter, rho."),
        ("axis=mu", "The link names an unknown axis, mu."),
    ],
)
def test_bad_address_is_explained(open_page: OpenPage, query: str, message: str) -> None:
    """A wrong link shows the defaults and says what is wrong with it."""
    seen = open_page(f"{CHAPTER}#quality?{query}")
    seen.page.evaluate(FRAMES)
    assert seen.page.locator(".td-status").inner_text() == message
    assert shown(seen.page, "psi") == ABOUT["psi"].default
    assert seen.errors == []


def test_link_in_the_text_moves_the_sliders(open_page: OpenPage) -> None:
    """A setting that the chapter offers works on the page itself."""
    page = open_page(CHAPTER).page
    page.get_by_role("link", name="Double flexible productivity").click()
    page.evaluate(FRAMES)
    assert shown(page, "psi") == 2.0


def test_keyboard(open_page: OpenPage) -> None:
    """Arrows walk by 0.01, with Shift by 0.1; every control is reached by Tab."""
    page = open_page(CHAPTER).page
    slider(page, "psi").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    page.evaluate(FRAMES)
    assert shown(page, "psi") == pytest.approx(1.11)
    page.keyboard.press("End")
    page.evaluate(FRAMES)
    assert shown(page, "psi") == TRAVEL["psi"][1]
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "quality-e"


def test_mouse_drags_a_slider_and_a_view(open_page: OpenPage) -> None:
    """A real drag on the slider, and a real drag inside a view, move the same parameter."""
    page = open_page(CHAPTER).page
    slider(page, "psi").scroll_into_view_if_needed()
    box = slider(page, "psi").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()
    page.evaluate(FRAMES)
    middle = sum(TRAVEL["psi"]) / 2
    assert shown(page, "psi") == pytest.approx(middle, abs=0.1)
    plot = page.locator("[data-outcome=price] svg")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 50, steps=5)
    page.mouse.up()
    page.evaluate(FRAMES)
    assert shown(page, "psi") < middle - 0.3


def test_touch_on_a_phone(open_page: OpenPage) -> None:
    """At 375 px a tap on a slider moves it, its views stay in sight, nothing overflows."""
    seen = open_page(CHAPTER, viewport=PHONE, has_touch=True, is_mobile=True)
    page = seen.page
    slider(page, "varphi").scroll_into_view_if_needed()
    box = slider(page, "varphi").bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] * 0.6, box["y"] + box["height"] / 2)
    page.evaluate(FRAMES)
    assert shown(page, "varphi") > 1.5
    assert box["height"] >= 24
    panels = page.locator(".td-panels").bounding_box()
    assert panels["y"] >= 0
    overflow = "e => Math.max(0, e.scrollWidth - e.clientWidth)"
    assert page.locator("#quality").evaluate(overflow) == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_follow_the_theme(open_page: OpenPage, scheme: str) -> None:
    """The curve takes the palette's shade for the theme that the page shows."""
    from tradedig_book.present.palette import PALETTE

    page = open_page(CHAPTER, color_scheme=scheme).page
    colour = page.locator("[data-outcome=quality] path.td-now").evaluate(
        "e => getComputedStyle(e).stroke"
    )
    shade = getattr(PALETTE["quality"], scheme)
    channels = ", ".join(str(int(shade[i : i + 2], 16)) for i in (1, 3, 5))
    assert colour == f"rgb({channels})"
