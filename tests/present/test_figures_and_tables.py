"""Figures and tables refuse to go out without what a reader needs."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from tradedig_book.present.figures import axes, figure
from tradedig_book.present.model_figures import demand_figure, profit_figure
from tradedig_book.present.model_tables import conditions, parameter_notation
from tradedig_book.present.tables import table
from tradedig_book.theory import ABOUT, OutsideRegion, Parameters

WORDS = {"caption": "Something, in units.", "alt": "A line."}


def drawn(**labels: str) -> str:
    """Draw one line with the given labels."""
    with axes() as ax:
        ax.plot([0, 1], [0, 1], color="#1b5e9b")
        ax.set(**labels)
        return figure(ax, **WORDS)._repr_html_()


def test_figure_follows_the_theme_and_is_described() -> None:
    """Colours are variables, text is text, and the alt text stands where readers listen."""
    html = drawn(xlabel="x (units)", ylabel="y (units)")
    assert "var(--td-now" in html
    assert ">x (units)<" in html
    assert 'role="img" aria-label="A line."' in html
    assert "#222222" not in html


def test_figure_without_html_is_one_short_line() -> None:
    """A plain terminal must show what the figure is, not its drawing."""
    with axes(width=5.0, height=2.0) as ax:
        ax.set(xlabel="x", ylabel="y")
        made = figure(ax, caption="Means by <em>group</em>, in units.", alt="A line.")
    assert repr(made) == "Figure: Means by group, in units., 360 x 144 points"
    assert len(repr(replace(made, caption="long words " * 50))) < 140


def test_figure_is_the_same_every_time() -> None:
    """No date, no random id: builds are reproducible."""
    labels = {"xlabel": "x", "ylabel": "y"}
    assert drawn(**labels) == drawn(**labels)


def test_figure_without_words_is_refused() -> None:
    """Caption, alt text and axis labels are not optional."""
    with pytest.raises(ValueError, match="label both axes"):
        drawn(xlabel="x")
    with axes() as ax, pytest.raises(ValueError, match="needs a caption and alt text"):
        figure(ax, caption=" ", alt="x")


def test_profit_figure_refuses_a_case_without_optimum() -> None:
    """A curve whose best quality does not exist cannot have it marked."""
    with pytest.raises(OutsideRegion):
        profit_figure({"ψ = 4": Parameters(psi=4.0)}, highest=1, **WORDS)


def test_demand_figure_names_its_lines() -> None:
    """Lines are labelled where they end, not in a legend."""
    case = {"alpha": 2.0, "beta": 1.5, "gamma": 1.0, "L": 1.0, "X": 1.0, "e": 0.4, "lam": 0.0}
    assert "e = 0.4" in demand_figure({"e = 0.4": case}, largest=2, **WORDS).svg


def test_table_is_accessible_and_escaped() -> None:
    """Heads are scoped, text is text, minus is minus."""
    frame = pd.DataFrame({"name": ["a<b"], "value": [-0.00123456]})
    html = table(frame, caption="Values", notes=["Synthetic data."])._repr_html_()
    assert "<caption><span>Values</span></caption>" in html
    assert '<th scope="row">a&lt;b</th><td>−0.001235</td>' in html
    assert "<p>Synthetic data.</p>" in html


def test_empty_table_is_refused() -> None:
    """A table without rows is a mistake upstream."""
    with pytest.raises(ValueError, match="has no rows"):
        table(pd.DataFrame({"a": []}), caption="Nothing")


def test_model_tables_are_generated() -> None:
    """Every parameter and every condition appears, in the paper's symbols."""
    html = parameter_notation()._repr_html_()
    assert all(rf"\({about.latex}\)" in html for about in ABOUT.values())
    assert conditions()._repr_html_().count("<tr>") == 4


def test_columns_of_words_are_set_to_the_left() -> None:
    """Words are read from the left and numbers compared from the right."""
    html = table(
        pd.DataFrame({"a": ["x"], "b": ["words"], "n": [1]}), caption="One row."
    )._repr_html_()
    assert '<td class="td-words">words</td>' in html
    assert "<td>1</td>" in html
