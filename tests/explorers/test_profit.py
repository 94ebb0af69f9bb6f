"""The profit explorer against a firm that tries every quantity, on and off the region."""

from __future__ import annotations

import numpy as np

from tradedig_book.explorers.profit import formulas, spec
from tradedig_book.theory import ABOUT

QUALITIES = np.linspace(0, 1.5, 1501)


def drawn(count: int) -> list[dict[str, float]]:
    """Draw points of the sliders' box where the firm is as efficient as the marginal one."""
    rng = np.random.default_rng(8)
    points = []
    while len(points) < count:
        point = {name: float(rng.uniform(a.low, a.high)) for name, a in ABOUT.items()}
        if point["varphi"] >= point["varphi_D"]:
            points.append(point)
    return points


def by_trying(point: dict[str, float], quality: np.ndarray) -> np.ndarray:
    """Profit at the best of many quantities, at demand (2) with the cutoff in the place of X."""
    p = point
    x = np.linspace(0, 60, 6001)[:, None] * p["L"] / (p["gamma"] * (1 - p["e"])) / 10
    price = 1 / p["varphi_D"] + p["beta"] * quality - p["gamma"] * (1 - p["e"]) / p["L"] * x
    margin = price - 1 / p["varphi"] - quality / p["phi"]
    return np.max(x * margin, axis=0) - (1 - p["e"]) * quality**2 / p["psi"]


def test_profit_is_what_trying_finds() -> None:
    """Also where quality does not pay, and a firm with much of it sells nothing."""
    sells_nothing = 0
    for point in drawn(40):
        tried = QUALITIES[::100]
        found = formulas().evaluate({**point, "lam": tried})
        sells_nothing += int((found["sold"] == 0).sum())
        scale = point["L"] / (point["gamma"] * (1 - point["e"]))
        np.testing.assert_allclose(
            found["tried"], by_trying(point, tried), rtol=1e-4, atol=1e-4 * scale
        )
    assert sells_nothing > 0


def test_mark_is_the_maximum_or_off_the_axis() -> None:
    """The mark is at the highest profit; where profit has no maximum it is not on the axis."""
    kinds = set()
    for point in drawn(400):
        found = formulas().evaluate({**point, "lam": QUALITIES})
        best, pays, D = (float(found[name][0]) for name in ("best", "pays", "D"))
        kinds.add((pays > 0, D > 0))
        if pays > 0 > D:
            assert best < 0 or point["varphi"] == point["varphi_D"]
        elif best < QUALITIES[-1]:
            assert abs(best - QUALITIES[found["tried"].argmax()]) <= 0.001
    assert kinds == {(True, True), (True, False), (False, True), (False, False)}


def test_where_quality_does_not_pay() -> None:
    """β = 0.5, ϕ = 0.4: the firm with quality 0.8 sells nothing, and the best quality is none."""
    point = {name: info.default for name, info in ABOUT.items()}
    found = formulas().evaluate(point | {"beta": 0.5, "phi": 0.4, "lam": 0.8})
    assert found["tried"] == -(1 - point["e"]) * 0.8**2 / point["psi"]
    assert found["best"] == 0
    assert "zero where β is below 1/ϕ" in spec().inside
