"""How many printed figures have which answer, table by table."""

from __future__ import annotations

import pandas as pd

from tradedig_book.present.printed.cards import AUDIT_SYMBOLS, cards
from tradedig_book.present.tables import PageTable, table
from tradedig_book.truth.scoreboard import NOT_ESTIMATED, UNMEASURED

_HEADS = {
    "consistent": "all checks agree",
    "undecidable": "one is open",
    "inconsistent": "one does not fit",
    "apart": "with a distance",
    "near": "of these within 2",
    "curve": "on the curve",
    "claim": "speak to a claim",
}


def answers(board: pd.DataFrame, curve: pd.DataFrame) -> pd.DataFrame:
    """Count figures by table and answer.

    Parameters
    ----------
    board : as :func:`~tradedig_book.truth.scoreboard.scoreboard` returns it
    curve : as :func:`.specification_curve` returns it

    Returns
    -------
    DataFrame
        ``table``, ``figures``; by the gravest verdict of the checks that use it
        ``consistent``, ``undecidable``, ``inconsistent``; ``apart``, figures with a distance,
        and ``near``, those within two standard errors; ``curve``; ``claim``.
    """
    figures = pd.DataFrame(cards(board, curve)["figures"].values())
    far = ("2 to 3", "beyond 3")
    counted = pd.DataFrame(
        {
            "table": [place[0] for place in figures["place"]],
            "figures": 1,
            **{verdict: figures["audit"] == verdict for verdict in AUDIT_SYMBOLS},
            "apart": ~figures["agreement"].isin([UNMEASURED, NOT_ESTIMATED]),
            "near": ~figures["agreement"].isin([UNMEASURED, NOT_ESTIMATED, *far]),
            "curve": [not isinstance(place, str) for place in figures["curve"]],
            "claim": figures["claim"] != "",
        }
    )
    return counted.groupby("table", as_index=False).sum()


def answers_table(board: pd.DataFrame, curve: pd.DataFrame) -> PageTable:
    """Lay out :func:`answers`."""
    return table(
        answers(board, curve),
        caption="Printed figures by what the audit, our estimate, the curve and the ledger say",
        notes=[
            "Checks: the gravest verdict of all that use a figure. Distances are those of our "
            "estimates on <strong>synthetic data</strong>, in standard errors.",
        ],
        heads=_HEADS,
    )
