"""Comparative statics of (5)-(8): the sign of every derivative, each with its proof.

A proof is a certificate.
Symbols that are only required to be positive replace the parameters, in such a way that the
region where (8) holds for a firm with a lead becomes "every symbol is positive".
A derivative whose coefficients then share one sign has that sign in the whole region.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import NamedTuple

import sympy as sp

from tradedig_book.theory import derivation as d
from tradedig_book.theory.printing import latex
from tradedig_book.theory.signs import Direction, NotProved, certify
from tradedig_book.theory.solution import OUTCOMES

Point = Mapping[sp.Symbol, sp.Rational]

B, D, g, c, c_D = sp.symbols("B D g c c_D", positive=True)
DeltaC = sp.Symbol(r"\Delta C", positive=True)
slope_psi, bend_psi = sp.symbols("psiprime kappa", positive=True)

REGION = {
    d.e: 1 - g,
    d.beta: B + 1 / d.phi,
    d.gamma: d.psi * (D + d.L * B**2) / (4 * g**2),
    c_D: c + DeltaC,
    d.varphi: 1 / c,
    d.varphi_D: 1 / (c + DeltaC),
}
_TRIED = (sp.Integer(1), sp.Integer(4), sp.Rational(1, 4))


class Enters(NamedTuple):
    """How a parameter enters the model: its symbol, and what depends on it."""

    symbol: sp.Symbol
    through: Mapping[sp.Symbol, sp.Expr]


def _digital(name: str, efficiency: sp.Symbol) -> Enters:
    symbol = sp.Symbol(rf"\mathit{{{name}}}".replace("_", r"\_"), real=True)
    return Enters(symbol, {efficiency: sp.Function(efficiency.name)(symbol)})


ENTERS = {
    "e": Enters(d.e, {}),
    "beta": Enters(d.beta, {}),
    "gamma": Enters(d.gamma, {}),
    "L": Enters(d.L, {}),
    "c": Enters(c, {d.varphi: 1 / c}),
    "c_D": Enters(c_D, {d.varphi_D: 1 / c_D}),
    "varphi": Enters(d.varphi, {}),
    "phi": Enters(d.phi, {}),
    "psi": Enters(d.psi, {}),
    "dig_tfp": _digital("dig_tfp", d.varphi),
    "dig_im": _digital("dig_im", d.phi),
    "dig_tr": _digital("dig_tr", d.psi),
    "DeltaC": Enters(DeltaC, {d.varphi_D: 1 / c_D, d.varphi: 1 / (c_D - DeltaC)}),
}
LATEX = {name: outcome.latex for name, outcome in OUTCOMES.items()} | {
    "K": "K",
    "markup": r"(p^* - c - \lambda^*/\phi)",
}
PARAMETERS = tuple(name for name in ENTERS if name != "DeltaC")
MIXED = (
    ("quality", ("psi", "e")),
    ("K", ("psi", "e")),
    ("quality", ("psi", "beta")),
    ("quality", ("psi", "gamma")),
    ("quality", ("psi", "L")),
    ("quality", ("psi", "DeltaC")),
    ("quality", ("psi", "varphi")),
    ("quality", ("psi", "phi")),
    ("quality", ("psi", "psi")),
    ("quality", ("dig_tr", "dig_tr")),
)

_quality_over_cost = 2 * d.gamma * (1 - d.e) ** 2 - d.L * d.psi * d.beta * (d.beta - 1 / d.phi)
_room = 4 * d.gamma * (1 - d.e) ** 2 - d.L * d.psi * (d.beta - 1 / d.phi) ** 2
MARGINS = {
    ("price", ("c",)): _quality_over_cost,
    ("price", ("varphi",)): -_quality_over_cost,
    ("price", ("dig_tfp",)): -_quality_over_cost,
    ("quality", ("dig_tr", "dig_tr")): 2 * d.L * (d.beta - 1 / d.phi) ** 2 * slope_psi**2
    - bend_psi * _room,
}


@dataclass(frozen=True)
class Sign:
    """The sign of one derivative inside the region, with its proof.

    Attributes
    ----------
    outcome, parameters : str, tuple of str
        Keys of :func:`outcomes` and ``ENTERS``; two parameters for a second derivative.
    sign : {"+", "-", "0", "±"}
        "±" where the sign changes inside the region.
    certificate : sympy expression
        The derivative in positive symbols; unless the sign is "±" its coefficients share one.
    margin : sympy expression or None
        For "±": the derivative is positive exactly where the margin is.
    examples : tuple of mappings
        For "±": a point where the derivative is positive, and one where it is negative.
    """

    outcome: str
    parameters: tuple[str, ...]
    sign: Direction
    certificate: sp.Expr
    margin: sp.Expr | None = None
    examples: tuple[Point, ...] = ()

    @property
    def latex(self) -> str:
        """The derivative as LaTeX."""
        names = [latex(ENTERS[name].symbol) for name in self.parameters]
        order = f"^{len(names)}" if len(names) > 1 else ""
        below = r"\,\partial ".join(names) if len(set(names)) > 1 else names[0] + order
        return rf"\frac{{\partial{order} {LATEX[self.outcome]}}}{{\partial {below}}}"


@cache
def outcomes() -> dict[str, sp.Expr]:
    """Write λ*, K, p*, x*, π* (before μDIG²) and the mark-up p* − c − λ*/ϕ in the parameters."""
    derived = d.derive()
    at_optimum = {d.lam: derived.quality, d.mu: 0}
    marginal_cost = sp.diff(d.cost(d.x, d.lam), d.x)
    found = {
        "quality": derived.quality,
        "K": derived.quality / (1 / d.varphi_D - 1 / d.varphi),
        "price": derived.price.subs(at_optimum),
        "quantity": derived.quantity.subs(at_optimum),
        "profit": derived.profit.subs(at_optimum),
        "markup": (derived.price - marginal_cost).subs(at_optimum),
    }
    return {name: sp.factor(expr) for name, expr in found.items()}


def derivative(expr: sp.Expr, *names: str) -> sp.Expr:
    """Differentiate in the named parameters, one after the other, at a given cutoff.

    Digital inputs go through the chain rule: φ', ϕ' and ψ' are positive symbols, and so is
    κ = −ψ''.
    """
    used = [ENTERS[name] for name in names]
    for symbol, through in used:
        expr = sp.diff(expr.subs(through), symbol)
    for symbol, through in used:
        for efficiency, function in through.items():
            if isinstance(function, sp.core.function.AppliedUndef):
                slope = sp.Symbol(f"{efficiency.name}prime", positive=True)
                expr = expr.subs(function.diff(symbol, 2), -bend_psi)
                expr = expr.subs(function.diff(symbol), slope).subs(function, efficiency)
    return expr


def prove(expr: sp.Expr, sign: Direction) -> sp.Expr:
    """Return the certificate that ``expr`` has the given sign in the whole region.

    Raises
    ------
    NotProved
        If the certificate shows another sign, or none.
    """
    found, certificate = certify(expr, REGION)
    if found != sign:
        raise NotProved(f"claimed {sign}, found {found}: {certificate}")
    return certificate


def _points(certificate: sp.Expr) -> Iterator[dict[sp.Symbol, sp.Rational]]:
    """Run through points inside the region, varying the certificate's symbols alone."""
    base = {symbol: sp.Integer(1) for symbol in (B, D, DeltaC, c, d.L, d.phi, d.psi)}
    free = sorted(certificate.free_symbols - {g}, key=str)
    for values in product(_TRIED, repeat=len(free)):
        yield base | {g: sp.Rational(1, 2)} | dict(zip(free, values, strict=True))


def both_signs(expr: sp.Expr) -> tuple[Point, Point]:
    """Find a point of the region where ``expr`` is positive and one where it is negative.

    Each point maps every symbol to a rational number; ``NotProved`` if no pair was found.
    """
    _, certificate = certify(expr, REGION)
    found: dict[int, Point] = {}
    for point in _points(certificate):
        value = sp.sign(certificate.xreplace(point))
        if value and value not in found:
            found[value] = point | {old: new.xreplace(point) for old, new in REGION.items()}
        if len(found) == 2:
            return found[1], found[-1]
    raise NotProved(f"no pair of points shows both signs of {certificate}")


@cache
def sign(outcome: str, *parameters: str) -> Sign:
    """Prove the sign of one derivative; with two parameters, of the second derivative.

    Parameters
    ----------
    outcome : str
        A key of :func:`outcomes`.
    *parameters : str
        Keys of ``ENTERS``.

    Raises
    ------
    KeyError
        If a name is unknown; the message lists the known ones.
    NotProved
        If there is neither a certificate nor a pair of points that shows both signs.

    Examples
    --------
    >>> sign("quality", "psi").sign
    '+'
    """
    for name, known in ((outcome, outcomes()), *((name, ENTERS) for name in parameters)):
        if name not in known:
            raise KeyError(f"no {name!r}; choose one of {', '.join(known)}")
    slope = derivative(outcomes()[outcome], *parameters)
    found, certificate = certify(slope, REGION)
    if found != "±":
        return Sign(outcome, parameters, found, certificate)
    margin = MARGINS.get((outcome, parameters))
    if margin is not None:
        prove(slope / margin, "+")
    return Sign(outcome, parameters, found, certificate, margin, both_signs(slope))


def statics() -> dict[tuple[str, str], Sign]:
    """Prove the sign of every outcome's derivative in every parameter."""
    return {(y, name): sign(y, name) for y in outcomes() for name in PARAMETERS}


def mixed() -> tuple[Sign, ...]:
    """Prove the signs of the second derivatives in ``MIXED``."""
    return tuple(sign(outcome, *parameters) for outcome, parameters in MIXED)
