"""Free entry with Pareto costs, derived: schedules, averages, cutoff, sellers and welfare.

Read it from top to bottom: the firm's optimum as a schedule in its cost, averages over the
Pareto distribution, the cutoff at which entry just pays, and welfare from utility (1).
The paper takes over Antoniades's (2015) assumptions on entry, a sunk cost among them, and stops
at the firm; closing the model by them is the argument of Melitz and Ottaviano (2008).
"""

from __future__ import annotations

from functools import cache

import sympy as sp

from tradedig_book.theory import derivation as d
from tradedig_book.theory.paper import NotDerived

c, c_D, c_M, k, f_E = sp.symbols("c c_D c_M k f_E", positive=True)
_IN_COSTS = {d.varphi: 1 / c, d.varphi_D: 1 / c_D}


@cache
def schedules() -> dict[str, sp.Expr]:
    """Return the firm's optimum, μ = 0, as functions of its cost ``c`` and the cutoff ``c_D``."""
    derived = d.derive()
    best = {d.lam: derived.quality, d.mu: 0}
    chosen = {name: getattr(derived, name).subs(best) for name in ("price", "quantity", "profit")}
    chosen["quality"] = derived.quality
    chosen["adjusted_price"] = chosen["price"] - d.beta * chosen["quality"]
    return {name: sp.factor(expr.subs(_IN_COSTS)) for name, expr in chosen.items()}


@cache
def moment(power: int, last: sp.Expr) -> sp.Expr:
    """Integrate ``c**power`` over sellers' costs, distribution (c/last)^k on [0, last]."""
    density = k * c ** (k - 1) / last**k
    return sp.simplify(sp.integrate(c**power * density, (c, 0, last)))


def mean_over_sellers(schedule: sp.Expr, last: sp.Expr = c_D) -> sp.Expr:
    """Average a polynomial in ``c`` over sellers, whose costs end at ``last``."""
    terms = sp.Poly(schedule, c).terms()
    mean = sp.Add(*(coefficient * moment(power, last) for (power,), coefficient in terms))
    return sp.factor(mean)


def selling_share(last: sp.Expr = c_D) -> sp.Expr:
    """Share of entrants who sell, G(last)."""
    return (last / c_M) ** k


def expected_profit(last: sp.Expr = c_D, fixed: sp.Expr = sp.S.Zero) -> sp.Expr:
    """Profit that an entrant expects before it knows its cost, less ``fixed`` if it sells."""
    return selling_share(last) * mean_over_sellers(schedules()["profit"] - fixed, last)


@cache
def cutoff() -> sp.Expr:
    """Solve the free-entry condition, expected profit = f_E, for c_D."""
    scale = sp.simplify(expected_profit() / c_D ** (k + 2))
    if scale.has(c_D):
        raise NotDerived("expected profit is not proportional to c_D^(k+2)")
    return (f_E / scale) ** (1 / (k + 2))


@cache
def sellers(last: sp.Expr = c_D) -> sp.Expr:
    """Mass of sellers: the market's total X divided by what one seller sells on average."""
    total = d.market_of_cutoff().subs(_IN_COSTS)
    return sp.factor(total / mean_over_sellers(schedules()["quantity"], last))


@cache
def surplus(last: sp.Expr = c_D) -> sp.Expr:
    """Return utility (1) less income at the equilibrium allocation.

    Every integral over varieties in (1) is the mass of sellers times an average over them,
    at consumption x*/L, price p* and quality λ*; spending is paid out of the numeraire.
    """
    chosen = schedules()
    per_head = {
        d.q(d.omega): chosen["quantity"] / d.L,
        d.price_of(d.omega): chosen["price"],
        d.quality_of(d.omega): chosen["quality"],
    }
    spending = d.total(d.price_of(d.omega) * d.q(d.omega))
    gain = d.utility(d.q(d.omega), d.income - spending) - d.income
    mass = sellers(last)
    return gain.replace(
        sp.Integral, lambda plan, _: mass * mean_over_sellers(plan.subs(per_head), last)
    )


@cache
def cutoff_elasticity(parameter: sp.Symbol = d.psi) -> sp.Expr:
    """Elasticity of the free-entry cutoff in a parameter that all firms share."""
    return sp.factor(parameter * sp.diff(sp.log(cutoff()), parameter))


def elasticity_in_equilibrium(expr: sp.Expr, parameter: sp.Symbol = d.psi) -> sp.Expr:
    """Elasticity in a parameter that all firms share, while free entry moves the cutoff."""
    own = parameter * sp.diff(expr, parameter) / expr
    return sp.factor(own + c_D * sp.diff(expr, c_D) / expr * cutoff_elasticity(parameter))


@cache
def turning_cost(parameter: sp.Symbol = d.psi) -> sp.Expr:
    """Cost at which a small change that meets every firm leaves a firm's quality as it was.

    Raises
    ------
    NotDerived
        If there is none, because the quality of all sellers moves in one direction.
    """
    change = elasticity_in_equilibrium(schedules()["quality"], parameter)
    found = sp.solve(sp.numer(sp.together(change)), c)
    if not found:
        raise NotDerived(f"{parameter} moves the quality of all sellers in one direction")
    return sp.factor(found[0])
