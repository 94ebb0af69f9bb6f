"""Axes as ``drawing.js`` has them: where a value stands, and the round numbers beside it."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Literal

import numpy as np

from tradedig_helpers.frames.arrays import Floats

_MOST_TICKS = 6
_LETTER = 6.6
"""A letter's width, pixels, at most on average."""
_NEAR = 1e-9


@dataclass(frozen=True)
class Scale:
    """A declared axis that runs from ``low`` to ``high``, evenly or in equal ratios.

    Examples
    --------
    >>> Scale(0.1, 10, "log").shares(np.array([0.1, 1, 10])).round(2).tolist()
    [0.0, 0.5, 1.0]
    >>> Scale(0, 3).ticks()
    [0.0, 1.0, 2.0, 3.0]
    """

    low: float
    high: float
    kind: Literal["linear", "log"] = "linear"

    def shares(self, values: Floats) -> Floats:
        """Return where values stand: 0 at ``low``, 1 at ``high``."""
        if self.kind == "linear":
            return (values - self.low) / (self.high - self.low)
        with np.errstate(all="ignore"):
            logs: Floats = np.log(values / self.low) / np.log(self.high / self.low)
        return logs

    def values(self, shares: Floats) -> Floats:
        """Return the values that stand at ``shares`` of the way."""
        if self.kind == "linear":
            return self.low + shares * (self.high - self.low)
        ratios: Floats = (self.high / self.low) ** shares
        return self.low * ratios

    def ticks(self) -> list[float]:
        """Return round numbers, at least three of them where there are as many."""
        return self._log_ticks() if self.kind == "log" else self._even_ticks()

    def ticks_within(self, room: float) -> list[float]:
        """Return as many of the ticks, evenly, as have their labels in ``room`` pixels."""
        ticks = self.ticks()
        while sum(_LETTER * (len(f"{tick:g}") + 2) for tick in ticks) > room:
            ticks = ticks[::2]
        return ticks

    def _even_ticks(self) -> list[float]:
        power = 10.0 ** floor(log10(self.high - self.low))
        for step in (power * s for s in (5, 2, 1, 0.5, 0.2, 0.1)):
            first = ceil(self.low / step - _NEAR)
            count = floor(self.high / step + _NEAR) - first + 1
            if count >= 3:
                return [float(f"{(first + i) * step:.6g}") for i in range(count)]
        return [self.low, self.high]

    def _log_ticks(self) -> list[float]:
        powers = [10.0**p for p in range(floor(log10(self.low)), ceil(log10(self.high)) + 1)]
        low, high = self.low * (1 - _NEAR), self.high * (1 + _NEAR)
        for digits in ((1,), (1, 3), (1, 2, 5)):
            ticks = [float(f"{d * p:.2g}") for p in powers for d in digits]
            ticks = [tick for tick in ticks if low <= tick <= high]
            if len(ticks) >= 3:
                return ticks if len(ticks) <= _MOST_TICKS else ticks[::2]
        return [self.low, self.high]
