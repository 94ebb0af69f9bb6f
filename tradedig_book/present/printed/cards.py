"""What a card says of a printed figure: computed here, so that pages only show it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from tradedig_book.audit.checks import CHECKS, CONTRAST, figure_checks
from tradedig_book.audit.declared import BENCHMARK, Place
from tradedig_book.audit.reading import KEY
from tradedig_book.present.addresses import (
    audit_address,
    board_address,
    claim_address,
    curve_address,
    figure_address,
)
from tradedig_book.present.printed.words import in_words, meaning, written_term
from tradedig_book.present.scoreboard.table import DISTANCE_SYMBOLS, written
from tradedig_book.published import published
from tradedig_book.theory.claims import LEDGER
from tradedig_book.theory.tested_claims import BEARINGS, bearing_of
from tradedig_book.truth.scoreboard import NOT_ESTIMATED, UNMEASURED
from tradedig_helpers.estimation.curve_summary import standardised_curve
from tradedig_helpers.estimation.fit import NORMAL_95
from tradedig_helpers.estimation.specification_curve import CHOICES
from tradedig_helpers.estimation.specifications import PAPER, Specification, paper_column

AUDIT_SYMBOLS = {"consistent": "✓", "undecidable": "?", "inconsistent": "≠"}
"""What stands for a verdict beside its name, the gravest last."""
ROLES = {
    "target": "A target of the calibration: that it agrees tests the code.",
    "difference": "Only its difference to another column was a target of the calibration.",
    "no target": "No target of the calibration: it could have come out otherwise.",
}
_DECIMALS = {"stat:N": 0, "stat:ACC LM": 2, "stat:CDW F": 2}
_SPARKS = 80
"""Points that draw the curve small."""
_PARTS = {
    "quality": "The curve explains quality; this column explains something else.",
    "index": "The curve has one index of digitization as its regressor; this column has another.",
    "controls": "The curve does not have these regressors beside digitization.",
    "effects": "The curve does not have these fixed effects.",
    "period": "The curve has all firms; this column has a part of them.",
    "cluster": "The curve does not cluster so.",
}
"""Why a column is not on the curve, by the choice that has no option for it."""
Cards = dict[str, Any]
_Row = Mapping[Any, Any]


def decimals(term: str) -> int:
    """Return with how many decimals the paper prints a term."""
    return _DECIMALS.get(term, 4)


def key_of(place: Place) -> str:
    """Return the name of a figure in the page."""
    return ",".join(map(str, place))


def curve_choice(spec: Specification) -> dict[str, str] | str:
    """Return the options of the curve that are this column, or in words why there are none."""
    if spec.estimator != "least squares":
        return f"The curve is least squares; this column is {spec.estimator}."
    first, *controls = spec.regressors
    values = {
        "quality": spec.outcome,
        "index": first,
        "controls": set(controls),
        "effects": set(spec.effects),
        "period": spec.sample,
        "cluster": spec.cluster,
    }
    choice = {}
    for name, value in values.items():
        for option, means in CHOICES[name].items():
            if (set(means) if isinstance(means, tuple) else means) == value:
                choice[name] = option
        if name not in choice:
            return _PARTS[name]
    return choice


def cards(board: pd.DataFrame, curve: pd.DataFrame) -> Cards:
    """Return what the page knows of every printed figure.

    Parameters
    ----------
    board : as :func:`~tradedig_book.truth.scoreboard.scoreboard` returns it
    curve : as :func:`.specification_curve` returns it

    Returns
    -------
    dict
        ``figures``, one for each printed figure by :func:`key_of`; what several of them share:
        ``columns``, ``checks``, ``claims``, ``roles``, ``curve``; ``symbols`` of marks; and the
        address of the ``headline``.
    """
    curve = standardised_curve(curve)
    checked = dict(list(figure_checks(published()).groupby(KEY)))
    printed = {_place(row): row for row in published().to_dict("records")}
    return {
        "figures": {
            key_of(place): _figure(place, printed[place], row, checked.get(place), curve)
            for row in board.to_dict("records")
            for place in [_place(row)]
        },
        "columns": {f"{spec.table},{spec.column}": in_words(spec) for spec in PAPER},
        "checks": {check.name: audit_address(check.section) for check in (*CHECKS, CONTRAST)},
        "claims": {key: _claim(key) for key in {one.claim for one in BEARINGS} if key},
        "roles": ROLES,
        "curve": _small(curve),
        "headline": "#" + figure_address(*BENCHMARK).split("#")[1],
        "symbols": {"audit": AUDIT_SYMBOLS, "agreement": DISTANCE_SYMBOLS},
    }


def _place(row: _Row) -> Place:
    return row["table"], row["column"], row["term"]


def _figure(
    place: Place,
    printed: _Row,
    row: _Row,
    checked: pd.DataFrame | None,
    curve: pd.DataFrame,
) -> dict[str, Any]:
    """Return what the card of one figure says."""
    table, column, term = place
    found = [] if checked is None else checked[["check", "verdict", "finds"]].to_numpy().tolist()
    verdicts = [verdict for _, verdict, _ in found if verdict in AUDIT_SYMBOLS]
    bearing = None if term.startswith("stat:") else bearing_of(*place)
    return {
        "place": list(place),
        "name": written_term(term),
        "meaning": meaning(term),
        "printed": _text(printed["estimate"], term),
        "stars": printed["stars"],
        "error": _text(printed["std_error"], term),
        "checks": found,
        "audit": max(verdicts, key=list(AUDIT_SYMBOLS).index, default=""),
        **_beside(row),
        "curve": _on_curve(paper_column(table, column), term, curve),
        "claim": bearing.claim if bearing else "",
        "says": bearing.says if bearing else "a statistic of the column",
    }


def _text(value: Any, term: str) -> str:
    """Write a number with the paper's decimals; a missing one is empty."""
    return "" if pd.isna(value) else written(float(value), decimals(term))


def _error(value: Any) -> str:
    """Write an error of ours; one that four decimals would make zero has six."""
    if pd.isna(value):
        return ""
    return f"{value:.4f}" if float(f"{value:.4f}") else f"{value:.6f}"


def _beside(row: _Row) -> dict[str, Any]:
    """Return ours beside the published figure, and how far apart the two are."""
    term, apart = row["term"], row["apart"]
    if apart == NOT_ESTIMATED:
        distance = row["problem"]
    elif apart == UNMEASURED:
        distance = f"× {written(row['ratio'], 3)}"
    else:
        distance = written(row["distance"], 1, "+")
    ends = {"theirs": ("published", "published_error"), "ours": ("ours", "our_error")}
    measured = apart not in (NOT_ESTIMATED, UNMEASURED)
    return {
        "ours": _text(row["ours"], term),
        "our_error": _error(row["our_error"]),
        "agreement": apart,
        "distance": distance,
        "role": row["role"],
        "board": board_address(row["table"]),
        "axis": {who: _interval(*(row[name] for name in pair)) for who, pair in ends.items()}
        if measured
        else None,
    }


def _interval(estimate: float, error: float) -> list[float]:
    """Return the ends of a 95% interval and its middle; without an error all are the same."""
    reach = 0.0 if np.isnan(error) else NORMAL_95 * error
    return [float(f"{value:.6g}") for value in (estimate - reach, estimate, estimate + reach)]


def _on_curve(spec: Specification, term: str, curve: pd.DataFrame) -> dict[str, Any] | str:
    """Return where the curve has a figure, or in words why it does not."""
    if term != spec.regressors[0]:
        return "The curve shows coefficients of digitization alone."
    choice = curve_choice(spec)
    if isinstance(choice, str):
        return choice
    row = curve[(curve[list(choice)] == pd.Series(choice)).all(axis=1)].iloc[0]
    smaller = float((curve["effect"] < row["effect"]).mean())
    return {
        "href": curve_address(choice),
        "rank": int(row["rank"]),
        "says": f"Number {row['rank']:,} of {len(curve):,}, larger than {smaller:.0%}: "
        f"{written(row['effect'], 4)} standard deviations of {spec.outcome} for one of {term}.",
    }


def _small(curve: pd.DataFrame) -> dict[str, Any]:
    """Return the curve in few points: ranks and effects."""
    ordered = curve.sort_values("rank")["effect"].to_numpy()
    ranks = np.linspace(1, len(ordered), _SPARKS).round().astype(int)
    effects = [float(f"{value:.4g}") for value in ordered[ranks - 1]]
    return {"ranks": ranks.tolist(), "effects": effects, "count": len(ordered)}


def _claim(key: str) -> dict[str, str]:
    """Return a claim of the ledger as a card has it."""
    one = LEDGER[key]
    return {
        "title": one.title,
        "says": one.says,
        "verdict": one.verdict,
        "href": claim_address(key),
    }
