"""Protects the regressions below the firm: dummies, nesting, and the known gain."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.estimation.test_fit import brute_force
from tradedig_helpers.estimation.fit import estimate
from tradedig_helpers.estimation.level_specifications import LEVEL_SPECIFICATIONS
from tradedig_helpers.estimation.specifications import paper_column
from tradedig_helpers.measure.levels import level_panel

LEVELS = ("firm-destination", "firm-product", "firm-destination-product-mode")
BENCHMARK = LEVEL_SPECIFICATIONS["firm-destination"]


def traded(noise=0.1, seed=3):
    """Return a firm-year panel, and flows whose quality is 0.3 lndig plus what is the unit's."""
    rng = np.random.default_rng(seed)
    names = ["firm", "destination", "product", "mode", "year"]
    sides = [
        range(12),
        ["D1", "D2"],
        ["11010100", "11010200"],
        ["ordinary", "other"],
        range(2000, 2005),
    ]
    flows = pd.MultiIndex.from_product(sides, names=names).to_frame(index=False)
    flows = flows[rng.random(len(flows)) < 0.8].reset_index(drop=True)
    panel = pd.MultiIndex.from_product([range(12), range(2000, 2005)], names=["firm", "year"])
    panel = panel.to_frame(index=False)
    drawn = {name: rng.normal(size=len(panel)) for name in BENCHMARK.regressors[1:]}
    panel = panel.assign(
        lndig=np.log(rng.integers(1, 9, len(panel))),
        province=np.where(panel["firm"] < 6, "P1", "P2"),
        industry="11",
        **drawn,
    )
    fixed = rng.normal(size=(12, 2, 2, 2))
    codes = [pd.factorize(flows[name])[0] for name in names[:4]]
    flows = flows.merge(panel[["firm", "year", "lndig"]], on=["firm", "year"])
    quality = 0.3 * flows.pop("lndig") + fixed[tuple(codes)] + noise * rng.normal(size=len(flows))
    return panel, flows.assign(quality=quality, value=rng.integers(1, 99, len(flows)))


@pytest.mark.parametrize("level", LEVELS)
def test_effects_of_units_equal_dummies(level):
    """Coefficients and errors by firm must match explicit dummies of units and cells."""
    spec = LEVEL_SPECIFICATIONS[level]
    panel, flows = traded()
    joined = level_panel(panel, flows, level)
    assert spec.effects[0] == joined.effect
    assert spec.unit == f"{level}-year"
    fit = estimate(spec, joined.frame)
    beta, error, n, clusters, adjusted = brute_force(spec, joined.frame)
    np.testing.assert_allclose(fit.coefficients["estimate"], beta, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(fit.coefficients["std_error"], error, rtol=1e-6)
    assert (fit.n, fit.clusters) == (n, clusters)
    assert fit.adj_r2 == pytest.approx(adjusted, abs=1e-9)


def test_what_is_fixed_in_a_unit_does_not_matter():
    """Without noise, the finest level must find the effect exactly, for fixed is absorbed."""
    panel, flows = traded(noise=0.0)
    frame = level_panel(panel, flows, LEVELS[2]).frame
    found = estimate(LEVEL_SPECIFICATIONS[LEVELS[2]], frame).coefficients
    assert found["estimate"].iloc[0] == pytest.approx(0.3, abs=1e-9)
    assert found["estimate"].iloc[1:].abs().max() < 1e-9


def test_at_the_level_of_the_firm_it_is_the_benchmark(panel):
    """With the firm as the unit the declaration must be column 6 of Table 2."""
    spec = replace(BENCHMARK, effects=("firm", BENCHMARK.effects[1]))
    ours = estimate(spec, panel.assign(quality=panel["QSY"])).coefficients
    pd.testing.assert_frame_equal(ours, estimate(paper_column(2, 6), panel).coefficients)
