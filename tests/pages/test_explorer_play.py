"""Playing with the explorers: the effect is what one sees, and nothing breaks or jumps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from playwright.sync_api import Page

from tradedig_book.explorers import EXPLORERS, Explorer, QualityExplorer, explorer

from .conftest import OpenPage, Visit, resized
from .drawn import FRAMES
from .test_theory_explorers import page_of

PAGES = {"quality": "book/optimal-quality.html"} | {name: page_of(name) for name in EXPLORERS}
BUILT: dict[str, Explorer] = {"quality": QualityExplorer()} | {
    name: explorer(name) for name in EXPLORERS
}
LAPTOPS = [(1280, 720), (1366, 650)]
PHONE = (375, 812)
HEADER = 48  # the theme's bar, in pixels, which stays on top of the page
ALIVE = 0.8  # share of an open slider's travel that has a solution
# Frames are drawn at once, so that a thousand settings take seconds.
AT_ONCE = """() => {
  window.frames_as_ever ??= window.requestAnimationFrame;
  window.requestAnimationFrame = draw => { draw(); return 0; };
}"""
AS_EVER = "() => { window.requestAnimationFrame = window.frames_as_ever; }"
SWEEP = """([id, name, axis, values]) => {
  const input = document.getElementById(`${id}-${name}`);
  const dots = () => Object.fromEntries([...document.querySelectorAll(`#${id} figure`)]
    .filter(f => f.querySelector(".td-dot"))
    .map(f => {
      const dot = f.querySelector(".td-dot");
      const box = dot.getBBox();
      return [f.dataset.outcome, dot.classList.contains("td-lost") ? null
        : [box.y + box.height / 2, Number(f.querySelector(".td-grid").getAttribute("y1"))]];
    }));
  return values.map(value => {
    input.value = value;
    input.dispatchEvent(new Event("input", {bubbles: true}));
    return dots();
  });
}"""
PLAY = """([id, settings]) => settings.map(setting => {
  for (const [name, value] of Object.entries(setting)) {
    const input = document.getElementById(`${id}-${name}`);
    input.value = value;
    input.dispatchEvent(new Event("input", {bubbles: true}));
  }
  const drawn = [...document.querySelectorAll(`#${id} svg path[class]`)]
    .map(p => p.getAttribute("d") ?? "");
  const failed = document.querySelector(`#${id} .td-outside`) !== null;
  const empty = [...document.querySelectorAll(`#${id} figure`)].some(f => f.querySelector(".td-now")
    && f.querySelector("output").textContent !== "–"
    && !/L/.test(f.querySelector("path.td-now").getAttribute("d")));
  return [drawn.some(d => /NaN|Infinity/.test(d)), !failed && empty];
})"""
SHIFT = """() => {
  window.shifted = 0;
  new PerformanceObserver(list => list.getEntries().forEach(e => { window.shifted += e.value; }))
    .observe({type: "layout-shift", buffered: false});
}"""


def travel(shown: Explorer, name: str, points: int) -> np.ndarray:
    """Return values along a slider."""
    slider = next(p for p in shown.spec["parameters"] if p["name"] == name)
    return np.linspace(slider["low"], slider["high"], points)


def reset(page: Page, name: str) -> None:
    """Have an explorer as it was at first."""
    page.locator(f"#{name}").get_by_role("button", name="Reset").click()


@contextmanager
def at_once(shared_page: OpenPage, name: str) -> Iterator[Visit]:
    """Draw frames as soon as they are asked for; leave the explorer as it was found."""
    seen = shared_page(PAGES[name])
    seen.page.evaluate(AT_ONCE)
    try:
        yield seen
        reset(seen.page, name)
    finally:
        seen.page.evaluate(AS_EVER)


@contextmanager
def in_window(shared_page: OpenPage, name: str, window: tuple[int, int]) -> Iterator[Page]:
    """Look at an explorer's page in a window of another size."""
    size = {"width": window[0], "height": window[1]}
    with resized(shared_page(PAGES[name]).page, size) as page:
        page.evaluate(FRAMES)
        yield page


@pytest.mark.parametrize("name", BUILT)
def test_the_point_rises_where_the_outcome_rises(shared_page: OpenPage, name: str) -> None:
    """Over a sweep of each slider, heights on the screen are ordered as Python's numbers are."""
    with at_once(shared_page, name) as seen:
        page = seen.page
        shown = BUILT[name]
        for slider in shown.spec["open"]:
            values = travel(shown, slider, 41)
            found = page.evaluate(SWEEP, [name, slider, shown.axis, values.tolist()])
            at = shown.program.evaluate(shown.values | {slider: values})
            inside = (
                np.broadcast_to(shown.program.verdict(shown.values | {slider: values}), 41) == 0
            )
            for outcome in shown.spec["outcomes"]:
                if "bars" in outcome:
                    continue
                expected = np.broadcast_to(at[outcome["name"]], 41)
                place = [dots[outcome["name"]] for dots in found]
                heights = np.array([p[0] if p else np.nan for p in place])
                exists = (inside | outcome["free"]) & np.isfinite(expected)
                assert (np.isfinite(heights) == exists).all()
                steps = np.diff(expected) * np.diff(-heights)
                assert (steps[np.isfinite(steps)] >= -1e-3).all(), (slider, outcome["name"])
            reset(page, name)


def test_the_trail_says_by_how_much(shared_page: OpenPage) -> None:
    """As ψ goes from 1 to 2.25 the point rises, and the ratio is the model's."""
    with at_once(shared_page, "quality") as seen:
        page = seen.page
        quality = BUILT["quality"].program.evaluate
        ratio = quality(BUILT["quality"].values | {"psi": 2.25})["quality"]
        ratio = float(ratio / quality(BUILT["quality"].values)["quality"])
        before, after = page.evaluate(SWEEP, ["quality", "psi", "psi", [1.0, 2.25]])
        assert before["quality"][0] - after["quality"][0] > 50
        assert page.locator("[data-outcome=quality] .td-ratio").text_content() == f"× {ratio:.2f}"
        assert page.locator("[data-outcome=quality] .td-trail").get_attribute("d").count("L") > 20


@pytest.mark.parametrize("name", BUILT)
def test_open_sliders_are_alive(name: str) -> None:
    """Two or three are open; at the defaults four fifths of their travel have a solution."""
    shown = BUILT[name]
    assert 2 <= len(shown.spec["open"]) <= 3
    for slider in shown.spec["open"]:
        verdict = shown.program.verdict(shown.values | {slider: travel(shown, slider, 2001)})
        assert np.mean(np.broadcast_to(verdict, 2001) == 0) >= ALIVE, slider


def test_the_track_is_painted_where_no_solution_is(open_page: OpenPage) -> None:
    """The edge on the slider's track is the ψ at which the second-order condition turns."""
    page = open_page(PAGES["quality"]).page
    track = page.locator("#quality-psi").evaluate("e => e.style.getPropertyValue('--td-track')")
    shares = [float(share) for share in re.findall(r"\* ([\d.]+)\)", track)]
    low, high = travel(BUILT["quality"], "psi", 2)
    assert low + shares[-1] * (high - low) == pytest.approx(4 * 0.6**2 / 0.7**2, abs=1e-3)


def test_the_way_back_leads_back(open_page: OpenPage) -> None:
    """Where nothing is best, the page names values of open sliders at which something is."""
    seen = open_page(f"{PAGES['quality']}#quality?psi=3.2")
    seen.page.evaluate(FRAMES)
    ways = re.findall(
        r"([ψeφ]) (below|above) ([\d.]+\d)", seen.page.locator(".td-status").inner_text()
    )
    names = {"ψ": "psi", "e": "e", "φ": "varphi"}
    shown = BUILT["quality"]
    assert [glyph for glyph, _, _ in ways] == ["ψ", "e"]
    for glyph, side, value in ways:
        inwards = float(value) + (-1e-3 if side == "below" else 1e-3)
        outwards = float(value) + (2e-2 if side == "below" else -2e-2)
        at = shown.values | {"psi": 3.2}
        assert shown.program.verdict(at | {names[glyph]: inwards}) == 0
        assert shown.program.verdict(at | {names[glyph]: outwards}) > 0


def test_the_point_is_the_handle(open_page: OpenPage) -> None:
    """A drag of the point moves it along its curve, and the address follows when it is let go."""
    page = open_page(PAGES["quality"]).page
    dot = page.locator("[data-outcome=quality] .td-dot")
    dot.scroll_into_view_if_needed()
    box = dot.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"], steps=6)
    page.mouse.up()
    page.evaluate(FRAMES)
    value = float(page.locator("output[for=quality-psi]").inner_text())
    assert value > 1.3
    assert float(page.evaluate("location.hash").split("psi=")[1]) == pytest.approx(value, abs=6e-3)


def test_arrow_keys_move_the_point(open_page: OpenPage) -> None:
    """The first view's point is a slider for the keyboard, and says what it reads."""
    page = open_page(PAGES["quality"]).page
    dot = page.locator("[data-outcome=quality] .td-dot")
    dot.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.evaluate(FRAMES)
    assert page.evaluate("location.hash") == "#quality?psi=1.05"
    assert dot.get_attribute("aria-valuetext").startswith("ψ 1.05, λ* 0.26")


def test_back_and_forward_restore(open_page: OpenPage) -> None:
    """Back from a link is the default, Forward is the link's setting again."""
    page = open_page(PAGES["quality"]).page
    page.get_by_role("link", name="Double flexible productivity").click()
    page.evaluate(FRAMES)
    psi = page.locator("output[for=quality-psi]")
    assert psi.inner_text() == "2.00"
    page.go_back()
    page.evaluate(FRAMES)
    assert psi.inner_text() == "1.00"
    page.go_forward()
    page.evaluate(FRAMES)
    assert psi.inner_text() == "2.00"


def test_two_explorers_share_the_address(open_page: OpenPage) -> None:
    """Neither forgets its setting when the other one moves."""
    page = open_page(PAGES["channels"]).page
    for name in ("elasticities-psi", "channels-dig_tr"):
        page.locator(f"#{name}").focus()
        page.keyboard.press("ArrowRight")
    page.evaluate(FRAMES)
    assert page.evaluate("location.hash") == "#elasticities?psi=1.01;channels?dig_tr=1.01"
    page.reload()
    page.evaluate(FRAMES)
    assert page.locator("output[for=elasticities-psi]").inner_text() == "1.01"
    assert page.locator("output[for=channels-dig_tr]").inner_text() == "1.01"


@pytest.mark.parametrize("window", LAPTOPS)
@pytest.mark.parametrize("name", BUILT)
def test_views_and_controls_fit_one_screen(
    shared_page: OpenPage, name: str, window: tuple[int, int]
) -> None:
    """On a laptop nothing has to be scrolled away to move a slider."""
    with in_window(shared_page, name, window) as page:
        assert page.locator(f"#{name}").bounding_box()["height"] <= window[1] - HEADER
        side = page.locator(f"#{name} .td-side").bounding_box()
        assert side["x"] > page.locator(f"#{name} .td-panels").bounding_box()["x"] + 300


@pytest.mark.parametrize("window", [*LAPTOPS, PHONE])
@pytest.mark.parametrize("name", BUILT)
def test_no_equation_is_cut(shared_page: OpenPage, name: str, window: tuple[int, int]) -> None:
    """Each stands whole in its box, with its result, at the ends of every open slider.

    On a phone a formula that would be too small to read may scroll, and Tab reaches it.
    """
    over = """([id, phone]) => [...document.querySelectorAll(`#${id} .td-equation math`)]
      .filter(m => !(phone && m.tabIndex === 0 && parseFloat(getComputedStyle(m).fontSize) < 9.1))
      .map(m => m.scrollWidth - m.clientWidth)"""
    with in_window(shared_page, name, window) as page:
        for slider in BUILT[name].spec["open"]:
            for value in travel(BUILT[name], slider, 2).tolist():
                page.evaluate(SWEEP, [name, slider, "", [value]])
                page.evaluate(FRAMES)
                wider = page.evaluate(over, [name, window == PHONE])
                assert max(wider, default=0) <= 0, (slider, value)
            reset(page, name)


def test_the_trail_names_its_pin(open_page: OpenPage) -> None:
    """Its ratio is on the last pin with a solution; a pin without one leaves the one before."""
    page = open_page(PAGES["quality"]).page
    quality = BUILT["quality"].program.evaluate
    ratio = page.locator("[data-outcome=quality] .td-ratio")
    values = BUILT["quality"].values
    for pinned, name in ((1.5, "A"), (3.2, "A")):
        page.evaluate(SWEEP, ["quality", "psi", "psi", [pinned]])
        page.get_by_role("button", name="Pin", exact=True).click()
        page.get_by_role("button", name="Pin", exact=True).click()
        page.evaluate(SWEEP, ["quality", "psi", "psi", [2.5]])
        page.evaluate(FRAMES)
        times = (
            quality(values | {"psi": 2.5})["quality"] / quality(values | {"psi": 1.5})["quality"]
        )
        assert ratio.text_content() == f"× {float(times):.2f} on {name}"
    assert page.locator(".td-key .td-pin-name").count() == 2
    assert page.locator("[data-outcome=quality] .td-pin-spot").count() == 1


def test_pins_move_nothing_and_keep_the_focus(open_page: OpenPage) -> None:
    """Buttons stay where they are, and the keyboard has somewhere to go."""
    page = open_page(PAGES["quality"]).page
    copy = page.get_by_role("button", name="Copy link")
    place = "e => [e.offsetLeft, e.offsetTop]"
    before = copy.evaluate(place)
    for psi in (1.2, 1.4, 1.6):
        page.evaluate(SWEEP, ["quality", "psi", "psi", [psi]])
        page.get_by_role("button", name="Pin", exact=True).press("Enter")
        page.evaluate(FRAMES)
        assert copy.evaluate(place) == before
    focused = "document.activeElement.textContent"
    assert page.evaluate(focused) == "Clear pins"
    page.keyboard.press("Enter")
    page.evaluate(FRAMES)
    assert page.evaluate(focused) == "Pin"


def test_the_point_can_be_walked_out_and_back(open_page: OpenPage) -> None:
    """Where no best quality exists it waits on the axis, hollow, and keeps the focus."""
    page = open_page(f"{PAGES['quality']}#quality?psi=2.93").page
    dot = page.locator("[data-outcome=quality] .td-dot")
    dot.focus()
    page.keyboard.press("End")
    page.evaluate(FRAMES)
    assert dot.evaluate("e => e.classList.contains('td-lost')")
    page.keyboard.press("Home")
    page.evaluate(FRAMES)
    assert not dot.evaluate("e => e.classList.contains('td-lost')")
    assert page.locator("output[for=quality-psi]").inner_text() == "0.25"


@pytest.mark.parametrize("name", BUILT)
def test_every_axis_has_three_ticks_and_a_name(shared_page: OpenPage, name: str) -> None:
    """Against every parameter that may be the axis."""
    with at_once(shared_page, name) as seen:
        page = seen.page
        shown = BUILT[name]
        if all("bars" in outcome for outcome in shown.spec["outcomes"]):
            return
        for axis in shown.spec["axes"]:
            if len(shown.spec["axes"]) > 1:
                page.locator(f"#{name}-axis").select_option(axis)
            for anchor in ("middle", "end"):
                counts = page.evaluate(
                    """([id, anchor]) => [...document.querySelectorAll(`#${id} .td-panel svg`)]
                    .map(s => s.querySelectorAll(`.td-tick[text-anchor=${anchor}]`).length)""",
                    [name, anchor],
                )
                assert min(counts) >= 3, (axis, anchor)
            assert page.locator(f"#{name} .td-axis-name").first.inner_text().strip()


@pytest.mark.parametrize("name", BUILT)
def test_a_thousand_settings_leave_no_error_and_no_empty_path(
    shared_page: OpenPage, name: str
) -> None:
    """Where there is a solution there is a curve, and nothing is ever drawn at no number."""
    with at_once(shared_page, name) as seen:
        page = seen.page
        rng = np.random.default_rng(14)
        shown = BUILT[name]
        drawn = {
            p["name"]: rng.uniform(p["low"], p["high"], 1000) for p in shown.spec["parameters"]
        }
        edges = {
            p["name"]: rng.choice([p["low"], p["high"]], 1000) for p in shown.spec["parameters"]
        }
        at_edge = rng.uniform(size=1000) < 0.1
        settings = [
            {n: float(edges[n][i] if at_edge[i] else drawn[n][i]) for n in drawn}
            for i in range(1000)
        ]
        found = page.evaluate(PLAY, [name, settings])
        assert seen.errors == []
        assert [settings[i] for i, (broken, _) in enumerate(found) if broken] == []
        assert [settings[i] for i, (_, empty) in enumerate(found) if empty] == []


@pytest.mark.parametrize("name", BUILT)
def test_nothing_jumps(open_page: OpenPage, name: str) -> None:
    """Across each slider's whole travel, solutions or none, the page's layout stays where it is."""
    page = open_page(PAGES[name]).page
    page.locator(f"#{name}").scroll_into_view_if_needed()
    page.evaluate(SHIFT)
    box = f"document.querySelector('#{name}').getBoundingClientRect().height"
    height = page.evaluate(box)
    for slider in BUILT[name].spec["open"]:
        for value in travel(BUILT[name], slider, 7).tolist():
            page.evaluate(SWEEP, [name, slider, "", [value]])
            page.evaluate(FRAMES)
            assert page.evaluate(box) == height
    assert page.evaluate("window.shifted") == 0


def test_mediation_without_a_direct_effect_keeps_its_curve(open_page: OpenPage) -> None:
    """At β₁ = 0 the share is 0/0 where β₀ is zero, and one everywhere else."""
    seen = open_page(f"{PAGES['mediation']}#mediation?direct=0")
    seen.page.evaluate(FRAMES)
    path = seen.page.locator("[data-outcome=share] path.td-now").get_attribute("d")
    assert path.count("L") > 100
    assert seen.errors == []
