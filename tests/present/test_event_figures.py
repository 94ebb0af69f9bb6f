"""Protects figures and tables of event studies: what is drawn, beside what, and the counts."""

import re

import numpy as np
import pandas as pd
import pytest

from tradedig_book.present.event_figures import (
    event_figure,
    love_figure,
    matched_figure,
    overlap_figure,
    trend_power_figure,
    weights_figure,
)
from tradedig_book.present.event_tables import psm_table, study_counts
from tradedig_helpers.estimation.event_study.cohorts import event_sample
from tradedig_helpers.estimation.event_study.pretrends import (
    missed_trends,
    pretrend_test,
    trend_bias,
)
from tradedig_helpers.estimation.event_study.study import event_study
from tradedig_helpers.estimation.fit import estimate
from tradedig_helpers.estimation.specifications import Specification

LABELS = {"caption": "A caption", "alt": "An alternative"}


@pytest.fixture(scope="module")
def study():
    """Return an event study of noise."""
    rng = np.random.default_rng(3)
    cohorts = pd.DataFrame({"firm": range(60), "cohort": [2004.0, 2006.0, np.nan] * 20})
    panel = pd.MultiIndex.from_product([range(60), range(2000, 2010)], names=["firm", "year"])
    frame = panel.to_frame(index=False).assign(y=rng.normal(size=600))
    return event_sample(frame, cohorts, "y"), event_study(event_sample(frame, cohorts, "y"), 2, 2)


def test_every_estimator_and_the_truth_are_in_the_legend(study):
    """Each estimator has its marker, and the truth its colour."""
    truth = pd.Series([0.1, 0.2, 0.3], index=[0, 1, 2])
    drawn = event_figure(study[1].coefficients, truth, unit="effect", **LABELS).svg
    for name in (*study[1].paths, "truth"):
        assert f">{name}<" in drawn
    assert "--td-truth" in drawn
    without = event_figure(study[1].coefficients, truth[:0], unit="effect", **LABELS).svg
    assert "--td-truth" not in without


def test_other_figures_draw_what_they_are_given():
    """Traits are ordered by their imbalance; negative weights and both groups are told apart."""
    balance = pd.DataFrame(
        {"covariate": ["a", "b"], "smd_before": [-0.5, 0.1], "smd_after": [0.0, 0.05]}
    )
    svg = love_figure(balance, **LABELS).svg
    height = {name: float(re.findall(rf'y="([\d.]+)"[^>]*>{name}<', svg)[0]) for name in "ab"}
    assert height["a"] < height["b"]  # the largest is on top
    scores = pd.DataFrame({"adopts": [0, 0, 1, 1], "index": [-2.0, -1.0, -1.5, 0.0]})
    assert ">do not adopt<" in overlap_figure(scores, **LABELS).svg
    weights = pd.DataFrame({"event_time": [0, 0, 5], "weight": [0.9, 0.4, -0.3]})
    assert "--td-warn" in weights_figure(weights, **LABELS).svg
    curve = pd.DataFrame({"slope": [0.0, 1.0], "power": [0.05, 0.9]})
    power = trend_power_figure(curve, marks={"half": 0.6}, xlabel="slope", **LABELS)
    assert ">half<" in power.svg


def test_psm_table_has_every_estimate_once(study):
    """Truth first, then each estimator, then the pairs, with counts under the table."""
    sample, found = study
    frame = sample.frame.assign(after=sample.treated.astype(float))
    fit = estimate(Specification("y", ("after",), ("firm", "year"), table="Pairs", column=1), frame)
    studies = {"y": {"all": found, "matched": found}}
    truths = {"y": {"all": 0.25, "matched": 0.5}}
    laid = psm_table(studies, {"y": fit}, truths, caption="Synthetic")
    assert laid.rows[0] == ("y", "truth", "0.2500", "0.5000")
    assert [row[1] for row in laid.rows[-2:]] == ["imputation", "stacked pairs"]
    average = found.averages.set_index("estimator").loc["imputation"]
    expected = f"{average['estimate']:.4f} ({average['std_error']:.4f})".replace("-", "−")
    assert laid.rows[4][2] == laid.rows[4][3] == expected
    assert laid.rows[-1][2] == ""
    assert f"all: N = {len(frame):,}, 60 clusters" in laid.notes[1]
    assert f"pairs: N = {fit.n:,}" in laid.notes[1]
    assert f"{int(sample.treated.sum()):,} of them after adoption" in study_counts(found)
    with pytest.raises(ValueError, match="there is no outcome"):
        psm_table({}, {}, {}, caption="Empty")


def test_what_a_test_of_leads_misses(study):
    """Slope and bias are those of each estimator's own test and rows."""
    found = study[1]
    missed = missed_trends(found, power=0.8).set_index("estimator")
    for name, path in found.paths.items():
        slope = pretrend_test(path).detectable(0.8)
        rows = path.rows.loc[0:]
        assert missed.loc[name, "slope"] == pytest.approx(slope)
        bias = np.average(trend_bias(path, slope), weights=rows)
        assert missed.loc[name, "bias"] == pytest.approx(bias)


def test_matched_figure_says_where_the_truth_lies(study):
    """Words and curve hold the truth of eight years, none of the later ones."""
    truth = pd.Series(np.arange(11) / 10, index=range(11))
    drawn = matched_figure("flex", study[1], truth, "effect on flex")
    assert "between 0.000 and 0.800 after adoption" in drawn.alt
    assert drawn.caption.startswith("flex around the first technology, matched firms")
    assert "effect on flex" in drawn.svg
