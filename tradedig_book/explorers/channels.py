"""The explorer of three digital channels: what each does to K and to quality."""

from __future__ import annotations

from functools import cache

import sympy as sp

from tradedig_book.explorers.declare import (
    EQUATION_8_HOLDS,
    OPTIMAL_QUALITY,
    curves,
    failures,
    live_equation,
    sliders,
)
from tradedig_book.explorers.widget import ExplorerSpec
from tradedig_book.theory import (
    ABOUT,
    CONDITIONS,
    OUTCOMES,
    OutcomeInfo,
    ParameterInfo,
    Program,
    equation,
    program,
    upgrading,
)


def _digital(kind: str, brief: str, raises: str) -> ParameterInfo:
    return ParameterInfo(
        latex=rf"\mathit{{dig}}_{{{kind}}}", glyph=f"dig_{kind}", brief=brief,
        meaning=f"level of {brief}, raising {raises}",
        unit="level, 0 = none", group="Digitization",
        default=1.0, low=0.0, high=8.0,
    )  # fmt: skip


CHANNELS = {
    "dig_tr": _digital("tr", "trade digitization", "ψ"),
    "dig_im": _digital("im", "intelligent production", "ϕ"),
    "dig_tfp": _digital("tfp", "digital production", "φ"),
}
_SLIDERS = CHANNELS | {
    "eta": ParameterInfo(
        latex=r"\eta", glyph="η", brief="returns",
        meaning="returns to digitization: efficiency is its base × (1+dig)^η",
        unit="no unit, below 1", group="Digitization",
        default=0.1, low=0.02, high=0.3, below=1.0,
    ),
    **{name: ABOUT[name] for name in ("e", "beta", "gamma", "L", "varphi_D")},
}  # fmt: skip
_VIEWS = {"quality": OUTCOMES["quality"]} | {
    "K": OutcomeInfo("K", "K", "upgrading", "quality per unit of lead", "quality/numeraire"),
    "price": OUTCOMES["price"],
    "profit": OUTCOMES["profit"],
}


_RANGES = {"quality": (0.1, 3.0), "K": (0.3, 10.0), "price": (0.5, 5.0), "profit": (0.03, 1.0)}


@cache
def formulas() -> Program:
    """Write K and λ* as the three digital inputs raise ψ, ϕ and φ from their defaults.

    Each efficiency is its default times ``(1 + dig)**eta``: rising, and concave as the paper
    assumes, since ``eta`` is below one.
    """
    eta = sp.Symbol("eta", positive=True)
    raised = {"psi": "dig_tr", "phi": "dig_im", "varphi": "dig_tfp"}
    efficiency = {
        name: ABOUT[name].default * (1 + sp.Symbol(digital, nonnegative=True)) ** eta
        for name, digital in raised.items()
    }
    return Program(tuple(_SLIDERS), efficiency | dict(program().steps), CONDITIONS)


def spec() -> ExplorerSpec:
    """Show K and the optimum against each digital input."""
    return ExplorerSpec(
        id="channels",
        title="Three digital channels explorer",
        parameters=sliders(_SLIDERS),
        outcomes=curves(_VIEWS, _RANGES, log=_VIEWS),
        conditions=failures(formulas()),
        equation=live_equation("<mi>K</mi>", upgrading().right, "K")
        + live_equation(OPTIMAL_QUALITY, equation("8").right, "quality"),
        inside=EQUATION_8_HOLDS,
        axes=("dig_tr", "dig_im", "dig_tfp"),
        open=("dig_tr", "dig_im", "dig_tfp"),
        hero=True,
    )
