"""Who digitises more: comparative statics of the choice, each sign proved."""

from __future__ import annotations

from functools import cache

import pandas as pd
import sympy as sp

from tradedig_book.theory import derivation as d
from tradedig_book.theory.adoption import choice_program, dig, in_dig, mu, psi_1, slope_of_value
from tradedig_book.theory.free_entry import c, c_D
from tradedig_book.theory.signs import proved_sign

_h, _B, _v, _lead = sp.symbols("h B v DeltaC", positive=True)
_CHOICE_REGION = {
    d.e: 1 - 1 / (1 + _h),
    d.beta: _B + 1 / d.phi,
    d.gamma: d.L * _B**2 * (1 + psi_1) * (1 + _v) * (1 + _h) ** 2 / 4,
    c_D: c + _lead,
}
"""Where c < c_D, β > 1/ϕ and s₀(1+ψ₁) < 1, and only there, all these symbols are positive."""

_MOVED = {
    "c": c,
    "c_D": c_D,
    "L": d.L,
    "beta": d.beta,
    "gamma": d.gamma,
    "e": d.e,
    "phi": d.phi,
    "psi_1": psi_1,
    "mu": mu,
}


@cache
def choice_statics() -> pd.DataFrame:
    """Sign how dig* and the threshold cost of a yes/no technology move with each parameter.

    The value is strictly concave in dig, so dig* moves as the slope of value does; the
    threshold cost is c_D less a lead whose square is rational.

    Returns
    -------
    DataFrame
        ``parameter`` (its name in code), ``dig`` and ``threshold``, each a sign.
    """
    steps = choice_program().steps
    rises, squared = slope_of_value(steps), in_dig(steps["least_lead"] ** 2, steps)
    rows = []
    for name, symbol in _MOVED.items():
        lead_moves = proved_sign(-sp.diff(squared, symbol), _CHOICE_REGION)
        rows.append(
            {
                "parameter": name,
                "dig": proved_sign(sp.diff(rises, symbol), _CHOICE_REGION),
                "threshold": "+" if symbol == c_D else lead_moves,
            }
        )
    return pd.DataFrame(rows)


def value_is_concave() -> bool:
    """Tell whether the slope of value falls in dig everywhere: V is strictly concave."""
    return proved_sign(sp.diff(slope_of_value(choice_program().steps), dig), _CHOICE_REGION) == "-"
