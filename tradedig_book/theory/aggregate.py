"""From one firm to all: what an effect within a market says about the market's mean.

Under free entry with Pareto costs and no cost of digitization, as in :mod:`.free_entry`.
"""

from __future__ import annotations

from functools import cache

import sympy as sp

from tradedig_book.theory import derivation as d
from tradedig_book.theory import free_entry as entry
from tradedig_book.theory.entry_statics import SHARE, in_share
from tradedig_book.theory.paper import NotDerived
from tradedig_book.theory.signs import NotProved, certify

rise, tilt, part = sp.symbols("r x m", positive=True)


@cache
def all_over_one() -> sp.Expr:
    """Divide the effect on mean log quality, if all firms move, by that on one firm that moves.

    Both are log changes and of any size: ``r`` is that of ψ, ``x`` that of 1/(1−s). The
    shares of sellers at each c/c_D do not change, so ln of mean quality and mean ln of quality
    move alike.

    Raises
    ------
    NotDerived
        If K or the cutoff depends on ψ in another way than through s.
    NotProved
        If the ratio is not between (k+1)/(k+2) and one.
    """
    K = entry.schedules()["quality"] / (entry.c_D - entry.c)
    for power in (K * (1 - SHARE) / SHARE, entry.cutoff() ** (entry.k + 2) / (1 - SHARE)):
        if sp.simplify(power).has(d.psi):
            raise NotDerived(f"{sp.simplify(power)} depends on ψ")
    own, shared = rise + tilt, -tilt / (entry.k + 2)
    ratio = sp.factor((own + shared) / own)
    for inside in (ratio - (entry.k + 1) / (entry.k + 2), 1 - ratio):
        if certify(inside, {})[0] != "+":
            raise NotProved(f"{inside} may be negative")
    return ratio


@cache
def small_change() -> sp.Expr:
    """Divide the two elasticities, for a small change of everyone's ψ, in ``s`` and ``k``."""
    quality = entry.schedules()["quality"]
    mean = entry.elasticity_in_equilibrium(entry.mean_over_sellers(quality))
    return in_share(mean / (d.psi * sp.diff(quality, d.psi) / quality))


@cache
def in_part() -> tuple[sp.Expr, sp.Expr]:
    """Elasticities of mean quality where a part ``m`` of firms moves: of these, of the others.

    All start with one ψ, and whether a firm will move is unknown at entry; in ``s`` and ``k``.
    """
    scale = sp.simplify(entry.expected_profit() / entry.c_D ** (entry.k + 2))
    quality = entry.schedules()["quality"]
    cutoff = -part * d.psi * sp.diff(sp.log(scale), d.psi) / (entry.k + 2)
    own = d.psi * sp.diff(quality, d.psi) / quality
    return in_share(own + cutoff), in_share(cutoff)


def mean_effect(effect: float, k: float) -> tuple[float, float]:
    """Bound the effect on mean quality if all firms move, from that on one firm.

    Parameters
    ----------
    effect : float
        Of a firm that moves alone, such as a coefficient within markets, in any unit that is
        linear in log quality.
    k : float
        Shape of the distribution of costs; 0 gives the bounds for every k.

    Returns
    -------
    tuple of float
        The smaller and the larger bound, in the unit of ``effect``.

    Examples
    --------
    >>> mean_effect(0.004, 2)
    (0.003, 0.004)
    """
    if not k >= 0:
        raise ValueError(f"k = {k!r} is no shape of a distribution; give 0 or more")
    low, high = sorted((effect * (k + 1) / (k + 2), effect))
    return low, high
