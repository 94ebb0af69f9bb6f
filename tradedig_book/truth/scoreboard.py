"""The scoreboard: every figure that the paper prints beside ours, and how far apart they are."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from tradedig_book.audit.reading import KEY
from tradedig_book.economy.calibration import load_calibration
from tradedig_book.published import published
from tradedig_book.truth.calibrate import CONTRASTS, POOLED, QUALITY_COLUMNS, SINGLE, targets
from tradedig_helpers.estimation.specifications import EXPORT_CHOICE
from tradedig_helpers.frames.options import require_option
from tradedig_helpers.frames.plain import plain

Kind = Literal["coefficient", "mediated effect", "statistic"]
Role = Literal["target", "difference", "no target"]
Key = tuple[int, int, str]

BANDS = {"within 1": 1.0, "1 to 2": 2.0, "2 to 3": 3.0, "beyond 3": np.inf}
"""Names of distances, each with its upper end, in standard errors of the difference."""
UNMEASURED = "no error"
NOT_ESTIMATED = "not estimated"
APART = (*BANDS, UNMEASURED, NOT_ESTIMATED)
WANTED = {"estimates": (*KEY, "estimate", "std_error"), "columns": (*KEY[:2], "problem")}


def scoreboard(estimates: pd.DataFrame, columns: pd.DataFrame) -> pd.DataFrame:
    """Put each published figure beside ours.

    Parameters
    ----------
    estimates, columns : as :class:`~tradedig_helpers.estimation.runner.Results` has them

    Returns
    -------
    DataFrame
        One row per published figure, in the paper's order: ``table``, ``column``, ``term``;
        ``kind`` (``Kind``); ``role`` in the calibration (``Role``); ``published``,
        ``published_error``, ``ours``, ``our_error``; ``distance``, which is
        (ours - published)/√(our error² + published error²), with the published error of a
        mediated effect, which is not printed, left out; ``ratio`` = ours/published;
        ``apart``, one of ``APART``; ``problem``, why there is no estimate of ours, or empty.

    Raises
    ------
    TypeError
        If a frame is no pandas DataFrame, or estimates are no numbers.
    ValueError
        If a frame lacks a column, or has two rows for one figure.

    Notes
    -----
    Rows of other tables than the paper's, such as columns of one's own, are left out.
    """
    estimates, columns = (
        _of_the_paper(frame, name)
        for frame, name in ((estimates, "estimates"), (columns, "columns"))
    )
    board = published().rename(columns={"estimate": "published", "std_error": "published_error"})
    ours = estimates.rename(columns={"estimate": "ours", "std_error": "our_error"})
    board = board.drop(columns="stars").merge(
        ours[[*KEY, "ours", "our_error"]], on=KEY, how="left", validate="1:1"
    )
    board = board.merge(columns[["table", "column", "problem"]], how="left", validate="m:1")
    aimed = roles()
    board.insert(3, "kind", board["term"].map(kind_of))
    board.insert(4, "role", [aimed.get(key, "no target") for key in _keys(board)])
    spread = np.hypot(board["our_error"], board["published_error"].fillna(0.0))
    board["distance"] = (board["ours"] - board["published"]) / spread
    board["ratio"] = board["ours"] / board["published"]
    board["apart"] = _apart(board)
    board["problem"] = (
        board["problem"].fillna("this column was not run").where(board["ours"].isna(), "")
    )
    nameless = board["ours"].isna() & (board["problem"] == "")
    board.loc[nameless, "problem"] = "our column has no such term"
    return board[[name for name in board if name != "problem"] + ["problem"]]


def roles() -> dict[Key, Role]:
    """Return what each figure was to the calibration; figures that are missing were no target.

    ``difference``: of two columns only the difference of their coefficients was a target.
    """
    columns = (POOLED, *QUALITY_COLUMNS, *(spec for _, spec in SINGLE.values()))
    found: dict[Key, Role] = dict.fromkeys(_keys(targets(columns)), "target")
    chosen = published(4, 1)
    chosen = chosen[chosen["term"].isin(load_calibration().exporting)]
    assert EXPORT_CHOICE.column == 1, "the index of exporting is that of Table 4, column 1"
    found |= dict.fromkeys(_keys(chosen), "target")
    for pair in CONTRASTS.values():
        for key in _keys(targets(pair)):
            found.setdefault(key, "difference")
    return found


def kind_of(term: str) -> Kind:
    """Return what a term of the published figures is."""
    if term.startswith("stat:"):
        return "statistic"
    return "mediated effect" if term == "ME" else "coefficient"


def agreement(board: pd.DataFrame, by: str = "role") -> pd.DataFrame:
    """Summarise distances by ``role``, ``kind`` or ``table``.

    Returns
    -------
    DataFrame
        ``by``; ``figures`` with a distance; ``rms``, the root of the mean squared distance;
        ``within_2``, the share that is at most two away; ``largest`` distance, and ``where``.
        Two unbiased, independent estimates would give about 1 and 0.95.

    Raises
    ------
    TypeError, ValueError
        If the board is no pandas DataFrame, lacks a column, or ``by`` is unknown.
    """
    require_option(by, Literal["role", "kind", "table"], "by")
    board = plain(board, "the board")
    if missing := {*KEY, by, "distance"} - set(board.columns):
        raise ValueError(f"the board lacks {sorted(missing)}; give what scoreboard returns")
    rows = []
    for value, group in board[board["distance"].notna()].groupby(by, sort=by == "table"):
        distance = group["distance"]
        worst = group.iloc[int(distance.abs().to_numpy().argmax())]
        rows.append(
            {
                by: value,
                "figures": len(group),
                "rms": float(np.sqrt((distance**2).mean())),
                "within_2": float((distance.abs() <= 2).mean()),
                "largest": float(worst["distance"]),
                "where": f"Table {worst['table']} ({worst['column']}) {worst['term']}",
            }
        )
    return pd.DataFrame(rows)


def _apart(board: pd.DataFrame) -> pd.Series:
    """Return the name of each distance."""
    edges = [-np.inf, *BANDS.values()]
    named = pd.cut(board["distance"].abs(), edges, labels=list(BANDS)).astype(object)
    return named.where(board["distance"].notna(), UNMEASURED).where(
        board["ours"].notna(), NOT_ESTIMATED
    )


def _keys(frame: pd.DataFrame) -> list[Key]:
    return list(frame[KEY].itertuples(index=False, name=None))


def _of_the_paper(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the rows of the paper's tables, and refuse a frame that makes no scoreboard."""
    frame = plain(frame, name)
    if missing := sorted({*WANTED[name]} - {*frame.columns}):
        raise ValueError(f"{name} lacks {missing}; give what run returns")
    for column in WANTED[name]:
        number = column in ("estimate", "std_error")
        if number and not pd.api.types.is_numeric_dtype(frame[column]):
            raise TypeError(
                f"{name}.{column} has type {frame[column].dtype}; convert it to numbers"
            )
    place = frame[KEY[:2]].apply(pd.to_numeric, errors="coerce")
    frame = frame.assign(**place)[(place % 1 == 0).all(axis=1)].astype(
        dict.fromkeys(KEY[:2], "int64")
    )
    key = [column for column in KEY if column in WANTED[name]]
    if twice := int(frame.duplicated(key).sum()):
        raise ValueError(f"{name} has {twice} rows that repeat a {', '.join(key)}; drop them")
    return frame
