"""Protects estimates without a group: each equals the regression that leaves it out."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tradedig_helpers.estimation.fit import estimate
from tradedig_helpers.estimation.leave_out import leave_out, leave_pairs_out, verdicts
from tradedig_helpers.estimation.specifications import WITHIN, Specification, paper_column

SMALL = Specification("y", ("x", "w"), WITHIN, table="small", column=1)
COUNTED = ["n", "clusters", "estimate", "std_error", "low", "high"]


def drawn(seed=5, firms=60, moves=False):
    """Return a panel of firms in provinces and industries, with an effect of x that differs."""
    rng = np.random.default_rng(seed)
    frame = pd.MultiIndex.from_product([range(firms), range(2002, 2008)], names=["firm", "year"])
    frame = frame.to_frame(index=False)[rng.random(firms * 6) < 0.9].reset_index(drop=True)
    province = frame["firm"] % 4
    if moves:
        province = (province + (rng.random(len(frame)) < 0.1)) % 4
    x, w = rng.normal(size=(2, len(frame)))
    y = (0.5 + (province == 2)) * x + 0.3 * w + frame["firm"] * 0.1 + rng.normal(size=len(frame))
    return frame.assign(
        province="P" + province.astype(str), industry=frame["firm"] % 3, x=x, w=w, y=y
    )


@pytest.mark.parametrize("by", ["province", "industry", "year"])
@pytest.mark.parametrize("moves", [False, True])
def test_each_is_a_regression_without_the_group(by, moves):
    """Taken over or demeaned anew, estimate, error, interval and counts must be those of a fit."""
    frame = drawn(moves=moves)
    found = leave_out(SMALL, frame, by)
    whole = estimate(SMALL, frame)
    first = whole.coefficients.iloc[0]
    assert found.estimate == pytest.approx(first["estimate"], rel=1e-8)
    assert found.std_error == pytest.approx(first["std_error"], rel=1e-8)
    assert (found.n, found.clusters) == (whole.n, whole.clusters)
    assert sorted(found.without["group"]) == sorted(frame[by].unique())
    for row in found.without.itertuples():
        fit = estimate(SMALL, frame[frame[by] != row.group])
        expected = [fit.n, fit.clusters]
        expected += fit.coefficients.iloc[0][["estimate", "std_error", "low", "high"]].tolist()
        assert [getattr(row, name) for name in COUNTED] == pytest.approx(expected, rel=1e-7)
        shift = (row.estimate - found.estimate) / found.std_error
        assert row.shift == pytest.approx(shift, rel=1e-9)


def test_it_holds_on_the_benchmark(panel):
    """Thirteen regressors and many singletons must not break the equality."""
    found = leave_out(paper_column(2, 6), panel, "province").without
    for row in found.iloc[[0, -1]].itertuples():
        fit = estimate(paper_column(2, 6), panel[panel["province"] != row.group])
        expected = fit.coefficients.iloc[0][["estimate", "std_error"]].tolist()
        assert [row.estimate, row.std_error] == pytest.approx(expected, rel=1e-7)
        assert row.n == fit.n


@pytest.mark.parametrize(
    ("sample", "by"), [("small and micro firms", "year"), ("2002-2007", "year")]
)
def test_the_sample_is_chosen_once(sample, by):
    """Leaving out must work inside a part of the panel, whatever column defines it."""
    frame = drawn().assign(small=lambda d: d["firm"] < 30)
    frame = pd.concat([frame, frame.assign(year=frame["year"] + 6)])
    spec = replace(SMALL, sample=sample)
    row = leave_out(spec, frame, by).without.iloc[0]
    fit = estimate(spec, frame[frame[by] != row["group"]])
    assert row["estimate"] == pytest.approx(fit.coefficients["estimate"].iloc[0], rel=1e-8)
    assert row["n"] == fit.n


def test_a_year_in_a_product_stays_a_number():
    """A column may make cells and be multiplied; its values must not become codes."""
    frame = drawn()
    spec = replace(SMALL, regressors=("x", "x:year"))
    for row in leave_out(spec, frame, "province").without.itertuples():
        fit = estimate(spec, frame[frame["province"] != row.group])
        assert row.estimate == pytest.approx(fit.coefficients["estimate"].iloc[0], rel=1e-4)


def test_without_effects_too():
    """The mean is no effect that keeps groups apart; it must be taken anew."""
    frame = drawn()
    spec = replace(SMALL, effects=())
    for row in leave_out(spec, frame, "province").without.itertuples():
        fit = estimate(spec, frame[frame["province"] != row.group]).coefficients
        assert row.estimate == pytest.approx(fit["estimate"].iloc[0], rel=1e-9)


def test_sorted_and_the_odd_group_named():
    """Province P2 has three times the effect: the estimate falls most without it."""
    found = leave_out(SMALL, drawn(), "province")
    assert found.most_influential == "P2"
    assert found.by_influence[0] == "P2"
    assert sorted(map(str, found.by_influence)) == ["P0", "P1", "P2", "P3"]
    assert found.without["estimate"].is_monotonic_increasing
    odd = found.without.set_index("group")
    assert odd["z"].abs().idxmax() == "P2"
    assert odd.loc["P2", "z"] < -3


def test_z_has_the_size_of_chance():
    """Where groups do not differ, changes in their own errors must look like normal draws."""
    rng = np.random.default_rng(1)
    found = []
    for seed in range(20):
        frame = drawn(seed)
        frame["y"] = 0.5 * frame["x"] + rng.normal(size=len(frame))
        found.append(leave_out(SMALL, frame, "province").without["z"])
    z = pd.concat(found)
    assert len(z) == 80
    assert 0.7 < z.std() < 1.3
    assert (z.abs() > 1.96).mean() < 0.15


def test_verdicts_name_the_large_and_the_odd():
    """Each row must hold the extremes of its own result, and the chance of the largest z."""
    frame = drawn()
    results = [leave_out(SMALL, frame, by) for by in ("province", "year")]
    found = verdicts(results)
    assert found["by"].tolist() == ["province", "year"]
    for row, result in zip(found.itertuples(), results, strict=True):
        alone = result.without.set_index("group")
        assert (row.lowest, row.highest) == (alone["estimate"].min(), alone["estimate"].max())
        assert row.shift == alone.loc[result.most_influential, "shift"]
        assert row.share == 1 - alone.loc[result.most_influential, "n"] / result.n
        assert abs(row.z) == alone["z"].abs().max() == abs(alone.loc[row.oddest, "z"])
        draws = np.abs(np.random.default_rng(3).normal(size=(40_000, len(alone)))).max(axis=1)
        assert row.p == pytest.approx((draws > abs(row.z)).mean(), abs=0.01)


def test_pairs_are_regressions_without_both():
    """Two left out together must equal the fit without them, beside the sum of the two alone."""
    frame = drawn()
    result = leave_out(SMALL, frame, "province")
    pairs = leave_pairs_out(result, frame, result.by_influence[:3])
    assert len(pairs) == 3
    assert pairs["shift"].abs().is_monotonic_decreasing
    alone = result.without.set_index("group")["shift"]
    for row in pairs.itertuples():
        fit = estimate(SMALL, frame[~frame["province"].isin([row.first, row.second])])
        assert row.estimate == pytest.approx(fit.coefficients["estimate"].iloc[0], rel=1e-8)
        assert row.apart == pytest.approx(alone[row.first] + alone[row.second])


def test_the_panel_is_not_changed():
    """Leaving out must happen on a copy."""
    frame = drawn()
    before = frame.copy()
    leave_out(SMALL, frame, "year")
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize(
    ("change", "by", "message"),
    [
        ({}, "region", "small, column 1: the panel lacks the column 'region'"),
        ({"region": None}, "region", "small, column 1: 'region' is missing in .* of"),
        ({"region": "R"}, "region", "small, column 1: all rows have one 'region'"),
        ({"x": 1.0}, "province", "small, column 1: 'x' does not vary"),
    ],
)
def test_bad_groups_are_refused(change, by, message):
    """A column that makes no groups, or a regressor without variation, is named."""
    with pytest.raises(ValueError, match=message):
        leave_out(SMALL, drawn().assign(**change), by)


def test_the_group_that_carries_everything_is_named():
    """If x varies in one province only, there is no estimate without that province."""
    frame = drawn()
    frame["x"] = frame["x"].where(frame["province"] == "P1", 0.0)
    with pytest.raises(ValueError, match="without province P1, small, column 1: 'x' does not"):
        leave_out(SMALL, frame, "province")


@pytest.mark.parametrize("groups", [["P1"], ["P1", "P1"], ["P1", "P9"]])
def test_pairs_need_two_known_groups(groups):
    """One group, one twice, or an unknown one makes no pair."""
    frame = drawn()
    result = leave_out(SMALL, frame, "province")
    with pytest.raises(ValueError, match="give two or more of province: P0, P1, P2, P3"):
        leave_pairs_out(result, frame, groups)
