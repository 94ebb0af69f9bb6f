"""Protects what the calibration compares with the paper."""

import numpy as np
import pytest

from tradedig_helpers.economy import load_calibration, simulate
from tradedig_helpers.economy.calibration import targets
from tradedig_helpers.evidence.moments import moments, systematic_quality
from tradedig_helpers.measure import measure_quality


@pytest.fixture(scope="module")
def economy():
    """Return a small synthetic economy."""
    return simulate(300, 5)


def test_systematic_quality_by_hand(economy):
    """One firm-year, computed flow by flow: deviation of true ln λ* over the product's range."""
    quality = measure_quality(economy.customs, economy.elasticities)
    found = systematic_quality(quality, economy.truth)
    firm, year = 3, int(found.loc[found["firm"] == 3, "year"].iloc[0])
    true = economy.truth.set_index(["firm", "year"])["quality"]
    flows = quality.flows
    total, weight = 0.0, 0.0
    for _, flow in flows[(flows["firm"] == firm) & (flows["year"] == year)].iterrows():
        same = flows["product"] == flow["product"]
        market = flows[
            same & (flows["destination"] == flow["destination"]) & (flows["year"] == year)
        ]
        mean = np.mean([np.log(true[f, year]) for f in market["firm"]])
        span = np.ptp(flows.loc[same, "log_quality"])
        total += flow["value"] * (np.log(true[firm, year]) - mean) / span
        weight += flow["value"]
    row = (found["firm"] == firm) & (found["year"] == year)
    assert found.loc[row, "quality"].item() == pytest.approx(total / weight)


def test_moments_answer_every_target(economy):
    """Each target needs a coefficient and a slope by which to step."""
    found = moments(economy, load_calibration())
    for name in targets():
        assert np.isfinite(found[name])
        assert found[f"slope:{name}"] > 0
