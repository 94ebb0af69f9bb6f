"""Numbers in the text that follow an explorer, on every page that has one."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from tradedig_book.explorers import Explorer

from .conftest import OpenPage
from .drawn import FRAMES, written
from .test_explorer_play import AT_ONCE, BUILT, PAGES, PHONE, SHIFT

TRIED = 30
"""Settings tried of each explorer, over all of its sliders."""
SAID = """([id, settings]) => settings.map(setting => {
  for (const [name, value] of Object.entries(setting)) {
    const input = document.getElementById(`${id}-${name}`);
    input.value = value;
    input.dispatchEvent(new Event("input", {bubbles: true}));
  }
  return [...document.querySelectorAll(`[data-of="${id}"]`)].map(one => [one.dataset.value,
    one.textContent, one.getBoundingClientRect().width]);
})"""
TALLEST = 24  # pixels that a target needs, at least


def settings(shown: Explorer) -> list[dict[str, float]]:
    """Draw settings over all sliders, and over the open ones alone, the defaults first."""
    rng = np.random.default_rng(3)
    sliders = shown.spec["parameters"]
    drawn = [
        {p["name"]: round(float(rng.uniform(p["low"], p["high"])), 2) for p in sliders}
        for _ in range(TRIED)
    ]
    still = {p["name"] for p in sliders} - set(shown.spec["open"])
    near = [point | {name: shown.values[name] for name in still} for point in drawn[: TRIED // 2]]
    return [dict(shown.values), *near, *drawn[TRIED // 2 :]]


def expected(shown: Explorer, value: str, at: dict[str, float]) -> str:
    """Compute in Python what a number of the text should read."""
    name, _, over = value.partition("/")
    if name in at:
        return f"{at[name]:.2f}".replace("-", "−")
    free = {one["name"]: one["free"] for one in shown.spec["outcomes"] if "free" in one}
    bound = not any(free.values()) or free.get(name) is False
    now = shown.program.evaluate(at)
    if int(shown.program.verdict(at)) and bound:
        return "?"
    if not over:
        return written(float(now[name])).replace("–", "?")
    start = {p["name"]: p["default"] for p in shown.spec["parameters"]}
    base = shown.program.evaluate(start)[name] if over == "default" else now[over]
    return f"× {written(float(now[name] / base))}"


@pytest.mark.parametrize("name", BUILT)
def test_the_text_says_what_python_computes(open_page: OpenPage, name: str) -> None:
    """At every setting; and a number keeps its width, unless it is beyond all measure."""
    shown = BUILT[name]
    seen = open_page(PAGES[name], "file")
    before = seen.page.locator(f'[data-of="{name}"]').all_inner_texts()
    seen.page.evaluate(AT_ONCE)
    points = settings(shown)
    found = seen.page.evaluate(SAID, [name, points])
    assert [text for _, text, _ in found[0]] == before, "the build says what the page says"
    widths = {value: width for value, _, width in found[0]}
    unsolved = 0
    for point, numbers in zip(points, found, strict=True):
        assert len(numbers) >= 4
        for value, text, width in numbers:
            assert text == expected(shown, value, point), (value, point)
            unsolved += text == "?"
            if len(text.lstrip("−× ")) <= 5:
                assert width == pytest.approx(widths[value], abs=0.1), (value, text)
    assert seen.errors == []
    assert unsolved or name != "quality", "some settings have no solution"


def test_every_explorer_has_numbers_in_the_text(book_dir: Path) -> None:
    """At least one of them can be dragged, without scripts all of them are plain words."""
    for name in BUILT:
        html = (book_dir / PAGES[name]).read_text("utf-8")
        numbers = re.findall(rf'<span [^>]*data-of="{name}"[^>]*>[^<]+</span>', html)
        assert any("data-scrub" in number for number in numbers), name
        assert any("data-scrub" not in number for number in numbers), name
        assert not any("role=" in number for number in numbers)


@pytest.mark.parametrize("window", [(1280, 900), PHONE])
def test_a_number_is_a_slider(open_page: OpenPage, window: tuple[int, int]) -> None:
    """Mouse, keys and address move it and the slider together, and nothing jumps."""
    viewport = dict(zip(("width", "height"), window, strict=True))
    page = open_page(PAGES["quality"], viewport=viewport).page
    number = page.locator('[data-scrub][data-value="psi"]')
    slider, quality = page.locator("#quality-psi"), page.locator('[data-value="quality"]').last
    number.scroll_into_view_if_needed()
    box = number.bounding_box()
    assert box["height"] >= TALLEST <= box["width"]
    page.evaluate(SHIFT)
    page.mouse.move(box["x"] + 5, box["y"] + 9)
    page.mouse.down()
    page.mouse.move(box["x"] + 65, box["y"] + 9, steps=5)
    page.mouse.up()
    page.evaluate(FRAMES)
    dragged = 1 + 60 * (3.25 - 0.25) / 300
    assert float(number.inner_text()) == pytest.approx(dragged, abs=1e-9)
    assert float(slider.input_value()) == pytest.approx(dragged, abs=1e-9)
    assert page.evaluate("location.hash") == "#quality?psi=1.6"
    assert number.get_attribute("aria-valuenow") == "1.6"
    for key, value in {"ArrowLeft": 1.59, "PageUp": 1.69, "Home": 0.25}.items():
        page.keyboard.press(key)
        page.evaluate(FRAMES)
        assert float(number.inner_text()) == value
        assert page.evaluate("location.hash") == f"#quality?psi={value}"
    at = BUILT["quality"].values | {"psi": 0.25}
    assert quality.inner_text() == expected(BUILT["quality"], "quality", at)
    page.get_by_role("button", name="Reset").click()
    page.evaluate(FRAMES)
    assert number.inner_text() == "1.00"
    assert page.evaluate("window.shifted") == 0
    about = ("role", "aria-label", "aria-valuemin", "aria-valuemax")
    assert [number.get_attribute(one) for one in about] == [
        "slider", "flexible productivity", "0.25", "3.25",
    ]  # fmt: skip
