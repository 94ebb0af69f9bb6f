"""Protects the explorer of measured effects: held to the derivation, and with its stated limits."""

from __future__ import annotations

import numpy as np
import pytest

from tradedig_book.explorers import explorer
from tradedig_book.explorers import what_is_measured as m
from tradedig_book.theory import NotDerived, consistent_measure

SHOWN = explorer("what-is-measured")


def at(**changes: object) -> dict[str, np.ndarray]:
    """Evaluate every step at the defaults, but for ``changes``."""
    return SHOWN.program.evaluate(SHOWN.values | changes)


def test_every_input_has_its_slider() -> None:
    """An input added to the formulas gets its slider without further work."""
    assert tuple(p["name"] for p in SHOWN.spec["parameters"]) == SHOWN.program.arguments


def test_a_wrong_response_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The steps are held to derivatives of the derivation."""
    right = m._responses()
    monkeypatch.setattr(m, "_responses", lambda: right | {"measured": 2 * right["measured"]})
    with pytest.raises(NotDerived, match="'measured'"):
        m.formulas.__wrapped__()


@pytest.mark.parametrize("sigma", [1.5, 4.0, 12.0])
def test_the_measured_response_falls_to_its_limit(sigma: float) -> None:
    """For every σ, while the true one is level."""
    cost = np.linspace(0.05, 1 - 1e-9, 400)
    found = at(c=cost, sigma=sigma)
    assert np.ptp(found["true_response"]) < 1e-12
    assert (np.diff(found["measured"]) < 0).all()
    limit = (found["true_response"][-1] - 1) / (sigma - 1)
    assert found["measured"][-1] == pytest.approx(limit, rel=1e-6)


def test_the_price_falls_as_derived() -> None:
    """The slope that the proof names is that of the price's response."""
    step, point = 1e-6, SHOWN.values
    up, down = (at(c=point["c"] + h)["price_response"] for h in (step, -step))
    fall = consistent_measure.response_parts()["fall"]
    found = fall.subs({s: point[s.name] for s in fall.free_symbols})
    assert float(found) == pytest.approx(float(up - down) / (2 * step), rel=1e-6)


def test_the_response_is_that_of_the_measure() -> None:
    """Measure twice, at ψ a little apart, in logs."""
    step = 1e-6
    logs = [at(psi=np.exp(h)) for h in (step, -step)]
    sigma = SHOWN.values["sigma"]
    measured = [
        (np.log(one["quantity"]) + sigma * np.log(one["price"])) / (sigma - 1) for one in logs
    ]
    slope = (measured[0] - measured[1]) / (2 * step)
    assert float(at()["measured"]) == pytest.approx(float(slope), rel=1e-8)
