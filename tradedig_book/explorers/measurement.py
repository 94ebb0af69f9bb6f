"""The explorer of measured quality: equation (10) and the min-max score."""

from __future__ import annotations

from tradedig_book.explorers.declare import curves, failures, live_equation, sliders
from tradedig_book.explorers.widget import ExplorerSpec
from tradedig_book.theory import Outcome
from tradedig_book.theory.measurement import (
    MEASUREMENT_ABOUT,
    inferred_quality,
    measurement_program,
)

INFERRED = '<mi mathvariant="normal">ln</mi><mo>&#x2061;</mo><mover><mi>λ</mi><mo>^</mo></mover>'
OUTCOMES = {
    "own": Outcome(
        r"\ln\hat\lambda", "ln λ̂", "quality", "inferred log quality of this flow", "log points"
    ),
    "rival": Outcome(
        r"\ln\hat\lambda_r", "ln λ̂_r", "rivals", "inferred log quality of each rival", "log points"
    ),
    "score": Outcome(
        "S", "S", "score", "this flow's place between the product's worst and best flow",
        "min–max, from 0 to 1",
    ),
    "elsewhere": Outcome(
        "S_0", "S_0", "elsewhere",
        "score of a flow in another market of the product that is average there, ln λ̂ = 0",
        "min–max, from 0 to 1",
    ),
}  # fmt: skip


def measurement_spec() -> ExplorerSpec:
    """Measured quality: what σ, prices, quantities and outliers do to it and to its score."""
    return ExplorerSpec(
        id="measurement",
        title="Measured quality explorer",
        parameters=sliders(MEASUREMENT_ABOUT),
        outcomes=curves(
            OUTCOMES,
            ranges={
                "own": (-2.0, 2.0),
                "rival": (-2.0, 2.0),
                "score": (0.0, 1.0),
                "elsewhere": (0.0, 1.0),
            },
        ),
        conditions=failures(measurement_program()),
        equation=live_equation(INFERRED, inferred_quality().right, "own")
        + live_equation("<mi>S</mi>", measurement_program().steps["score"], "score"),
        inside="Quality is what demand shows beyond the market's mean, divided by σ − 1; "
        "the score is its place between the product's worst and best flow.",
        axes=("ln_p", "ln_q", "sigma", "best", "share"),
    )
