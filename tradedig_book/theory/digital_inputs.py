"""Three digital inputs compared: what each changes, firm by firm, at a given cutoff.

Production (``dig_tfp``, φ), intelligent production (``dig_im``, ϕ) and trade digitization
(``dig_tr``, ψ) lower three different costs.
Each sign is proved: positive symbols replace the parameters so that the region of (8) becomes
"every symbol is positive"; coefficients of one sign then settle the derivative's.
"""

from __future__ import annotations

from functools import cache

import pandas as pd
import sympy as sp

from tradedig_book.theory import derivation as d
from tradedig_book.theory.numeric import evaluate_at
from tradedig_book.theory.parameters import Parameters
from tradedig_book.theory.signs import proved_sign
from tradedig_book.theory.solution import program

INPUTS = {"dig_tfp": d.varphi, "dig_im": d.phi, "dig_tr": d.psi}

_h, _B, _D, _lead = sp.symbols("h B D DeltaC", positive=True)
_REGION = {
    d.e: 1 - 1 / (1 + _h),
    d.beta: _B + 1 / d.phi,
    d.gamma: d.psi * (_D + d.L * _B**2) * (1 + _h) ** 2 / 4,
    d.varphi_D: d.varphi / (1 + d.varphi * _lead),
}


@cache
def observables() -> dict[str, sp.Expr]:
    """Return what a researcher may see of a firm at its best quality, as sympy expressions."""
    price, quality, quantity = map(program().expand, ("price", "quality", "quantity"))
    marginal = 1 / d.varphi + quality / d.phi
    return {
        "quality": quality,
        "price": price,
        "marginal cost": marginal,
        "mark-up": price - marginal,
        "quantity": quantity,
        "quality-adjusted price": price - d.beta * quality,
        "outlay on quality": (1 - d.e) * quality**2 / d.psi,
    }


@cache
def at_given_quality() -> dict[str, sp.Expr]:
    """Return price (5) and quantity (6) with λ held fixed, so not at its best."""
    return {"price": d.derive().price, "quantity": d.derive().quantity}


@cache
def compare_inputs() -> pd.DataFrame:
    """Sign and size of what each digital input does at a given cutoff.

    Returns
    -------
    DataFrame
        ``observable``; for each of ``INPUTS`` its sign, and in ``<input>_elasticity`` the
        elasticity at the default parameters with respect to the efficiency it raises
        (NaN where λ is held fixed, as the value depends on it).
        The last row is how the elasticity of quality changes as the firm's cost c falls.
    """
    rows = []
    for name, expr in observables().items():
        row: dict[str, object] = {"observable": name}
        for digital, efficiency in INPUTS.items():
            slope = sp.diff(expr, efficiency)
            row[digital] = proved_sign(slope, _REGION)
            row[f"{digital}_elasticity"] = float(
                evaluate_at(efficiency * slope / expr, Parameters())
            )
        rows.append(row)
    positive = sp.Symbol("lambda", positive=True)
    for name, expr in at_given_quality().items():
        slopes = {i: sp.diff(expr.subs(d.lam, positive), symbol) for i, symbol in INPUTS.items()}
        signs = {digital: proved_sign(slope, _REGION) for digital, slope in slopes.items()}
        rows.append({"observable": f"{name}, at given quality", **signs})
    quality = observables()["quality"]
    elasticities = {i: sp.cancel(x * sp.diff(quality, x) / quality) for i, x in INPUTS.items()}
    signs = {i: proved_sign(sp.diff(own, d.varphi), _REGION) for i, own in elasticities.items()}
    rows.append({"observable": "elasticity of quality, in a more productive firm", **signs})
    return pd.DataFrame(rows)
