"""Protects linear estimators from rows, clusters and options that do not belong together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tradedig_helpers.estimation.bootstrap import wild_cluster_test
from tradedig_helpers.estimation.demeaned import demean_all
from tradedig_helpers.estimation.few_clusters import by_every_method
from tradedig_helpers.estimation.fit import estimate, fit
from tradedig_helpers.estimation.heckman import generalized_residual, heckman, probit
from tradedig_helpers.estimation.iv import estimate_iv, lagged
from tradedig_helpers.estimation.leave_out import leave_out, leave_pairs_out
from tradedig_helpers.estimation.mediation import bootstrap, difference, effect_tests, mediate
from tradedig_helpers.estimation.moderation import marginal_effects
from tradedig_helpers.estimation.power import power
from tradedig_helpers.estimation.refits import by_cluster, jackknife, pairs_bootstrap
from tradedig_helpers.estimation.specification_curve import _clustering, _rows
from tradedig_helpers.estimation.specifications import Specification

BOTH = ("firm", "year")
CHOICE = Specification("EDU", ("x", "z"), cluster="prov", table="t", column=1)
CORRECTED = Specification("y", ("x", "IMR"), ("year",), cluster="prov", table="t", column=2)


def spec(
    outcome: str, *regressors: str, effects: tuple[str, ...] = BOTH, **other: Any
) -> Specification:
    """Declare a regression with effects of firms and years."""
    return Specification(outcome, regressors, effects, **other, table="t", column=1)


def rng() -> np.random.Generator:
    """Return a generator with a fixed seed."""
    return np.random.default_rng(1)


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    """Return 100 firms in 6 years, in 7 provinces between which none moves."""
    draw = np.random.default_rng(0)
    firm, year = np.repeat(np.arange(100), 6), np.tile(np.arange(2000, 2006), 100)
    x, m, z, noise, taste = draw.normal(size=(5, 600))
    x = x + 0.5 * z
    frame = pd.DataFrame({"firm": firm, "year": year, "x": x, "m": m, "z": z, "prov": firm % 7})
    choice = (x - 0.3 * z + taste > 0).astype(float)
    return frame.assign(y=x + 0.5 * m + noise + firm % 3, EDU=choice)


def exporters(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with the choice made."""
    return frame[frame["EDU"] == 1]


def test_clusters_named_otherwise_do_not_shrink_heckmans_errors(data):
    """A cluster that the other frame spells otherwise must be refused, not left out."""
    panel = exporters(data)
    with pytest.raises(TypeError, match=r"panel.prov .* choice.prov"):
        heckman(data, panel.assign(prov=panel["prov"].astype(str)), CHOICE, CORRECTED)
    with pytest.raises(ValueError, match=r"panel.prov differs from choice.prov in \d+ of"):
        heckman(data, panel.assign(prov=panel["prov"] + 100), CHOICE, CORRECTED)
    first = probit(CHOICE, data.assign(prov=data["prov"] + 100))
    with pytest.raises(ValueError, match="7 of 7 clusters of 'prov' are not among"):
        heckman(data, panel, first, CORRECTED)
    named = [frame.assign(prov=frame["prov"].astype(str)) for frame in (data, panel)]
    by_text, by_number = heckman(*named, CHOICE, CORRECTED), heckman(data, panel, CHOICE, CORRECTED)
    pd.testing.assert_frame_equal(by_text.second.coefficients, by_number.second.coefficients)


def test_heckmans_choice_must_have_the_columns_of_the_first_step(data):
    """An estimated first step with a frame that lacks its column must name the column."""
    first = probit(CHOICE, data)
    with pytest.raises(ValueError, match=r"choice lacks the columns \['z'\]"):
        heckman(data.drop(columns="z"), exporters(data).drop(columns="z"), first, CORRECTED)


@pytest.mark.parametrize("effects", [("year",), ()])
def test_heckmans_errors_know_that_products_with_imr_are_estimated(data, effects):
    """Without noise, errors are the numeric derivative of the slopes times the first step's."""
    first = probit(CHOICE, data)
    rows = data.merge(first.index, on=["firm", "year"]).query("EDU == 1")
    w = np.column_stack([rows["x"], rows["z"], np.ones(len(rows))])
    rows = rows.assign(y=rows["x"] + 0.5 * rows["IMR"] - 0.7 * rows["IMR"] * rows["x"])
    second = replace(CORRECTED, regressors=("x", "IMR", "IMR:x"), effects=effects)

    def slopes(move: np.ndarray) -> np.ndarray:
        index = rows["index"].to_numpy() + w @ move
        ratio = generalized_residual(index, np.ones(len(index)))
        moved = demean_all([second], rows.assign(IMR=ratio))
        return fit(second, moved).coefficients["estimate"].to_numpy()

    steps = 1e-5 * np.eye(3)
    jacobian = np.stack([(slopes(step) - slopes(-step)) / 2e-5 for step in steps], axis=1)
    moved = first.influence.to_numpy() @ jacobian.T
    clusters, n = len(moved), len(rows)
    counted = 3 + (6 if effects else 1)
    size = (n - 1) / (n - counted) * clusters / (clusters - 1)
    found = heckman(data, rows.drop(columns=["IMR", "index"]), CHOICE, second).second.coefficients
    expected = np.sqrt(size * (moved**2).sum(axis=0))
    np.testing.assert_allclose(found["std_error"], expected, rtol=1e-5)


def test_a_difference_needs_clusters_of_one_kind(data):
    """Firms named by text in one sample and by numbers in the other would all count twice."""
    pair = spec("m", "x"), spec("y", "x", "m")
    one = mediate(*pair, data)
    other = mediate(*pair, data.assign(firm=data["firm"].astype(str)))
    with pytest.raises(TypeError, match=r"one.firm holds .* other.firm"):
        difference(one, other)
    coarse = mediate(*(replace(part, cluster="prov") for part in pair), data)
    with pytest.raises(ValueError, match="one clusters by 'firm', other by 'prov'"):
        difference(one, coarse)


@pytest.mark.parametrize("regressors", [("x", "x:year"), ("x", "m:year", "year")])
def test_a_cluster_that_is_a_regressor_keeps_its_values(data, regressors):
    """Without a group, such a regression must be what estimate gives on the rest."""
    effects = ("firm",) if "year" in regressors else BOTH
    asked = spec("y", *regressors, effects=effects, cluster="year")
    found = leave_out(asked, data, "prov")
    for row in found.without.itertuples():
        alone = estimate(asked, data[data["prov"] != row.group]).coefficients.iloc[0]
        assert row.estimate == pytest.approx(alone["estimate"], rel=1e-8)
        assert row.std_error == pytest.approx(alone["std_error"], rel=1e-8)
    pairs = leave_pairs_out(found, data, [0, 1])
    rest = estimate(asked, data[data["prov"] > 1]).coefficients.iloc[0]
    assert pairs["estimate"].iloc[0] == pytest.approx(rest["estimate"], rel=1e-8)


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"effects": ("year",)}, "effects"),
        ({"cluster": "prov"}, "cluster"),
        ({"sample": "2002-2007"}, "sample"),
    ],
)
def test_rows_prepared_for_others_are_refused(data, other, field):
    """Effects, clusters and sample of a specification must be those that were prepared."""
    asked = spec("y", "x", "m")
    prepared = demean_all([spec("y", "x", "m", "z")], data)
    with pytest.raises(ValueError, match=f"t, column 1 has {field} "):
        fit(replace(asked, **other), prepared)
    with pytest.raises(ValueError, match=f"has {field} "):
        estimate_iv(replace(asked, **other), data, "x", ["z"], prepared)
    with pytest.raises(ValueError, match=f"has {field} "):
        demean_all([asked, replace(asked, **other)], data)


def test_variables_that_were_not_prepared_are_named(data):
    """An outcome, regressor, instrument or further variable that was not absorbed has a name."""
    prepared = demean_all([spec("y", "x")], data)
    for asked, name in [
        (spec("z", "x"), "z"),
        (spec("y", "m"), "m"),
        (spec("y", "x", also=("m",)), "m"),
    ]:
        with pytest.raises(ValueError, match=rf"\['{name}'\] were not demeaned"):
            fit(asked, prepared)
    with pytest.raises(ValueError, match=r"\['z'\] were not demeaned"):
        estimate_iv(spec("y", "x"), data, "x", ["z"], prepared)
    with pytest.raises(ValueError, match="specs is empty"):
        demean_all([], data)


def test_a_saturated_regression_is_refused():
    """Effects and a regressor that fit all rows leave no errors, nested or not."""
    draw = rng()
    frame = pd.DataFrame(
        {"a": np.repeat(np.arange(6), 2), "b": [0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 0]}
    )
    frame = frame.assign(x=draw.normal(size=12), y=draw.normal(size=12), z=draw.normal(size=12))
    asked = spec("y", "x", effects=("a", "b"), cluster="a")
    with_z = spec("y", "x", "z", effects=("a", "b"), cluster="a")
    calls = [
        lambda: estimate(asked, frame),
        lambda: fit(asked, demean_all([asked], frame)),
        lambda: estimate_iv(asked, frame, "x", ["z"], demean_all([with_z], frame)),
        lambda: by_cluster(asked, frame),
        lambda: leave_out(asked, frame, "a"),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="12 rows leave no degrees of freedom"):
            call()
    prepared = demean_all([asked], frame)
    with pytest.raises(ValueError, match="12 rows leave no degrees of freedom"):
        list(_rows(prepared, {"a": _clustering(prepared, "a")}))


def test_a_redundant_third_effect_is_no_saturation(data):
    """Firms within firm-cells cost no further coefficient, and there are rows enough."""
    frame = data[data["year"] < 2002].assign(half=lambda rows: rows["firm"] % 2)
    asked = spec("y", "x", effects=("firm", "year", "firm^half"))
    plain = spec("y", "x")
    expected = estimate(plain, frame).coefficients
    np.testing.assert_allclose(
        estimate(asked, frame).coefficients["estimate"], expected["estimate"], rtol=1e-8
    )
    np.testing.assert_allclose(
        fit(asked, demean_all([asked], frame)).coefficients["std_error"],
        expected["std_error"],
        rtol=1e-8,
    )


@pytest.mark.parametrize(("values", "problem"), [("1", "does not vary"), ("firm", "is spanned")])
def test_an_outcome_without_variation_has_no_errors(data, values, problem):
    """Clusters, curves and groups left out must refuse what estimate refuses."""
    frame = data.assign(y=data.eval(values) * 1.0 + 0 * data["x"])
    asked = spec("y", "x", "m", cluster="prov")
    with pytest.raises(ValueError, match=problem):
        by_cluster(asked, frame)
    with pytest.raises(ValueError, match=problem):
        leave_out(asked, frame, "prov")
    prepared = demean_all([asked], frame)
    with pytest.raises(ValueError, match=problem):
        list(_rows(prepared, {"prov": _clustering(prepared, "prov")}))


def test_an_outcome_that_varies_in_one_group_only_names_the_group(data):
    """Without that group there is nothing to explain."""
    frame = data.assign(y=data["y"].where(data["prov"] == 3, 0.0))
    with pytest.raises(ValueError, match=r"without prov 3, .* does not vary"):
        leave_out(spec("y", "x", "m"), frame, "prov")


def test_a_fit_without_error_tests_nothing(data):
    """Errors of zero must be named, and not divide by zero."""
    frame, asked = data.assign(y=2 * data["x"]), spec("y", "x", cluster="prov")
    with pytest.raises(ValueError, match="'x' has a standard error of"):
        leave_out(asked, frame, "prov")
    with pytest.raises(ValueError, match="'x' has a standard error of"):
        wild_cluster_test(by_cluster(asked, frame), "x", rng(), draws=199)


def test_clusters_without_regressors_are_refused(data):
    """There is nothing to refit."""
    with pytest.raises(ValueError, match="has no regressors"):
        by_cluster(spec("y", cluster="prov"), data)


@pytest.mark.parametrize("effects", [BOTH, ("firm",), ()])
def test_the_jackknife_has_the_threshold_of_estimate(data, effects):
    """Regressors that estimate tells apart, the refits tell apart as well."""
    frame = data.assign(m=data["x"] + 4e-5 * data["m"])
    asked = spec("y", "x", "m", effects=effects, cluster="prov")
    parts = by_cluster(asked, frame)
    left_out = jackknife(parts).left_out
    rest = estimate(asked, frame[frame["prov"] != 0]).coefficients["estimate"].to_numpy()[:2]
    np.testing.assert_allclose(left_out.loc[0], rest, rtol=1e-5)
    few = frame.assign(m=frame["m"].where(frame["prov"] == 0, frame["x"]))
    with pytest.raises(ValueError, match="1 of 7 refits cannot tell"):
        jackknife(by_cluster(asked, few.assign(m=few["m"] + (few["prov"] == 0) * data["m"])))


def test_lost_draws_of_pairs_do_not_lose_the_table(data):
    """Two provinces of seven have the variation: some draws have neither, and are counted."""
    frame = data.assign(m=data["m"].where(data["prov"] < 2, 0.0))
    table = by_every_method(spec("y", "x", "m"), frame, "m", "prov", rng(), 500)
    assert len(table) == 6
    parts = by_cluster(spec("y", "x", "m", cluster="prov"), frame)
    draws = rng().multinomial(7, np.full(7, 1 / 7), size=20_000)
    share = (draws[:, :2].sum(axis=1) == 0).mean()
    lost = int(table["method"].iloc[-1].removeprefix("pairs by prov (").split(" of 500 ")[0])
    assert lost == pytest.approx(500 * share, abs=4 * np.sqrt(500 * share))
    assert np.isfinite(table.iloc[-1][["std_error", "low", "high"]].astype(float)).all()
    with pytest.raises(ValueError, match="cannot tell the regressors apart"):
        pairs_bootstrap(parts, rng(), 500)


def test_a_colon_in_a_name_is_explained(data):
    """A column whose name reads as a product must be renamed, and the error says so."""
    with pytest.raises(ValueError, match=r"has a column 'Share: ICT': rename"):
        estimate(spec("y", "Share: ICT"), data.rename(columns={"x": "Share: ICT"}))
    with pytest.raises(ValueError, match=r"makes a cell, and the panel has a column 'a\^b'"):
        estimate(spec("y", "x", effects=("a^b",)), data.rename(columns={"prov": "a^b"}))


def test_power_broadcasts_effects():
    """Each effect has the power that it has alone."""
    both = power([0.1, 0.2], [[0.05], [0.1]], 30)
    assert both.shape == (2, 2)
    assert both[1, 1] == float(power(0.2, 0.1, 30))


def test_options_that_are_none_are_named(data):
    """Numbers of draws, levels and values of a moderator must be what they are said to be."""
    found = mediate(spec("m", "x"), spec("y", "x", "m"), data)
    few = r"draws = .*; give a whole number of at least 100"
    for draws in ("a", 150.0, None, np.nan, 99):
        with pytest.raises(ValueError, match=few):
            effect_tests(found, rng(), draws)
        with pytest.raises(ValueError, match=few):
            bootstrap(found, rng(), draws)
        with pytest.raises(ValueError, match=few):
            pairs_bootstrap(by_cluster(spec("y", "x", cluster="prov"), data), rng(), draws)
    with pytest.raises(ValueError, match="level = 'a'; give a number between 0 and 1"):
        power(0.1, 0.1, 30, level="a")
    with pytest.raises(ValueError, match="name"):
        lagged(data, ["x"])
    for at in ([[0, 1]], []):
        with pytest.raises(ValueError, match="give a list of at least one value"):
            marginal_effects(spec("y", "x", "x:m", "m"), data, "x:m", at)
