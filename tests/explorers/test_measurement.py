"""Protects the measurement explorer's formulas: from demand, and equal to the package's measure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import sympy as sp
from hypothesis import assume, given
from hypothesis import strategies as st

from tradedig_book.explorers import explorer
from tradedig_book.explorers import measurement as m
from tradedig_book.theory import NotDerived
from tradedig_book.theory.printing import code, javascript
from tradedig_book.theory.program import Program
from tradedig_helpers.measure.quality import demand_residual, standardise

Point = dict[str, float]
FORMULAS = m.formulas()
SHOWN = explorer("measurement")
DEFAULTS = dict(SHOWN.values)
RIVALS, FILLERS = 3, 60


@st.composite
def points(draw: st.DrawFn) -> Point:
    """Draw a point on the sliders with σ above 1 and one flow of four."""
    ranges = {p["name"]: (p["low"], p["high"]) for p in SHOWN.spec["parameters"]}
    ranges |= {"sigma": (1.05, 8.0), "best": (0.1, 5.0), "worst": (0.1, 5.0)}
    point = {name: draw(st.floats(*range_)) for name, range_ in ranges.items()}
    return point | {"share": 1 / (1 + RIVALS)}


def at(point: Point, *steps: str) -> list[float]:
    """Evaluate some steps at one point."""
    found = FORMULAS.evaluate(point)
    return [float(found[step]) for step in steps]


def market(destination: str, price: np.ndarray, quantity: np.ndarray, sigma: float) -> pd.DataFrame:
    """Flows of one product in one destination and year."""
    flows = pd.DataFrame({"price": np.exp(price), "quantity": np.exp(quantity), "sigma": sigma})
    return flows.assign(product="11010100", destination=destination, year=2002)


def as_flows(point: Point) -> pd.DataFrame:
    """Build the explorer's product: this flow, its rivals, and a market with an average flow.

    Prices elsewhere are one dollar, so log quality there is the log quantity less its mean,
    divided by σ - 1; fillers hold that mean at zero and lie between the best and the worst.
    """
    here = market(
        "D01",
        np.array([point["ln_p"], *[point["ln_p_r"]] * RIVALS]),
        np.array([point["ln_q"], *[point["ln_q_r"]] * RIVALS]),
        point["sigma"],
    )
    best, worst = point["best"], point["worst"]
    elsewhere = np.array([0.0, best, -worst, *[(worst - best) / FILLERS] * FILLERS])
    there = market("D02", 0 * elsewhere, elsewhere * 2.0, sigma=3.0)
    return pd.concat([here, there], ignore_index=True)


@given(points())
def test_explorer_and_package_measure_alike(point: Point) -> None:
    """What a slider shows is what the package finds in the same flows."""
    flows = standardise(demand_residual(as_flows(point)))
    quality, score = flows["log_quality"], flows["quality"]
    average = 1 + RIVALS
    found = [quality[0], quality[1], score[0], score[average]]
    expected = at(point, "own", "rival", "score", "elsewhere")
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_demand_is_the_textbooks() -> None:
    """Log demand is (σ-1) ln λ - σ ln p + (σ-1) ln P + ln Y, as the paper prints CES demand."""
    by_hand = (m.sigma - 1) * m.ln_lambda - m.sigma * m.ln_p + (m.sigma - 1) * m.ln_P + m.ln_Y
    assert sp.expand(m.log_demand() - by_hand) == 0


def test_demand_is_a_buyers_best_choice() -> None:
    """Two goods, numbers, no algebra: no other plan on the budget gives more utility."""
    quality, price, income, elasticity = np.array([1.5, 0.8]), np.array([2.0, 0.7]), 3.0, 2.5
    index = ((price / quality) ** (1 - elasticity)).sum() ** (1 / (1 - elasticity))
    log_q = sp.lambdify(
        [m.ln_lambda, m.ln_p, m.sigma, m.ln_P, m.ln_Y], m.log_demand(), modules="numpy"
    )
    bought = np.exp(
        log_q(np.log(quality), np.log(price), elasticity, np.log(index), np.log(income))
    )
    assert price @ bought == pytest.approx(income)

    def utility(first: np.ndarray) -> np.ndarray:
        second = (income - price[0] * first) / price[1]
        plan = np.stack([first, second]) * quality[:, None]
        return (plan ** ((elasticity - 1) / elasticity)).sum(axis=0)

    shares = np.linspace(0.001, 0.999, 999) * income / price[0]
    assert (utility(shares) <= utility(bought[:1])).all()


@given(points(), st.floats(0.01, 1.0))
def test_slopes_are_those_of_the_chapter(point: Point, step: float) -> None:
    """σ/(σ-1) in log price and 1/(σ-1) in log quantity, less the flow's weight in the mean."""
    (before,) = at(point, "own")
    weight = 1 - point["share"]
    for name, slope in (("ln_p", point["sigma"]), ("ln_q", 1.0)):
        (after,) = at(point | {name: point[name] + step}, "own")
        expected = weight * slope / (point["sigma"] - 1)
        assert (after - before) / step == pytest.approx(expected, rel=1e-6)


@given(points(), st.floats(-2.0, 2.0))
def test_what_all_sellers_share_moves_nothing(point: Point, shift: float) -> None:
    """All quantities of the market times a constant: the market mean takes it away."""
    moved = point | {name: point[name] + shift for name in ("ln_q", "ln_q_r")}
    steps = ("own", "rival", "score", "elsewhere")
    assert at(moved, *steps) == pytest.approx(at(point, *steps), abs=1e-9)


@given(points(), st.floats(0.1, 3.0))
def test_an_outlier_elsewhere_moves_scores_alone(point: Point, more: float) -> None:
    """Log quality stays; every score that is not the lowest falls."""
    point = point | {"best": max(point["best"], *at(point, "own", "rival"))}
    moved = point | {"best": point["best"] + more}
    assert at(moved, "own", "rival") == at(point, "own", "rival")
    before, after = at(point, "score", "elsewhere"), at(moved, "score", "elsewhere")
    for old, new in zip(before, after, strict=True):
        assert new < old or old == 0


@given(points())
def test_quality_explodes_as_sigma_falls_to_one(point: Point) -> None:
    """Halving σ - 1 about doubles ln λ̂, and at 1 the program says why there is none."""
    point = point | {"ln_p": 1.5, "ln_p_r": 0.5, "ln_q": 3.0, "ln_q_r": 2.5}
    far, near = (at(point | {"sigma": 1 + gap}, "own")[0] for gap in (2e-6, 1e-6))
    assert near / far == pytest.approx(2, rel=1e-4)
    assert int(FORMULAS.verdict(point | {"sigma": 1.0})) == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"sigma": 0.9}, "σ − 1"),
        ({"share": 1.0}, "only flow"),
        ({"ln_q": 2.5, "ln_p": 0.5, "best": 0.0, "worst": 0.0}, "without a range"),
    ],
)
def test_each_condition_can_fail_on_the_sliders(changed: Point, words: str) -> None:
    """A reader can reach every refusal, and is told what it means."""
    point = DEFAULTS | changed
    verdict = int(FORMULAS.verdict(point))
    assert words in FORMULAS.conditions[verdict - 1].otherwise
    assert int(FORMULAS.verdict(DEFAULTS)) == 0


@pytest.mark.parametrize("step", ["y", "y_r", "others", "kappa", "margin", "own", "rival"])
def test_a_wrong_step_is_found(step: str) -> None:
    """A slip in any step up to log quality no longer agrees with demand."""
    wrong = replace(FORMULAS, steps={**FORMULAS.steps, step: FORMULAS.steps[step] * 2})
    with pytest.raises(NotDerived):
        m.hold_to_demand(wrong)


def test_min_and_max_are_printed_for_both_languages() -> None:
    """Calls of two arguments: NumPy would write its result into a third."""
    x, y, z = sp.symbols("x y z")
    assert code(sp.Min(x, y)) == "min(x, y)"
    assert code(sp.Max(x, y, z)) == "max(max(x, y), z)"
    assert "const {min, max} = Math;" in javascript(["x"], {"a": sp.Min(x, 1), "b": sp.Max(x, 1)})


@given(st.lists(st.floats(-10, 10), min_size=3, max_size=3))
def test_min_and_max_are_evaluated_without_touching_the_inputs(numbers: list[float]) -> None:
    """The smallest and the largest of three, at arrays, and the arrays as they were."""
    assume(len(set(numbers)) > 1)
    x, y, z = symbols = sp.symbols("x y z")
    both = Program(("x", "y", "z"), {"low": sp.Min(x, y, z), "high": sp.Max(*symbols)})
    given_arrays = {name: np.array([value]) for name, value in zip("xyz", numbers, strict=True)}
    found = both.evaluate(given_arrays)
    assert (found["low"][0], found["high"][0]) == (min(numbers), max(numbers))
    assert [array[0] for array in given_arrays.values()] == numbers
