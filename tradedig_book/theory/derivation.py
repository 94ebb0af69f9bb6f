"""The model derived in sympy from two primitives: utility (1) and the cost function (4).

Read it from top to bottom: consumers give inverse demand (2); a firm facing that demand
sets quantity and price (5)-(6), earns profit (7) and chooses quality (8).
Nothing below is copied from the paper; :mod:`tradedig_book.theory.paper` holds what the
paper prints, and the two are compared there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import sympy as sp
from sympy.polys.rings import PolyRing

alpha, beta, gamma, e, L = sp.symbols("alpha beta gamma e L", positive=True)
psi, phi, varphi, varphi_D = sp.symbols("psi phi varphi varphi_D", positive=True)
mu, DIG = sp.symbols("mu DIG", nonnegative=True)
lam = sp.Symbol("lambda", real=True)
x, X = sp.symbols("x X", nonnegative=True)
income = sp.Symbol("I", positive=True)

omega, variety = sp.symbols("omega upsilon", real=True)
q, price_of, quality_of = sp.Function("q"), sp.Function("p"), sp.Function("lambda")


def total(integrand: sp.Expr) -> sp.Integral:
    """Integrate over all varieties ω."""
    return sp.Integral(integrand, (omega, -sp.oo, sp.oo))


def utility(q_omega: sp.Expr, q0: sp.Expr) -> sp.Expr:
    """Write utility (1) of a plan ``q_omega`` over varieties and ``q0`` of the numeraire."""
    return (
        q0
        + alpha * total(q_omega)
        + beta * total(quality_of(omega) * q_omega)
        - gamma / 2 * ((1 - e) * total(q_omega**2) + e * total(q_omega) ** 2)
    )


@cache
def inverse_demand() -> sp.Expr:
    """Inverse demand (2): the price at which L consumers buy ``x`` of one variety.

    Change the plan a little, pay for it out of the numeraire, and ask when utility does not
    change. To first order the gain is linear in the change, so a Dirac mass at a variety reads
    off that variety's term.
    """
    step = sp.Symbol("step", real=True)
    plan = q(omega) + step * sp.DiracDelta(omega - variety)
    spent = total(price_of(omega) * plan)
    gain = sp.diff(utility(plan, income - spent), step).subs(step, 0).expand().doit()
    price = sp.solve(gain, price_of(variety))[0]
    market = {total(q(omega)): X / L, q(variety): x / L, quality_of(variety): lam}
    return price.subs(market)


def cost(quantity: sp.Expr, quality: sp.Expr) -> sp.Expr:
    """Write total cost (4) with ``c0 = delta0 = theta0 = 1``, before the cost of digitization."""
    return quantity / varphi + quantity * quality / phi + (1 - e) * quality**2 / psi


@cache
def best_quantity() -> sp.Expr:
    """Quantity at which marginal revenue equals marginal cost, for given λ and market ``X``.

    The firm is one of a continuum: it takes ``X`` as given.
    """
    gain = sp.diff(x * inverse_demand() - cost(x, lam), x)
    return sp.solve(gain, x)[0]


def market_of_cutoff() -> sp.Expr:
    """Market size ``X`` at which a firm with efficiency φ_D and no quality just stops selling."""
    marginal = best_quantity().subs({lam: 0, varphi: varphi_D})
    return sp.solve(marginal, X)[0]


def same(left: sp.Expr, right: sp.Expr) -> bool:
    """Tell whether two rational expressions are equal: the numerator of their gap vanishes."""
    gap = sp.numer(sp.together(left - right))
    symbols = sorted(gap.free_symbols, key=str)
    try:  # multiplies out far faster than expand, where the gap is a polynomial
        return bool(PolyRing(symbols, sp.QQ).from_expr(gap) == 0)
    except ValueError:
        return bool(sp.expand(gap) == 0)


@dataclass(frozen=True)
class Derivation:
    """What follows from (1) and (4); each field is a sympy expression.

    Attributes
    ----------
    inverse_demand : in ``x``, ``X`` and ``lambda``
    price, quantity, profit : at the best quantity, for given ``lambda``
    quality : the λ at which profit is stationary
    second_order : second derivative of profit in λ; a maximum needs it negative
    """

    inverse_demand: sp.Expr
    price: sp.Expr
    quantity: sp.Expr
    profit: sp.Expr
    quality: sp.Expr
    second_order: sp.Expr


@cache
def derive() -> Derivation:
    """Derive (2) and (5)-(8) from utility (1) and cost (4)."""
    demand = inverse_demand()
    market = market_of_cutoff()
    quantity = sp.cancel(best_quantity().subs(X, market))
    price = sp.expand(sp.cancel(demand.subs({x: quantity, X: market})))
    profit = sp.cancel(price * quantity - cost(quantity, lam)) - mu * DIG**2
    return Derivation(
        inverse_demand=demand,
        price=price,
        quantity=quantity,
        profit=profit,
        quality=sp.solve(sp.diff(profit, lam), lam)[0],
        second_order=sp.diff(profit, lam, 2),
    )
