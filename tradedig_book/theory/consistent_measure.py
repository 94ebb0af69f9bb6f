"""What prices and quantities tell in markets that obey (2): quality, the error of (10), and ψ.

Each function derives its formula from :mod:`.derivation` and raises :class:`.NotDerived` if it
does not follow. All of it is ours; estimating quality with linear demand follows
Di Comite, Thisse and Vandenbussche (2014).
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import sympy as sp

from tradedig_book.theory import derivation as d
from tradedig_book.theory.free_entry import c, c_D, schedules
from tradedig_book.theory.paper import NotDerived

sigma, eta, b, kappa = sp.symbols("sigma eta b kappa", positive=True)
p, quality, quantity = sp.symbols("p lambda x", positive=True)
d_ln_p, d_quality = sp.symbols(r"d\ln{p} d\lambda", real=True)


class SellersLine(NamedTuple):
    """A straight line, price = intercept + slope times quantity."""

    intercept: sp.Expr
    slope: sp.Expr


def require(gap: sp.Expr, claim: str) -> None:
    """Raise unless ``gap`` is zero.

    Raises
    ------
    NotDerived
        Naming the claim.
    """
    if sp.simplify(gap) != 0:
        raise NotDerived(f"{claim} does not follow from the derivation")


def demand_slope() -> sp.Expr:
    """Slope b = γ(1−e)/L of demand (2), numeraire per unit of good squared."""
    return d.gamma * (1 - d.e) / d.L


@cache
def market_level() -> sp.Expr:
    """Return κ of p + b·x = κ + βλ, the same for all sellers of a market; at zero profit, c_D."""
    level = sp.expand(d.inverse_demand() + demand_slope() * d.x - d.beta * d.lam)
    require(sp.diff(level, d.x), "a level without the seller's quantity")
    marginal = level.subs(d.X, d.market_of_cutoff().subs(d.varphi_D, 1 / c_D))
    require(marginal - c_D, "κ = c_D")
    return level


@cache
def measured_change() -> sp.Expr:
    """Return d ln λ-hat of (10) when a flow's quality and log price change in a given market.

    With the flow's own elasticity η = p/(b·x):
    d ln λ-hat = [η·β·dλ/p + (σ−η)·d ln p]/(σ−1).
    """
    market_level()
    bought = (kappa + d.beta * quality - p) / b
    change = sp.diff(bought, quality) * d_quality + sp.diff(bought, p) * p * d_ln_p
    d_ln_x = (change / quantity).subs(b, p / (eta * quantity))
    found = (d_ln_x + sigma * d_ln_p) / (sigma - 1)
    stated = (eta * d.beta * d_quality / p + (sigma - eta) * d_ln_p) / (sigma - 1)
    require(found - stated, "the change of (10)")
    return stated


@cache
def inverted_condition() -> sp.Expr:
    """Return λ*/x*, from the first-order condition for quality: ψB/(2(1−e)), without the lead."""
    B = d.beta - 1 / d.phi
    stated = d.psi * B / (2 * (1 - d.e))
    require(schedules()["quality"] / schedules()["quantity"] - stated, "λ*/x*")
    return stated


@cache
def price_quantity_line() -> SellersLine:
    """Return the line on which all sellers of one ψ lie in a market: digitization rotates it."""
    line = SellersLine(c_D, sp.expand(d.beta * inverted_condition() - demand_slope()))
    on_it = line.intercept + line.slope * schedules()["quantity"]
    require(schedules()["price"] - on_it, "the price-quantity line")
    return line


@cache
def response_parts() -> dict[str, sp.Expr]:
    """Return how quantity, and with the seller's cost the price, answers to ψ, in logs.

    ``quantity``: ∂ln x*/∂ln ψ = s/(1−s), the same for all sellers; ``fall``: by how much
    ∂ln p*/∂ln ψ falls for a little more c, −(β+1/ϕ)·K·c_D/(2(1−s)p*²) < 0.
    """
    best = schedules()
    s = d.L * d.psi * (d.beta - 1 / d.phi) ** 2 / (4 * d.gamma * (1 - d.e) ** 2)
    upgrading = sp.simplify(best["quality"] / (c_D - c))
    answer = {name: d.psi * sp.diff(sp.log(best[name]), d.psi) for name in ("price", "quantity")}
    parts = {
        "quantity": s / (1 - s),
        "fall": -(d.beta + 1 / d.phi) * upgrading * c_D / (2 * (1 - s) * best["price"] ** 2),
    }
    require(answer["quantity"] - parts["quantity"], "the response of quantity")
    require(sp.diff(answer["price"], c) - parts["fall"], "the fall of the price's response")
    return parts
