"""Protects tables that leave the book: LaTeX that compiles, Markdown and CSV that parse."""

import csv
import io
from urllib.parse import unquote

import pandas as pd
import pytest

from tradedig_book.present.table_formats import export, tex
from tradedig_book.present.tables import Table, table

PAIRED = Table(
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
