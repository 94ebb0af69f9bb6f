"""Arguments in the wrong place: the error shows how the call is written."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tradedig_helpers import (
    Specification,
    estimate,
    estimate_iv,
    event_study,
    heckman,
    wild_cluster_test,
)

SPEC = Specification("y", ("x",), cluster="id")


@pytest.fixture
def panel() -> pd.DataFrame:
    """Return noise of ten firms under names of one's own."""
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(rng.normal(size=(40, 3)), columns=["x", "y", "z"])
    return frame.assign(id=np.arange(40) // 4)


def test_what_is_given_in_the_place_of_another_is_named(panel: pd.DataFrame) -> None:
    """The slips that a newcomer makes."""
    with pytest.raises(TypeError, match=r"got DataFrame .* write estimate\(spec, panel\)"):
        estimate(panel, SPEC)
    with pytest.raises(TypeError, match=r"got Specification .*by_cluster\(spec, panel\)"):
        wild_cluster_test(SPEC, "x", np.random.default_rng(1))
    with pytest.raises(TypeError, match=r"got DataFrame .*event_sample\(panel, cohorts, outcome\)"):
        event_study(panel, leads=1, lags=1)
    with pytest.raises(TypeError, match=r"write heckman\(choice, panel, first, second\)"):
        heckman(SPEC, SPEC, panel, panel)
    with pytest.raises(TypeError, match=r"write estimate_iv\(spec, panel, endogenous"):
        estimate_iv(panel, SPEC, "x", ["z"])
    with pytest.raises(TypeError, match=r"endogenous is one name, such as 'x'; got \['x'\]"):
        estimate_iv(SPEC, panel, ["x"], ["z"])


def test_a_cluster_that_nobody_named_is_explained(panel: pd.DataFrame) -> None:
    """The default is the paper's, which a frame of one's own may lack."""
    with pytest.raises(ValueError, match=r"\['firm'\].*name another cluster by cluster="):
        estimate(Specification("y", ("x",)), panel)
