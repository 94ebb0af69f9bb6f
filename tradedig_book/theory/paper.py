"""The equations as the paper prints them, each held to what :mod:`.derivation` derives.

Yu Hao and Yin Feng, "Trade Digitization, Flexible Productivity and Export Product Quality",
section 2.
Only an equation that passed :func:`verify` is printed in a chapter, evaluated in NumPy or
sent to a browser.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import sympy as sp

from tradedig_book.theory.derivation import (
    DIG,
    L,
    X,
    alpha,
    beta,
    cost,
    derive,
    e,
    gamma,
    lam,
    mu,
    omega,
    phi,
    psi,
    q,
    quality_of,
    same,
    total,
    utility,
    varphi,
    varphi_D,
    x,
)
from tradedig_book.theory.printing import latex

K, q0 = sp.symbols("K q_0", real=True)
_HALF = sp.Rational(1, 2)
_LONG = 3  # a sum of more terms is set in two lines


class NotDerived(AssertionError):
    """An equation as printed differs from what follows from (1) and (4)."""


@dataclass(frozen=True)
class Equation:
    """One numbered equation of the paper, ready for a page.

    Attributes
    ----------
    number : str
        The paper's number, printed as the tag; empty where the paper has none.
    left, right : str or sympy expression
        ``left`` is LaTeX; ``right`` keeps the paper's layout (it is not evaluated).
    """

    number: str
    left: str
    right: sp.Expr

    def _repr_latex_(self) -> str:
        tag = rf"\tag{{{self.number}}}" if self.number else ""
        if isinstance(self.right, sp.Add) and len(self.right.args) > _LONG:
            first, rest = self.right.args[:_LONG], self.right.args[_LONG:]
            top, below = (latex(sp.Add(*terms, evaluate=False)) for terms in (first, rest))
            # \cr, not \\: Sphinx wraps what holds a double backslash, and the tag breaks in it.
            body = rf"\begin{{aligned}}{self.left} ={{}}& {top} \cr & {below}\end{{aligned}}"
        else:
            body = f"{self.left} = {latex(self.right)}"
        return f"$$ {body} {tag} $$"


def _printed() -> dict[str, Equation]:
    """Write down the paper's equations; ``evaluate(False)`` keeps their layout."""
    bought, squared = total(q(omega)), total(q(omega) ** 2)
    valued = total(quality_of(omega) * q(omega))
    with sp.evaluate(False):
        gap, gain = 1 / varphi_D - 1 / varphi, beta - 1 / phi
        gains = sp.Add(gap, gain * lam)
        tastes = (1 - e) * squared + e * bought**2
        rows = {
            "1": ("u", sp.Add(q0, alpha * bought, beta * valued, sp.Mul(-_HALF, gamma, tastes))),
            "2": ("p", sp.Add(alpha, beta * lam, sp.Mul(-1, gamma / L, (1 - e) * x + e * X))),
            "4": ("TC", sp.Add(x / varphi, x * lam / phi, (1 - e) * lam**2 / psi)),
            "5": ("p^*", _HALF * ((1 / varphi_D + 1 / varphi) + (beta + 1 / phi) * lam)),
            "6": ("x^*", L / sp.Mul(2, gamma, 1 - e) * gains),
            "7": (
                r"\pi",
                sp.Add(
                    L / sp.Mul(4, gamma, 1 - e) * gains**2,
                    sp.Mul(-1, 1 / psi, 1 - e, lam**2),
                    sp.Mul(-1, mu, DIG**2),
                ),
            ),
            "8": (r"\lambda^*", K * gap),
        }
    return {number: Equation(number, *row) for number, row in rows.items()}


def upgrading() -> Equation:
    """Return the quality-upgrading coefficient K of equation (8)."""
    with sp.evaluate(False):
        gain = beta - 1 / phi
        room = sp.Mul(4, gamma, (1 - e) ** 2) / psi - L * gain**2
        return Equation("", "K", L * gain / room)


def second_order_margin() -> sp.Expr:
    """Left side minus right side of the second-order condition, 4γ(1−e)² > Lψ(β−1/ϕ)²."""
    with sp.evaluate(False):
        return sp.Mul(4, gamma, (1 - e) ** 2) - sp.Mul(L, psi, (beta - 1 / phi) ** 2)


def second_order() -> Equation:
    """Return the second derivative of profit (7) in quality, which must be negative.

    The paper does not print it.
    """
    with sp.evaluate(False):
        right = sp.Mul(-1, second_order_margin(), 1 / sp.Mul(2, gamma, 1 - e, psi))
    return Equation("", r"\frac{\partial^2\pi}{\partial\lambda^2}", right)


@cache
def verify() -> dict[str, Equation]:
    """Compare every printed equation with the derivation and return them by number.

    Raises
    ------
    NotDerived
        With the number of the first equation that does not follow from (1) and (4).
    """
    printed, derived = _printed(), derive()
    follows = {
        "1": (printed["1"].right, utility(q(omega), q0)),
        "2": (printed["2"].right, derived.inverse_demand),
        "4": (printed["4"].right, cost(x, lam)),
        "5": (printed["5"].right, derived.price),
        "6": (printed["6"].right, derived.quantity),
        "7": (printed["7"].right, derived.profit),
        "8": (printed["8"].right.subs(K, upgrading().right), derived.quality),
        "second-order condition": (second_order().right, derived.second_order),
    }
    for number, (as_printed, as_derived) in follows.items():
        if not same(as_printed, as_derived):
            raise NotDerived(f"({number}) as printed does not follow from (1) and (4)")
    return printed


def equation(number: str) -> Equation:
    """Return the paper's equation ``number`` ("1", "2", "4" to "8"), after verifying all."""
    equations = verify()
    if number not in equations:
        raise KeyError(f"no equation {number!r}; choose one of {', '.join(equations)}")
    return equations[number]
