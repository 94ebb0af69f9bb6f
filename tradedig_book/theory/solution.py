"""Equations (5)-(8) as numbers: one program of steps, printed for NumPy and for browsers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from tradedig_book.theory import derivation as d
from tradedig_book.theory.paper import second_order_margin, verify
from tradedig_book.theory.parameter_fields import values
from tradedig_book.theory.parameters import ABOUT, Parameters
from tradedig_book.theory.program import Condition, Program, evaluate_inside

CONDITIONS = (
    Condition(
        "DeltaC",
        ">=",
        r"\varphi \ge \varphi_D",
        "the firm is at least as efficient as the marginal firm",
        "The firm does not sell: φ is below φ_D, so its cost is above the cutoff",
        "does not sell",
    ),
    Condition(
        "B",
        ">",
        r"\beta > 1/\phi",
        "buyers value a unit of quality above its marginal cost",
        "Quality does not pay: β ≤ 1/ϕ, so buyers value it below its marginal cost",
        "quality does not pay",
    ),
    Condition(
        "D",
        ">",
        r"4\gamma(1-e)^2 > L\psi(\beta - 1/\phi)^2",
        "profit is concave in quality (the second-order condition)",
        "There is no best quality: the second-order condition fails, 4γ(1−e)² ≤ Lψ(β−1/ϕ)²",
        "second-order condition fails",
    ),
)


class OutcomeInfo(NamedTuple):
    """What the model determines: its symbol, name, meaning and unit."""

    latex: str
    glyph: str
    brief: str
    meaning: str
    unit: str


OUTCOMES = {
    "quality": OutcomeInfo(r"\lambda^*", "λ*", "quality", "optimal quality", "units of quality"),
    "price": OutcomeInfo("p^*", "p*", "price", "price at the optimum", "numeraire"),
    "quantity": OutcomeInfo("x^*", "x*", "quantity", "quantity at the optimum", "units of good"),
    "profit": OutcomeInfo(
        r"\pi^*", "π*", "profit", "profit before the cost of digitization", "numeraire"
    ),
}


@dataclass(frozen=True, slots=True)
class Solution:
    """The firm's optimum; every field is an array of the parameters' broadcast shape.

    Attributes
    ----------
    quality : λ*, equation (8), units of quality
    price : p*, equation (5) at λ*, in units of the numeraire
    quantity : x*, equation (6) at λ*
    profit : π*, equation (7) at λ*, before the cost of digitization μDIG²
    K : the quality-upgrading coefficient of (8)
    """

    quality: NDArray[np.float64]
    price: NDArray[np.float64]
    quantity: NDArray[np.float64]
    profit: NDArray[np.float64]
    K: NDArray[np.float64]


@cache
def program() -> Program:
    """Write equations (5)-(8) as short steps, with the conditions of (8).

    Raises
    ------
    NotDerived
        If the steps, put together, differ from the derivation.
    """
    B, DeltaC, D, K, quality, gain = sp.symbols("B DeltaC D K quality gain")
    steps = {
        "B": d.beta - 1 / d.phi,
        "DeltaC": 1 / d.varphi_D - 1 / d.varphi,
        "D": 4 * d.gamma * (1 - d.e) ** 2 / d.psi - d.L * B**2,
        "K": d.L * B / D,
        "quality": K * DeltaC,
        "gain": DeltaC + B * quality,
        "price": (1 / d.varphi_D + 1 / d.varphi + (d.beta + 1 / d.phi) * quality) / 2,
        "quantity": d.L * gain / (2 * d.gamma * (1 - d.e)),
        "profit": d.L * gain**2 / (4 * d.gamma * (1 - d.e)) - (1 - d.e) * quality**2 / d.psi,
    }
    written = Program(tuple(ABOUT), steps, CONDITIONS)
    hold_to_derivation(written)
    return written


def hold_to_derivation(written: Program) -> None:
    """Compare the steps, expanded, with the derivation; raise ``NotDerived`` at a difference."""
    verify()
    derived = d.derive()
    at_optimum = {d.lam: derived.quality, d.mu: 0}
    written.hold_to(
        {
            "D": second_order_margin() / d.psi,
            "quality": derived.quality,
            "price": derived.price.subs(at_optimum),
            "quantity": derived.quantity.subs(at_optimum),
            "profit": derived.profit.subs(at_optimum),
        }
    )


def evaluate(parameters: Parameters) -> dict[str, NDArray[np.float64]]:
    """Evaluate every step of :func:`program` at every point, inside the region or not."""
    return program().evaluate(values(parameters))


def verdict(parameters: Parameters) -> NDArray[np.int_]:
    """Return 0 where (8) holds, else the number (from 1) of the first failed condition."""
    return program().verdict(values(parameters))


def solve(parameters: Parameters) -> Solution:
    """Solve the firm's problem, equations (5)-(8).

    Parameters
    ----------
    parameters : Parameters
        Scalars or arrays that broadcast.

    Returns
    -------
    Solution
        Arrays of the broadcast shape.

    Raises
    ------
    OutsideRegion
        If a condition of (8) fails anywhere; the message names it, how often it fails and
        the first point at which it does.

    Examples
    --------
    >>> round(float(solve(Parameters()).quality), 4)
    0.2456
    """
    found = evaluate_inside(program(), parameters)
    return Solution(**{name: found[name] for name in Solution.__slots__})


def optimal_quality(parameters: Parameters) -> NDArray[np.float64]:
    """Return λ*, equation (8); see :func:`solve` for the rules."""
    return solve(parameters).quality
