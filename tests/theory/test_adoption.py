"""The choice to digitise against brute force, and selection against the truth it hides."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from tradedig_book.theory import OutsideRegion, ParameterError, Parameters, numeric, solve
from tradedig_book.theory.adoption import (
    choice_program,
    choose,
    hold_to_value,
    value,
    value_at,
)
from tradedig_book.theory.adoption_statics import choice_statics, value_is_concave
from tradedig_book.theory.digital_inputs import INPUTS, compare_inputs
from tradedig_book.theory.industry import Choice
from tradedig_book.theory.paper import NotDerived
from tradedig_book.theory.parameter_fields import about
from tradedig_book.theory.selection import (
    Design,
    changes,
    cross_section,
    decompose,
    fixed_effects,
    least_squares_slope,
    simulate_panel,
)
from tradedig_book.theory.signs import NotProved, proved_sign


@st.composite
def firms(draw: st.DrawFn) -> Choice:
    """Draw a firm inside the region: γ from s₀(1+ψ₁) < 1, and its cost below the cutoff."""
    point = {n: draw(st.floats(a.low, a.high)) for n, a in about(Choice).items()}
    point |= {"beta": draw(st.floats(1.0, 3.0)), "phi": draw(st.floats(1.2, 4.0))}
    gain = point["L"] * (point["beta"] - 1 / point["phi"]) ** 2 * (1 + point["psi_1"])
    point["gamma"] = gain / (4 * (1 - point["e"]) ** 2 * draw(st.floats(0.02, 0.97)))
    point["c"] = point["c_D"] * draw(st.floats(0.01, 0.99))
    return Choice(**point)


@given(firms())
def test_closed_form_beats_a_numerical_search(firm: Choice) -> None:
    """Cardano's root earns at least what a search over dig finds."""
    chosen = choose(firm)
    best = float(chosen.dig)
    found = minimize_scalar(
        lambda dig: -float(value_at(firm, dig)), bounds=(0, 3 * best + 1), method="bounded"
    )
    assert -found.fun <= float(chosen.value) * (1 + 1e-9)
    assert value_at(firm, best) == pytest.approx(float(chosen.value))


@given(firms())
def test_choice_agrees_with_the_firms_problem(firm: Choice) -> None:
    """At ψ(dig*) equations (5)-(8) give the same quality and profit."""
    chosen = choose(firm)
    shared = {name: getattr(firm, name) for name in ("L", "beta", "gamma", "e", "phi")}
    direct = solve(Parameters(**shared, psi=chosen.psi, varphi=1 / firm.c, varphi_D=1 / firm.c_D))
    assert direct.quality == pytest.approx(float(chosen.quality), rel=1e-6)
    paid = float(firm.mu * chosen.dig**2)
    assert direct.profit - paid == pytest.approx(float(chosen.value), rel=1e-6, abs=1e-12)


def test_first_order_condition_and_effect_numerically() -> None:
    """The slope of value is zero, and the causal effect is a slope in logs, on a grid."""
    firm = Choice(c=np.linspace(0.05, 0.95, 40))
    chosen, step = choose(firm), 1e-5
    rise = value_at(firm, chosen.dig + step) - value_at(firm, chosen.dig - step)
    assert np.abs(rise / (2 * step)).max() < 1e-7
    more = np.log1p(chosen.dig) + step
    psi = 1 + firm.psi_1 * np.expm1(more) / np.exp(more)
    quality = solve(Parameters(psi=psi, varphi=1 / firm.c, varphi_D=1.0)).quality
    assert (np.log(quality / chosen.quality) / step) == pytest.approx(chosen.effect, rel=1e-3)


def test_small_leads_lose_no_digits() -> None:
    """Near the cutoff dig* is proportional to the squared lead; at the cutoff it is zero."""
    lead = np.array([1e-4, 1e-6])
    dig = choose(Choice(c=1 - lead)).dig
    assert dig[0] / dig[1] == pytest.approx(1e4, rel=1e-6)
    assert choose(Choice(c=1.0)).dig == 0
    assert choose(Choice(c=1.0)).value == 0


@given(firms())
def test_threshold_separates_takers(firm: Choice) -> None:
    """Just above the least lead dig = 1 earns more than dig = 0, just below it earns less."""
    chosen = choose(firm)
    wide = replace(firm, c_D=float(chosen.least_lead) * 2)
    for share, takes in ((0.999, False), (1.001, True)):
        there = replace(wide, c=float(chosen.least_lead) * (2 - share))
        assert (value_at(there, 1) > value_at(there, 0)) == takes


@pytest.mark.parametrize("name", about(Choice))
def test_proved_signs_agree_with_numbers(name: str) -> None:
    """A small rise in each parameter moves dig* and the threshold as the table says."""
    row = choice_statics().set_index("parameter").loc[name]
    firm = Choice()
    moved = replace(firm, **{name: getattr(firm, name) * 1.001})
    before, after = choose(firm), choose(moved)
    assert {"+": 1, "-": -1}[row["dig"]] == np.sign(after.dig - before.dig)
    threshold = (moved.c_D - after.least_lead) - (firm.c_D - before.least_lead)
    assert {"+": 1, "-": -1, "0": 0}[row["threshold"]] == np.sign(threshold)


def test_value_is_proved_concave() -> None:
    """Uniqueness in the book rests on this proof."""
    assert value_is_concave()


def test_sign_prover_knows_what_it_cannot_prove() -> None:
    """Both signs are shown by points; a positive sum with a minus sign is left unproved."""
    x, y = sp.symbols("x y", positive=True)
    assert proved_sign(x + y, {}) == "+"
    assert proved_sign(-x / (1 + y), {}) == "-"
    assert proved_sign(x - x, {}) == "0"
    assert proved_sign(x - y, {}) == "±"
    with pytest.raises(NotProved, match="neither"):
        proved_sign(x**2 - x + 1, {})


@pytest.mark.parametrize("step", ["R", "t", "w", "quality", "value", "effect", "least_lead"])
def test_a_wrong_step_is_found(step: str) -> None:
    """A slip in any step of the program, Cardano's formula included, is noticed."""
    program = choice_program()
    wrong = replace(program, steps={**program.steps, step: program.steps[step] * 2})
    with pytest.raises(NotDerived):
        hold_to_value(wrong)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"c": 1.1}, "does not sell"),
        ({"psi_1": 2.0}, "no best quality at high dig"),
        ({"phi": 0.5}, "Quality does not pay"),
        ({"c": [0.5, 1.1]}, "1 of 2 points"),
    ],
)
def test_refusals_say_why(changed: dict[str, Any], words: str) -> None:
    """Outside the region the reason and the point are named."""
    with pytest.raises(OutsideRegion, match=words):
        choose(Choice(**changed))


@pytest.mark.parametrize("name", about(Choice))
def test_nonsense_is_named(name: str) -> None:
    """The message names the parameter and what it may be."""
    for wrong in (0.0, float("nan"), "2"):
        with pytest.raises(ParameterError, match=f"^{name} .*0 < "):
            Choice(**{name: wrong})


@pytest.mark.parametrize("seed", range(3))
def test_selection_biases_upwards(seed: int) -> None:
    """The slope splits exactly without noise; the lead's part is positive until controlled."""
    panel, dropped = simulate_panel(Choice(), Design(noise=0.0), np.random.default_rng(seed))
    found = cross_section(panel[panel["year"] == 0]).set_index("regression")
    assert dropped == 0
    assert found["slope"].to_numpy() == pytest.approx(found["upgrading"] + found["lead"])
    assert found.loc["no control", "lead"] > found.iloc[1]["lead"] > 0.1
    assert found.loc["control for the lead, ln ΔC", "lead"] == pytest.approx(0, abs=1e-8)
    assert abs(found.loc["among firms of equal lead", "lead"]) < 0.02


def test_firm_effects_remove_a_fixed_lead_only() -> None:
    """Constant lead: no bias. Productivity or a common cutoff on the move: bias."""
    found = fixed_effects(Choice(), 3).set_index("regression")["lead"]
    assert found.iloc[0] == pytest.approx(0, abs=1e-8)
    assert found.iloc[1] > 0.1
    assert found.iloc[2] > 0.1


def test_changes_are_firm_and_year_effects() -> None:
    """First differences give what dummies for firms and years give."""
    panel, _ = simulate_panel(Choice(), Design(firms=60), np.random.default_rng(5))
    right = np.column_stack(
        [panel["ln_dig"], panel["year"], pd.get_dummies(panel["firm"], dtype=float)]
    )
    brute = np.linalg.lstsq(right, panel["ln_quality"].to_numpy(), rcond=None)[0][0]
    assert least_squares_slope(changes(panel))[0] == pytest.approx(brute)


def test_simulation_is_the_generators() -> None:
    """Same seed, same firms; another seed, others; drops are counted."""
    first, second, other = (
        simulate_panel(Choice(), Design(firms=50, tightening=0.5), np.random.default_rng(s))
        for s in (1, 1, 2)
    )
    assert first[0].equals(second[0])
    assert not first[0].equals(other[0])
    assert len(first[0]) == 2 * (50 - first[1])
    assert first[1] > 0


@pytest.mark.parametrize(
    ("name", "value"),
    [("firms", 5), ("firms", 20.0), ("k", 0.0), ("noise", -1.0), ("tightening", 1.1), ("k", "2")],
)
def test_design_is_checked(name: str, value: Any) -> None:
    """A design without meaning is refused by name."""
    with pytest.raises(ParameterError, match=f"^{name} = "):
        Design(**{name: value})


def test_robust_error_by_hand() -> None:
    """HC1 on a line through few points, from its textbook formula."""
    panel, _ = simulate_panel(Choice(), Design(firms=30), np.random.default_rng(7))
    x = panel["ln_dig"] - panel["ln_dig"].mean()
    found, error = least_squares_slope(panel)
    rest = panel["ln_quality"] - panel["ln_quality"].mean() - found * x
    n = len(panel)
    assert error == pytest.approx(np.sqrt(n / (n - 2) * (x**2 * rest**2).sum()) / (x**2).sum())
    assert decompose(panel)["error"] == error


def test_inputs_differ_as_proved() -> None:
    """The signatures that the chapter names, and elasticities against finite differences."""
    table = compare_inputs().set_index("observable")
    assert table.loc["price", list(INPUTS)].tolist() == ["±", "+", "+"]
    assert table.loc["price, at given quality", list(INPUTS)].tolist() == ["-", "-", "0"]
    for digital, symbol in INPUTS.items():
        low, high = (solve(Parameters(**{symbol.name: x})) for x in _around(symbol.name))
        measured = np.log(high.quality / low.quality) / 2e-5
        assert table.loc["quality", f"{digital}_elasticity"] == pytest.approx(measured, rel=1e-5)


def _around(name: str) -> tuple[float, float]:
    here = getattr(Parameters(), name)
    return here * np.exp(-1e-5), here * np.exp(1e-5)


def test_program_and_derivation_share_their_value() -> None:
    """The value function in the derivation, evaluated, is the program's."""
    firm = Choice()
    point = {name: getattr(firm, name) for name in about(Choice)}
    assert numeric(value())(**point, dig=0.7) == pytest.approx(float(value_at(firm, 0.7)))
