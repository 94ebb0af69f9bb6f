"""What each parameter does when it changes for all firms at once, under free entry: proved.

The direct effect at a given cutoff is in :mod:`.statics`; here the cutoff moves as well, with
``s`` = LψB²/(4γ(1−e)²) as the share of quality in the second-order condition, 0 < s < 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import sympy as sp

from tradedig_book.theory import derivation as d
from tradedig_book.theory import free_entry as entry
from tradedig_book.theory.industry import Industry
from tradedig_book.theory.numeric import evaluate_at
from tradedig_book.theory.signs import Direction, NotProved, certify
from tradedig_book.theory.statics import REGION

s, _z, _t = sp.symbols("s z t", positive=True)
_B = d.beta - 1 / d.phi
SHARE = d.L * d.psi * _B**2 / (4 * d.gamma * (1 - d.e) ** 2)
MOVED = {
    "psi": d.psi,
    "phi": d.phi,
    "beta": d.beta,
    "e": d.e,
    "gamma": d.gamma,
    "L": d.L,
    "c_M": entry.c_M,
    "f_E": entry.f_E,
}
"""Parameters of an industry that move the cutoff; α does not, and k changes the distribution."""


@dataclass(frozen=True)
class EntryEffect:
    """What a rise in one parameter does in the free-entry equilibrium, each sign proved.

    Attributes
    ----------
    cutoff, average : {"+", "-"}
        Signs of the changes of the cutoff and of mean quality.
    below, above : {"+", "-"}
        Signs of the change of a seller's quality on either side of the turning cost.
    distance : sympy expression or None
        How far the turning cost lies below the cutoff, as a share of it, in ``s`` and ``k``;
        None if there is no such cost, because all sellers' quality moves alike.
    elasticities : tuple of sympy expressions
        Of the cutoff and of mean quality, in the parameters.
    """

    cutoff: Direction
    average: Direction
    below: Direction
    above: Direction
    distance: sp.Expr | None
    elasticities: tuple[sp.Expr, sp.Expr]


def in_share(expr: sp.Expr) -> sp.Expr:
    """Write an expression that depends on ψ only through ``s`` in ``s``."""
    return sp.factor(expr.subs(d.psi, s * d.psi / SHARE))


@cache
def in_parameters(expr: sp.Expr) -> sp.Expr:
    """Put the parameters back in the place of ``s``."""
    return expr.subs(s, SHARE)


def one_sign(expr: sp.Expr) -> Direction:
    """Return the proved sign of an expression; ``NotProved`` if it may have either or is zero."""
    found, certificate = certify(expr, REGION)
    if found not in ("+", "-"):
        raise NotProved(f"no sign of {certificate}")
    return found


@cache
def entry_effect(name: str) -> EntryEffect:
    """Prove what a rise in one parameter, the same for all firms, does under free entry.

    A seller's quality changes along a straight line in its cost; that line is looked at on
    either side of its zero, which is proved to lie between zero and the cutoff.

    Parameters
    ----------
    name : str
        A key of ``MOVED``.

    Raises
    ------
    KeyError
        If the name is unknown; the message lists the known ones.
    NotProved
        If a sign has no certificate.
    """
    if name not in MOVED:
        raise KeyError(f"no {name!r}; choose one of {', '.join(MOVED)}")
    parameter, quality = MOVED[name], entry.schedules()["quality"]
    moved = entry.cutoff_elasticity(parameter)
    mean = entry.elasticity_in_equilibrium(entry.mean_over_sellers(quality), parameter)
    through_cutoff = _z * moved / parameter * sp.diff(quality, entry.c_D)
    change = (sp.diff(quality, parameter) + through_cutoff).subs(entry.c_D, _z)
    signs = one_sign(moved / parameter), one_sign(mean / parameter)
    if not sp.diff(quality, parameter):
        all_alike = one_sign(change)
        return EntryEffect(*signs, all_alike, all_alike, None, (moved, mean))
    turning = entry.turning_cost(parameter).subs(entry.c_D, _z)
    if {one_sign(turning), one_sign(_z - turning)} != {"+"}:
        raise NotProved(f"the turning cost of {name} is not between zero and the cutoff")
    below, above = (one_sign(change.subs(entry.c, turning + side)) for side in (-_t, _t))
    return EntryEffect(*signs, below, above, in_share(1 - turning / _z), (moved, mean))


class Sizes(NamedTuple):
    """How large an effect is in one industry; ``beyond`` is NaN where there is no turning cost.

    ``cutoff`` and ``average`` are elasticities, ``beyond`` the share of sellers whose cost is
    above the turning cost.
    """

    cutoff: float
    average: float
    beyond: float


def sizes(effect: EntryEffect, industry: Industry) -> Sizes:
    """Evaluate an effect in an industry of scalar parameters."""
    cutoff, average = (float(evaluate_at(expr, industry)) for expr in effect.elasticities)
    if effect.distance is None:
        return Sizes(cutoff, average, float("nan"))
    below = 1 - float(evaluate_at(in_parameters(effect.distance), industry))
    return Sizes(cutoff, average, 1 - below ** float(industry.k))


def entry_effects() -> dict[str, EntryEffect]:
    """Prove what each of ``MOVED`` does, in its order."""
    return {name: entry_effect(name) for name in MOVED}
