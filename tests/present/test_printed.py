"""Protects the printed tables: every figure in its place, and cards that say Python's numbers."""

import gzip
import re
from collections import Counter

import numpy as np
import pandas as pd
import pytest

from tradedig_book.audit import figure_checks
from tradedig_book.present.addresses import audit_address, curve_address, figure_address
from tradedig_book.present.curve import BENCHMARK_CHOICES
from tradedig_book.present.printed import PrintedTables, answers, answers_table, printed_block
from tradedig_book.present.printed.cards import AUDIT_SYMBOLS, ROLES, cards, curve_choice, key_of
from tradedig_book.present.printed.layout import BLOCKS
from tradedig_book.present.printed.words import MEANINGS, in_words, meaning, written_term
from tradedig_book.present.stored import stored_results
from tradedig_book.published import published
from tradedig_book.theory.claims import LEDGER
from tradedig_book.truth.scoreboard import scoreboard
from tradedig_helpers.estimation.curve_summary import standardised_curve
from tradedig_helpers.estimation.specifications import PAPER, paper_column

KEY = ["table", "column", "term"]


@pytest.fixture(scope="module")
def board():
    """Return the scoreboard that ships."""
    return scoreboard(stored_results("estimates").frame, stored_results("columns").frame)


@pytest.fixture(scope="module")
def curve():
    """Return the curve that ships."""
    return stored_results("curve").frame


@pytest.fixture(scope="module")
def known(board, curve):
    """Return what the page knows."""
    return cards(board, curve)


@pytest.fixture(scope="module")
def page(board, curve):
    """Return the page's HTML."""
    return PrintedTables(board, curve)._repr_html_()


def test_every_printed_figure_has_its_place_once():
    """A figure that is left out, or stands twice, is not the paper's table."""
    cells = [
        (number, cell)
        for block in BLOCKS
        for row in printed_block(block).rows
        for number, cell in zip(["", *block.columns], row, strict=True)
    ]
    found = Counter(
        (name, str(column))
        for column, cell in cells
        for name in re.findall(r'data-figure="([^"]*)"', cell)
    )
    expected = {
        (f"{row.table},{row.column},{row.term}", str(row.column))
        for row in published().itertuples()
    }
    assert set(found) == expected
    assert set(found.values()) == {1}


def test_figures_are_written_as_the_paper_prints_them(page):
    """Four decimals, stars, errors in parentheses below; counts without decimals."""
    number, stars = r"([−\d.,]+)", r"(?:<sup>(\*+)</sup>)?"
    for row in published().itertuples():
        name = re.escape(f"{row.table},{row.column},{row.term}")
        pattern = (
            rf'data-figure="{name}">{number}{stars}(?:<br><small>\(([\d.]+)\)</small>)?</span>'
        )
        written, mark, error = re.search(pattern, page).groups()
        assert float(written.replace("−", "-").replace(",", "")) == row.estimate
        assert (mark or "") == row.stars
        assert (np.isnan(row.std_error) and error is None) or float(error) == row.std_error
        if row.term != "stat:N" and not row.term.startswith(("stat:A", "stat:C")):
            assert len(written.split(".")[1]) == 4


def test_heads_stand_above_their_columns():
    """Heads of groups span the columns that they name, as the specifications have them."""
    for block in BLOCKS:
        laid = printed_block(block)
        assert len(laid.header) == len(block.columns) + 1
        assert not block.groups or sum(span for _, span in laid.groups) == len(laid.header)
        assert all(span == 1 for name, span in laid.groups if not name)
    seventh = [printed_block(block) for block in BLOCKS if block.table == 7]
    heads = [name for laid in seventh for name, _ in laid.groups if name]
    firsts = range(1, 17, 2)
    for head, column in zip(heads, firsts, strict=True):
        sample = paper_column(7, column).sample
        assert sample.startswith(head)
        assert paper_column(7, column + 1).sample == sample


def test_effects_are_those_of_the_declarations():
    """Yes where a column has the effect, no where it has not."""
    rows = {row[0]: row[1:] for row in printed_block(BLOCKS[0]).rows}
    assert rows["firm effects"] == ("no", *["yes"] * 5)
    assert rows["year effects"] == ("no", "yes", *["no"] * 4)
    assert rows["province–industry–year effects"] == ("no", "no", *["yes"] * 4)


def test_words_cover_every_column_and_term():
    """A regressor without a meaning would stop the page."""
    for spec in PAPER:
        said = in_words(spec)
        assert spec.outcome in said
        assert f"clustered by {spec.cluster}" in said
        assert all(MEANINGS[part] for name in spec.regressors for part in name.split(":"))
    assert "on lndig and 12 controls; firm and province–industry–year effects" in in_words(
        paper_column(2, 6)
    )
    assert "on lndig; no fixed effects" in in_words(paper_column(2, 1))
    assert "with dig_ivt as instrument" in in_words(paper_column(4, 4))
    assert "on lndig, flex and 11 controls" in in_words(paper_column(7, 10))
    assert meaning("lndig:dpi").startswith("how the effect of lndig changes with dpi")
    assert [written_term(one) for one in ("stat:adj_r2", "ME")] == ["adj. R²", "ME"]


def test_cards_have_the_scoreboards_numbers(board, known):
    """Ours, its error, the distance and its name, and the part in the calibration."""
    assert list(known["figures"]) == [key_of(place) for place in board[KEY].to_numpy().tolist()]
    for row in board.to_dict("records"):
        card = known["figures"][key_of(row[name] for name in KEY)]
        assert card["agreement"] == row["apart"]
        assert card["role"] in ROLES
        assert card["role"] == row["role"]
        if row["problem"]:
            assert card["distance"] == row["problem"]
            assert card["ours"] == ""
        elif card["axis"]:
            assert float(card["distance"].replace("−", "-")) == pytest.approx(
                row["distance"], abs=0.051
            )
            low, middle, high = card["axis"]["ours"]
            assert middle == pytest.approx(row["ours"], rel=1e-5)
            assert high - low == pytest.approx(2 * 1.96 * row["our_error"], rel=1e-3)


def test_an_error_is_never_printed_as_zero(known):
    """A mediated effect has a small error, and not none."""
    errors = [card["our_error"] for card in known["figures"].values() if card["our_error"]]
    assert all(float(error) > 0 for error in errors)
    assert any(len(error) > len("0.0001") for error in errors)


def test_cards_have_the_audits_verdicts(known):
    """Every check that uses a figure is on its card, and the mark is the gravest."""
    for place, rows in figure_checks(published()).groupby(KEY):
        card = known["figures"][key_of(place)]
        assert card["checks"] == rows[["check", "verdict", "finds"]].to_numpy().tolist()
        graded = [verdict for verdict in AUDIT_SYMBOLS if (rows["verdict"] == verdict).any()]
        assert card["audit"] == (graded[-1] if graded else "")
    assert known["figures"]["2,6,stat:adj_r2"]["audit"] == ""
    assert known["figures"]["2,6,lnage"]["audit"] == "consistent"
    assert known["figures"]["5,8,ME"]["audit"] == "inconsistent"


def test_the_curve_has_the_columns_that_it_runs(curve, known):
    """Where a column is an option of each kind, its place is that of its own estimate."""
    estimates = stored_results("estimates").frame.set_index(KEY)["estimate"]
    ranked = standardised_curve(curve)
    on = [spec for spec in PAPER if isinstance(curve_choice(spec), dict)]
    assert len(on) == 11
    for spec in on:
        choice = curve_choice(spec)
        row = ranked[(ranked[list(choice)] == pd.Series(choice)).all(axis=1)].iloc[0]
        place = (spec.table, spec.column, spec.regressors[0])
        card = known["figures"][key_of(place)]["curve"]
        assert card["rank"] == row["rank"]
        assert card["href"] == curve_address(choice)
        assert f"Number {row['rank']:,} of {len(curve):,}" in card["says"]
        # Rows that quality measures share in Table 3 are not shared on the curve.
        assert row["estimate"] == pytest.approx(estimates[place], rel=2e-3)
    assert curve_choice(paper_column(2, 6)) == BENCHMARK_CHOICES


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ((2, 1, "lndig"), "fixed effects"),
        ((2, 5, "lndig"), "these regressors"),
        ((2, 6, "lnage"), "coefficients of digitization"),
        ((4, 1, "lndig"), "probit"),
        ((4, 3, "lndig"), "2SLS"),
        ((5, 1, "lndig"), "explains something else"),
        ((5, 8, "lndig"), "these regressors"),
        ((6, 1, "pit"), "has another"),
    ],
)
def test_a_figure_that_is_not_on_the_curve_says_why(known, place, reason):
    """The reason is that of its column."""
    assert reason in known["figures"][key_of(place)]["curve"]


def test_claims_are_the_ledgers(known):
    """Title, words and verdict come from where they are proved."""
    for key, claim in known["claims"].items():
        assert (claim["title"], claim["verdict"]) == (LEDGER[key].title, LEDGER[key].verdict)
        assert claim["href"].endswith(f"#claim-{key}")
    used = {card["claim"] for card in known["figures"].values()} - {""}
    assert used == set(known["claims"])


def test_addresses_are_those_that_pages_read():
    """Options are counted from one, colons stay, a heading becomes its slug."""
    assert figure_address(4, 3, "stat:ACC LM").endswith("term=stat:ACC%20LM")
    assert curve_address({"quality": "QKL", "effects": "year"}).endswith("?quality=3&effects=1")
    assert audit_address("What 0.0026 means") == "audit.html#what-0-0026-means"


def test_answers_count_figures(board, known, curve):
    """Table by table, and all of them together."""
    counted = answers(board, curve).set_index("table")
    assert counted["figures"].sum() == len(board)
    assert counted["figures"].to_dict() == board["table"].value_counts().sort_index().to_dict()
    assert counted["apart"].sum() == board["distance"].notna().sum()
    assert counted["near"].sum() == (board["distance"].abs() <= 2).sum()
    assert counted["curve"].sum() == 11
    marks = Counter(card["audit"] for card in known["figures"].values())
    assert counted[list(AUDIT_SYMBOLS)].sum().to_dict() == {m: marks[m] for m in AUDIT_SYMBOLS}
    assert len(answers_table(board, curve).rows) == counted.shape[0]


def test_page_is_light_and_can_be_read_without_a_script(page, board, curve):
    """At most 40 KB compressed, the same every time, no other host, no dead control."""
    assert len(gzip.compress(page.encode())) <= 40 * 1024
    assert page == PrintedTables(board, curve)._repr_html_()
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")
    static = page[: page.index("<script")]
    assert not re.search(r"<(button|input|select)", static)
    assert "nan" not in re.sub(r"<style>.*?</style>", "", static)
    assert repr(PrintedTables(board, curve)) == f"The paper's tables: {len(board)} printed figures"
