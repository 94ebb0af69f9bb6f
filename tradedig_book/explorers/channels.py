"""Three digital channels: what each does to K and to quality."""

from __future__ import annotations

from functools import cache

import sympy as sp

from tradedig_book.explorers.declare import INSIDE, curves, failures, live_equation, sliders
from tradedig_book.explorers.quality import QUALITY
from tradedig_book.explorers.widget import ExplorerSpec
from tradedig_book.theory import (
    ABOUT,
    OUTCOMES,
    Outcome,
    Program,
    equation,
    program,
    upgrading,
)
from tradedig_book.theory.parameter_fields import ParameterInfo
from tradedig_book.theory.solution import CONDITIONS


def _digital(latex: str, glyph: str, brief: str) -> ParameterInfo:
    meaning = f"level of {brief}, raising {glyph.split(' ')[0]}"
    return ParameterInfo(
        latex=latex,
        glyph=glyph,
        brief=brief,
        meaning=meaning,
        unit="level, 0 = none",
        group="Digitization",
        default=1.0,
        low=0.0,
        high=8.0,
    )


CHANNELS_ABOUT = {
    "dig_tr": _digital(r"\mathit{dig}_{tr}", "dig_tr", "trade digitization"),
    "dig_im": _digital(r"\mathit{dig}_{im}", "dig_im", "intelligent production"),
    "dig_tfp": _digital(r"\mathit{dig}_{tfp}", "dig_tfp", "digital production"),
    "eta": ParameterInfo(
        latex=r"\eta",
        glyph="η",
        brief="returns",
        meaning="returns to digitization: efficiency is its base × (1+dig)^η",
        unit="no unit, below 1",
        group="Digitization",
        default=0.1,
        low=0.02,
        high=0.3,
        below=1.0,
    ),
    **{name: ABOUT[name] for name in ("e", "beta", "gamma", "L", "varphi_D")},
}
"""Inputs of :func:`channels_program`."""


@cache
def channels_program() -> Program:
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
    names = tuple(CHANNELS_ABOUT)
    return Program(names, efficiency | dict(program().steps), CONDITIONS)


def channels_spec() -> ExplorerSpec:
    """Three digital channels: what each does to K and to quality."""
    return ExplorerSpec(
        id="channels",
        title="Three digital channels explorer",
        parameters=sliders(CHANNELS_ABOUT),
        outcomes=curves(
            {"K": Outcome("K", "K", "upgrading", "quality per unit of lead", "quality/numeraire")}
            | {name: OUTCOMES[name] for name in ("quality", "price", "profit")}
        ),
        conditions=failures(channels_program()),
        equation=live_equation("<mi>K</mi>", upgrading().right, "K")
        + live_equation(QUALITY, equation("8").right, "quality"),
        inside=INSIDE,
        axes=("dig_tr", "dig_im", "dig_tfp"),
    )
