"""A firm with many varieties, each further from its core costlier: what ψ does to what it sells.

After Eckel and Neary (2010) and Mayer, Melitz and Ottaviano (2014), with demand (2): variety i
costs c + t·i/ψ per unit, so flexible productivity is ease in leaving the core. Varieties are many
and small to the market, and their quality is given (λ = 0). The model of flex is ours.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import sympy as sp

from tradedig_book.theory import derivation as d
from tradedig_book.theory.free_entry import c, c_D
from tradedig_book.theory.numeric import numeric
from tradedig_book.theory.parameters import Parameters

i, t = sp.symbols("i t", positive=True)
_USUAL = Parameters()


@cache
def variety_sold() -> dict[str, sp.Expr]:
    """Return quantity, price and value of variety ``i``, from (5) and (6) without quality."""
    costs = {d.lam: 0, d.varphi: 1 / (c + t * i / d.psi), d.varphi_D: 1 / c_D}
    derived = d.derive()
    sold = {name: sp.factor(getattr(derived, name).subs(costs)) for name in ("quantity", "price")}
    return sold | {"value": sp.factor(sold["quantity"] * sold["price"])}


@cache
def variety_count() -> sp.Expr:
    """Return the number of varieties, at which the last one sells nothing: ψ(c_D − c)/t."""
    (last,) = sp.solve(variety_sold()["quantity"], i)
    return sp.factor(last)


@cache
def variation(size: str = "quantity") -> sp.Expr:
    """Return the coefficient of variation of a size over all varieties: free of ψ and t.

    That of quantities is 1/√3 for every firm; that of values depends on c/c_D.
    """
    of, last = variety_sold()[size], variety_count()
    first, second = (sp.integrate(sp.expand(of**k), (i, 0, last)) / last for k in (1, 2))
    return sp.sqrt(sp.factor(sp.simplify(second / first**2 - 1)))


@cache
def count_over_core() -> sp.Expr:
    """Return the number of varieties over what the core variety sells: ψ, and no lead."""
    return sp.simplify(variety_count() / variety_sold()["quantity"].subs(i, 0))


def order_book(psi: float, cost: float, step: float, cutoff: float = 1.0) -> pd.DataFrame:
    """List what a firm with whole varieties 0, 1, 2, ... sells.

    Parameters
    ----------
    psi, cost : the firm's ψ and c
    step : t, numeraire per unit of good and step from the core
    cutoff : c_D

    Returns
    -------
    DataFrame
        ``variety``, ``quantity`` and ``value``, one row for each variety that sells.
    """
    variety = np.arange(np.ceil(psi * (cutoff - cost) / step), dtype=float)
    point = {"L": _USUAL.L, "gamma": _USUAL.gamma, "e": _USUAL.e, "psi": psi, "t": step}
    point |= {"c": cost, "c_D": cutoff, "i": variety}
    sold = {}
    for name in ("quantity", "value"):
        expr = variety_sold()[name]
        used = {symbol.name for symbol in expr.free_symbols}
        sold[name] = numeric(expr)(**{key: point[key] for key in point if key in used})
    return pd.DataFrame({"variety": variety.astype(int), **sold})
