"""Protects Table 4: every cell under its own column, ours beside the paper's."""

from dataclasses import replace

import pytest

from tradedig_book.economy import simulate
from tradedig_book.present.endogeneity_tables import endogeneity_table, instrument_row
from tradedig_book.present.evidence_tables import coefficient, significance_stars
from tradedig_book.published.load import published
from tradedig_helpers.estimation.fit import estimate
from tradedig_helpers.estimation.heckman import export_choice, heckman
from tradedig_helpers.estimation.iv import estimate_iv, lagged
from tradedig_helpers.estimation.specifications import LAGGED, NEIGHBOURS, WITH_DIGITAL_IMPORTS
from tradedig_helpers.measure.panel import firm_panel


@pytest.fixture(scope="module")
def estimates():
    """Return the five columns on a small economy."""
    economy = simulate(200, 5)
    panel = firm_panel(economy).frame
    coarse = ("firm", "year")
    return (
        heckman(export_choice(economy.firms, economy.customs)[0], panel),
        estimate_iv(
            replace(LAGGED, effects=coarse), lagged(panel, "lndig")[0], "lndig", ["lndig_l1"]
        ),
        estimate_iv(replace(NEIGHBOURS, effects=coarse), panel, "lndig", ["dig_ivt"]),
        estimate(WITH_DIGITAL_IMPORTS, panel),
    )


def test_table_4(estimates):
    """Estimates, tests and counts must stand where they belong, and every row be full."""
    made = endogeneity_table(*estimates, published(table=4), caption="Table 4, synthetic")
    selection, last_year, neighbours, imports = estimates
    rows = {first: rest for first, *rest in made.rows}
    assert {len(row) for row in made.rows} == {len(made.header)} == {11}
    assert sum(span for _, span in made.groups) == 11
    first = selection.first.coefficients.set_index("term").loc["lndig"]
    assert rows["lndig"][0] == coefficient(
        first["estimate"], first["std_error"], significance_stars(first["p"])
    )
    assert rows["lndig"][1] == coefficient(0.405, 0.0017, "***")
    assert rows["IMR"][3] == coefficient(0.0037, 0.0016, "**")
    assert [bool(text) for text in rows["dpi"]] == [False] * 8 + [True] * 2
    assert rows["Anderson LM"][5] == "211,004.4"
    assert rows["Cragg–Donald F"][6] == f"{neighbours.strength.cragg_donald_f:,.1f}"
    assert rows["effective F"][4:6] == [f"{last_year.strength.effective_f:,.1f}", "–"]
    assert rows["N"][::2] == [
        f"{fit.n:,}"
        for fit in (selection.first, selection.second, last_year.fit, neighbours.fit, imports)
    ]
    assert rows["year effects"][4] == "yes"
    assert "Synthetic" in made.notes[0]


def test_a_row_of_an_instrumented_estimate(estimates):
    """Estimate, tests of the instrument and counts are those of the estimate."""
    found = estimates[1]
    row = instrument_row(found)
    lndig = found.fit.coefficients.set_index("term").loc["lndig"]
    assert (row["estimate"], row["standard error"]) == (lndig["estimate"], lndig["std_error"])
    assert row["r²"] == found.strength.partial_r2
    assert row["effective F"] == found.strength.effective_f
    assert row["Anderson LM"] == found.strength.anderson_lm
    assert (row["N"], row["K"], row["clusters"]) == (
        found.fit.n,
        found.strength.absorbed,
        found.fit.clusters,
    )
