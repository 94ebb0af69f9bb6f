"""The explorer of measured quality: CES demand, equation (10) and the min-max score.

Read it from top to bottom: sliders and views; a buyer's optimum gives CES demand; its logarithm,
solved for quality, is equation (10); a small market of one product shows what the measure does.
``tradedig_helpers.measure`` computes the same from customs records, and a test holds the two
together.
"""

from __future__ import annotations

from functools import cache

import sympy as sp

from tradedig_book.explorers.declare import curves, failures, live_equation, sliders
from tradedig_book.explorers.widget import ExplorerSpec
from tradedig_book.theory import Condition, NotDerived, OutcomeInfo, ParameterInfo, Program
from tradedig_book.theory.paper import Equation

ln_lambda, ln_p, ln_q, ln_P, ln_Y = sp.symbols("ln_lambda ln_p ln_q ln_P ln_Y", real=True)
ln_p_r, ln_q_r, best, worst = sp.symbols("ln_p_r ln_q_r best worst", real=True)
sigma, share = sp.symbols("sigma share", positive=True)
kappa = sp.Symbol("kappa", real=True)

SLIDERS = {
    "ln_p": ParameterInfo(
        latex=r"\ln p", glyph="ln p", brief="price",
        meaning="log price of the flow that is looked at",
        unit="log dollars", group="This flow and its rivals",
        default=0.7, low=0.0, high=2.0,
    ),
    "ln_q": ParameterInfo(
        latex=r"\ln q", glyph="ln q", brief="quantity",
        meaning="log quantity of the flow that is looked at",
        unit="log units", group="This flow and its rivals",
        default=3.0, low=0.0, high=5.0,
    ),
    "ln_p_r": ParameterInfo(
        latex=r"\ln p_r", glyph="ln p_r", brief="rivals' price",
        meaning="log price of each rival; all are alike",
        unit="log dollars", group="This flow and its rivals",
        default=0.5, low=0.0, high=2.0,
    ),
    "ln_q_r": ParameterInfo(
        latex=r"\ln q_r", glyph="ln q_r", brief="rivals' quantity",
        meaning="log quantity of each rival; all are alike",
        unit="log units", group="This flow and its rivals",
        default=2.5, low=0.0, high=5.0,
    ),
    "sigma": ParameterInfo(
        latex=r"\sigma", glyph="σ", brief="elasticity",
        meaning="elasticity of substitution in this market",
        unit="no unit", group="This market",
        default=4.0, low=0.5, high=8.0,
    ),
    "share": ParameterInfo(
        latex="1/n", glyph="1/n", brief="of n flows",
        meaning="one flow's share in the number of flows: 1 if it is alone",
        unit="share of the market's flows", group="This market",
        default=0.25, low=0.01, high=1.0,
    ),
    "best": ParameterInfo(
        latex="b", glyph="b", brief="best flow above",
        meaning="log quality of the product's best flow elsewhere",
        unit="log points above its market's mean", group="Other markets of the product",
        default=1.0, low=0.0, high=5.0,
    ),
    "worst": ParameterInfo(
        latex="w", glyph="w", brief="worst flow below",
        meaning="log quality of the product's worst flow elsewhere",
        unit="log points below its market's mean", group="Other markets of the product",
        default=1.0, low=0.0, high=5.0,
    ),
}  # fmt: skip
_INFERRED_QUALITY = (
    '<mi mathvariant="normal">ln</mi><mo>&#x2061;</mo><mover><mi>λ</mi><mo>^</mo></mover>'
)
_VIEWS = {
    "own": OutcomeInfo(
        r"\ln\hat\lambda", "ln λ̂", "quality", "inferred log quality of this flow", "log points"
    ),
    "rival": OutcomeInfo(
        r"\ln\hat\lambda_r", "ln λ̂_r", "rivals", "inferred log quality of each rival", "log points"
    ),
    "score": OutcomeInfo(
        "S", "S", "score", "this flow's place between the product's worst and best flow",
        "min–max, from 0 to 1",
    ),
    "elsewhere": OutcomeInfo(
        "S_0", "S_0", "elsewhere",
        "score of a flow in another market of the product that is average there, ln λ̂ = 0",
        "min–max, from 0 to 1",
    ),
}  # fmt: skip
_CONDITIONS = (
    Condition(
        "margin",
        ">",
        r"\sigma > 1",
        "demand tells quality",
        "With σ at or below 1 demand does not tell quality: the division by σ − 1 fails",
        "σ at most 1",
    ),
    Condition(
        "others",
        ">",
        "1/n < 1",
        "the market has another flow",
        "The only flow of a market is its own mean: it tells nothing, whatever its quality",
        "only flow",
    ),
    Condition(
        "span",
        ">",
        r"\max > \min",
        "the product has a range",
        "All flows of the product are alike: without a range there is no score",
        "no range",
    ),
)


@cache
def log_demand() -> sp.Expr:
    """Log of CES demand for one variety: ln q = (σ-1)(ln λ + ln P) - σ ln p + ln Y.

    Utility is the sum of ``(lambda*q)**((sigma-1)/sigma)`` over varieties, or any rising
    function of it: marginal utility is proportional to the price, and the budget sets the
    proportion. ``P**(1-sigma)`` is the sum of ``(p/lambda)**(1-sigma)`` over varieties.
    """
    proportion = sp.Symbol("ln_proportion", real=True)
    utility = sp.exp((ln_lambda + ln_q) * (sigma - 1) / sigma)
    marginal = sp.diff(utility, ln_q) / sp.exp(ln_q) * sigma / (sigma - 1)
    first_order = sp.expand_log(sp.log(marginal), force=True) - proportion - ln_p
    wanted = sp.solve(first_order, ln_q)[0]
    spending_over_term = sp.simplify(ln_p + wanted - (1 - sigma) * (ln_p - ln_lambda))
    budget = sp.solve(spending_over_term + (1 - sigma) * ln_P - ln_Y, proportion)[0]
    return sp.expand(wanted.subs(proportion, budget))


@cache
def inferred_quality() -> Equation:
    """Solve demand for log quality: equation (10) divided by σ - 1, in the paper's layout.

    The market effect ``kappa`` is (σ-1) ln P + ln Y, the same for all sellers in a market.
    """
    with sp.evaluate(False):
        right = sp.Add(ln_q, sigma * ln_p, sp.Mul(-1, kappa)) / (sigma - 1)
    follows = sp.solve(log_demand() - ln_q, ln_lambda)[0]
    if sp.simplify(follows - right.subs(kappa, (sigma - 1) * ln_P + ln_Y)) != 0:
        raise NotDerived("equation (10) does not follow from demand")
    return Equation("", r"\ln\lambda", right)


@cache
def formulas() -> Program:
    """Write equation (10) and the score in a market of one flow and its rivals, all alike.

    The market effect κ is the market's mean of ln q + σ ln p. The product's other markets add
    their best and worst flow; ``elsewhere`` is the score of an average flow there, ln λ = 0.
    Prices and quantities are in logs, so every step is arithmetic, the same to the last bit
    in NumPy and in a browser.

    Raises
    ------
    NotDerived
        If the steps do not find quality, less its mean, where sellers face the demand above.
    """
    y, y_r, others, margin = sp.symbols("y y_r others margin")
    own, rival, low, high, above, span = sp.symbols("own rival low high above span")
    effect = sp.Symbol("kappa")
    steps = {
        "y": ln_q + sigma * ln_p,
        "y_r": ln_q_r + sigma * ln_p_r,
        "others": 1 - share,
        "kappa": share * y + others * y_r,
        "margin": sigma - 1,
        "own": (y - effect) / margin,
        "rival": (y_r - effect) / margin,
        "low": sp.Min(own, rival, -worst),
        "high": sp.Max(own, rival, best),
        "span": high - low,
        "above": own - low,
        "score": above / span,
        "elsewhere": -low / span,
    }
    written = Program(tuple(SLIDERS), steps, _CONDITIONS)
    hold_to_demand(written)
    return written


def hold_to_demand(written: Program) -> None:
    """Put demand into the steps: what they infer must be ln λ less its mean in the market."""
    true, true_r = sp.symbols("true true_r", real=True)
    sold = {
        ln_q: log_demand().subs(ln_lambda, true),
        ln_q_r: log_demand().subs({ln_lambda: true_r, ln_p: ln_p_r}, simultaneous=True),
    }
    mean = share * true + (1 - share) * true_r
    for step, quality in {"own": true, "rival": true_r}.items():
        found = written.expand(step).subs(sold, simultaneous=True)
        if sp.simplify(found - (quality - mean)) != 0:
            raise NotDerived(f"step {step!r} is not quality less its mean in the market")


def spec() -> ExplorerSpec:
    """Measured quality: what σ, prices, quantities and outliers do to it and to its score."""
    return ExplorerSpec(
        id="measurement",
        title="Measured quality explorer",
        parameters=sliders(SLIDERS),
        outcomes=curves(
            _VIEWS,
            ranges={
                "own": (-2.0, 2.0),
                "rival": (-2.0, 2.0),
                "score": (0.0, 1.0),
                "elsewhere": (0.0, 1.0),
            },
        ),
        conditions=failures(formulas()),
        equation=live_equation(_INFERRED_QUALITY, inferred_quality().right, "own")
        + live_equation("<mi>S</mi>", formulas().steps["score"], "score"),
        inside="Quality is what demand shows beyond the market's mean, divided by σ − 1; "
        "the score is its place between the product's worst and best flow.",
        axes=("ln_p", "ln_q", "sigma", "best", "share"),
        open=("ln_p", "ln_q", "sigma"),
    )
