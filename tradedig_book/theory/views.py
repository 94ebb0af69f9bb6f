"""Further programs of the derivation, one for each idea that an explorer shows.

Each is held to :func:`~tradedig_book.theory.derivation.derive` before it is returned.
"""

from __future__ import annotations

from functools import cache

import sympy as sp

from tradedig_book.theory import derivation as d
from tradedig_book.theory.adoption import choice_program
from tradedig_book.theory.equilibrium import industry_program
from tradedig_book.theory.free_entry import c, c_M, k, schedules
from tradedig_book.theory.industry import Industry
from tradedig_book.theory.paper import NotDerived
from tradedig_book.theory.parameters import ABOUT
from tradedig_book.theory.points import About, about
from tradedig_book.theory.program import Condition, Program
from tradedig_book.theory.solution import CONDITIONS, OUTCOMES, program

DEMAND_ABOUT = {
    "e": ABOUT["e"],
    "beta": ABOUT["beta"],
    "gamma": ABOUT["gamma"],
    "L": ABOUT["L"],
    "lam": About(
        r"\lambda", "λ", "quality", "quality of this variety", "units of quality", "The variety",
        0.3, 0.01, 1.0,
    ),
    "x": About(
        "x", "x", "quantity", "quantity of this variety", "units of good", "The variety",
        0.5, 0.01, 3.0,
    ),
    "X": About(
        "X", "X", "total sales", "quantity of all varieties", "units of good", "The market",
        1.0, 0.1, 2.5,
    ),
    "alpha": About(
        r"\alpha", "α", "common demand", "willingness to pay for the first unit, without quality",
        "numeraire", "The market", 2.0, 0.5, 4.0,
    ),
}  # fmt: skip
"""Inputs of :func:`demand_program`."""

SELLS = Condition(
    "price",
    ">=",
    "p \\ge 0",
    "buyers take this quantity at a positive price",
    "Nobody buys that much: the price would be below zero",
    "price below zero",
)


@cache
def demand_program() -> Program:
    """Write inverse demand (2) with its intercept, slope and elasticity."""
    intercept, slope, price = sp.symbols("intercept slope price")
    steps = {
        "intercept": d.alpha + d.beta * d.lam - d.gamma * d.e * d.X / d.L,
        "slope": d.gamma * (1 - d.e) / d.L,
        "price": intercept - slope * d.x,
        "elasticity": price / (slope * d.x),
        "revenue": price * d.x,
    }
    written = Program(tuple(DEMAND_ABOUT), steps, (SELLS,))
    _hold(written, "price", d.derive().inverse_demand)
    return written


QUALITY_TRIED = About(
    r"\lambda", "λ", "quality tried", "quality that the firm tries", "units of quality",
    "The firm", 0.1, 0.0, 1.5,
)  # fmt: skip


@cache
def profit_program() -> Program:
    """Write profit (7) at any quality, its slope in quality, and the best quality.

    The second-order condition does not bound this program: where it fails, profit still has
    a value at every quality, only no maximum.
    """
    B, DeltaC, margin = sp.symbols("B DeltaC margin")
    share = d.L / (4 * d.gamma * (1 - d.e))
    base = program().steps
    steps = {
        "B": base["B"],
        "DeltaC": base["DeltaC"],
        "D": base["D"],
        "best": d.L * B * DeltaC / sp.Symbol("D"),
        "margin": DeltaC + B * d.lam,
        "tried": share * margin**2 - (1 - d.e) * d.lam**2 / d.psi,
        "curvature": -sp.Symbol("D") / (2 * d.gamma * (1 - d.e)),
        "slope": 2 * share * B * margin - 2 * (1 - d.e) * d.lam / d.psi,
    }
    written = Program((*ABOUT, "lam"), steps, CONDITIONS[:1])
    profit = d.derive().profit.subs(d.mu, 0)
    _hold(written, "tried", profit)
    _hold(written, "slope", sp.diff(profit, d.lam))
    _hold(written, "best", d.derive().quality)
    _hold(written, "curvature", d.derive().second_order)
    return written


def _digital(latex: str, glyph: str, brief: str) -> About:
    meaning = f"level of {brief}, raising {glyph.split(' ')[0]}"
    return About(latex, glyph, brief, meaning, "level, 0 = none", "Digitization", 1.0, 0.0, 8.0)


CHANNELS_ABOUT = {
    "dig_tr": _digital(r"\mathit{dig}_{tr}", "dig_tr", "trade digitization"),
    "dig_im": _digital(r"\mathit{dig}_{im}", "dig_im", "intelligent production"),
    "dig_tfp": _digital(r"\mathit{dig}_{tfp}", "dig_tfp", "digital production"),
    "eta": About(
        r"\eta", "η", "returns", "returns to digitization: efficiency is its base × (1+dig)^η",
        "no unit, below 1", "Digitization", 0.1, 0.02, 0.3, below=1.0,
    ),
    **{name: ABOUT[name] for name in ("e", "beta", "gamma", "L", "varphi_D")},
}  # fmt: skip
"""Inputs of :func:`channels_program`."""


@cache
def channels_program() -> Program:
    """Write K and λ* as the three digital inputs raise ψ, ϕ and φ from their defaults.

    Each efficiency is its default times ``(1 + dig)**eta``: rising, and concave as the paper
    assumes, since ``eta`` is below one.
    """
    eta = sp.Symbol("eta", positive=True)
    raised = {"psi": "dig_tr", "phi": "dig_im", "varphi": "dig_tfp"}
    efficiency = {
        name: ABOUT[name].default * (1 + sp.Symbol(digital, nonnegative=True)) ** eta
        for name, digital in raised.items()
    }
    names = tuple(CHANNELS_ABOUT)
    return Program(names, efficiency | dict(program().steps), CONDITIONS)


@cache
def elasticity_program() -> Program:
    """Append to equations (5)-(8) the elasticity of every outcome in every parameter."""
    return program().with_elasticities(list(OUTCOMES), list(ABOUT))


def _hold(written: Program, step: str, expected: sp.Expr) -> None:
    if not d.same(_plain(written.expand(step)), _plain(expected)):
        raise NotDerived(f"step {step!r} does not follow from the derivation")


def _plain(expr: sp.Expr) -> sp.Expr:
    """Take symbols by their names alone."""
    return expr.subs({symbol: sp.Symbol(symbol.name) for symbol in expr.free_symbols})


COST = About(
    "c", "c", "marginal cost", "marginal cost of the firm that is looked at",
    "numeraire per unit of good", "A firm", 0.5, 0.02, 1.5,
)  # fmt: skip
INDUSTRY_ABOUT = about(Industry) | {"c": COST}
"""Inputs of :func:`industry_view_program`."""

SELLS_AT_ALL = Condition(
    "lead",
    ">=",
    r"c \le c_D",
    "the firm's cost is not above the cutoff",
    "This firm does not sell: its cost is above the cutoff that free entry sets",
    "leaves the market",
)


@cache
def industry_view_program() -> Program:
    """Append to the free-entry equilibrium one firm's density, quality, price and profit."""
    base = industry_program()
    cut, lead, K, s = sp.symbols("c_D lead K s")
    steps = {
        "lead": cut - c,
        "density": k * c ** (k - 1) / c_M**k,
        "own_quality": K * lead,
        "own_price": (cut + c + (d.beta + 1 / d.phi) * K * lead) / 2,
        "own_profit": d.L * lead**2 / (4 * d.gamma * (1 - d.e) * (1 - s)),
    }
    written = Program(
        tuple(INDUSTRY_ABOUT), {**base.steps, **steps}, (*base.conditions, SELLS_AT_ALL)
    )
    given = {name: step for name, step in written.steps.items() if name != "c_D"}
    for name in ("quality", "price", "profit"):
        ours = Program(written.arguments, given).expand(f"own_{name}")
        if not d.same(_plain(ours), _plain(schedules()[name])):
            raise NotDerived(f"step 'own_{name}' does not follow from the derivation")
    return written


@cache
def choice_view_program() -> Program:
    """Append to the choice to digitise the quality without it and the yes/no threshold."""
    base = choice_program()
    B, lead = sp.symbols("B DeltaC")
    steps = {
        "without": d.L * B * lead / (4 * d.gamma * (1 - d.e) ** 2 - d.L * B**2),
        "threshold": sp.Symbol("c_D") - sp.Symbol("least_lead"),
    }
    return Program(base.arguments, {**base.steps, **steps}, base.conditions)
