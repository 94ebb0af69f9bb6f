"""Protects what symbols mean: one table, and no mark where a letter means something else."""

import re
from pathlib import Path

import formulas
import pandas as pd
import pytest
import symbols

from tradedig_book.explorers.symbols import symbols as declared
from tradedig_book.theory import ABOUT, OUTCOMES
from tradedig_helpers.measure.dictionary import DICTIONARY

COUNTS_AND_GROUPS = {
    *("firm", "year", "province", "industry", "transactions"),
    *("small", "capital_intensive", "startup", "ordinary"),
}
MODEL, DATA = "book/producers", "notebooks/benchmark"


@pytest.fixture(scope="module")
def table() -> symbols.Table:
    """Return the table as an extension has it."""
    return {key: one._asdict() for key, one in declared().items()}


def test_the_dictionary_has_every_measure_of_the_panel(panel: pd.DataFrame) -> None:
    """Each column but keys, counts and groups; the qualities that were not asked for as well."""
    columns = set(panel) - COUNTS_AND_GROUPS
    assert len(columns) > 25
    assert columns <= set(DICTIONARY)
    assert set(DICTIONARY) - columns <= {"QSY", "QBW", "QKL", "QLP", "QOP", "dig_ivt"}


def test_meanings_are_those_declared() -> None:
    """Parameters with their default, outcomes and measures without; colours of the palette."""
    found = declared()
    for name, one in ABOUT.items():
        assert one.meaning in found[name].meaning
        assert (found[name].unit, float(found[name].default)) == (one.unit, one.default)
    for name, outcome in OUTCOMES.items():
        assert found[name][:4] == (outcome.glyph, outcome.meaning, outcome.unit, "")
    hues = {name: one.hue for name, one in found.items() if one.hue}
    expected = {"psi": "psi", "flex": "psi", "quality": "quality", "QSY": "quality"}
    assert hues.items() >= (expected | {"e": "variety", "dig": "dig", "lndig": "dig"}).items()
    assert "L" not in hues


def marks(tex: str, page: str, table: symbols.Table) -> list[str]:
    """Return the symbols marked in a formula, in its order."""
    html = formulas.mark(formulas.typeset(tex, False), symbols.known(table, page))
    assert "data-name" not in html
    assert "data-" not in html.split("<mjx-assistive-mml")[1], "screen readers get MathML as it is"
    return re.findall(r'data-symbol="(\w+)"', html)


@pytest.mark.parametrize(
    ("tex", "found"),
    [
        (r"\lambda^* = K\left[\frac{1}{\varphi_D} - \frac1\varphi\right]",
         ["quality", "varphi_D", "varphi"]),
        (r"\frac{\partial\lambda^*}{\partial\psi} > 0", ["quality", "psi"]),
        (r"4\gamma(1-e)^2 > L\psi(\beta - 1/\phi)^2", ["gamma", "e", "L", "psi", "beta", "phi"]),
        (r"\psi'^2 + \varphi_D^2", ["psi", "varphi_D"]),
        (r"e^2 + e^{-\mathit{dig}} + \mathrm{e}", ["e"]),
        (r"\psi_1 + c_D^0 + \lambda_r + \hat\lambda + \bar\psi", []),
        (r"\text{flex of } \mathit{flex}", []),
    ],
)  # fmt: skip
def test_letters_of_the_model(tex: str, found: list[str], table: symbols.Table) -> None:
    """A letter with an index, an accent or a function's name around it is another symbol."""
    assert marks(tex, MODEL, table) == found


@pytest.mark.parametrize(
    ("tex", "found"),
    [
        (r"\mathit{QSY}_{ft} = \alpha + \beta\,\mathit{lndig}_{ft} + e + L", ["QSY", "lndig"]),
        (r"\ln\psi + \ln\lambda^*", ["psi", "quality"]),
    ],
)
def test_names_of_measures(tex: str, found: list[str], table: symbols.Table) -> None:
    """In chapters on data β is a coefficient and e none of the model's."""
    assert marks(tex, DATA, table) == found


def test_digitization_in_the_model_has_a_colour_and_no_measure(table: symbols.Table) -> None:
    """The index of Table 1 is for chapters on data; each input has its own meaning."""
    assert marks(r"\mu\,\mathit{DIG}^2 + \mathit{dig}_{tr}", MODEL, table) == ["mu", "dig_tr"]
    assert symbols.known(table, MODEL)["dig"] == ' data-hue="dig"'
    assert symbols.known(table, DATA)["dig"] == ' data-symbol="dig" data-hue="dig"'


def test_the_table_is_made_once(root: Path, tmp_path: Path, table: symbols.Table) -> None:
    """A build reads it from where the last one left it, unless its sources have changed."""
    stored = tmp_path / "symbols.json"
    assert symbols.read_table(root, stored) == table
    kept = stored.read_text("utf-8").replace("flexible productivity:", "flexibility:")
    stored.write_text(kept, "utf-8")
    assert symbols.read_table(root, stored)["psi"]["meaning"].startswith("flexibility:")
    stored.write_text(re.sub(r'"key": "\w+"', '"key": "old"', kept), "utf-8")
    assert symbols.read_table(root, stored) == table
