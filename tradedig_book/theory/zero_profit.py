"""Equilibrium when selling costs μDIG² on top: the cutoff that earns zero, not the printed one.

Two costs part company.
At the *choke* cost c_D the best quantity is zero; equations (5)-(8) measure the lead from it.
At the *zero-profit* cost c_Z < c_D profit just pays for digitization; sellers end there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import elementwise

from tradedig_book.theory.equilibrium import equilibrium
from tradedig_book.theory.free_entry import (
    c,
    c_D,
    expected_profit,
    f_E,
    schedules,
    sellers,
    surplus,
)
from tradedig_book.theory.industry import Industry
from tradedig_book.theory.numeric import numeric
from tradedig_book.theory.parameter_fields import ParameterError, ParameterValue, values
from tradedig_book.theory.program import OutsideRegion

c_Z, fixed, lead = sp.symbols("c_Z F m", positive=True)


@cache
def least_lead() -> sp.Expr:
    """Lead over the choke cost at which operating profit pays the fixed cost ``F`` = μDIG²."""
    profit = schedules()["profit"].subs(c, c_D - lead)
    scale = sp.simplify(profit / lead**2)
    return sp.sqrt(fixed / scale)


@cache
def entry_margin() -> sp.Expr:
    """Return expected profit less f_E, in the zero-profit cost ``c_Z`` and the least lead ``m``.

    ``F`` is eliminated: it is what a firm with lead ``m`` earns.
    """
    paid = schedules()["profit"].subs(c, c_D - lead)
    return expected_profit(c_Z, paid).subs(c_D, c_Z + lead) - f_E


@dataclass(frozen=True, slots=True)
class ZeroProfit:
    """Equilibrium with a fixed cost of selling; arrays of the broadcast shape.

    Attributes
    ----------
    printed : cutoff if the fixed cost were zero
    choke : cost at which the best quantity is zero, c_D in equations (5)-(8)
    cutoff : cost at which profit is zero, c_Z: the highest cost that sells
    least_lead : choke − cutoff
    marginal_quality : quality of the firm at the cutoff
    sellers : mass of firms that sell
    surplus : utility less income, per consumer
    """

    printed: NDArray[np.float64]
    choke: NDArray[np.float64]
    cutoff: NDArray[np.float64]
    least_lead: NDArray[np.float64]
    marginal_quality: NDArray[np.float64]
    sellers: NDArray[np.float64]
    surplus: NDArray[np.float64]


@cache
def _function(name: str) -> tuple[Callable[..., NDArray[np.float64]], frozenset[str]]:
    expressions: dict[str, Callable[[], sp.Expr]] = {
        "least_lead": least_lead,
        "entry_margin": entry_margin,
        "marginal_quality": lambda: schedules()["quality"].subs(c, c_D - lead),
        "sellers": lambda: sellers(c_Z),
        "surplus": lambda: surplus(c_Z),
    }
    expr = expressions[name]()
    return numeric(expr), frozenset(symbol.name for symbol in expr.free_symbols)


def _at(name: str, **point: ArrayLike) -> NDArray[np.float64]:
    function, used = _function(name)
    return function(**{key: value for key, value in point.items() if key in used})


def zero_profit(industry: Industry, cost: ArrayLike) -> ZeroProfit:
    """Solve for the equilibrium in which every seller pays ``cost`` = μDIG².

    Expected profit rises in c_Z, from −f_E at zero, and is positive at the printed cutoff:
    the root is unique and bracketed.

    Parameters
    ----------
    industry : Industry
        ψ is what digitization gives every seller.
    cost : array_like
        μDIG² ≥ 0, numeraire; broadcast against the industry.

    Raises
    ------
    ParameterError
        If ``cost`` is not a finite number ≥ 0, or does not fit the industry's arrays.
    OutsideRegion
        If there is no equilibrium without the cost, or nobody buys with it.
    """
    point = {name: np.asarray(value) for name, value in values(industry).items()}
    point["F"] = _checked_cost(cost, point)
    m = _at("least_lead", **point)
    printed, m = np.broadcast_arrays(equilibrium(industry).c_D, m)
    cutoff = _zero_of_entry_margin(printed, m, values(industry))
    choke = cutoff + m
    if np.any(choke >= point["alpha"]):
        raise OutsideRegion(
            f"Nobody buys: the choke cost {np.max(choke):g} is not below α; "
            "raise α or lower the cost of digitization"
        )
    point |= {"c_Z": cutoff, "c_D": choke, "m": m}
    found = {"printed": printed, "choke": choke, "cutoff": cutoff, "least_lead": m}
    found |= {name: _at(name, **point) for name in ("marginal_quality", "sellers", "surplus")}
    return ZeroProfit(**{name: np.broadcast_to(v, cutoff.shape) for name, v in found.items()})


def _zero_of_entry_margin(
    printed: NDArray[np.float64], m: NDArray[np.float64], point: Mapping[str, ParameterValue]
) -> NDArray[np.float64]:
    """Find c_Z in the bracket (0, printed cutoff)."""
    names, arrays = list(point), np.broadcast_arrays(m, *point.values())

    def margin(last: NDArray[np.float64], *rest: NDArray[np.float64]) -> NDArray[np.float64]:
        return _at("entry_margin", c_Z=last, m=rest[0], **dict(zip(names, rest[1:], strict=True)))

    # Without a cost the root is the bracket's end, where rounding may hide the change of sign.
    found = elementwise.find_root(margin, (np.zeros(m.shape), printed), args=tuple(arrays)).x
    return np.where(m > 0, found, printed)


def _checked_cost(cost: ArrayLike, point: Mapping[str, ArrayLike]) -> NDArray[np.float64]:
    try:
        if isinstance(cost, str):
            raise TypeError
        array = np.asarray(cost, dtype=float)
    except (TypeError, ValueError):
        raise ParameterError(f"cost = {cost!r} is not a number; it needs 0 ≤ μDIG²") from None
    wrong = ~(np.isfinite(array) & (array >= 0))
    if wrong.any():
        raise ParameterError(f"cost = {array[wrong][0]:g} is outside 0 ≤ μDIG²")
    try:
        np.broadcast_shapes(array.shape, *(np.shape(value) for value in point.values()))
    except ValueError:
        raise ParameterError(f"cost {array.shape} does not fit the industry's arrays") from None
    return array
