"""Protects inference with few clusters: wild and pairs bootstrap, jackknife, by brute force."""

import warnings
from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pyfixest as pf
import pytest

from tradedig_helpers.estimation.bootstrap import POINTS, wild_cluster_test
from tradedig_helpers.estimation.fit import estimate
from tradedig_helpers.estimation.refits import (
    by_cluster,
    jackknife,
    pairs_bootstrap,
    partial_leverage,
    refit,
)
from tradedig_helpers.estimation.specifications import Specification, paper_column

SPEC = Specification(
    "y", ("d", "x"), ("firm", "place^year"), "place", table="few clusters", column=1
)
CROSSED = ("firm", "year")
EFFECTS = [(), ("firm",), ("year",), SPEC.effects, CROSSED]
SLOPE = 0.5


def world(rng, places=6, years=4, slope=SLOPE):
    """Return a panel of places of unequal size with errors that places share."""
    sizes = rng.integers(3, 9, places)
    place = np.repeat(np.arange(places), sizes)
    key = pd.MultiIndex.from_product([range(len(place)), range(years)], names=["firm", "year"])
    frame = key.to_frame(index=False)
    where = place[frame["firm"]]
    n = len(frame)
    x, noise = rng.normal(size=(2, n))
    shared = rng.normal(size=(places, years, 2))[where, frame["year"]]
    d = 0.3 * x + rng.normal(size=n) + rng.normal(size=places)[where] * frame["year"]
    y = slope * d + x + noise + shared[:, 0] * x + 0.3 * shared[:, 1] * frame["firm"] / n
    return frame.assign(place=where, d=d, x=x, y=y)


@pytest.fixture(scope="module")
def drawn():
    """Return one draw of the small world."""
    return world(np.random.default_rng(2))


def dummies(frame, effects):
    """Return explicit dummies of the effects, or a constant."""
    cells = [frame[e.split("^")].astype(str).agg("|".join, axis=1) for e in effects]
    return [pd.get_dummies(cell).to_numpy(float) for cell in cells] or [np.ones((len(frame), 1))]


def naive_p(spec, frame, null, signs):
    """Refit every draw on dummies: restricted fit, new outcome, CRV1 t; return the p-value."""
    effects = np.column_stack(dummies(frame, spec.effects))
    full = np.column_stack([frame[list(spec.regressors)], effects])
    bread = np.linalg.pinv(full.T @ full)
    codes = pd.factorize(frame[spec.cluster], sort=True)[0]
    rest, d, y = full[:, 1:], full[:, 0], frame[spec.outcome].to_numpy()

    def t(outcome):
        beta = bread @ full.T @ outcome
        scores = pd.DataFrame(full * (outcome - full @ beta)[:, None]).groupby(codes).sum()
        return (beta[0] - null) / np.sqrt(((scores.to_numpy() @ bread[0]) ** 2).sum())

    fitted = rest @ np.linalg.lstsq(rest, y - null * d, rcond=None)[0]
    residual = y - null * d - fitted
    drawn = np.array([t(fitted + null * d + residual * v[codes]) for v in signs.T])
    return np.mean(np.abs(drawn) >= np.abs(t(y)) * (1 - 1e-7))


@pytest.mark.parametrize("effects", EFFECTS, ids=" + ".join)
def test_enumeration_equals_naive_refits(drawn, effects):
    """All 2^G draws, refitted on dummies, must give each p-value; nested effects or crossed."""
    spec = replace(SPEC, effects=effects)
    signs = np.array(list(product((1.0, -1.0), repeat=6))).T
    for null in (0.0, 0.3, 0.55, 0.9):
        found = wild_cluster_test(by_cluster(spec, drawn), "d", np.random.default_rng(0), null=null)
        assert found.enumerated
        assert found.draws == 64
        assert found.p == pytest.approx(naive_p(spec, drawn, null, signs), abs=1e-12)


@pytest.mark.parametrize("weights", ["Rademacher", "Webb"])
def test_random_draws_equal_naive_refits(weights):
    """The same weights, refitted on dummies, must give the same p-value."""
    frame = world(np.random.default_rng(5), places=9)
    spec = replace(SPEC, effects=CROSSED)
    found = wild_cluster_test(
        by_cluster(spec, frame), "d", np.random.default_rng(7), null=0.4, weights=weights, draws=149
    )
    signs = np.random.default_rng(7).choice(POINTS[weights], size=(9, 150))
    signs[:, 0] = 1
    assert not found.enumerated
    assert found.p == pytest.approx(naive_p(spec, frame, 0.4, signs), abs=1e-12)


@pytest.mark.parametrize("points", POINTS.values(), ids=list(POINTS))
def test_weights_have_mean_zero_and_variance_one(points):
    """Weights of other moments would test another hypothesis."""
    assert np.mean(points) == pytest.approx(0, abs=1e-15)
    assert np.mean(np.square(points)) == pytest.approx(1)


@pytest.mark.parametrize("effects", EFFECTS, ids=" + ".join)
def test_t_is_that_of_estimate(drawn, effects):
    """Coefficient, CRV1 error and t must be those of every other table in the book."""
    spec = replace(SPEC, effects=effects)
    fit = estimate(spec, drawn).coefficients.set_index("term")
    found = wild_cluster_test(by_cluster(spec, drawn), "x", np.random.default_rng(0))
    assert found.estimate == pytest.approx(fit["estimate"]["x"], rel=1e-8)
    assert found.std_error == pytest.approx(fit["std_error"]["x"], rel=1e-8)
    assert found.t == pytest.approx(fit["t"]["x"], rel=1e-8)


@pytest.mark.parametrize("effects", [SPEC.effects, CROSSED], ids=" + ".join)
def test_interval_inverts_the_test(effects):
    """Nulls just inside the interval must not be rejected, those just outside must."""
    frame = world(np.random.default_rng(5), places=9)
    spec = replace(SPEC, effects=effects)

    def test(null=0.0):
        return wild_cluster_test(by_cluster(spec, frame), "d", np.random.default_rng(1), null=null)

    found = test()
    assert found.low < found.estimate < found.high
    for end, outwards in ((found.low, -1), (found.high, 1)):
        step = outwards * 1e-6 * found.std_error
        assert test(end - step).p > 0.05 >= test(end + step).p


def test_five_clusters_reject_nothing():
    """With 2^5 draws no p-value is below 2/32, so the interval must have no end."""
    frame = world(np.random.default_rng(1), places=5)
    found = wild_cluster_test(by_cluster(SPEC, frame), "d", np.random.default_rng(1), null=50)
    assert found.p == pytest.approx(2 / 32)
    assert (found.low, found.high) == (-np.inf, np.inf)
    webb = wild_cluster_test(by_cluster(SPEC, frame), "d", np.random.default_rng(1), weights="Webb")
    assert np.isfinite([webb.low, webb.high]).all()


def test_level_under_the_null():
    """A true null must be rejected about 5% of the time, and by CRV1 more often."""
    plain = replace(SPEC, effects=("place^year",))
    wild, normal = [], []
    for draw in range(250):
        rng = np.random.default_rng([6, draw])
        found = wild_cluster_test(by_cluster(plain, world(rng, slope=0.0)), "d", rng)
        wild.append(found.p <= 0.05)
        normal.append(abs(found.t) > 1.96)
    assert 0.01 <= np.mean(wild) <= 0.09
    assert np.mean(normal) > np.mean(wild) + 0.03


def test_same_seed_same_test(drawn):
    """Randomness must come from the generator alone, and nothing be mutated."""
    before = drawn.copy()
    one, two = (
        wild_cluster_test(
            by_cluster(SPEC, drawn), "d", np.random.default_rng(3), weights="Webb", draws=499
        )
        for _ in range(2)
    )
    assert one == two
    pd.testing.assert_frame_equal(drawn, before)


@pytest.mark.parametrize("effects", EFFECTS, ids=" + ".join)
def test_jackknife_leaves_each_cluster_out(drawn, effects):
    """Each row must be the regression without that cluster; CR3 errors by their formula."""
    spec = replace(SPEC, effects=effects)
    found = jackknife(by_cluster(spec, drawn))
    for place in range(6):
        fit = estimate(spec, drawn[drawn["place"] != place]).coefficients.set_index("term")
        expected = fit["estimate"][["d", "x"]]
        np.testing.assert_allclose(found.left_out.loc[place], expected, rtol=1e-7)
    gap = found.left_out.to_numpy() - found.estimate.to_numpy()
    errors = np.sqrt(5 / 6 * (gap**2).sum(axis=0))
    np.testing.assert_allclose(found.coefficients["std_error"], errors, rtol=1e-12)


@pytest.mark.parametrize("effects", [(), SPEC.effects], ids=" + ".join)
def test_jackknife_errors_equal_pyfixest(drawn, effects):
    """CR3 must be that of a second library."""
    spec = replace(SPEC, effects=effects)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pyfixest's own use of pandas
        theirs = pf.feols(
            spec.formula,
            drawn,
            vcov={"CRV3": "place"},
            ssc=pf.ssc(k_adj=False, G_adj=False),
            demeaner=pf.LsmrDemeaner(fixef_atol=1e-12, fixef_btol=1e-12),
        ).se()
    ours = jackknife(by_cluster(spec, drawn)).coefficients.set_index("term")["std_error"]
    np.testing.assert_allclose(ours * np.sqrt(6 / 5), theirs[["d", "x"]], rtol=1e-6)


@pytest.mark.parametrize("effects", EFFECTS, ids=" + ".join)
def test_pairs_are_exact_refits(drawn, effects):
    """A draw must be the regression on copied clusters, each copy with its own effects."""
    spec = replace(SPEC, effects=effects)
    times = np.array([2, 0, 1, 3, 1, 1])
    ours = refit(by_cluster(spec, drawn), times[None].astype(float))[0]
    copies = [
        drawn[drawn["place"] == place].assign(place=100 * copy + place, copy=copy)
        for place in range(6)
        for copy in range(times[place])
    ]
    joined = pd.concat(copies, ignore_index=True)
    joined["firm"] += 1000 * joined["copy"]
    theirs = estimate(spec, joined).coefficients.set_index("term")["estimate"]
    np.testing.assert_allclose(ours, theirs[["d", "x"]], rtol=1e-7)


def test_pairs_spread_is_the_error():
    """With many clusters draws must spread as CRV1 says, around the estimate."""
    frame = world(np.random.default_rng(8), places=80)
    found = pairs_bootstrap(by_cluster(SPEC, frame), np.random.default_rng(1), draws=800)
    fit = estimate(SPEC, frame).coefficients.set_index("term")
    assert found["d"].std() == pytest.approx(fit["std_error"]["d"], rel=0.12)
    assert abs(found["d"].mean() - fit["estimate"]["d"]) < 0.2 * fit["std_error"]["d"]


@pytest.mark.parametrize("effects", EFFECTS, ids=" + ".join)
def test_leverage_is_the_residual_share(drawn, effects):
    """Shares must be those of the regressor's residual on everything else, and add up to one."""
    other = [drawn[["x"]].to_numpy(), *dummies(drawn, effects)]
    rest = np.column_stack(other)
    w = drawn["d"] - rest @ np.linalg.lstsq(rest, drawn["d"], rcond=None)[0]
    by_hand = (w**2).groupby(drawn["place"]).sum() / (w @ w)
    found = partial_leverage(by_cluster(replace(SPEC, effects=effects), drawn), "d")
    np.testing.assert_allclose(found.sort_index(), by_hand, rtol=1e-7)
    assert found.is_monotonic_decreasing
    with pytest.raises(ValueError, match="few clusters, column 1 has no term 'z'"):
        partial_leverage(by_cluster(SPEC, drawn), "z")


@pytest.mark.parametrize(
    "spec", [paper_column(2, 6), paper_column(5, 6)], ids=lambda spec: spec.name
)
def test_provinces_of_the_economy(panel, spec):
    """Clusters of provinces, which firms and cells nest in, must work on the paper's columns."""
    coarse = replace(spec, cluster="province")
    term = spec.regressors[-1]
    whole = estimate(coarse, panel)
    fit = whole.coefficients.set_index("term")
    found = wild_cluster_test(by_cluster(coarse, panel), term, np.random.default_rng(1), draws=499)
    assert by_cluster(coarse, panel).nested
    assert found.std_error == pytest.approx(fit["std_error"][term], rel=1e-6)
    assert (found.clusters, found.draws) == (whole.clusters, 500)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"term": "z"}, "has no term 'z'"),
        ({"weights": "Mammen"}, "weights = 'Mammen'; choose one of"),
        ({"draws": 10}, "draws = 10"),
        ({"level": 1.0}, "level = 1"),
        ({"level": np.nan}, "level = nan; give a number between 0 and 1"),
        ({"null": np.nan}, "null = nan; give a finite number$"),
        ({"null": np.inf}, "null = inf; give a finite number$"),
        ({"null": "0"}, "null = '0'; give a finite number$"),
        ({"draws": np.nan}, "draws = nan; give a whole number of at least 99"),
        ({"draws": 999.5}, "draws = 999.5; give a whole number of at least 99"),
    ],
)
def test_options_out_of_range_are_named(drawn, options, message):
    """An option that makes no sense must be named with what is allowed."""
    settings = {"term": "d"} | options
    with pytest.raises(ValueError, match=f"few clusters, column 1.*{message}"):
        wild_cluster_test(by_cluster(SPEC, drawn), rng=np.random.default_rng(1), **settings)


def test_too_few_clusters_are_named(drawn):
    """One cluster, and variation in one cluster only, must be told apart and named."""
    alone = drawn[drawn["place"] == 0]
    with pytest.raises(ValueError, match="1 cluster of 'place'; at least 2 needed"):
        by_cluster(SPEC, alone)
    one_treated = drawn.assign(d=np.where(drawn["place"] == 2, drawn["d"], 0.0))
    with pytest.raises(ValueError, match="1 of 6 refits cannot tell"):
        jackknife(by_cluster(SPEC, one_treated))
    with pytest.raises(ValueError, match="cannot tell"):
        pairs_bootstrap(by_cluster(SPEC, one_treated), np.random.default_rng(1))
    with pytest.raises(ValueError, match="at least 100"):
        pairs_bootstrap(by_cluster(SPEC, drawn), np.random.default_rng(1), draws=50)
    with pytest.raises(ValueError, match="'d' does not vary"):
        wild_cluster_test(by_cluster(SPEC, drawn.assign(d=1.0)), "d", np.random.default_rng(1))
