"""A mediated effect from its two paths: size, errors, and where it becomes significant.

The same formulas as :func:`~tradedig_helpers.estimation.mediation.product_error`, for sliders; a
test holds the two together.
"""

from __future__ import annotations

from functools import cache

import sympy as sp

from tradedig_book.theory.normal import quantile, upper_tail
from tradedig_book.theory.program import Condition, Program

ARGUMENTS = ("beta0", "error0", "mu1", "error1", "direct", "error_direct", "firms", "correlation")
beta0, error0, mu1, error1, direct, error_direct, firms, correlation = sp.symbols(ARGUMENTS)
ME, total, z0, z1, z = sp.symbols("ME total z0 z1 z")
s0, s1, sobel, aroian, joint = sp.symbols("s0 s1 sobel aroian joint")
SCALE = 100
"""Units of ``direct`` in the product of a unit of ``beta0`` and one of ``mu1``, inverted."""
CRITICAL = quantile(sp.Rational(39, 40))
"""Critical value of a two-sided test at 5 per cent."""

CONDITIONS = (
    Condition(
        "variance",
        ">",
        r"\beta_0^2 s_1^2 + \mu_1^2 s_0^2 > 0",
        "one of the two paths is there",
        "Both paths are zero: the product has no error to be compared with",
        "no path",
    ),
)


def errors() -> dict[str, sp.Expr]:
    """Return the standard error of beta0 x mu1 by Sobel, Aroian and the joint delta method.

    Of :func:`~tradedig_helpers.estimation.mediation.product_error`, with the covariance written
    as the correlation of the two estimates times their errors.
    """
    both = sp.Symbol("variance")
    covariance = correlation * s0 * s1
    return {
        "variance": mu1**2 * s0**2 + beta0**2 * s1**2,
        "sobel": sp.sqrt(both) / SCALE,
        "aroian": sp.sqrt(both + s0**2 * s1**2) / SCALE,
        "joint": sp.sqrt(both + 2 * beta0 * mu1 * covariance) / SCALE,
    }


@cache
def mediation_program(reference: float) -> Program:
    """Write a mediated effect, and the tests of it, from paths and their errors.

    Errors are those of a study of ``reference`` thousand firms and shrink with the root of
    ``firms``. ME, total and ``direct`` are in one unit, beta0 x mu1 in SCALE of it.

    Steps
    -----
    ME, total, share : beta0 mu1 in the unit of ``direct``, direct + ME, and ME/total
    z0, z1, z_direct : paths over their errors
    z_sobel, z_aroian, z : ME over its error; ``z`` by the joint delta method
    p : two-sided, of ``z``
    path_beta0, path_mu1 : values at which the paths become significant at 5 per cent
    ME_from_beta0, ME_from_mu1, ME_to_beta0, ME_to_mu1 : values at which ME becomes
        significant, and at which it ceases to be where there is such a value
    ME_from_firms, ME_from_correlation : likewise
    """
    shrink = sp.Symbol("shrink")
    steps = {
        "shrink": sp.sqrt(sp.Float(reference)) / sp.sqrt(firms),
        "s0": error0 * shrink,
        "s1": error1 * shrink,
        "z0": beta0 / s0,
        "z1": mu1 / s1,
        "z_direct": direct / (error_direct * shrink),
        "ME": beta0 * mu1 / SCALE,
        "total": direct + ME,
        "share": ME / total,
        **errors(),
        "z_sobel": ME / sobel,
        "z_aroian": ME / aroian,
        "z": ME / joint,
        **upper_tail("tail", z),
        "p": 2 * sp.Symbol("tail"),
        **edges(),
    }
    return Program(ARGUMENTS, steps, CONDITIONS)


def edges() -> dict[str, sp.Expr]:
    """Write where z is CRITICAL, as one argument moves and the others stay.

    In errors, 1/z² = 1/z0² + 1/z1² + 2 correlation/(z0 z1), a quadratic in z0 and in z1.
    """
    steps: dict[str, sp.Expr] = {}
    for name, error, other in (("beta0", s0, z1), ("mu1", s1, z0)):
        middle, spread, room = sp.symbols(f"middle_{name} spread_{name} room_{name}")
        steps |= {
            f"path_{name}": CRITICAL * error,
            room.name: other**2 - CRITICAL**2,
            middle.name: CRITICAL**2 * correlation * other,
            spread.name: sp.sqrt(middle**2 + room * CRITICAL**2 * other**2),
            f"ME_from_{name}": error * (middle + spread) / room,
            f"ME_to_{name}": error * (middle - spread) / room,
        }
    gap = (z0 * z1 / CRITICAL) ** 2 - z0**2 - z1**2
    return steps | {
        "ME_from_firms": firms * (CRITICAL / z) ** 2,
        "ME_from_correlation": gap / (2 * z0 * z1),
    }
