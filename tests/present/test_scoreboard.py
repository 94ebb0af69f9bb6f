"""Protects the scoreboard's page: all rows in it, in words as well as colours, without a script."""

from __future__ import annotations

import csv
import gzip
import io
import re
from urllib.parse import unquote

import numpy as np
import pytest

from tradedig_book.present.scoreboard import agreement_figure, agreement_table, distances_figure
from tradedig_book.present.scoreboard.table import (
    DISTANCE_SYMBOLS,
    FILTERS,
    Scoreboard,
    written,
)
from tradedig_book.present.stored import stored_results
from tradedig_book.truth.scoreboard import NOT_ESTIMATED, agreement, scoreboard

ROW = re.compile(r"<tr (data-[^>]*)>(.*?)</tr>")


@pytest.fixture(scope="module")
def board():
    """Return the scoreboard that ships."""
    return scoreboard(stored_results("estimates").frame, stored_results("columns").frame)


@pytest.fixture(scope="module")
def page(board):
    """Return its HTML."""
    return Scoreboard(board, "Figures (synthetic data)", ("A note.",))._repr_html_()


def test_every_figure_is_a_row_with_its_words(board, page):
    """Distance is told by a symbol and a name, never by colour alone."""
    rows = ROW.findall(page)
    assert len(rows) == len(board)
    for (_, text), row in zip(rows, board.to_dict("records"), strict=True):
        assert f"{DISTANCE_SYMBOLS[row['apart']]}</span> {row['apart']}<" in text
        assert f"{row['table']} ({row['column']})" in text


def test_rows_carry_what_filters_ask(board, page):
    """A filter whose option matches no row would empty the table."""
    for name in FILTERS:
        offered = re.search(rf'<select [^>]*name="{name}">(.*?)</select>', page)[1]
        values = re.findall(r'value="([^"]+)"', offered)
        assert set(values) == set(board[name].astype(str))
        assert all(f'data-{name}="{value}"' in page for value in values)


def test_numbers_are_those_of_the_frame(board, page):
    """A row shows the published and our estimate and their distance."""
    place = int(np.flatnonzero((board["table"] == 2) & (board["column"] == 6))[0])
    row = board.iloc[place]
    cells = re.findall(r"<td[^>]*>(.*?)</td>", ROW.findall(page)[place][1])
    assert cells[1] == f"{row['published']:.4f} <small>({row['published_error']:.4f})</small>"
    assert cells[2].startswith(written(row["ours"], 4))
    assert cells[3] == written(row["distance"], 1, "+")


def test_what_cannot_be_estimated_says_why(board, page):
    """The reason stands where the number would be."""
    place = int(np.flatnonzero(board["apart"] == NOT_ESTIMATED)[0])
    assert "colspan" in ROW.findall(page)[place][1]
    assert "dig_ivt" in page


def test_csv_is_the_whole_board(board, page):
    """Who takes the file must get every figure, not what a filter left."""
    text = unquote(re.search(r'href="data:text/csv;charset=utf-8,([^"]*)"', page)[1])
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == len(board)
    assert list(rows[0]) == list(board.columns)
    assert float(rows[0]["ours"]) == pytest.approx(board["ours"].iloc[0], rel=1e-5)


def test_page_is_light_and_asks_nobody(page):
    """At most 30 KB compressed, and no address in it; filters are hidden until a script runs."""
    assert len(gzip.compress(page.encode())) < 30 * 1024
    assert "http" not in page
    assert '<form class="td-filters" hidden' in page
    assert 'aria-live="polite"' in page
    labels = re.findall(r'<label for="([^"]+)"', page)
    assert labels == re.findall(r'<select id="([^"]+)"', page)
    assert len(labels) == len(FILTERS) + 1


def test_board_without_words_or_rows_is_refused(board):
    """A table needs a caption, and something to show."""
    for rows, caption in ((board, " "), (board.iloc[:0], "x")):
        with pytest.raises(ValueError, match="needs a caption and at least one figure"):
            Scoreboard(rows, caption)


def test_numbers_are_written_for_people():
    """Thousands, a true minus, no negative zero."""
    assert written(-0.00001, 4) == "0.0000"
    assert written(-1234.5, 0) == "−1,234"
    assert written(2.0, 1, "+") == "+2.0"


def test_figures_draw_what_has_a_distance(board):
    """Figures carry names of the farthest, and survive a board with one group alone."""
    words = {"caption": "Something, in units.", "alt": "Points."}
    drawn = agreement_figure(board, named=2, **words).svg
    worst = board.loc[board["distance"].abs().idxmax()]
    assert f"{worst['table']} ({worst['column']}) {worst['term']}" in drawn
    assert "by chance" in distances_figure(board, **words).svg


@pytest.mark.parametrize(("by", "head"), [("role", "part"), ("table", "table")])
def test_agreement_is_written_with_signs_and_shares(board, by, head):
    """One row for each group, the farthest with its sign."""
    groups = agreement(board, by)
    laid = agreement_table(groups, "Agreement (synthetic data)")
    assert laid.header[0] == head
    assert len(laid.rows) == len(groups)
    first = groups.iloc[0]
    assert laid.rows[0][2:4] == (f"{first['rms']:.2f}", f"{first['within_2']:.0%}")
    assert laid.rows[0][4] == f"{first['largest']:+.1f}".replace("-", "−")
