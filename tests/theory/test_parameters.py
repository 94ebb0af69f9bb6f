"""Parameters refuse what has no meaning, and say so by name."""

from __future__ import annotations

import re
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
import sympy as sp

from tradedig_book.theory import ABOUT, ParameterError, Parameters, derivation


@pytest.mark.parametrize("name", ABOUT)
@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf"), "2", None, [1.0, -1.0]])
def test_every_parameter_refuses_nonsense(name: str, value: object) -> None:
    """The message names the parameter and the values that it may take."""
    with pytest.raises(ParameterError, match=rf"^{name} .*{re.escape(ABOUT[name].allowed)}"):
        Parameters(**{name: value})


def test_substitutability_stays_below_one() -> None:
    """At e = 1 the firm's demand is flat and the model has no solution."""
    with pytest.raises(ParameterError, match="e = 1 is outside 0 < e < 1"):
        Parameters(e=1.0)


def test_arrays_that_do_not_fit_are_named() -> None:
    """A researcher who mixes two samples is told which columns differ in length."""
    with pytest.raises(ParameterError, match=r"psi \(2,\).*varphi \(3,\)"):
        Parameters(psi=[1.0, 2.0], varphi=[1.5, 1.6, 1.7])


def test_parameters_are_frozen_and_leave_their_input_alone() -> None:
    """No function can change the point at which another one is evaluated."""
    psi = np.array([1, 2])
    parameters = Parameters(psi=psi)
    with pytest.raises(FrozenInstanceError):
        parameters.psi = 3.0
    assert psi.dtype == int


def test_defaults_lie_on_their_sliders() -> None:
    """A slider that cannot show its default would start somewhere else."""
    assert all(about.low < about.default < about.high <= about.below for about in ABOUT.values())


@pytest.mark.parametrize("name", ABOUT)
def test_every_parameter_is_a_symbol_of_the_derivation(name: str) -> None:
    """A primitive that is declared alone would have a slider that moves nothing."""
    symbol = getattr(derivation, name)
    assert symbol == sp.Symbol(name, positive=True)
    assert symbol in derivation.derive().quality.free_symbols
