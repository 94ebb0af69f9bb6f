"""The explorer of endogenous adoption: what least squares and last year's value find.

The choice to digitise (Theorem ``thm-choice`` of the book) makes digitization a rising function of
ΔC²/μ alone: in logs, and to first order, a sum of the firm's lead and of its cost of digitization.
The lead also raises quality.
Both last from one year to the next.
In standard units, for firm f in year t:

- unseen cause (the lead): ``a_t = rho a_(t-1) + news``, variance 1
- other reason (the cost): ``m_t = r m_(t-1) + news``, variance 1, independent of ``a``
- digitization: ``d_t = s a_t + sqrt(1 - s²) m_t``
- quality: ``y_t = beta d_t + delta d_(t-1) + gamma a_t + noise``

From covariances alone follow the limits, in endless firms, of the coefficient of d by least squares
and by instrumental variables with d_(t-1), without effects and with firm effects.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import sympy as sp

from tradedig_book.explorers.declare import curves, failures, live_equation, sliders
from tradedig_book.explorers.widget import ExplorerSpec
from tradedig_book.theory import Condition, NotDerived, OutcomeInfo, ParameterInfo, Program

_ARGUMENTS = ("beta", "gamma", "s", "rho", "r", "delta")
beta, gamma, s, rho, r, delta = sp.symbols(_ARGUMENTS, real=True)
PANEL_YEARS = 9
"""Years of a firm in the regression: ten, less the first, which has no year before."""

_Moment = Callable[[sp.Expr], sp.Expr]

_WHY, _CAUSES = "Why firms digitise", "What quality answers to"
_UNIT = "quality per s.d. of digitization"
SLIDERS = {
    "rho": ParameterInfo(
        latex=r"\rho", glyph="ρ", brief="lasting cause",
        meaning="correlation of the unseen cause from one year to the next",
        unit="correlation", group=_WHY,
        default=0.5, low=0.0, high=0.99,
    ),
    "r": ParameterInfo(
        latex="r", glyph="r", brief="lasting reason",
        meaning="correlation of the other reason to digitise, such as its cost, from one year to "
        "the next",
        unit="correlation", group=_WHY,
        default=0.9, low=0.0, high=0.99,
    ),
    "s": ParameterInfo(
        latex="s", glyph="s", brief="selection",
        meaning="correlation of digitization with the unseen cause",
        unit="correlation", group=_WHY,
        default=0.5, low=0.0, high=0.95,
    ),
    "beta": ParameterInfo(
        latex=r"\beta", glyph="β", brief="true effect",
        meaning="effect of this year's digitization on quality",
        unit=_UNIT, group=_CAUSES,
        default=0.0, low=-1.0, high=1.0,
    ),
    "gamma": ParameterInfo(
        latex=r"\gamma", glyph="γ", brief="unseen cause",
        meaning="effect of the unseen cause on quality",
        unit="quality per s.d. of the cause", group=_CAUSES,
        default=0.5, low=-1.0, high=1.0,
    ),
    "delta": ParameterInfo(
        latex=r"\delta", glyph="δ", brief="last year",
        meaning="effect of last year's digitization on quality, at a given level today",
        unit=_UNIT, group=_CAUSES,
        default=0.0, low=-0.5, high=0.5,
    ),
}  # fmt: skip
_VIEWS = {
    "ols": OutcomeInfo("LS", "LS", "least squares", "limit of least squares", _UNIT),
    "iv": OutcomeInfo("IV", "IV", "lag as instrument", "limit of IV with last year's value", _UNIT),
    "firm_ols": OutcomeInfo(
        "LS_f", "LS_f", "with firm effects", "limit of least squares with firm effects", _UNIT
    ),
    "firm_iv": OutcomeInfo(
        "IV_f", "IV_f", "with firm effects", "limit of IV with last year's value and firm effects",
        _UNIT,
    ),
}  # fmt: skip
_LIMITS = {
    "ols": "<mi>LS</mi>",
    "iv": "<mi>IV</mi>",
    "firm_ols": "<msub><mi>LS</mi><mi>f</mi></msub>",
    "firm_iv": "<msub><mi>IV</mi><mi>f</mi></msub>",
}
"""How the live equation writes each outcome."""
_RELEVANT = Condition(
    "firm_lag",
    ">",
    r"\mathrm{cov}(\tilde d_t, \tilde d_{t-1}) > 0",
    "within a firm last year's digitization goes with this year's",
    "Within a firm last year's digitization does not go with this year's: with so little that "
    "lasts, it is no instrument beside firm effects",
    "no first stage",
)


def variance_within(x: sp.Expr, years: int = PANEL_YEARS) -> sp.Expr:
    """Return the variance of a persistent cause less its firm mean over ``years`` years.

    The cause has variance one and correlation x**k at k years' distance, so the mean of
    ``years`` of them has variance (years + 2 sum of (years-k) x**k)/years².
    """
    later = nested([years - k for k in range(1, years)], x) * x
    return (years * (years - 1) - 2 * later) / sp.Integer(years) ** 2


def covariance_within(x: sp.Expr, years: int = PANEL_YEARS) -> sp.Expr:
    """Return the covariance of such a cause and its lag, each less its own firm mean.

    The two means cover years 1 to ``years`` and 0 to ``years`` - 1.
    """
    apart = nested([years - k for k in range(1, years)], x)
    return x - (years * x + (1 + x * x) * apart) / sp.Integer(years) ** 2


def nested(coefficients: list[int], x: sp.Expr) -> sp.Expr:
    """Return a polynomial by Horner's rule, lowest power first."""
    total = sp.Integer(0)
    for coefficient in reversed(coefficients):
        total = total * x + coefficient
    return total


def estimator_limits(variance: _Moment, covariance: _Moment) -> dict[str, sp.Expr]:
    """Return the limits of both estimators, given a cause's variance and that with its lag.

    Least squares is cov(y, d)/var(d); the other is cov(y, lag)/cov(d, lag). The lag of d
    has the variance of d, since the process is stationary.
    """
    v, c = (s**2 * of(rho) + (1 - s**2) * of(r) for of in (variance, covariance))
    return {
        "variance": v,
        "lag": c,
        "ols": beta + (gamma * s * variance(rho) + delta * c) / v,
        "iv": beta + (gamma * s * covariance(rho) + delta * v) / c,
    }


@cache
def formulas() -> Program:
    """Write the four limits, every step arithmetic: a browser agrees to the last bit.

    Steps
    -----
    lag : correlation of digitization with its lag
    ols, iv : without effects
    firm_cause, firm_cause_lag : variance of the unseen cause within firms, and covariance
        with its lag; firm_other, firm_other_lag : those of the other reason
    firm_variance, firm_lag : those of digitization
    firm_ols, firm_iv : with firm effects

    Raises
    ------
    NotDerived
        If the moments within firms are not those of persistent causes.
    """
    hold_to_causes()
    pooled = estimator_limits(lambda x: sp.Integer(1), lambda x: x)
    names = {
        ("variance", rho): "firm_cause", ("covariance", rho): "firm_cause_lag",
        ("variance", r): "firm_other", ("covariance", r): "firm_other_lag",
    }  # fmt: skip
    moments = {"variance": variance_within, "covariance": covariance_within}
    within = estimator_limits(
        lambda x: sp.Symbol(names["variance", x]), lambda x: sp.Symbol(names["covariance", x])
    )
    v, c, lag = sp.symbols("firm_variance firm_lag lag")
    steps = {
        "lag": pooled["lag"],
        "ols": pooled["ols"].subs(pooled["lag"], lag),
        "iv": pooled["iv"].subs(pooled["lag"], lag),
        **{name: moments[kind](x) for (kind, x), name in names.items()},
        "firm_variance": within["variance"],
        "firm_lag": within["lag"],
        "firm_ols": within["ols"].subs({within["variance"]: v, within["lag"]: c}),
        "firm_iv": within["iv"].subs({within["variance"]: v, within["lag"]: c}),
    }
    return Program(_ARGUMENTS, steps, (_RELEVANT,))


def hold_to_causes() -> None:
    """Take the moments from their definition, for panels of two, three and PANEL_YEARS years.

    Raises
    ------
    NotDerived
        If the sums above differ from them.
    """
    x = sp.Symbol("x", positive=True)
    for years in (2, 3, PANEL_YEARS):
        pairs = [(t, u) for t in range(1, years + 1) for u in range(1, years + 1)]
        mean = sum(x ** abs(t - u) for t, u in pairs) / sp.Integer(years) ** 2
        mean_lag = sum(x ** abs(t - (u - 1)) for t, u in pairs) / sp.Integer(years) ** 2
        for ours, defined in (
            (variance_within(x, years), 1 - mean),
            (covariance_within(x, years), x - mean_lag),
        ):
            if sp.expand(ours - defined) != 0:
                raise NotDerived(f"a moment within firms is wrong for {years} years")


def spec() -> ExplorerSpec:
    """Show selection and the lag: two estimators, without and with firm effects."""
    steps = formulas().steps
    return ExplorerSpec(
        id="selection-bias",
        title="Selection and instrument explorer",
        parameters=sliders(SLIDERS),
        outcomes=curves(
            _VIEWS, ranges=dict.fromkeys(_VIEWS, (-1.0, 1.0)), free=("ols", "iv", "firm_ols")
        ),
        conditions=failures(formulas()),
        equation="".join(
            live_equation(symbol, steps[name], name) for name, symbol in _LIMITS.items()
        ),
        inside="In endless firms; an estimator is right where it reads β.",
        axes=("rho", "r", "s", "gamma", "delta"),
        open=("rho", "r", "gamma"),
    )
