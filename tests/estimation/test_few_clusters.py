"""Protects the table of every method: each row is what its own function gives."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tradedig_helpers.estimation.bootstrap import wild_cluster_test
from tradedig_helpers.estimation.few_clusters import by_every_method
from tradedig_helpers.estimation.fit import estimate
from tradedig_helpers.estimation.refits import by_cluster, jackknife, pairs_bootstrap
from tradedig_helpers.estimation.specifications import Specification

SPEC = Specification("y", ("d", "x"), ("firm",), table="few clusters", column=1)
COARSE = replace(SPEC, cluster="place")


@pytest.fixture(scope="module")
def drawn():
    """Return firms in twelve places."""
    rng = np.random.default_rng(4)
    firm, _ = (part.ravel() for part in np.indices((72, 4)))
    d, x, noise = rng.normal(size=(3, firm.size))
    return pd.DataFrame({"firm": firm, "place": firm % 12, "d": d, "x": x, "y": d + noise})


def test_each_row_is_its_own_function(drawn):
    """No method may be put under the name of another."""
    found = by_every_method(SPEC, drawn, "d", "place", np.random.default_rng(1), draws=199)
    names = ["estimate", "std_error", "p", "low", "high"]
    fits = (estimate(SPEC, drawn), estimate(COARSE, drawn), jackknife(by_cluster(COARSE, drawn)))
    for row, fit in enumerate(fits):
        expected = fit.coefficients.set_index("term").loc["d", names]
        np.testing.assert_allclose(found.loc[row, names].astype(float), expected.astype(float))
    rng = np.random.default_rng(1)
    for row, weights in ((3, "Rademacher"), (4, "Webb")):
        wild = wild_cluster_test(by_cluster(COARSE, drawn), "d", rng, weights=weights, draws=199)
        assert tuple(found.loc[row, ["p", "low", "high"]]) == (wild.p, wild.low, wild.high)
        assert np.isnan(found.loc[row, "std_error"])
        assert weights in found.loc[row, "method"]
    pairs = pairs_bootstrap(by_cluster(COARSE, drawn), rng, 199)["d"]
    assert found.loc[5, "std_error"] == pairs.std()
    assert found.loc[5, "low"] == pairs.quantile(0.025)
    assert found["clusters"].tolist() == [72, 12, 12, 12, 12, 12]


def test_gaps_in_the_group_change_the_sample_of_every_method_by_it(drawn):
    """Methods by ``group`` must print the estimate of the rows that have one, all of them."""
    gaps = drawn.assign(place=drawn["place"].where(drawn["place"] % 4 > 0))
    found = by_every_method(SPEC, gaps, "d", "place", np.random.default_rng(1), draws=199)
    every, some = (
        estimate(spec, gaps).coefficients.set_index("term").loc["d", "estimate"]
        for spec in (SPEC, COARSE)
    )
    assert abs(every - some) > 1e-3
    assert found.loc[5, "method"] == "pairs by place"
    np.testing.assert_allclose(found["estimate"], [every, *[some] * 5], rtol=1e-9)
    assert found.loc[5, "low"] < some < found.loc[5, "high"]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"draws": 99}, ValueError, "draws = 99; give a whole number of at least 100"),
        ({"draws": np.nan}, ValueError, "draws = nan; give a whole number of at least 100"),
        ({"rng": 1}, TypeError, r"rng = 1; give a generator, such as numpy.random.default_rng"),
    ],
)
def test_options_are_looked_at_before_anything_is_estimated(drawn, options, error, message):
    """What no method can use must be named at once."""
    settings = {"rng": np.random.default_rng(1)} | options
    with pytest.raises(error, match=message):
        by_every_method(SPEC, drawn, "d", "place", **settings)


def test_unknown_term_is_named(drawn):
    """A term that is not in the specification must be named."""
    with pytest.raises(ValueError, match="few clusters, column 1 has no term 'z'"):
        by_every_method(SPEC, drawn, "z", "place", np.random.default_rng(1))
