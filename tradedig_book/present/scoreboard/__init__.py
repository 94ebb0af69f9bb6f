"""The scoreboard on a page: a table that can be filtered, and figures."""

from tradedig_book.present.scoreboard.figures import agreement_figure, distances_figure
from tradedig_book.present.scoreboard.table import Scoreboard, agreement_table

__all__ = ["Scoreboard", "agreement_figure", "agreement_table", "distances_figure"]
