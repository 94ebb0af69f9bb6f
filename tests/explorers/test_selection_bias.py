"""Protects the limits of least squares and of the lag: from the model, and in simulated firms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tradedig_book.economy.firms import draw_paths
from tradedig_book.explorers import selection_bias as m
from tradedig_book.theory import NotDerived
from tradedig_book.theory.adoption import choose
from tradedig_book.theory.industry import Choice
from tradedig_helpers.estimation.fit import estimate
from tradedig_helpers.estimation.iv import estimate_iv, lagged
from tradedig_helpers.estimation.specifications import Specification

PROGRAM = m.formulas()
WORLD = {"beta": 0.0, "gamma": 0.5, "s": 0.5, "rho": 0.5, "r": 0.9, "delta": 0.0}
Point = dict[str, float]


def at(point: Point, *steps: str) -> list[float]:
    """Evaluate some steps at one point."""
    found = PROGRAM.evaluate(point)
    return [float(found[step]) for step in steps]


@st.composite
def points(draw: st.DrawFn) -> Point:
    """Draw a world in which the lag is relevant."""
    limits = {"beta": (-1, 1), "gamma": (-1, 1), "s": (0, 0.95), "delta": (-0.5, 0.5)}
    limits |= {"rho": (0, 0.99), "r": (0, 0.99)}
    point = {name: draw(st.floats(*range_)) for name, range_ in limits.items()}
    assume(at(point, "firm_lag")[0] > 0.01)
    return point


def simulated(point: Point, firms: int = 6000) -> pd.DataFrame:
    """Return firms over the years of the regression, with last year's digitization."""
    rng = np.random.default_rng(11)
    shape = firms, m.PANEL_YEARS + 1
    unseen, other = (draw_paths(rng, point[name], *shape) for name in ("rho", "r"))
    level = point["s"] * unseen + np.sqrt(1 - point["s"] ** 2) * other
    before = np.roll(level, 1, axis=1)
    quality = point["beta"] * level + point["delta"] * before + point["gamma"] * unseen
    quality = quality + rng.normal(size=shape)
    years = range(2000, 2000 + shape[1])
    key = pd.MultiIndex.from_product([range(firms), years], names=["firm", "year"])
    frame = key.to_frame(index=False).assign(d=level.ravel(), y=quality.ravel())
    return lagged(frame, "d")[0].query("year > 2000")


@pytest.mark.parametrize(
    "changes",
    [{}, {"rho": 0.1}, {"rho": 0.95, "r": 0.6, "beta": 0.4}, {"delta": 0.3, "gamma": -0.5}],
)
@pytest.mark.parametrize("effects", [(), ("firm",)])
def test_estimators_reach_their_limits(changes: Point, effects: tuple[str, ...]) -> None:
    """The package's estimators on simulated firms, within four standard errors."""
    point = WORLD | changes
    data = simulated(point)
    spec = Specification("y", ("d",), effects, table="limits", column=0)
    found = (
        estimate(spec, data).coefficients,
        estimate_iv(spec, data, "d", ["d_l1"]).fit.coefficients,
    )
    names = ("firm_ols", "firm_iv") if effects else ("ols", "iv")
    for table, limit in zip(found, at(point, *names), strict=True):
        row = table.set_index("term").loc["d"]
        assert abs(row["estimate"] - limit) < 4 * row["std_error"]
        assert row["std_error"] < 0.03


@given(points())
def test_without_selection_and_a_direct_effect_all_four_are_right(point: Point) -> None:
    """Each bias has a cause, and goes with it."""
    for cure in ({"gamma": 0.0}, {"s": 0.0}):
        innocent = point | {"delta": 0.0} | cure
        assume(at(innocent, "firm_lag")[0] > 0.01)
        found = at(innocent, "ols", "iv", "firm_ols", "firm_iv")
        assert found == pytest.approx([point["beta"]] * 4, abs=1e-9)


@given(points())
def test_lag_is_worse_where_the_cause_outlasts_the_other_reason(point: Point) -> None:
    """What the chapter claims of the estimators without effects."""
    point = point | {"delta": 0.0, "beta": 0.0}
    assume(abs(point["gamma"] * point["s"]) > 0.01 and abs(point["rho"] - point["r"]) > 0.01)
    ols, iv = np.abs(at(point, "ols", "iv"))
    assert (iv > ols) == (point["rho"] > point["r"])


def test_firm_effects_take_out_what_hardly_changes() -> None:
    """As the cause comes to last for ever, both estimators with firm effects become right."""
    point = WORLD | {"beta": 0.2, "r": 0.5}
    gaps = [
        np.abs(np.array(at(point | {"rho": rho}, "firm_ols", "firm_iv")) - 0.2)
        for rho in (0.9, 0.99, 0.9999)
    ]
    assert (np.diff(gaps, axis=0) < 0).all()
    assert gaps[-1].max() < 1e-3


def test_a_short_lived_cause_makes_the_lag_too_low() -> None:
    """With firm effects the lag goes with the cause's mean, against this year's cause."""
    assert at(WORLD | {"rho": 0.0}, "firm_iv")[0] < -0.1


def test_the_model_s_choice_moves_with_lead_and_cost_as_assumed() -> None:
    """Digitization answers to ΔC²/μ: twice the lead in logs, less the cost in logs."""
    base = Choice(c=0.5)
    lead = float(base.c_D) - 0.5

    def log_level(firm: Choice) -> float:
        return float(np.log1p(choose(firm).dig))

    step = 1e-5
    to_lead = log_level(replace(base, c=float(base.c_D) - lead * np.exp(step))) - log_level(base)
    to_cost = log_level(replace(base, mu=float(base.mu) * np.exp(step))) - log_level(base)
    assert to_lead > 0
    assert to_lead == pytest.approx(-2 * to_cost, rel=1e-3)


def test_wrong_moments_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slip in a sum does not reach a page."""
    right = m.variance_within
    monkeypatch.setattr(m, "variance_within", lambda x, years=m.PANEL_YEARS: right(x, years) + x**3)
    with pytest.raises(NotDerived, match="2 years"):
        m.formulas.__wrapped__()
