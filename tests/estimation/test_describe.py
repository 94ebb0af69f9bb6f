"""Descriptions and the known truth, against answers computed by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tradedig_book.published.beside import beside_published
from tradedig_book.published.load import published
from tradedig_book.truth.truth import true_effect
from tradedig_helpers.estimation.describe import bin_means
from tradedig_helpers.estimation.fit import Fit, estimate, tidy
from tradedig_helpers.estimation.specifications import CONTROLS, paper_column


def test_bin_means_of_a_line_lie_on_it() -> None:
    """Means of y = 2x + 1 in any bin keep the relation."""
    x = pd.Series(np.random.default_rng(1).normal(size=1000))
    means = bin_means(x, 2 * x + 1, bins=10)
    assert len(means) == 10
    assert means["y"].to_numpy() == pytest.approx(2 * means["x"].to_numpy() + 1)


def test_bin_means_refuse_what_does_not_fit() -> None:
    """Two frames' rows are not paired by accident, and bins need rows."""
    x = pd.Series([1.0, 2.0])
    with pytest.raises(ValueError, match="same index"):
        bin_means(x, pd.Series([1.0, 2.0], index=[5, 6]), bins=2)
    with pytest.raises(ValueError, match="2 rows do not fill 40 bins"):
        bin_means(x, x)
    for hole in (np.nan, None, pd.NA):
        gap = pd.Series([1.0, hole], dtype="Float64")
        with pytest.raises(ValueError, match="y must be finite; 1 are missing"):
            bin_means(x, gap, bins=2)
    with pytest.raises(ValueError, match="x must be finite; the largest is inf"):
        bin_means(pd.Series([1.0, np.inf]), x, bins=2)
    with pytest.raises(TypeError, match="x must be numbers"):
        bin_means(pd.Series(["a", "b"]), x, bins=2)
    with pytest.raises(TypeError, match="must be pandas Series"):
        bin_means([1.0, 2.0], x, bins=2)


def known_panel(slope: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make a panel in which QSY is exactly linear in true log quality, plus effects."""
    rng = np.random.default_rng(3)
    grid = pd.MultiIndex.from_product([range(60), range(2002, 2010)], names=["firm", "year"])
    panel = grid.to_frame(index=False).assign(province="P01", industry="13")
    log_quality = rng.normal(size=len(panel))
    panel["QSY"] = slope * log_quality + 0.01 * panel["firm"] + 0.1 * panel["year"]
    names = ["lndig", *CONTROLS]
    panel[names] = rng.exponential(size=(len(panel), len(names)))
    truth = panel[["firm", "year"]].assign(quality=np.exp(log_quality), direct=0.02, mediated=0.01)
    return panel, truth


def test_true_effect_in_units_of_quality() -> None:
    """With QSY = 0.15 ln(quality) + effects, 0.03 log points are 0.0045 of QSY."""
    known = true_effect(*known_panel(slope=0.15))
    assert known.slope == pytest.approx(0.15)
    assert known.direct == pytest.approx(0.15 * 0.02)
    assert known.total == pytest.approx(0.15 * 0.03)
    assert known.total == known.direct + known.mediated
    assert known.among_users == pytest.approx(0.15 * 0.03)


def test_true_effect_is_weighted_as_a_regression_weighs() -> None:
    """Firms whose level never moves must count among users and not in the regression."""
    panel, truth = known_panel(slope=0.15)
    still = panel["firm"] < 30
    panel.loc[still, "lndig"] = 1.0
    truth.loc[still, "direct"] = 0.20
    unused = panel.index[still][:8]
    panel.loc[unused, "lndig"] = 0.0
    truth.loc[unused, ["direct", "mediated"]] = np.nan
    known = true_effect(panel, truth)
    assert known.total == pytest.approx(0.15 * 0.03, rel=0.1)
    share = 29 / 59
    assert known.among_users == pytest.approx(0.15 * (0.03 + 0.18 * share))


@pytest.fixture
def fit() -> Fit:
    """Fit column 1 of Table 2 to noise."""
    rng = np.random.default_rng(4)
    frame = pd.DataFrame(rng.normal(size=(300, 2)), columns=["QSY", "lndig"])
    return estimate(paper_column(2, 1), frame.assign(firm=np.arange(300) // 3))


def test_ours_stand_beside_the_published(fit: Fit) -> None:
    """The join is by column and term; the intercept, which the paper does not print, is left."""
    beside = beside_published([fit], published(table=2))
    assert list(beside["term"]) == ["lndig"]
    assert beside["published"].item() == 0.0031
    assert beside["published_error"].item() == 0.0004
    assert beside["estimate"].item() == fit.coefficients["estimate"].iloc[0]


def test_only_what_the_paper_prints_of_a_table_stands_beside_it(fit: Fit) -> None:
    """A column of one table must not stand beside that of another, nor twice."""
    everything = beside_published([fit], published())
    pd.testing.assert_frame_equal(everything, beside_published([fit], published(table=2)))
    assert beside_published([fit], published(table=3)).empty
    with pytest.raises(ValueError, match="fits repeats the key"):
        beside_published([fit, fit], published(table=2))
    with pytest.raises(ValueError, match="published lacks the columns"):
        beside_published([fit], published(table=2).drop(columns="std_error"))


def test_tables_of_fits_need_a_list_of_them(fit: Fit) -> None:
    """One fit, none, or anything else is said in a sentence."""
    assert len(tidy([fit]))
    with pytest.raises(TypeError, match="fits holds a single Fit; give a list"):
        tidy(fit)
    with pytest.raises(TypeError, match="fits holds str; give a list"):
        tidy(["fit"])
    with pytest.raises(ValueError, match="fits is empty"):
        tidy([])
