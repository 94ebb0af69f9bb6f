"""The explorer of a mediated effect: two paths, their product, its errors and its tests.

The same formulas as :func:`~tradedig_helpers.estimation.mediation.product_error`, for sliders; a
test holds the two together.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy as sp

from tradedig_book.explorers.declare import curves, failures, live_equation, sliders
from tradedig_book.explorers.normal import quantile, upper_tail
from tradedig_book.explorers.power import FIRMS_SLIDER, QSY_DIGIT, THOUSAND, printed_estimate
from tradedig_book.explorers.widget import ExplorerSpec
from tradedig_book.published import PAPER_FIRMS
from tradedig_book.theory import Condition, OutcomeInfo, ParameterInfo, Program

_ARGUMENTS = ("beta0", "error0", "mu1", "error1", "direct", "error_direct", "firms", "correlation")
beta0, error0, mu1, error1, direct, error_direct, firms, correlation = sp.symbols(_ARGUMENTS)
ME, total, z0, z1, z = sp.symbols("ME total z0 z1 z")
s0, s1, sobel, aroian, joint = sp.symbols("s0 s1 sobel aroian joint")
PRODUCT_SCALE = 100
"""Units of ``direct`` in the product of a unit of ``beta0`` and one of ``mu1``, inverted."""
CRITICAL_Z = quantile(sp.Rational(39, 40))
"""Critical value of a two-sided test at 5 per cent."""

_B0, _S0 = printed_estimate(5, 7, "lndig", 1 / PRODUCT_SCALE)
_M1, _S1 = printed_estimate(5, 8, "flex", QSY_DIGIT)
_B1, _SD = printed_estimate(5, 8, "lndig", QSY_DIGIT)
_LONGEST_BAR = 6.0
"""Errors at which a bar ends."""
_ERRORS = "Errors of the paper's sample"

_SLIDERS = {
    "beta0": ParameterInfo(
        latex=r"\beta_0", glyph="β₀", brief="to the mediator",
        meaning="effect of digitization on the mediator",
        unit="0.01 of flex", group="Paths",
        default=_B0, low=0.0, high=60.0,
    ),
    "mu1": ParameterInfo(
        latex=r"\mu_1", glyph="μ₁", brief="from the mediator",
        meaning="effect of the mediator on quality",
        unit="0.0001 of QSY", group="Paths",
        default=_M1, low=0.0, high=60.0,
    ),
    "direct": ParameterInfo(
        latex=r"\beta_1", glyph="β₁", brief="direct",
        meaning="effect of digitization on quality, at a given mediator",
        unit="0.0001 of QSY", group="Paths",
        default=_B1, low=0.0, high=60.0,
    ),
    "error0": ParameterInfo(
        latex="s_0", glyph="s₀", brief="of β₀",
        meaning="standard error of the path to the mediator",
        unit="0.01 of flex", group=_ERRORS,
        default=_S0, low=0.5, high=10.0,
    ),
    "error1": ParameterInfo(
        latex="s_1", glyph="s₁", brief="of μ₁",
        meaning="standard error of the path from the mediator",
        unit="0.0001 of QSY", group=_ERRORS,
        default=_S1, low=0.2, high=10.0,
    ),
    "error_direct": ParameterInfo(
        latex="s_d", glyph="s_d", brief="of β₁",
        meaning="standard error of the direct path",
        unit="0.0001 of QSY", group=_ERRORS,
        default=_SD, low=0.5, high=10.0,
    ),
    "firms": FIRMS_SLIDER,
    "correlation": ParameterInfo(
        latex="r", glyph="r", brief="correlation",
        meaning="correlation of the estimates of β₀ and μ₁",
        unit="from −1 to 1", group="The test",
        default=0.0, low=-0.95, high=0.95,
    ),
}  # fmt: skip
_VIEWS = {
    "z": OutcomeInfo(
        "z", "z", "of ME", "mediated effect over its error by the joint delta method",
        "standard errors",
    ),
    "p": OutcomeInfo("p", "p", "p-value", "p-value of the mediated effect", "probability"),
    "share": OutcomeInfo(
        "m", "m", "share mediated", "mediated effect as a share of the total", "share of total",
    ),
}  # fmt: skip
_TESTED = {
    "z0": "β₀",
    "z1": "μ₁",
    "z_direct": "β₁",
    "z_sobel": "ME_S",
    "z_aroian": "ME_A",
    "z": "ME_J",
}
"""Estimates that the view with bars divides by their errors: paths, and ME by three methods."""
_WRITTEN = {
    "ME": "<mi>ME</mi>",
    "share": "<mi>m</mi>",
    "sobel": "<msub><mi>s</mi><mi>S</mi></msub>",
}
"""Steps in the live equation, and how it writes them."""
_CONDITIONS = (
    Condition(
        "variance",
        ">",
        r"\beta_0^2 s_1^2 + \mu_1^2 s_0^2 > 0",
        "one of the two paths is there",
        "Both paths are zero: the product has no error to be compared with",
        "no path",
    ),
)


def formulas() -> Program:
    """Return the program whose errors are those of the paper's sample."""
    return mediation_program(PAPER_FIRMS / THOUSAND)


def product_errors() -> dict[str, sp.Expr]:
    """Return the standard error of beta0 x mu1 by Sobel, Aroian and the joint delta method.

    Of :func:`~tradedig_helpers.estimation.mediation.product_error`, with the covariance written
    as the correlation of the two estimates times their errors.
    """
    both = sp.Symbol("variance")
    covariance = correlation * s0 * s1
    return {
        "variance": mu1**2 * s0**2 + beta0**2 * s1**2,
        "sobel": sp.sqrt(both) / PRODUCT_SCALE,
        "aroian": sp.sqrt(both + s0**2 * s1**2) / PRODUCT_SCALE,
        "joint": sp.sqrt(both + 2 * beta0 * mu1 * covariance) / PRODUCT_SCALE,
    }


@cache
def mediation_program(reference: float) -> Program:
    """Write a mediated effect, and the tests of it, from paths and their errors.

    Errors are those of a study of ``reference`` thousand firms and shrink with the root of
    ``firms``. ME, total and ``direct`` are in one unit, beta0 x mu1 in PRODUCT_SCALE of it.

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
        "ME": beta0 * mu1 / PRODUCT_SCALE,
        "total": direct + ME,
        "share": ME / total,
        **product_errors(),
        "z_sobel": ME / sobel,
        "z_aroian": ME / aroian,
        "z": ME / joint,
        **upper_tail("tail", z),
        "p": 2 * sp.Symbol("tail"),
        **edges(),
    }
    return Program(_ARGUMENTS, steps, _CONDITIONS)


def edges() -> dict[str, sp.Expr]:
    """Write where z is CRITICAL_Z, as one argument moves and the others stay.

    In errors, 1/z² = 1/z0² + 1/z1² + 2 correlation/(z0 z1), a quadratic in z0 and in z1.
    """
    steps: dict[str, sp.Expr] = {}
    for name, error, other in (("beta0", s0, z1), ("mu1", s1, z0)):
        middle, spread, room = sp.symbols(f"middle_{name} spread_{name} room_{name}")
        steps |= {
            f"path_{name}": CRITICAL_Z * error,
            room.name: other**2 - CRITICAL_Z**2,
            middle.name: CRITICAL_Z**2 * correlation * other,
            spread.name: sp.sqrt(middle**2 + room * CRITICAL_Z**2 * other**2),
            f"ME_from_{name}": error * (middle + spread) / room,
            f"ME_to_{name}": error * (middle - spread) / room,
        }
    gap = (z0 * z1 / CRITICAL_Z) ** 2 - z0**2 - z1**2
    return steps | {
        "ME_from_firms": firms * (CRITICAL_Z / z) ** 2,
        "ME_from_correlation": gap / (2 * z0 * z1),
    }


def spec() -> ExplorerSpec:
    """Mediated effect: when its test says less, or more, than the tests of its paths."""
    steps = formulas().steps
    written = {name: steps[name] for name in _WRITTEN}
    written["sobel"] = written["sobel"].subs(sp.Symbol("variance"), steps["variance"])
    written["share"] = written["share"].subs(sp.Symbol("total"), steps["total"])
    return ExplorerSpec(
        id="mediation",
        title="Mediation explorer",
        parameters=sliders(_SLIDERS),
        outcomes=(
            *curves(_VIEWS, ranges={"z": (0.0, 8.0), "p": (0.0, 1.0), "share": (0.0, 1.0)}),
            _tests(),
        ),
        conditions=failures(formulas()),
        equation="".join(
            live_equation(symbol, written[name], name) for name, symbol in _WRITTEN.items()
        ),
        inside="Errors are those of the paper's sample, carried to this number of firms.",
        axes=("beta0", "mu1", "firms", "correlation", "error0", "error1", "direct"),
        open=("beta0", "mu1", "firms"),
        marks=tuple(
            {"step": step, "axis": axis, "name": name}
            for step, axis, name in (
                ("path_beta0", "beta0", "β₀ at 5%"),
                ("path_mu1", "mu1", "μ₁ at 5%"),
                ("ME_from_beta0", "beta0", "ME at 5%"),
                ("ME_to_beta0", "beta0", "ME at 5%"),
                ("ME_from_mu1", "mu1", "ME at 5%"),
                ("ME_to_mu1", "mu1", "ME at 5%"),
                ("ME_from_firms", "firms", "ME at 5%"),
                ("ME_from_correlation", "correlation", "ME at 5%"),
            )
        ),
    )


def _tests() -> dict[str, Any]:
    """Declare the view in which paths and product stand side by side, in errors."""
    shown = OutcomeInfo("z", "z", "of each", "each estimate over its error", "standard errors")
    bars = [{"step": step, "glyph": glyph} for step, glyph in _TESTED.items()]
    return {"name": "tests", "reach": _LONGEST_BAR, "bars": bars} | shown._asdict()
