"""Protects tables that leave the book: LaTeX that compiles, Markdown and CSV that parse."""

import csv
import io
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest

from tradedig_book.present.table_formats import export, tex
from tradedig_book.present.table_widths import PAGE_WIDTH, column_widths
from tradedig_book.present.tables import PageTable, digits, table

PAIRED = PageTable(
    caption="Quality & flexibility, 100% synthetic",
    header=("regressor", "ours", "paper"),
    rows=(
        ("lndig_x", "0.0026<sup>***</sup><br><small>(0.0005)</small>", "−0.0026"),
        (r"\(\psi_1\)", "1,234", "–"),
    ),
    notes=("<strong>Synthetic data</strong>; λ* is R² & φ.",),
    groups=(("", 1), ("(1) QSY", 2)),
    style="paired",
)


def test_latex_by_hand():
    """Special characters, stars, stacked errors, spanning heads and mathematics, line by line."""
    assert export(PAIRED, "latex").splitlines() == [
        r"\begin{table}",
        r"\centering",
        r"\caption{Quality \& flexibility, 100\% synthetic}",
        r"\begin{tabular}{lrr}",
        r"\toprule",
        r"& \multicolumn{2}{c}{(1) QSY} \\",
        r"\cmidrule(lr){2-3}",
        r"regressor & ours & paper \\",
        r"\midrule",
        r"lndig\_x & 0.0026\textsuperscript{***} & $-$0.0026 \\",
        r" & (0.0005) &  \\",
        r"$\psi_1$ & 1,234 & -- \\",
        r"\bottomrule",
        r"\end{tabular}",
        r"\par\footnotesize \textbf{Synthetic data}; $\lambda$* is R\textsuperscript{2} "
        r"\& $\varphi$.",
        r"\end{table}",
    ]


def test_markdown_is_one_table():
    """Every line of the table must have as many cells as its head."""
    text = export(PAIRED, "markdown")
    assert text.startswith("**Quality & flexibility, 100% synthetic**\n\n")
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in lines} == {4}
    assert lines[0] == "| regressor | (1) QSY ours | (1) QSY paper |"
    assert r"| $\psi_1$ | 1,234 | – |" in lines


def test_csv_is_read_back():
    """What is written must be the cells, commas and all."""
    rows = list(csv.reader(io.StringIO(export(PAIRED, "csv"))))
    assert rows[0] == ["regressor", "(1) QSY ours", "(1) QSY paper"]
    assert rows[2][1] == "1,234"
    assert rows[1][1] == "0.0026*** (0.0005)"


def test_greek_and_specials():
    """Letters of the model and characters that LaTeX reserves must both survive."""
    assert tex("Γ, ϕ, 5% of a_b {x} ~") == (
        r"$\Gamma$, $\phi$, 5\% of a\_b \{x\} \textasciitilde{}"
    )


def test_page_offers_every_form():
    """The links under a table must hold the very text of the export."""
    made = table(pd.DataFrame({"a": ["x"], "b": [1.5]}), caption="One row.")
    page = made._repr_html_()
    for form in ("latex", "markdown", "csv"):
        assert export(made, form) in unquote(page)
    assert page.count("download=") == 3


def test_unknown_form_is_refused():
    """A form that nobody writes must be named, with those that exist."""
    with pytest.raises(ValueError, match="form = 'word' is unknown; choose one of latex"):
        export(PAIRED, "word")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1234.567, "1,234.57"),
        (-1234.567, "−1,234.57"),
        (-0.004, "0.00"),
        (float("nan"), "–"),
        (None, "–"),
        (float("inf"), "∞"),
        (float("-inf"), "−∞"),
        (np.float64(2), "2.00"),
        (3, "3.00"),
    ],
)
def test_numbers_are_written_one_way(value, text):
    """Minus, zero, thousands, missing and infinite must look the same in every table."""
    assert digits(2)(value) == text


def test_shares_are_written_in_percent():
    """A factor is applied before rounding, so no digit is lost."""
    assert digits(1, times=100)(0.12345) == "12.3"
    assert digits(0)(1234567) == "1,234,567"


def test_a_table_without_html_is_one_short_line():
    """A plain terminal must show what the table is, not its cells."""
    assert repr(PAIRED) == "Table: Quality & flexibility, 100% synthetic, 2 rows x 3 columns"
    long = table(pd.DataFrame({"a": ["x"]}), caption="A <em>long</em> caption " * 20)
    assert len(repr(long)) < 140
    assert "<" not in repr(long)


def lengths(*cells):
    """Return the widths of columns of one row."""
    return column_widths(PageTable("x", ("",) * len(cells), (cells,)))


def test_columns_hold_their_longest_word():
    """On paper a word or number must fit on a line, whatever stands beside it."""
    short, long, stacked = lengths("12345", "1234567890", "123<br><small>12345</small>")
    assert long - short == pytest.approx(5)
    assert stacked == short
    assert lengths("1<sup>***</sup>")[0] > lengths("1")[0]
    assert lengths("中文")[0] - lengths("12")[0] == pytest.approx(2)
    formula, spaced = lengths(r"\(\ln K + 1\)", "ab cd")
    assert formula > 3
    assert spaced < lengths("abcd")[0] + 2


def test_room_on_the_page_is_shared_by_long_lines():
    """Words wrap where the page ends, and not before; numbers never give way to them."""
    number, words = lengths("12345", "several words in a row")
    assert words > 15
    crowded = lengths(*("1234567890",) * 6, "several words in a row " * 5)
    assert crowded[0] == lengths("1234567890")[0]
    assert sum(crowded) == pytest.approx(PAGE_WIDTH, abs=1)
    assert sum(lengths(*("1234567890",) * 20)) > PAGE_WIDTH
    assert number == lengths("12345")[0]


def test_a_head_over_columns_fits_them():
    """A spanning head must be held by the columns under it together."""
    narrow = PageTable("x", ("", "a", "b"), (("r", "1", "2"),), groups=(("", 1), ("word" * 5, 2)))
    assert sum(column_widths(narrow)[1:]) >= 20
