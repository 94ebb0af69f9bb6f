"""Figures and tables of the industry chapters say what the model says."""

from __future__ import annotations

import numpy as np
import pytest

from tradedig_book.present import industry_tables
from tradedig_book.present.charts import Line
from tradedig_book.present.charts import lines as lines_figure
from tradedig_book.present.industry_figures import quality_schedules, selection_figure
from tradedig_book.present.tables import math
from tradedig_book.theory import OutsideRegion
from tradedig_book.theory.entry_statics import entry_effects
from tradedig_book.theory.equilibrium import equilibrium
from tradedig_book.theory.industry import Choice, Industry
from tradedig_book.theory.parameter_fields import about
from tradedig_book.theory.selection import Design, cross_section, simulate_panel

WORDS = {"caption": "Something, in units.", "alt": "Lines."}


def test_lines_are_labelled_and_limited() -> None:
    """Every curve has its name in the drawing; none is left out in silence."""
    line = Line([0, 1], [0, 1], 0.5, dots=(0.5,))
    labels = {"xlabel": "x (units)", "ylabel": "y (units)"}
    assert "first" in lines_figure({"first": line}, **labels, **WORDS).svg
    for lines in ({}, {str(i): line for i in range(5)}):
        with pytest.raises(ValueError, match="give 1 to 4"):
            lines_figure(lines, **labels, **WORDS)


def test_schedules_show_all_three_cases() -> None:
    """Before, one alone, everyone; outside the region nothing is drawn."""
    svg = quality_schedules(Industry(), Industry(psi=1.5), **WORDS).svg
    assert all(label in svg for label in ("before", "one firm alone", "everyone"))
    with pytest.raises(OutsideRegion):
        quality_schedules(Industry(), Industry(psi=4.0), **WORDS)


def test_selection_figure_names_both_slopes() -> None:
    """The regression and the causal effect are told apart."""
    panel, _ = simulate_panel(Choice(), Design(firms=50), np.random.default_rng(1))
    svg = selection_figure(panel, 2.0, 1.0, **WORDS).svg
    assert "regression" in svg
    assert "causal effect" in svg


def test_industry_table_holds_the_equilibrium() -> None:
    """Cells are computed, a column for each industry."""
    table = industry_tables.industry_table({"a": Industry(), "b": Industry(k=3.0)}, caption="x")
    assert table.rows[0][1:] == tuple(
        f"{float(equilibrium(i).c_D):.4g}" for i in (Industry(), Industry(k=3.0))
    )


def test_tables_are_complete() -> None:
    """Conditions, new parameters and signs come from where they are declared."""
    assert len(industry_tables.equilibrium_conditions().rows) == 4
    assert len(industry_tables.choice_conditions().rows) == 3
    assert [row[1] for row in industry_tables.new_parameters(Choice).rows] == [
        f"<code>{name}</code>" for name in ("c", "c_D", "psi_1", "mu")
    ]
    assert len(industry_tables.choice_statics_table().rows) == 9
    assert industry_tables.inputs_table().rows[0][0] == "quality"


def test_selection_table_shows_counts_and_three_digits() -> None:
    """Firms are whole numbers, slopes are rounded."""
    panel, _ = simulate_panel(Choice(), Design(firms=500), np.random.default_rng(1))
    frame = cross_section(panel[panel["year"] == 0])
    table = industry_tables.selection_table(frame, caption="x", notes=("n",))
    assert table.rows[0][-1] == "500"
    assert float(table.rows[0][1]) == pytest.approx(frame["slope"][0], abs=6e-4)


def test_every_parameter_that_moves_the_cutoff_has_its_row() -> None:
    """Numbers have the proved signs, and a turning cost its formula and its sellers."""
    table = industry_tables.entry_statics_table()
    for (name, effect), row in zip(entry_effects().items(), table.rows, strict=True):
        assert math(about(Industry)[name].latex) in row[0]
        assert [cell[0].replace("−", "-") for cell in row[1:3]] == [effect.cutoff, effect.average]
        assert [cell.replace("−", "-") for cell in row[3:5]] == [effect.below, effect.above]
        assert (row[5] == row[6] == "–") == (effect.distance is None)
