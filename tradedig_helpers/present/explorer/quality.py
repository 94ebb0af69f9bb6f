"""The explorer of optimal quality: equations (5)-(8) against any parameter."""

from __future__ import annotations

import sympy as sp

from tradedig_helpers.model import (
    ABOUT,
    CONDITIONS,
    OUTCOMES,
    Parameters,
    equation,
    program,
    upgrading,
)
from tradedig_helpers.model.printing import mathml_numbers
from tradedig_helpers.present.explorer.widget import Explorer, ExplorerSpec

SLIDER = ("glyph", "brief", "meaning", "unit", "group", "default", "low", "high")


def live_equation(symbol: str, right: sp.Expr, result: str) -> str:
    """Write ``symbol = right = result`` in MathML with places for current numbers."""
    return (
        f'<math display="block"><mrow>{symbol}<mo>=</mo>{mathml_numbers(right)}<mo>=</mo>'
        f'<mn class="td-result" data-value="{result}">0</mn></mrow></math>'
    )


def quality_spec() -> ExplorerSpec:
    """Declare the explorer: every model parameter, and λ*, p*, x*, π*."""
    quality = "<msup><mi>λ</mi><mo>*</mo></msup>"
    return ExplorerSpec(
        id="quality",
        title="Optimal quality explorer",
        parameters=tuple(
            {"name": name} | {key: getattr(about, key) for key in SLIDER}
            for name, about in ABOUT.items()
        ),
        outcomes=tuple({"name": name, **outcome._asdict()} for name, outcome in OUTCOMES.items()),
        conditions=tuple(condition._asdict() for condition in CONDITIONS),
        equation=live_equation("<mi>K</mi>", upgrading().right, "K")
        + live_equation(quality, equation("8").right, "quality"),
        axis="psi",
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
        super().__init__(quality_spec(), program().javascript(), **values)

    @property
    def parameters(self) -> Parameters:
        """The sliders' current values."""
        return Parameters(**self.values)
