"""The explorer of optimal quality: equations (5)-(8) against any parameter."""

from __future__ import annotations

from tradedig_book.explorers.declare import (
    EQUATION_8_HOLDS,
    OPTIMAL_QUALITY,
    OPTIMUM,
    WITH_SOLUTION,
    curves,
    failures,
    live_equation,
    sliders,
)
from tradedig_book.explorers.widget import Explorer, ExplorerSpec
from tradedig_book.theory import ABOUT, OUTCOMES, Parameters, equation, program, upgrading


def spec() -> ExplorerSpec:
    """Declare the explorer: every model parameter, and λ*, p*, x*, π*."""
    return ExplorerSpec(
        id="quality",
        title="Optimal quality explorer",
        parameters=sliders(ABOUT, WITH_SOLUTION),
        outcomes=curves(OUTCOMES, OPTIMUM, log=OPTIMUM),
        conditions=failures(program()),
        equation=live_equation("<mi>K</mi>", upgrading().right, "K")
        + live_equation(OPTIMAL_QUALITY, equation("8").right, "quality"),
        inside=EQUATION_8_HOLDS,
        axes=("psi", *(name for name in ABOUT if name != "psi")),
        open=("psi", "e", "varphi"),
        hero=True,
    )


class QualityExplorer(Explorer):
    """Sliders for L, β, γ, e, ψ, ϕ, φ and φ_D; views of λ*, p*, x* and π*.

    Parameters
    ----------
    **values : float
        Parameters that start away from their defaults.

    Examples
    --------
    >>> QualityExplorer(psi=2.0).parameters.psi
    2.0
    """

    def __init__(self, **values: float) -> None:
        super().__init__(spec(), program(), **values)

    @property
    def parameters(self) -> Parameters:
        """The sliders' current values."""
        return Parameters(**self.values)
