"""Equations (5)-(8) as numbers: one program of steps, printed for NumPy and for browsers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from tradedig_helpers.model import derivation as d
from tradedig_helpers.model.paper import NotDerived, second_order_margin, verify
from tradedig_helpers.model.parameters import ABOUT, Parameters
from tradedig_helpers.model.printing import ArithmeticPrinter, code, javascript


class OutsideRegion(ValueError):
    """No optimal quality exists at some of the parameters."""


class Condition(NamedTuple):
    """One condition for equation (8): a step of the program, its sign, and words for it.

    ``words`` say what it means when it holds, ``otherwise`` when it fails, and ``short``
    names the failure inside a figure.
    """

    step: str
    sign: str
    latex: str
    words: str
    otherwise: str
    short: str


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


class Outcome(NamedTuple):
    """What the model determines: its symbol, name, meaning and unit."""

    latex: str
    glyph: str
    brief: str
    meaning: str
    unit: str


OUTCOMES = {
    "quality": Outcome(r"\lambda^*", "λ*", "quality", "optimal quality", "units of quality"),
    "price": Outcome("p^*", "p*", "price", "price at the optimum", "numeraire"),
    "quantity": Outcome("x^*", "x*", "quantity", "quantity at the optimum", "units of good"),
    "profit": Outcome(
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
def steps() -> dict[str, sp.Expr]:
    """Equations (5)-(8) as short steps, each using the parameters and the steps before it.

    Raises
    ------
    NotDerived
        If the steps, put together, differ from the derivation.
    """
    B, DeltaC, D, K, quality, gain = sp.symbols("B DeltaC D K quality gain")
    program = {
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
    _hold_to_derivation(program)
    return program


def _hold_to_derivation(program: dict[str, sp.Expr]) -> None:
    verify()
    derived = d.derive()
    at_optimum = {d.lam: derived.quality, d.mu: 0}
    follows = {
        "D": second_order_margin() / d.psi,
        "quality": derived.quality,
        "price": derived.price.subs(at_optimum),
        "quantity": derived.quantity.subs(at_optimum),
        "profit": derived.profit.subs(at_optimum),
    }
    for name, expected in follows.items():
        if not d.same(expand_steps(name, program), expected):
            raise NotDerived(f"step {name!r} does not follow from the derivation")


def expand_steps(name: str, program: dict[str, sp.Expr]) -> sp.Expr:
    """Write one step in the parameters alone."""
    expr = program[name]
    for earlier in reversed(list(program)):
        expr = expr.subs(sp.Symbol(earlier), program[earlier])
    return expr


@cache
def _evaluator() -> Callable[..., list[NDArray[np.float64]]]:
    names = list(steps())
    evaluator: Callable[..., list[NDArray[np.float64]]] = sp.lambdify(
        list(ABOUT),
        [sp.Symbol(name) for name in names],
        modules=[],
        printer=ArithmeticPrinter,
        cse=lambda outputs: ([(sp.Symbol(n), expr) for n, expr in steps().items()], outputs),
    )
    return evaluator


def evaluate(parameters: Parameters) -> dict[str, NDArray[np.float64]]:
    """Evaluate every step at every point, inside the region or not.

    Returns
    -------
    dict
        Step name to array; a division by zero gives an infinity, as in a browser.
    """
    values = [np.asarray(value, dtype=float) for value in astuple(parameters)]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        results = _evaluator()(*values)
    shape = np.broadcast_shapes(*(value.shape for value in values))
    return {
        name: np.broadcast_to(result, shape) for name, result in zip(steps(), results, strict=True)
    }


def verdict(parameters: Parameters) -> NDArray[np.int_]:
    """Return 0 where (8) holds, else the number (from 1) of the first failed condition."""
    values = evaluate(parameters)
    result = np.zeros(values["B"].shape, dtype=int)
    for number, condition in reversed(list(enumerate(CONDITIONS, start=1))):
        margin = values[condition.step]
        holds = margin >= 0 if condition.sign == ">=" else margin > 0
        result = np.where(holds, result, number)
    return result


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
    failed = verdict(parameters)
    if failed.any():
        _refuse(parameters, failed)
    values = evaluate(parameters)
    return Solution(**{name: values[name] for name in Solution.__slots__})


def _refuse(parameters: Parameters, failed: NDArray[np.int_]) -> None:
    where = np.flatnonzero(failed)[0]
    condition = CONDITIONS[failed.flat[where] - 1]
    point = {
        name: np.broadcast_to(getattr(parameters, name), failed.shape).flat[where] for name in ABOUT
    }
    described = ", ".join(f"{ABOUT[name].glyph} = {value:g}" for name, value in point.items())
    count = (
        f" at {np.count_nonzero(failed)} of {failed.size} points, first here" if failed.ndim else ""
    )
    raise OutsideRegion(f"{condition.otherwise}{count}. Parameters: {described}")


def optimal_quality(parameters: Parameters) -> NDArray[np.float64]:
    """Return λ*, equation (8); see :func:`solve` for the rules."""
    return solve(parameters).quality


def javascript_model() -> str:
    """Print the same steps, and the verdict, as a JavaScript function of the parameters."""
    tests = [f"!({c.step} {c.sign} 0) ? {i}" for i, c in enumerate(CONDITIONS, start=1)]
    return javascript(list(ABOUT), steps(), extra={"verdict": " : ".join([*tests, "0"])})


def python_model() -> str:
    """Print the steps as the text that NumPy evaluates, for a reader to look at."""
    return "\n".join(f"{name} = {code(expr)}" for name, expr in steps().items())
