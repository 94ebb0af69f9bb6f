"""Regression tables and evidence figures carry what honest statistics need."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from tradedig_book.present.data_tables import dictionary_table
from tradedig_book.present.evidence_figures import coefficient_figure, power_figure
from tradedig_book.present.evidence_tables import (
    coefficient_row,
    counts,
    four,
    regression_table,
    significance_stars,
)
from tradedig_book.published.load import published
from tradedig_helpers.estimation.fit import Fit, estimate
from tradedig_helpers.estimation.specifications import Specification, paper_column

WORDS = {"caption": "Estimates, synthetic.", "alt": "Two rows."}


@pytest.fixture(scope="module")
def fits() -> list[Fit]:
    """Fit the first two columns of Table 2 to noise."""
    rng = np.random.default_rng(5)
    names = ["QSY", *paper_column(2, 2).regressors]
    frame = pd.DataFrame(rng.normal(size=(400, len(names))), columns=names)
    frame = frame.assign(firm=np.arange(400) // 4, year=2002 + np.arange(400) % 4)
    frame.loc[0, "QSY"] = np.nan
    return [estimate(spec, frame) for spec in (paper_column(2, 1), paper_column(2, 2))]


def test_table_has_ours_the_papers_and_the_counts(fits: list[Fit]) -> None:
    """Every number under the table is the fit's own, and the origin of the data is said."""
    laid = regression_table(fits, published(table=2), caption="Table 2")
    html = laid._repr_html_()
    rows = {row[0]: row[1:] for row in laid.rows}
    assert rows["N"] == ("399", "770,830", "399", "704,274")
    assert rows["missing dropped"] == ("1", "–", "1", "–")
    assert rows["clusters (firms)"][0] == str(fits[0].clusters)
    assert rows["firm effects"] == ("", "", "yes", "yes")
    assert rows["lndig"][1].startswith("0.0031<sup>***</sup>")
    ours = fits[0].coefficients.iloc[0]
    assert rows["lndig"][0].startswith(four(float(ours["estimate"])))
    assert f"({ours['std_error']:.4f})" in rows["lndig"][0]
    assert rows["lnsca"][:2] == ("", "")
    assert "Synthetic data" in html
    assert "CRV1" in html
    assert sum(span for _, span in laid.groups) == len(laid.header)


def test_the_papers_few_estimates_can_stand_beneath_ours(fits: list[Fit]) -> None:
    """Every number of ours is kept, and the paper's are in rows that say so, at the top."""
    few = published(table=2).query("term == 'lndig'")
    wide = regression_table(fits, few, caption="Table 2")
    laid = regression_table(fits, few, caption="Table 2", beneath=True)
    rows = {row[0]: row[1:] for row in laid.rows}
    assert [row[0] for row in laid.rows][:2] == ["lndig", "lndig, paper"]
    assert rows["lndig, paper"] == next(row[2::2] for row in wide.rows if row[0] == "lndig")
    assert {row[0]: row[1::2] for row in wide.rows} == {
        head: cells for head, cells in rows.items() if not head.endswith(", paper")
    }
    assert len(laid.header) == 1 + len(fits)
    assert "prints neither controls nor counts" in laid._repr_html_()


@pytest.mark.parametrize(("p", "mark"), [(0.2, ""), (0.09, "*"), (0.04, "**"), (0.009, "***")])
def test_stars(p: float, mark: str) -> None:
    """The paper's levels: 10, 5 and 1 per cent."""
    assert significance_stars(p) == mark


def test_a_row_holds_one_term_and_is_missing_where_it_is_not(fits: list[Fit]) -> None:
    """The second term's numbers are its own; a term of another column has none."""
    term = fits[1].spec.regressors[1]
    row = fits[1].coefficients.iloc[1]
    assert coefficient_row(fits[1], term) == {
        "estimate": row["estimate"],
        "standard error": row["std_error"],
    }
    assert np.isnan(list(coefficient_row(fits[0], "nowhere").values())).all()


def test_numbers_have_a_true_minus_and_no_negative_zero() -> None:
    """−0.0000 would tell a reader something that is not so."""
    assert four(-0.00004) == "0.0000"
    assert four(-0.0123) == "−0.0123"


def test_coefficient_figure_shows_both_and_the_truth() -> None:
    """Ours, the published and the known truth each have their colour."""
    rows = pd.DataFrame(
        {
            "label": ["a", "b"],
            "estimate": [1.0, 2.0],
            "low": [0.5, 1.5],
            "high": [1.5, 2.5],
            "published": [1.1, 1.9],
            "published_error": [0.1, 0.1],
        }
    )
    svg = coefficient_figure(rows, unit="units", marks={"truth": 1.2}, **WORDS).svg
    assert {"--td-now", "--td-ghost", "--td-truth"} <= set(re.findall(r"--td-\w+", svg))
    assert ">truth<" in svg


def test_power_figure_marks_the_sample() -> None:
    """The sample's own power is written in the figure, not only drawn."""
    curve = pd.DataFrame({"firms": [100, 1000, 10000], "power": [0.05, 0.3, 0.9]})
    drawn = power_figure(curve, curve.head(2), paper_firms=5000, **WORDS)
    assert "this sample: 0.30" in drawn.svg


def test_dictionary_table_is_the_schema() -> None:
    """The page shows the declaration that the loader checks."""
    assert "shipment" in dictionary_table("customs").caption
    with pytest.raises(ValueError, match="choose one of customs"):
        dictionary_table("trade")


def test_counts_say_all_that_belongs_under_a_table() -> None:
    """Rows, what was dropped, clusters and errors, once where columns agree."""
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(rng.normal(size=(400, 2)), columns=["x", "y"])
    frame = frame.assign(firm=np.arange(400) // 4, year=np.arange(400) % 4)
    whole = estimate(Specification("y", ("x",), effects=("firm",)), frame)
    half = estimate(Specification("y", ("x",), effects=("firm",)), frame[:200])
    said = "singletons dropped: 0; incomplete rows dropped: 0; clusters (firm): "
    assert counts(whole) == f"N = 400; {said}100. Standard errors: {whole.small_sample}."
    assert counts(whole, half).startswith(f"N = 400, 200; {said}100, 50.")
    assert counts(whole, errors="by hand.").endswith("Standard errors: by hand.")
