"""What a rounded figure can be: intervals, and arithmetic on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tradedig_helpers.frames.arrays import Floats
from tradedig_helpers.frames.options import require_whole

DECIMALS = 4
"""Decimals of the coefficients, errors and R² in Tables 2-7."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Arrays of lower and upper bounds of numbers known up to rounding.

    Sums, products and quotients bound the result for every choice within the operands,
    each taken to be free of the others.
    """

    low: Floats
    high: Floats

    def __post_init__(self) -> None:
        """Refuse bounds out of order."""
        if not np.all(self.low <= self.high):
            raise ValueError("an interval needs low <= high; a bound is missing or out of order")

    def __add__(self, other: Interval) -> Interval:
        """Bound the sum."""
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Interval) -> Interval:
        """Bound the difference."""
        return Interval(self.low - other.high, self.high - other.low)

    def __mul__(self, other: Interval) -> Interval:
        """Bound the product."""
        corners = np.stack([a * b for a in self.ends for b in other.ends])
        return Interval(corners.min(axis=0), corners.max(axis=0))

    def __truediv__(self, other: Interval) -> Interval:
        """Bound the quotient; refuse a divisor that may be 0."""
        if np.any((other.low <= 0) & (other.high >= 0)):
            raise ValueError("division by figures that may be 0 within their rounding")
        return self * Interval(1 / other.high, 1 / other.low)

    @property
    def ends(self) -> tuple[Floats, Floats]:
        """The two arrays of bounds."""
        return self.low, self.high

    def size(self) -> Interval:
        """Bound the absolute value."""
        least = np.where(
            (self.low <= 0) & (self.high >= 0), 0.0, np.minimum(*map(np.abs, self.ends))
        )
        return Interval(least, np.maximum(*map(np.abs, self.ends)))

    def meets(self, other: Interval) -> NDArray[np.bool_]:
        """Say where some number lies in both."""
        return np.asarray((self.low <= other.high) & (other.low <= self.high))


def rounded(values: ArrayLike, decimals: int = DECIMALS) -> Interval:
    """Return everything that rounds to ``values``: a printed 0.0026 is in [0.00255, 0.00265].

    Raises
    ------
    ValueError
        If a value is not finite, or ``decimals`` no whole number.
    """
    require_whole(0, decimals=decimals)
    array = np.asarray(values, dtype=float)
    if not np.isfinite(array).all():
        raise ValueError("a printed figure is missing or infinite; choose terms that have one")
    half = 0.5 * 10.0**-decimals
    return Interval(np.round(array - half, 12), np.round(array + half, 12))
