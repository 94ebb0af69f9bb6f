"""The free-entry equilibrium as numbers: one program of steps, held to :mod:`.free_entry`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike, NDArray

from tradedig_book.theory import derivation as d
from tradedig_book.theory.free_entry import (
    c_D,
    c_M,
    cutoff,
    f_E,
    k,
    mean_over_sellers,
    schedules,
    sellers,
    selling_share,
    surplus,
    turning_cost,
)
from tradedig_book.theory.industry import Industry
from tradedig_book.theory.numeric import numeric
from tradedig_book.theory.paper import NotDerived
from tradedig_book.theory.parameter_fields import about, values
from tradedig_book.theory.program import Condition, Program, evaluate_inside
from tradedig_book.theory.solution import CONDITIONS

INDUSTRY_CONDITIONS = (
    *CONDITIONS[1:],
    Condition(
        "draws",
        ">",
        "c_D < c_M",
        "some entrants draw a cost too high to sell",
        "Every entrant sells: the cutoff c_D is not below the highest cost c_M, so the closed "
        "form does not apply; lower f_E or raise c_M",
        "every entrant sells",
    ),
    Condition(
        "demand",
        ">",
        r"c_D < \alpha",
        "consumers buy something",
        "Nobody buys: the cutoff c_D is not below α; raise α or lower f_E",
        "nobody buys",
    ),
)


@cache
def industry_program() -> Program:
    """Write the equilibrium as short steps, with the conditions under which it exists.

    Raises
    ------
    NotDerived
        If a step differs from what entry, the averages or utility (1) imply.
    """
    B, D, K, s, cut, mass, turning = sp.symbols("B D K s c_D sellers turning")
    steps = {
        "B": d.beta - 1 / d.phi,
        "D": 4 * d.gamma * (1 - d.e) ** 2 / d.psi - d.L * B**2,
        "K": d.L * B / D,
        "s": d.L * d.psi * B**2 / (4 * d.gamma * (1 - d.e) ** 2),
        "c_D": (2 * d.gamma * (1 - d.e) * (k + 1) * (k + 2) * c_M**k * f_E * (1 - s) / d.L)
        ** (1 / (k + 2)),
        "draws": c_M - cut,
        "demand": d.alpha - cut,
        "sellers": 2 * (1 - d.e) * (k + 1) * (1 - s) * (d.alpha - cut) / (d.e * cut),
        "entrants": mass * (c_M / cut) ** k,
        "quality": K * cut / (k + 1),
        "price": cut * (2 * k + 1 + (d.beta + 1 / d.phi) * K) / (2 * (k + 1)),
        "adjusted_price": cut * (2 * k + 1 - B * K) / (2 * (k + 1)),
        "surplus": (d.alpha - cut)
        * (d.alpha - cut + cut / ((1 - s) * (k + 2)))
        / (2 * d.gamma * d.e),
        "turning": cut * (1 - s / (k + 2)),
        "losing": 1 - (turning / cut) ** k,
    }
    written = Program(tuple(about(Industry)), steps, INDUSTRY_CONDITIONS)
    hold_to_free_entry(written)
    return written


def hold_to_free_entry(written: Program) -> None:
    """Compare each step with :mod:`.free_entry`; the cutoff stays a symbol in all but its own."""
    free = {name: step for name, step in written.steps.items() if name != "c_D"}
    given = replace(written, steps=free)
    chosen = schedules()
    averages = ("quality", "price", "adjusted_price")
    follows = {name: mean_over_sellers(chosen[name]) for name in averages}
    follows |= {"sellers": sellers(), "surplus": surplus(), "turning": turning_cost()}
    given.hold_to(follows)
    entrants = given.expand("entrants").subs(sp.Symbol("c_D"), c_D)
    powers = {
        "c_D": written.expand("c_D") / cutoff(),
        "entrants": entrants * selling_share() / sellers(),
    }
    for name, ratio in powers.items():
        if sp.simplify(ratio) != 1:
            raise NotDerived(f"step {name!r} does not follow from the derivation")


@dataclass(frozen=True, slots=True)
class Equilibrium:
    """An industry in equilibrium; every field is an array of the broadcast shape.

    Attributes
    ----------
    c_D : cutoff cost, numeraire per unit of good
    sellers, entrants : masses of firms
    quality, price, adjusted_price : averages over sellers of λ*, p* and p* − βλ*
    surplus : utility less income, per consumer, in units of the numeraire
    K : quality-upgrading coefficient of (8)
    turning : cost above which a small rise in everyone's ψ lowers quality
    losing : share of sellers above that cost
    """

    c_D: NDArray[np.float64]
    sellers: NDArray[np.float64]
    entrants: NDArray[np.float64]
    quality: NDArray[np.float64]
    price: NDArray[np.float64]
    adjusted_price: NDArray[np.float64]
    surplus: NDArray[np.float64]
    K: NDArray[np.float64]
    turning: NDArray[np.float64]
    losing: NDArray[np.float64]


def equilibrium(industry: Industry) -> Equilibrium:
    """Solve for the free-entry equilibrium without a cost of digitization, μ = 0.

    Parameters
    ----------
    industry : Industry
        Scalars or arrays that broadcast.

    Returns
    -------
    Equilibrium

    Raises
    ------
    OutsideRegion
        If no best quality exists, if every entrant would sell, or if nobody would buy.

    Examples
    --------
    >>> round(float(equilibrium(Industry()).c_D), 4)
    1.0168
    """
    values = evaluate_inside(industry_program(), industry)
    return Equilibrium(**{name: values[name] for name in Equilibrium.__slots__})


@cache
def _schedule(name: str) -> tuple[Callable[..., NDArray[np.float64]], frozenset[str]]:
    expr = schedules()[name]
    return numeric(expr), frozenset(symbol.name for symbol in expr.free_symbols)


def schedule_at(
    name: str, industry: Industry, cost: ArrayLike, cutoff: ArrayLike
) -> NDArray[np.float64]:
    """Evaluate a schedule of :func:`.schedules` at given costs; NaN above the cutoff.

    Parameters
    ----------
    name : str
        "quality", "price", "quantity", "profit" or "adjusted_price".
    industry : Industry
        Its K; the cutoff is given apart, so that one firm can change alone.
    cost, cutoff : array_like
        Marginal costs c and c_D, numeraire per unit of good.
    """
    if name not in schedules():
        raise KeyError(f"no schedule {name!r}; choose one of {', '.join(schedules())}")
    function, used = _schedule(name)
    point = {**values(industry), "c": cost, "c_D": cutoff}
    result = function(**{key: value for key, value in point.items() if key in used})
    return np.where(np.asarray(cost) <= np.asarray(cutoff), result, np.nan)
