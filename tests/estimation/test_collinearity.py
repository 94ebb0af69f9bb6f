"""Protects variance inflation beside absorbed effects."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.outliers_influence import variance_inflation_factor

from tradedig_helpers.estimation.collinearity import variance_inflation
from tradedig_helpers.estimation.demeaned import demean_all
from tradedig_helpers.estimation.specifications import Specification, paper_column


def test_equals_statsmodels_on_what_dummies_leave(panel):
    """A second library must agree, with effects taken off by brute-force dummies."""
    within = demean_all([paper_column(2, 2)], panel[panel["firm"] < 60])
    terms = list(paper_column(2, 2).regressors)
    dummies = pd.get_dummies(within.rows[["firm", "year"]].astype(str), dtype=float).to_numpy()
    x = within.rows[terms].to_numpy(dtype=float)
    left = x - dummies @ np.linalg.lstsq(dummies, x, rcond=None)[0]
    expected = [variance_inflation_factor(left, place) for place in range(len(terms))]
    assert variance_inflation(within, terms).to_numpy() == pytest.approx(expected, rel=1e-6)


def test_two_regressors_by_hand():
    """With a correlation of r both factors are 1/(1 - r²); without any they are one."""
    frame = pd.DataFrame(
        {"firm": range(4), "y": 0.0, "a": [1, -1, 1, -1], "b": [1, 1, -1, -1], "c": [2, 0, 0, -2]}
    )
    within = demean_all([Specification("y", ("a", "b", "c"), table="by hand", column=1)], frame)
    assert variance_inflation(within, ["a", "b"]).tolist() == pytest.approx([1, 1])
    assert variance_inflation(within, ["a", "c"]).tolist() == pytest.approx([2, 2])
    with pytest.raises(ValueError, match=r"\['a', 'b', 'c'\] are collinear"):
        variance_inflation(within, ["a", "b", "c"])
    near = demean_all(
        [Specification("y", ("a", "b"), table="near", column=1)],
        frame.assign(b=lambda f: f["a"] + 1e-6 * f["b"]),
    )
    with pytest.raises(ValueError, match=r"\['a', 'b'\] are collinear"):
        variance_inflation(near, ["a", "b"])
    with pytest.raises(ValueError, match=r"has no \['d'\]"):
        variance_inflation(within, ["a", "d"])
