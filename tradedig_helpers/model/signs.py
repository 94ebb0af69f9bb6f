"""Signs proved by algebra: coefficients of one sign, in symbols that are only positive."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Literal

import sympy as sp

from tradedig_helpers.model.paper import NotDerived

Direction = Literal["+", "−", "0", "±"]
TRIED = (sp.Integer(1), sp.Integer(5), sp.Rational(1, 5))


def proved_sign(expr: sp.Expr, region: Mapping[sp.Symbol, sp.Expr]) -> Direction:
    """Prove the sign of a rational expression in a region.

    Parameters
    ----------
    expr : sympy expression
    region : mapping of symbol to expression
        Writes the parameters in symbols that may be any positive numbers.

    Returns
    -------
    {"+", "−", "0", "±"}
        "±" only where points of both signs were found.

    Raises
    ------
    NotDerived
        If coefficients differ in sign but no two such points were found.
    """
    inside = expr.subs(region)
    numerator, denominator = sp.fraction(sp.factor(sp.together(inside)))
    if numerator == 0:
        return "0"
    signs = _coefficient_signs(numerator) * _coefficient_signs(denominator)
    if signs:
        return "+" if signs > 0 else "−"
    symbols = sorted(inside.free_symbols, key=str)
    ratio = numerator / denominator
    seen = {
        sp.sign(ratio.subs(dict(zip(symbols, point, strict=True))))
        for point in product(TRIED, repeat=len(symbols))
    }
    if not {1, -1} <= seen:
        raise NotDerived(f"neither a proof of a sign nor both signs: {ratio}")
    return "±"


def _coefficient_signs(expr: sp.Expr) -> int:
    """Return 1 or −1 where all coefficients share that sign, else 0."""
    result = 1
    for factor in sp.Mul.make_args(expr):
        base, power = factor.as_base_exp()
        found = {sp.sign(part.as_coeff_Mul()[0]) for part in sp.Add.make_args(sp.expand(base))}
        if len(found) > 1:
            return 0
        result *= int(found.pop()) ** int(power)
    return result
