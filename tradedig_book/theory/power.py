"""Power of a two-sided test against the number of firms, in the normal approximation."""

from __future__ import annotations

from functools import cache

import sympy as sp

from tradedig_book.theory.normal import critical_value, density, quantile, survival, upper_tail
from tradedig_book.theory.program import Program

effect, error, reference, firms, level = sp.symbols(
    "effect error reference firms level", positive=True
)
std_error, distance, z, power = sp.symbols("std_error distance z power", positive=True)
TARGET = sp.Rational(4, 5)
"""The power that a planned study should have, by convention."""


@cache
def power_program() -> Program:
    """Write what a study of ``firms`` firms can see, from an error known at ``reference``.

    An estimate divided by its error is normal around ``distance``, the true effect in errors,
    with variance one. The error shrinks with the root of the number of firms.

    Steps
    -----
    std_error : error x sqrt(reference/firms), in the unit of ``effect``
    power : P(estimate is more than z errors from zero)
    detectable : the effect found with probability TARGET, (z + z_TARGET) errors; the other
        tail, below 4e-4 at any level in LEVELS, is neglected
    exaggeration : mean size of an estimate that is significant, over the true effect
        (Gelman and Carlin's type M error)
    needed : firms at which ``effect`` is detectable
    """
    upper, lower = sp.symbols("upper lower")
    wanted = z + sp.Symbol("z_target")
    steps = {
        "std_error": root_law(error),
        "distance": effect / std_error,
        **critical_value("z", level),
        **survival("upper", z - distance),
        **upper_tail("lower", z + distance),
        "power": upper + lower,
        "z_target": quantile(TARGET),
        "detectable": wanted * std_error,
        "exaggeration": (distance * (upper - lower) + density(z - distance) + density(z + distance))
        / (distance * power),
        "needed": reference * (wanted * error / effect) ** 2,
    }
    return Program(("effect", "error", "reference", "firms", "level"), steps)


def root_law(known: sp.Expr) -> sp.Expr:
    """Return the standard error among ``firms`` firms, if it is ``known`` at ``reference``."""
    return sp.Mul(known, sp.sqrt(reference), 1 / sp.sqrt(firms), evaluate=False)
