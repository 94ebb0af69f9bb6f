"""Protects the stored coverage of intervals: it is what the code gives, and it is near 95%."""

import numpy as np
import pandas as pd

from benchmarks import coverage
from tradedig_book.present.stored import stored_benchmark

ENDS = ["estimate", "std_error", "low", "high"]
NAMES = ["estimator", "parameter", "errors"]


def test_stored_samples_are_what_the_code_gives():
    """A change of world or estimators must be seen: the first samples, made again."""
    stored = stored_benchmark("coverage_samples").frame
    found = pd.DataFrame(
        [(number, *one) for number in range(coverage.STORED) for one in coverage.sample(number)],
        columns=["sample", *coverage.Estimate._fields],
    )
    pd.testing.assert_frame_equal(found[["sample", *NAMES]], stored[["sample", *NAMES]])
    percent = 100 * found[ENDS].div(found["truth"], axis=0)
    np.testing.assert_allclose(percent, stored[ENDS], rtol=0, atol=0.0051)


def test_stored_summary_and_samples_are_of_one_run():
    """The table that is shown must have the methods of the samples, and enough of them."""
    summary = stored_benchmark("coverage").frame
    stored = stored_benchmark("coverage_samples").frame
    assert set(stored["sample"]) == set(range(coverage.STORED))
    first = stored.loc[stored["sample"] == 0, NAMES].reset_index(drop=True)
    pd.testing.assert_frame_equal(first, summary[NAMES])
    assert (summary["samples"] == coverage.SAMPLES).all()
    assert coverage.SAMPLES >= 500


def test_valid_intervals_cover_and_others_are_shown_to_fail():
    """Intervals that should cover 95% must do so 93 to 97% of the time; a wrong one must not."""
    summary = stored_benchmark("coverage").frame
    valid = summary[summary["valid"]]
    assert valid["coverage_pct"].between(93, 97).all()
    assert (valid["bias_pct_of_spread"].abs() < 10).all()
    alone = summary[summary["errors"] == "each row alone"]
    assert (alone["coverage_pct"] < 93).all()


def test_summary_by_hand():
    """Bias, error and coverage of four made-up intervals must be the textbook's."""
    intervals = pd.DataFrame(
        {"estimator": "e", "parameter": "p", "errors": "r", "valid": True, "truth": 1.0}
        | {"estimate": [0.0, 1.0, 2.0, 3.0], "std_error": [1.0, 1.0, 1.0, 3.0]}
        | {"low": [-1.0, 0.0, 1.0, 2.0], "high": [0.9, 2.0, 3.0, 4.0]}
    )
    row = coverage.summarise(intervals).iloc[0]
    spread = np.std([0, 1, 2, 3], ddof=1)
    assert row["coverage_pct"] == 50
    np.testing.assert_allclose(row["bias_pct_of_spread"], 100 * 0.5 / spread)
    np.testing.assert_allclose(row["error_pct_of_spread"], 100 * 1.5 / spread)
    assert row["simulation_error_pct"] == 25


def test_world_is_what_it_says():
    """Effects must come out of the errors' own regression, and memory and selection be there."""
    frame = coverage.world(np.random.default_rng(1), firms=4_000)
    exports = frame["EDU"] == 1
    assert 0.4 < exports.mean() < 0.8
    errors = coverage.lasting(np.random.default_rng(2), np.full((4_000, 8), 2.0))
    np.testing.assert_allclose(errors.std(axis=0), 2.0, rtol=0.05)
    memory = np.corrcoef(errors[:, 3], errors[:, 4])[0, 1]
    assert abs(memory - coverage.MEMORY) < 0.03
    alone = frame.groupby("firm")["lndig"].nunique()
    assert set(alone.unique()) == {1, 2}, "adoption is for good"
