"""Protects the estimates: absorbed effects against dummies, errors by hand, rows counted."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as student

from tradedig_helpers.estimation.fit import estimate, tidy
from tradedig_helpers.estimation.specifications import (
    FLEX_ON_DIGITIZATION,
    TABLE_2,
    Specification,
    paper_column,
)


def cells(frame, effect):
    """Return one label per row for an effect such as ``province^industry^year``."""
    return frame[effect.split("^")].astype(str).agg("|".join, axis=1)


def without_singletons(spec, frame):
    """Drop rows alone in an effect until none is left, the slow and obvious way."""
    frame = frame[list(spec.variables)].dropna()
    while True:
        lone = np.zeros(len(frame), dtype=bool)
        for effect in spec.effects:
            label = cells(frame, effect)
            lone |= (label.groupby(label).transform("size") == 1).to_numpy()
        if not lone.any():
            return frame
        frame = frame[~lone]


def brute_force(spec, frame):
    """Least squares on explicit dummies, CRV1 by hand; returns b, se, N, G, adjusted R²."""
    used = without_singletons(spec, frame)
    x = used[list(spec.regressors)].to_numpy(dtype=float)
    dummies = [pd.get_dummies(cells(used, e)).to_numpy(dtype=float) for e in spec.effects]
    full = np.column_stack([x, *(dummies or [np.ones(len(used))])])
    y = used[spec.outcome].to_numpy(dtype=float)
    inverse = np.linalg.pinv(full.T @ full)
    beta = inverse @ full.T @ y
    residual = y - full @ beta
    codes, firms = pd.factorize(used[spec.cluster])
    scores = np.zeros((len(firms), full.shape[1]))
    np.add.at(scores, codes, full * residual[:, None])
    n, g, k = len(used), len(firms), x.shape[1]
    rank = np.linalg.matrix_rank(full)
    # Firm effects are nested in the clusters: they do not count. The other effect
    # counts its levels less one, and the constant counts once.
    other = dummies[1].shape[1] - 1 if spec.effects else 0
    factor = (n - 1) / (n - k - other - 1) * g / (g - 1)
    covariance = factor * inverse @ (scores.T @ scores) @ inverse
    adjusted = 1 - (residual @ residual / (n - rank)) / np.var(y, ddof=1)
    return beta[:k], np.sqrt(np.diag(covariance))[:k], n, g, adjusted


@pytest.mark.parametrize("spec", [*TABLE_2, FLEX_ON_DIGITIZATION], ids=lambda s: s.name)
def test_absorbed_effects_equal_dummies(spec, panel):
    """Coefficients, clustered errors, N, clusters and R² must match explicit dummies."""
    fit = estimate(spec, panel)
    beta, error, n, g, adjusted = brute_force(spec, panel)
    found = fit.coefficients.set_index("term").loc[list(spec.regressors)]
    np.testing.assert_allclose(found["estimate"], beta, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(found["std_error"], error, rtol=1e-6)
    assert (fit.n, fit.clusters) == (n, g)
    assert fit.adj_r2 == pytest.approx(adjusted, abs=1e-9)
    np.testing.assert_allclose(found["p"], 2 * student.sf(np.abs(found["t"]), g - 1), rtol=1e-6)
    half = student.ppf(0.975, g - 1) * found["std_error"]
    np.testing.assert_allclose(found["high"] - found["estimate"], half, rtol=1e-6)


@pytest.mark.parametrize("spec", TABLE_2, ids=lambda s: s.name)
def test_every_row_is_accounted_for(spec, panel):
    """Offered rows must be used, missing or singletons: nothing else."""
    panel = panel.copy()
    panel.loc[panel.index[:7], "QSY"] = np.nan
    fit = estimate(spec, panel)
    complete = panel[list(spec.variables)].dropna()
    assert fit.rows == len(panel)
    assert fit.missing == len(panel) - len(complete) >= 7
    assert fit.n == len(without_singletons(spec, panel))
    assert fit.rows == fit.n + fit.missing + fit.singletons
    assert bool(fit.singletons) == bool(spec.effects)


def test_panel_is_not_mutated(panel):
    """Estimating must leave the caller's panel as it was."""
    before = panel.copy()
    estimate(paper_column(2, 6), panel)
    pd.testing.assert_frame_equal(panel, before)


def test_tidy_covers_all_fits(panel):
    """The tables under a chapter must hold every coefficient and its count of rows."""
    fits = [estimate(spec, panel) for spec in TABLE_2]
    joined = tidy(fits)
    assert joined.groupby("column").size().tolist() == [2, 8, 8, 10, 12, 13]
    assert list(joined.columns[:3]) == ["table", "column", "term"]
    assert joined.groupby("column")["n"].unique().str[0].tolist() == [fit.n for fit in fits]


@pytest.mark.parametrize(
    ("spec", "change", "message"),
    [
        (paper_column(2, 6), {}, r"Table 2, column 6 needs the columns \['lnsdp'\]"),
        (paper_column(2, 1), {"QSY": np.nan}, "Table 2, column 1: none of .* rows has all of"),
        (paper_column(2, 1), {"lndig": np.inf}, r"Table 2, column 1: \['lndig'\] hold infinite"),
        (paper_column(2, 2), {"lnsca": 1.0}, r"Table 2, column 2: .*cannot be"),
        (
            Specification("QSY", ("lndig",), ("row",), table=9, column=9),
            {},
            "Table 9, column 9: each of .* is alone",
        ),
    ],
)
def test_errors_name_the_specification(panel, spec, change, message):
    """A failed column of a table must say which one it is and why."""
    data = panel.drop(columns="lnsdp").assign(row=range(len(panel)), **change)
    with pytest.raises(ValueError, match=message):
        estimate(spec, data)


def test_formula_reads_as_the_paper():
    """Equation (9) must be visible in the specification."""
    assert paper_column(2, 1).formula == "QSY ~ lndig"
    assert paper_column(2, 3).formula.endswith("| firm + province^industry^year")
    assert len(paper_column(2, 6).regressors) == 13


def test_the_convention_names_the_clusters(panel):
    """A table of errors by province must not say that they are by firm."""
    by_province = replace(paper_column(2, 1), cluster="province")
    assert "clustered by province" in estimate(by_province, panel).small_sample
    assert "clustered by firm" in estimate(paper_column(2, 1), panel).small_sample
