"""Figures and tables refuse to go out without what a reader needs."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from tradedig_book.present.figures import axes, figure
from tradedig_book.present.model_figures import demand_figure, profit_figure
from tradedig_book.present.model_tables import conditions, parameter_notation
from tradedig_book.present.tables import Table, counts, digits, letters, table
from tradedig_book.theory import ABOUT, OutsideRegion, Parameters
from tradedig_helpers.estimation.fit import estimate
from tradedig_helpers.estimation.specifications import Specification

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


def test_a_terminal_gets_one_line() -> None:
    """Without HTML a table or a figure says what it is and how large, and no wall of markup."""
    frame = pd.DataFrame({"group": ["a", "b"], "mean": [1.0, 2.0]})
    shown = repr(table(frame, caption="Means by <em>group</em> (synthetic)"))
    assert shown == "Table: Means by group (synthetic), 2 rows x 2 columns"
    with axes() as ax:
        ax.plot([0, 1], [0, 1])
        ax.set(xlabel="x", ylabel="y")
        shown = repr(figure(ax, **WORDS))
    assert shown.startswith("Figure: Something, in units., ")
    assert len(shown) < 60


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (np.nan, "–"),
        (None, "–"),
        (np.inf, "∞"),
        (-np.inf, "−∞"),
        (-0.0004, "0.000"),
        (-1234.5678, "−1,234.568"),
        (np.float32(0.5), "0.500"),
        (2, "2.000"),
    ],
)
def test_digits(value: float | None, written: str) -> None:
    """Every chapter writes numbers alike: signs are true, nothing is missing without a mark."""
    assert digits(3)(value) == written


def test_letters_count_what_no_line_breaks() -> None:
    """The size of a printed table hangs on it: words wrap, numbers and formulas do not."""
    wide = Table("Wide", ("a", "b"), (("two words", "−0.0626<sup>***</sup><br>(0.07)"),))
    assert letters(wide) == (1 + 5 + 0.5) + (1 + 6 + 2 + 0.5)


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
