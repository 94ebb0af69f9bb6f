"""Signs proved by algebra: coefficients of one sign, in symbols that are only positive.

A region is a mapping from the parameters to expressions in symbols that may be any positive
numbers.
A rational expression whose coefficients then share one sign has that sign in the whole region;
what is left after the substitution is its certificate.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Literal

import sympy as sp

Direction = Literal["+", "-", "0", "±"]
Region = Mapping[sp.Symbol, sp.Expr]
_TRIED = (sp.Integer(1), sp.Integer(5), sp.Rational(1, 5))


class NotProved(AssertionError):
    """A sign is not the one that was claimed, or no proof of it was found."""


def certify(expr: sp.Expr, region: Region) -> tuple[Direction, sp.Expr]:
    """Try to prove the sign of a rational expression inside a region.

    Parameters
    ----------
    expr : sympy expression
        Rational in the parameters and in positive symbols of the caller's own.
    region : mapping of symbol to expression

    Returns
    -------
    sign : {"+", "-", "0", "±"}
        "±" says that coefficients differ: no proof, not yet a counterexample.
    certificate : sympy expression
        ``expr`` in positive symbols, factored.

    Raises
    ------
    NotProved
        If a symbol is left that need not be positive.
    """
    inside = sp.factor(sp.together(expr.xreplace(dict(region))))
    loose = sorted(str(s) for s in inside.free_symbols if not s.is_positive)
    if loose:
        raise NotProved(f"{', '.join(loose)} may be negative; replace it first")
    above, below = (_common_sign(part) for part in sp.fraction(inside))
    if "±" in (above, below):
        return "±", inside
    if above == "0":
        return "0", inside
    return ("+" if above == below else "-"), inside


def proved_sign(expr: sp.Expr, region: Region) -> Direction:
    """Prove the sign of a rational expression inside a region.

    Returns
    -------
    {"+", "-", "0", "±"}
        "±" only where points of both signs were found.

    Raises
    ------
    NotProved
        If coefficients differ in sign but no two such points were found.
    """
    found, certificate = certify(expr, region)
    if found != "±":
        return found
    symbols = sorted(certificate.free_symbols, key=str)
    seen = {
        sp.sign(certificate.subs(dict(zip(symbols, point, strict=True))))
        for point in product(_TRIED, repeat=len(symbols))
    }
    if not {1, -1} <= seen:
        raise NotProved(f"neither a proof of a sign nor both signs: {certificate}")
    return "±"


def _common_sign(expr: sp.Expr) -> Direction:
    """Return the sign that all coefficients of each factor share, multiplied, or "±"."""
    if expr == 0:
        return "0"
    result = 1
    for factor in sp.Mul.make_args(expr):
        base, power = factor.as_base_exp()
        signs = {sp.sign(part.as_coeff_Mul()[0]) for part in sp.Add.make_args(sp.expand(base))}
        if len(signs) > 1:
            return "±"
        result *= int(signs.pop()) ** int(power)
    return "+" if result > 0 else "-"
