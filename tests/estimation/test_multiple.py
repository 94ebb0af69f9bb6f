"""Protects the adjustment of p-values for many tests."""

import gc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from statsmodels.stats.multitest import multipletests

from tradedig_helpers.estimation.multiple import holm

P_VALUES = arrays(float, st.integers(1, 12), elements=st.floats(0, 1))


@pytest.fixture(scope="module", autouse=True)
def nothing_to_collect():
    """Set aside what there is: the second library looks for garbage in each of its calls."""
    gc.freeze()


def test_holm_by_hand():
    """Four p-values: multiplied by 4, 3, 2, 1 from the smallest, never falling, at most 1."""
    assert holm([0.04, 0.01, 0.03, 0.6]) == pytest.approx([0.09, 0.04, 0.09, 0.6])


@given(P_VALUES)
def test_holm_equals_a_second_library(p):
    """Any p-values, tied and in any order, must come out as from statsmodels."""
    assert holm(p) == pytest.approx(multipletests(p, method="holm")[1])


@pytest.mark.parametrize("bad", [np.nan, -0.1, 1.2])
def test_what_is_no_p_value_is_counted(bad):
    """A missing or impossible value must be refused, not sorted to one end."""
    with pytest.raises(ValueError, match="1 of 2 p-values are missing or not between 0 and 1"):
        holm([0.5, bad])
