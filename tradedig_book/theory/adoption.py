"""The choice to digitise: each firm sets dig ≥ 0 to raise ψ, at a cost μ·dig².

The paper takes digitization as given; this is ours.
Flexible productivity is ψ(dig) = 1 + ψ₁·dig/(1 + dig): concave, as the paper asks, and bounded,
so that the second-order condition can hold at every dig.
With it operating profit is a ratio of two linear functions of dig, concave as well, and the
firm's problem has one solution, in closed form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from tradedig_book.theory import derivation as d
from tradedig_book.theory.free_entry import c, c_D, schedules
from tradedig_book.theory.industry import Choice
from tradedig_book.theory.paper import NotDerived
from tradedig_book.theory.parameter_fields import about
from tradedig_book.theory.program import Condition, Program, evaluate_inside
from tradedig_book.theory.solution import CONDITIONS

dig, psi_1, mu = sp.symbols("dig psi_1 mu", positive=True)

CHOICE_CONDITIONS = (
    Condition(
        "DeltaC",
        ">=",
        r"c \le c_D",
        "the firm's cost is not above the cutoff",
        "The firm does not sell: its cost c is above the cutoff c_D",
        "does not sell",
    ),
    CONDITIONS[1],
    Condition(
        "v",
        ">",
        r"s_0(1+\psi_1) < 1",
        "profit is concave in quality however much the firm digitises",
        "There is no best quality at high dig: the second-order condition fails, "
        "s₀(1+ψ₁) ≥ 1 with s₀ = L(β−1/ϕ)²/(4γ(1−e)²); lower ψ₁",
        "no best quality at high dig",
    ),
)


def flexible_productivity() -> sp.Expr:
    """Flexible productivity ψ as a function of ``dig``."""
    return 1 + psi_1 * dig / (1 + dig)


@cache
def value() -> sp.Expr:
    """Profit at the best quality, less μ·dig², as a function of ``dig`` and the firm's cost."""
    return schedules()["profit"].subs(d.psi, flexible_productivity()) - mu * dig**2


@cache
def yes_or_no_lead() -> sp.Expr:
    """Lead at which dig = 1 and dig = 0 earn the same: the threshold of a yes/no technology."""
    lead = sp.Symbol("m", positive=True)
    gain = (value().subs(dig, 1) - value().subs(dig, 0)).subs(c, c_D - lead)
    return sp.sqrt(mu / sp.factor((gain + mu) / lead**2))


@cache
def choice_program() -> Program:
    """Write the firm's choice as short steps.

    ``dig`` solves dig·(u + v·dig)² = R, a cubic with one positive root: ``w = u + v·dig`` by
    Cardano's formula, then ``dig = R/w²``, which loses no digits when dig is small.

    Raises
    ------
    NotDerived
        If a step does not follow from profit (7) at the best quality.
    """
    B, DeltaC, s_0, u, v, operating, R = sp.symbols("B DeltaC s_0 u v operating R")
    h, t, w, best, flexible, lead_squared = sp.symbols("h t w dig psi lead_squared")
    third = sp.Rational(1, 3)
    share = d.L * B**2 / (4 * d.gamma * (1 - d.e) ** 2)
    steps = {
        "B": d.beta - 1 / d.phi,
        "DeltaC": c_D - c,
        "s_0": share,
        "u": 1 - s_0,
        "v": 1 - s_0 * (1 + psi_1),
        "operating": d.L * DeltaC**2 / (4 * d.gamma * (1 - d.e)),
        "R": operating * s_0 * psi_1 / (2 * mu),
        "h": v * R / 2,
        "t": (u**3 / 27 + h + sp.sqrt(h * (h + 2 * u**3 / 27))) ** third,
        "w": u / 3 + t + u**2 / (9 * t),
        "dig": R / w**2,
        "psi": 1 + psi_1 * best / (1 + best),
        "quality": d.L * B * DeltaC / (4 * d.gamma * (1 - d.e) ** 2 / flexible - d.L * B**2),
        "value": operating * (1 + best) / (u + v * best) - mu * best**2,
        "effect": psi_1 * (1 + best) / ((1 + best + psi_1 * best) * (u + v * best)),
        "lead_squared": 4
        * d.gamma
        * (1 - d.e)
        * mu
        * u
        * (2 * u - s_0 * psi_1)
        / (d.L * s_0 * psi_1),
        "least_lead": sp.sqrt(lead_squared),
    }
    written = Program(tuple(about(Choice)), steps, CHOICE_CONDITIONS)
    hold_to_value(written)
    return written


def in_dig(expr: sp.Expr, steps: Mapping[str, sp.Expr]) -> sp.Expr:
    """Write an expression of the steps in the parameters and in ``dig``, best or not."""
    given = {name: step for name, step in steps.items() if name not in ("dig", "w", "t")}
    written = Program((), {**given, "wanted": expr})
    return written.expand("wanted").subs(sp.Symbol("dig"), dig)


def slope_of_value(steps: Mapping[str, sp.Expr]) -> sp.Expr:
    """Return the slope of the firm's value in ``dig``, which is zero at the best one."""
    u, v, R = sp.symbols("u v R")
    return in_dig(2 * mu * (R / (u + v * dig) ** 2 - dig), steps)


def hold_to_value(written: Program) -> None:
    """Compare the steps with profit at the best quality, its slope in dig, and the cubic."""
    steps = written.steps
    u, h, t = sp.symbols("u h t")
    quality = schedules()["quality"].subs(d.psi, flexible_productivity())
    # t solves the quadratic that Cardano's formula leaves, so h is known from u and t.
    resolvent = (t**6 + u**6 / 729) / (2 * t**3) - u**3 / 27
    radicand = (steps["t"] ** 3 - h - u**3 / 27) ** 2
    gaps = {
        "t": radicand - (h + u**3 / 27) ** 2 + u**6 / 729,
        "w": steps["w"] ** 2 * (steps["w"] - u) - 2 * resolvent,
        "least_lead": in_dig(steps["least_lead"] ** 2, steps) - yes_or_no_lead() ** 2,
        "value": in_dig(steps["value"], steps) - value(),
        "quality": in_dig(steps["quality"], steps) - quality,
        "effect": in_dig(steps["effect"], steps) - (1 + dig) * sp.diff(sp.log(quality), dig),
        "R": slope_of_value(steps) - sp.diff(value(), dig),
    }
    for name, gap in gaps.items():
        if not d.same(gap, sp.S.Zero):
            raise NotDerived(f"step {name!r} does not follow from the derivation")


@dataclass(frozen=True, slots=True)
class ChoiceSolution:
    """What firms choose; every field is an array of the broadcast shape.

    Attributes
    ----------
    dig : digitization
    psi : flexible productivity that it brings
    quality : λ*, units of quality
    value : profit less the cost of digitization, numeraire
    effect : ∂ ln λ*/∂ ln(1 + dig) at the firm's own lead: the causal effect
    least_lead : lead above which the firm would take a yes/no technology, dig ∈ {0, 1}
    """

    dig: NDArray[np.float64]
    psi: NDArray[np.float64]
    quality: NDArray[np.float64]
    value: NDArray[np.float64]
    effect: NDArray[np.float64]
    least_lead: NDArray[np.float64]


def choose(choice: Choice) -> ChoiceSolution:
    """Solve each firm's choice of digitization and quality.

    Raises
    ------
    OutsideRegion
        If a firm does not sell, quality does not pay, or s₀(1+ψ₁) ≥ 1.

    Examples
    --------
    >>> round(float(choose(Choice()).dig), 4)
    1.9073
    """
    results = evaluate_inside(choice_program(), choice)
    return ChoiceSolution(**{name: results[name] for name in ChoiceSolution.__slots__})


def value_at(choice: Choice, digitization: Any) -> NDArray[np.float64]:
    """Evaluate the firm's value at any ``dig`` ≥ 0, best or not, in units of the numeraire."""
    results = evaluate_inside(choice_program(), choice)
    amount = np.asarray(digitization, dtype=float)
    gained = results["operating"] * (1 + amount) / (results["u"] + results["v"] * amount)
    return gained - np.asarray(choice.mu) * amount**2
