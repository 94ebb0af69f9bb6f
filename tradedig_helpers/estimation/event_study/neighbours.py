"""Nearest neighbours on one number: one for each, or all that are equally near."""

from __future__ import annotations

from bisect import bisect_left

import numpy as np

from tradedig_helpers.frames.arrays import Codes, Floats

SAME = 1e-9
"""Indices that differ by less, in standard deviations of the index, are tied."""
MOST_PAIRS = 5_000_000
"""More pairs of adopters and tied controls are refused: they would take more than a gigabyte."""


def nearest(
    adopters: Floats, controls: Floats, *, caliper: float = np.inf, replace: bool = True
) -> Codes:
    """Return the position of the nearest control of each adopter, -1 where none is near enough.

    Controls are sorted once and each adopter looks to its left and right. Without
    replacement adopters choose in falling order of their value, as the highest have the
    fewest neighbours; a tie goes to the smaller control.

    Raises
    ------
    ValueError
        If a value is missing or infinite, or the caliper is negative.
    """
    adopters, controls = _finite(adopters, "adopters"), _finite(controls, "controls")
    if not caliper >= 0:
        raise ValueError(f"caliper = {caliper}; give 0 or more, np.inf for none")
    order = np.argsort(controls, kind="stable")
    ranked = controls[order]
    if not len(ranked):
        return np.full(len(adopters), -1)
    if not replace:
        return _one_each(adopters, ranked, order, caliper)
    padded = np.r_[-np.inf, ranked, np.inf]
    right = np.searchsorted(ranked, adopters) + 1
    below, above = adopters - padded[right - 1], padded[right] - adopters
    place = np.where(below <= above, right - 2, right - 1)
    return np.where(np.minimum(below, above) <= caliper, order[place], -1)


def tied(
    adopters: Floats,
    controls: Floats,
    *,
    caliper: float = np.inf,
    same: float = 0.0,
    before: int = 0,
) -> tuple[Codes, Codes]:
    """Return the positions of each adopter and of *every* control that is nearest to it.

    An adopter without a control near enough is in no pair. Which controls an adopter has
    does not depend on the order of either side.

    Parameters
    ----------
    same : how much farther than the nearest a control may be to be as near
    before : how many pairs there are already

    Raises
    ------
    ValueError
        If there would be more than ``MOST_PAIRS``.
    """
    place = nearest(adopters, controls, caliper=caliper + same)
    who = np.flatnonzero(place >= 0)
    reach = np.abs(adopters[who] - controls[place[who]]) + same
    order = np.argsort(controls, kind="stable")
    first = np.searchsorted(controls[order], adopters[who] - reach, "left")
    last = np.searchsorted(controls[order], adopters[who] + reach, "right")
    if (pairs := before + int((last - first).sum())) > MOST_PAIRS:
        raise ValueError(
            f"at least {pairs} pairs of an adopter and a control that is tied, more than "
            f"{MOST_PAIRS}; add a trait that tells firms apart, or use ties = 'first'"
        )
    places = [order[start:stop] for start, stop in zip(first, last, strict=True)]
    return np.repeat(who, last - first), np.concatenate([order[:0], *places])


def _finite(values: Floats, name: str) -> Floats:
    """Return values as float64, none missing or infinite."""
    numbers = np.asarray(values, dtype=float)
    if bad := int((~np.isfinite(numbers)).sum()):
        raise ValueError(
            f"{name} holds {bad} of {len(numbers)} values that are missing or infinite; "
            "drop or repair them"
        )
    return numbers


def _one_each(adopters: Floats, ranked: Floats, order: Codes, caliper: float) -> Codes:
    """Return the position of the nearest control that is still free, for each adopter."""
    free, places = list(range(len(ranked))), np.full(len(adopters), -1)
    for adopter in np.argsort(-adopters, kind="stable"):
        right = bisect_left(free, adopters[adopter], key=lambda place: ranked[place])
        around = [at for at in (right - 1, right) if 0 <= at < len(free)]
        gaps = [abs(adopters[adopter] - ranked[free[at]]) for at in around]
        if gaps and min(gaps) <= caliper:
            places[adopter] = order[free.pop(around[gaps.index(min(gaps))])]
    return places
