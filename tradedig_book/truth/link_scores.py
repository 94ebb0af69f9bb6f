"""How good links are, against the truth: precision and recall of pairs of rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tradedig_helpers.frames.plain import plain
from tradedig_helpers.linking.across_sources import SourceLinks
from tradedig_helpers.linking.graphs import Keys, key_numbers, on_their_own
from tradedig_helpers.schema.checks import require_columns, require_present


@dataclass(frozen=True, slots=True)
class LinkScores:
    """Pairs of rows that were put together, that belong together, and that are both."""

    found: int
    true: int
    both: int

    @property
    def precision(self) -> float:
        """The share of found pairs that are true, NaN if none is found."""
        return self.both / self.found if self.found else np.nan

    @property
    def recall(self) -> float:
        """The share of true pairs that are found, NaN if there is none."""
        return self.both / self.true if self.true else np.nan

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall, NaN if no pair is found or true."""
        pairs = self.found + self.true
        return 2 * self.both / pairs if pairs else np.nan


def score_links(found: pd.Series[Any], truth: pd.Series[Any]) -> LinkScores:
    """Return how well ``found`` puts together the rows that ``truth`` puts together.

    Pairs are counted from the sizes of the groups and of their intersections; no pair is
    ever formed.

    Parameters
    ----------
    found : firm of each row; a row without one is together with no other
    truth : true firm of each row, with the same index

    Raises
    ------
    ValueError
        If the rows differ, or a true firm is missing.
    """
    one, other = _labels(found, truth)
    one = on_their_own(one)
    both = key_numbers(pd.Series(one), pd.Series(other))
    return LinkScores(*(_within(labels) for labels in (one, other, both)))


def compare_links(found: Mapping[str, pd.Series[Any]], truth: pd.Series[Any]) -> pd.DataFrame:
    """Return ``method``, ``firms`` found, ``precision``, ``recall`` and ``f1`` of each method.

    Parameters
    ----------
    found : by method, the firm of each row
    truth : true firm of each row
    """
    rows = []
    for method, firm in found.items():
        score = score_links(firm, truth)
        rows.append((method, firm.nunique(), score.precision, score.recall, score.f1))
    return pd.DataFrame(rows, columns=["method", "firms", "precision", "recall", "f1"])


def score_sources(links: SourceLinks, truth: pd.DataFrame) -> pd.DataFrame:
    """Return how well the rows of every source are linked to the rows of the survey.

    Parameters
    ----------
    links : from :func:`.link_sources`
    truth : ``table``, ``row`` (from 0 in the order of the table) and ``firm``

    Returns
    -------
    DataFrame
        ``source``, ``rows``, ``linked`` (the share that has a firm), and ``precision``,
        ``recall`` and ``f1`` of pairs of a row of the source and a row of the survey; for
        the survey, of pairs of its own rows

    Raises
    ------
    ValueError
        If ``truth`` lacks a row of a source, or has one twice.
    """
    true = {source: true_firms(truth, source) for source in links.firm}
    survey, scores = links.firm["survey"].reset_index(drop=True), []
    for source, firm in links.firm.items():
        found = firm.reset_index(drop=True)
        if source == "survey":
            score = score_links(found, true[source])
        else:
            score = _score_across(found, true[source], survey, true["survey"])
        shares = found.notna().mean(), score.precision, score.recall, score.f1
        scores.append((source, len(found), *shares))
    columns = ["source", "rows", "linked", "precision", "recall", "f1"]
    return pd.DataFrame(scores, columns=columns)


def true_firms(truth: pd.DataFrame, source: str) -> pd.Series[int]:
    """Return the true firm of each row of ``source``, from 0 in the order of the table.

    Raises
    ------
    ValueError
        If ``truth`` (``table``, ``row``, ``firm``) lacks a row, or has one twice.
    """
    truth = plain(truth, "truth")
    require_columns(truth, ["table", "row", "firm"], "truth")
    rows = truth[truth["table"] == source].sort_values("row")
    if rows.empty or not np.array_equal(rows["row"], np.arange(len(rows))):
        raise ValueError(
            f"truth has {len(rows)} rows of {source}, not one for each row from 0; complete it"
        )
    return rows.set_index("row")["firm"].rename_axis(None)


def _score_across(
    found: pd.Series[Any], truth: pd.Series[Any], other: pd.Series[Any], other_truth: pd.Series[Any]
) -> LinkScores:
    """Return the scores of pairs of a row of one source and a row of another."""
    whole = (pd.concat(pair, ignore_index=True) for pair in ((found, other), (truth, other_truth)))
    found_key, true_key = _labels(*whole)
    both_key = key_numbers(*(pd.Series(k).where(k >= 0) for k in (found_key, true_key)))
    first = len(found)
    return LinkScores(*(_between(k[:first], k[first:]) for k in (found_key, true_key, both_key)))


def _labels(found: pd.Series[Any], truth: pd.Series[Any]) -> tuple[Keys, Keys]:
    """Return found and true firms as whole numbers from 0, -1 where none was found."""
    if not all(isinstance(side, pd.Series) for side in (found, truth)):
        raise TypeError("found and truth are one firm per row each; give pandas Series")
    if not found.index.equals(truth.index):
        raise ValueError(
            f"found has {len(found)} rows and truth {len(truth)}, and their indices differ; "
            "give both for the same rows"
        )
    require_present(truth.to_frame("truth"), ["truth"], "truth")
    return key_numbers(found), key_numbers(truth)


def _within(labels: Keys) -> int:
    """Return the number of pairs of rows with the same label."""
    size = np.bincount(pd.factorize(labels)[0])
    return int((size * (size - 1) // 2).sum())


def _between(one: Keys, other: Keys) -> int:
    """Return the number of pairs of a row of each side with the same label from 0."""
    label = pd.factorize(np.concatenate([one, other]))[0]
    sides = (label[: len(one)], one), (label[len(one) :], other)
    size = [np.bincount(k[raw >= 0], minlength=label.max(initial=0) + 1) for k, raw in sides]
    return int((size[0] * size[1]).sum())
