"""Reading back what an explorer draws, in the units of its axes."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page

from tradedig_book.explorers import Explorer

FRAMES = "() => new Promise(d => requestAnimationFrame(() => requestAnimationFrame(d)))"
CURVE = """([id, name]) => {
  const panel = document.querySelector(`#${id} [data-outcome=${name}]`);
  const lines = [...panel.querySelectorAll(".td-grid")].map(l => ({
    y: Number(l.getAttribute("y1")), left: Number(l.getAttribute("x1")),
    right: Number(l.getAttribute("x2"))}));
  const ticks = [...panel.querySelectorAll("text.td-tick")]
    .filter(t => t.getAttribute("text-anchor") === "end")
    .map(t => Number(t.textContent.replace("−", "-")));
  return {path: panel.querySelector("path.td-now").getAttribute("d"), lines, ticks};
}"""

Floats = NDArray[np.float64]


def curve(
    page: Page, shown: Explorer, name: str, axis: str
) -> tuple[Floats, Floats, Floats | float]:
    """Return a curve's visible points along the axis and upwards, and what its view's height is.

    On a logarithmic axis a height is worth more the higher it stands.
    """
    drawn = page.evaluate(CURVE, [shown.spec["id"], name])
    first, last = drawn["lines"][0], drawn["lines"][-1]
    low, high = drawn["ticks"][0], drawn["ticks"][-1]
    parameter = next(p for p in shown.spec["parameters"] if p["name"] == axis)
    xy = np.array(re.findall(r"[ML]([\d.-]+),([\d.-]+)", drawn["path"]), dtype=float)
    share = (xy[:, 0] - first["left"]) / (first["right"] - first["left"])
    along = across(parameter, share)
    share = (first["y"] - xy[:, 1]) / (first["y"] - last["y"])
    outcome = next(o for o in shown.spec["outcomes"] if o["name"] == name)
    log = outcome["scale"] == "log"
    up = low * (high / low) ** share if log else low + share * (high - low)
    visible = (share <= 1) & (share >= 0)
    return along[visible], up[visible], np.log(high / low) * up[visible] if log else high - low


def across(parameter: dict[str, Any], share: Floats) -> Floats:
    """Return what stands at ``share`` of the way along a parameter's axis."""
    start, end = parameter["low"], parameter["high"]
    if parameter.get("axis") == "log":
        return np.asarray(start * (end / start) ** share)
    return np.asarray(start + share * (end - start))


def written(value: float) -> str:
    """Write a number as the explorer does: about three significant digits."""
    size = abs(value)
    digits = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3
    return f"{value:.{digits}f}".replace("-", "−")


def assert_curves_are_the_models(
    page: Page, shown: Explorer, values: dict[str, float], axis: str
) -> None:
    """Compare every visible point of every curve with what Python computes there."""
    for outcome in shown.spec["outcomes"]:
        if "bars" in outcome:
            continue
        along, up, height = curve(page, shown, outcome["name"], axis)
        expected = shown.program.evaluate(values | {axis: along})[outcome["name"]]
        assert len(along) > 20, outcome["name"]
        assert (np.abs(up - expected) / height).max() < 3e-3, outcome["name"]
