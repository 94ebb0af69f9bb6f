"""The normal distribution in arithmetic, ``exp`` and ``log``, for NumPy and browsers alike.

A browser has no error function, so two smooth functions are interpolated at Chebyshev's points from
their definitions: the ratio of tail to density, which keeps a small tail as exact, relative to its
size, as a large one; and the critical value, in the log of the level.
Functions return steps for a :class:`~tradedig_book.theory.program.Program`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import sympy as sp

LARGEST_ARGUMENT = 8
"""Tails are those of arguments up to here; further out they are below 1e-15."""
TEST_LEVELS = (sp.Rational(1, 100), sp.Rational(1, 5))
"""Levels of a test for which :func:`critical_value` is fitted."""
_TERMS = 8
_DIGITS, _EXACT = 12, 40
"""Digits in code, and while coefficients are computed."""
_STRETCH = 4

_t = sp.Symbol("t", positive=True)


def density(x: sp.Expr) -> sp.Expr:
    """Return the standard normal density φ(x)."""
    return _float(1 / sp.sqrt(2 * sp.pi)) * sp.exp(-x * x / 2)


def upper_tail(name: str, x: sp.Expr) -> dict[str, sp.Expr]:
    """Write 1 - Φ(x) for x >= 0 as the last of a few steps, right to one part in ten million.

    The ratio (1 - Φ)/φ is smooth in t = 4/(4 + x), which is 1 in the middle and falls to
    1/3 at LARGEST_ARGUMENT; a polynomial in t takes its place. Below 0 the tail stays what it
    is at 0, beyond LARGEST_ARGUMENT what it is there.
    """
    near, place = sp.symbols(f"{name}_x {name}_t")
    return {
        near.name: sp.Min(sp.Max(x, 0), LARGEST_ARGUMENT),
        place.name: _STRETCH / (_STRETCH + near),
        name: density(near) * _polynomial(_ratio_coefficients(), place),
    }


def survival(name: str, x: sp.Expr) -> dict[str, sp.Expr]:
    """Write 1 - Φ(x) for any x as the last of a few steps, right to 1e-7."""
    right, left = sp.symbols(f"{name}_right {name}_left")
    return {
        **upper_tail(right.name, x),
        **upper_tail(left.name, -x),
        name: right + sp.Rational(1, 2) - left,
    }


def critical_value(name: str, level: sp.Expr) -> dict[str, sp.Expr]:
    """Write z with 1 - Φ(z) = level/2, for a level in TEST_LEVELS, right to 1e-6 of itself."""
    log_level = sp.Symbol(f"{name}_log")
    return {
        log_level.name: sp.log(level),
        name: _polynomial(_critical_coefficients(), log_level),
    }


def quantile(probability: sp.Rational) -> sp.Float:
    """Return the exact quantile of a number."""
    return _float(sp.sqrt(2) * sp.erfinv(2 * probability - 1))


def _float(number: sp.Expr) -> sp.Float:
    """Return a number with the digits that code needs."""
    return sp.Float(sp.N(number, _DIGITS), _DIGITS)


def _polynomial(coefficients: Sequence[sp.Float], x: sp.Expr) -> sp.Expr:
    """Nest a polynomial, highest power first."""
    total = sp.Integer(0)
    for coefficient in coefficients:
        total = total * x + coefficient
    return total


def _fit(function: sp.Expr, low: sp.Expr, high: sp.Expr) -> tuple[sp.Float, ...]:
    """Interpolate a function of t at Chebyshev's points of [low, high], highest power first."""
    angles = [sp.pi * (2 * k + 1) / (2 * _TERMS) for k in range(_TERMS)]
    points = [sp.N((low + high) / 2 + (high - low) / 2 * sp.cos(a), _EXACT) for a in angles]
    values = [(point, sp.N(function.subs(_t, point), _EXACT)) for point in points]
    return tuple(map(_float, sp.Poly(sp.interpolate(values, _t), _t).all_coeffs()))


@cache
def _ratio_coefficients() -> tuple[sp.Float, ...]:
    x = _STRETCH * (1 / _t - 1)
    ratio = sp.sqrt(sp.pi / 2) * sp.exp(x**2 / 2) * sp.erfc(x / sp.sqrt(2))
    return _fit(ratio, sp.Rational(_STRETCH, _STRETCH + LARGEST_ARGUMENT), sp.Integer(1))


@cache
def _critical_coefficients() -> tuple[sp.Float, ...]:
    value = sp.sqrt(2) * sp.erfinv(1 - sp.exp(_t))
    return _fit(value, *map(sp.log, TEST_LEVELS))
