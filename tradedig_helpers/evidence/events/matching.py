"""Matching on the propensity to adopt, year of adoption by year of adoption."""

from __future__ import annotations

import dataclasses
from bisect import bisect_left
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from tradedig_helpers.evidence.events.balance import balance_table, moments
from tradedig_helpers.evidence.selection import Probit, probit
from tradedig_helpers.evidence.specifications import FIRM_CONTROLS, MEDIATORS, Specification
from tradedig_helpers.measure import Ledger
from tradedig_helpers.measure.checks import require_columns, require_key

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

KEY = ["firm", "year"]
PROPENSITY = Specification("Propensity to adopt", 1, "adopts", (*FIRM_CONTROLS, *MEDIATORS))
"""A probit of adopting next year, on traits of this year."""
CALIPER = 0.2
"""Largest distance within a pair, in standard deviations of the index (Austin 2011)."""
RULES = (
    "seen in the year before, traits known",
    "propensity of the year can be estimated",
    "on common support",
    "a control within the caliper",
)
"""What an adopter needs to be matched, in this order."""
PSM_DID = Specification("PSM-DID", 1, "QSY", ("after",), ("unit", "cohort^year"))
"""Adopters against their controls, on the pairs of :func:`stacked`."""


@dataclasses.dataclass(frozen=True, slots=True)
class Matching:
    """Adopters, each beside a firm that had the same propensity and did not adopt.

    Attributes
    ----------
    pairs : ``cohort``, ``firm`` (adopter), ``control``, ``control_cohort`` (missing if it
        never adopts), ``index``, ``control_index``; one row for each matched adopter
    scores : ``cohort``, ``firm``, ``adopts`` (0 or 1), ``index``, ``score`` = Φ(index) of
        every firm at risk in the year before
    balance : ``covariate``, standardised mean differences ``smd_before``, ``smd_after``, and
        variance ratios ``ratio_before``, ``ratio_after``
    probits : by cohort
    failures : by cohort, why its propensity could not be estimated
    ledger : adopters left out
    """

    pairs: pd.DataFrame
    scores: pd.DataFrame
    balance: pd.DataFrame
    probits: Mapping[int, Probit]
    failures: Mapping[int, str]
    ledger: Ledger

    @property
    def firms(self) -> pd.Series:
        """Matched adopters and controls, each once."""
        both: pd.Series = pd.concat([self.pairs["firm"], self.pairs["control"]])
        return pd.Series(both.unique())


def match_adopters(
    traits: pd.DataFrame,
    cohorts: pd.DataFrame,
    spec: Specification = PROPENSITY,
    *,
    caliper: float = CALIPER,
    replace: bool = True,
) -> Matching:
    """Match each adopter to the nearest firm that has not adopted, by the year before.

    For each year of adoption g, a probit explains in year g - 1 who adopts in g; at risk are
    all firms seen then that had not adopted. An adopter gets the firm whose index is nearest
    among those that do not adopt in g. As the score Φ(index) rises with the index, so does
    its nearest neighbour within narrow bounds; the index spreads out the small scores.

    Parameters
    ----------
    traits : ``firm``, ``year`` and the regressors of ``spec``, such as
        :func:`~tradedig_helpers.evidence.export_choice` returns
    cohorts : ``firm``, ``cohort``, as :func:`.first_adoption` returns them
    spec : the probit; its outcome is made here
    caliper : in standard deviations of the index of those at risk in the year
    replace : whether a control may serve several adopters of a year; it may in any case
        serve those of another year

    Raises
    ------
    TypeError, ValueError
        On bad columns or keys, a caliper that is not positive, or if nobody is matched.
    """
    if not caliper > 0:
        raise ValueError(f"caliper = {caliper}; give a positive number, np.inf for none")
    require_columns(traits, [*KEY, *spec.regressors], "traits")
    require_key(traits, KEY, "traits")
    require_columns(cohorts, ["firm", "cohort"], "cohorts")
    require_key(cohorts, ["firm"], "cohorts")
    risk = _at_risk(traits, cohorts, spec)
    probits, failures = _propensities(risk, spec)
    scored = _scored(risk, probits)
    pairs, supported = _pairs(scored, caliper, replace)
    if pairs.empty:
        raise ValueError(f"{spec.name}: none of {int(risk['adopts'].sum())} adopters is matched")
    counts = [int(risk["adopts"].sum()), int(scored["adopts"].sum()), supported, len(pairs)]
    ledger = _ledger(int(cohorts["cohort"].notna().sum()), counts)
    columns = ["cohort", "firm", "adopts", "index", "score"]
    balance = _balance(scored, pairs, spec.regressors)
    return Matching(pairs, scored[columns], balance, probits, failures, ledger)


def nearest(
    adopters: Floats, controls: Floats, *, caliper: float = np.inf, replace: bool = True
) -> Places:
    """Return the position of the nearest control of each adopter, -1 where none is near enough.

    Controls are sorted once and each adopter looks to its left and right. Without
    replacement adopters choose in falling order of their value, as the highest have the
    fewest neighbours; a tie goes to the smaller control.
    """
    order = np.argsort(controls, kind="stable")
    ranked = controls[order]
    if not len(ranked):
        return np.full(len(adopters), -1)
    if not replace:
        return _one_each(adopters, ranked, order, caliper)
    padded = np.r_[-np.inf, ranked, np.inf]
    right = np.searchsorted(ranked, adopters) + 1
    below, above = adopters - padded[right - 1], padded[right] - adopters
    place = np.where(below <= above, right - 2, right - 1)
    return np.where(np.minimum(below, above) <= caliper, order[place], -1)


def stacked(matching: Matching, panel: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Return the matched pairs as one panel, each pair with its own copies of its firms.

    Columns ``pair``, ``unit`` (a firm in a pair), ``firm``, ``year``, ``cohort``,
    ``event_time``, ``after`` (1 for an adopter since its adoption) and the outcome. A
    control is followed until it adopts itself.

    Raises
    ------
    TypeError, ValueError
        On bad columns or keys of ``panel``.
    """
    require_columns(panel, [*KEY, outcome], "panel")
    require_key(panel, KEY, "panel")
    pairs = matching.pairs.assign(pair=range(len(matching.pairs)))
    control = pairs[["pair", "cohort", "control", "control_cohort"]].assign(adopter=0)
    sides = [
        pairs[["pair", "cohort", "firm"]].assign(adopter=1),
        control.rename(columns={"control": "firm", "control_cohort": "until"}),
    ]
    rows = pd.concat(sides).merge(panel[[*KEY, outcome]].dropna(), on="firm")
    rows = rows[~(rows["until"] <= rows["year"])]
    event_time = rows["year"] - rows["cohort"]
    unit = 2 * rows["pair"] + rows["adopter"]
    rows = rows.assign(
        unit=unit, event_time=event_time, after=rows["adopter"] * (event_time >= 0).astype(float)
    )
    columns = ["pair", "unit", *KEY, "cohort", "event_time", "after", outcome]
    return rows[columns].sort_values(["unit", "year"]).reset_index(drop=True)


def _at_risk(traits: pd.DataFrame, cohorts: pd.DataFrame, spec: Specification) -> pd.DataFrame:
    """Return, for each cohort, those that had not adopted in the year before, traits known.

    Columns ``cohort`` (the year of adoption in question), ``firm``, ``year``, the regressors,
    ``adopts`` and ``own`` (the firm's year of adoption).
    """
    frame = traits[[*KEY, *spec.regressors]].dropna().merge(cohorts, on="firm", validate="m:1")
    frame = frame.rename(columns={"cohort": "own"}).assign(cohort=frame["year"] + 1)
    frame = frame[~(frame["own"] < frame["cohort"])]
    frame = frame.assign(adopts=(frame["own"] == frame["cohort"]).astype(float))
    choosing = frame.groupby("cohort")["adopts"].transform("max") == 1
    if not choosing.any():
        raise ValueError(f"{spec.name}: no firm is seen in the year before it adopts")
    return frame[choosing].sort_values(["cohort", "firm"]).reset_index(drop=True)


def _propensities(
    risk: pd.DataFrame, spec: Specification
) -> tuple[dict[int, Probit], dict[int, str]]:
    """Return the probit of each cohort, or why there is none."""
    probits, failures = {}, {}
    for cohort in risk["cohort"].unique().tolist():
        named = dataclasses.replace(spec, table=f"{spec.table} in {cohort}")
        try:
            probits[cohort] = probit(named, risk[risk["cohort"] == cohort])
        except ValueError as error:
            failures[cohort] = str(error)
    return probits, failures


def _scored(risk: pd.DataFrame, probits: Mapping[int, Probit]) -> pd.DataFrame:
    """Return those at risk with the index and the score of their cohort's probit."""
    indices = [found.index[[*KEY, "index"]] for found in probits.values()]
    known = pd.concat(indices) if indices else risk[KEY].iloc[:0].assign(index=0.0)
    scored = risk.merge(known, on=KEY, validate="1:1")
    return scored.assign(score=norm.cdf(scored["index"]))


def _pairs(scored: pd.DataFrame, caliper: float, replace: bool) -> tuple[pd.DataFrame, int]:
    """Return the pairs of all cohorts, and how many adopters are on common support."""
    found, supported = [scored.iloc[:0]], 0
    for _, members in scored.groupby("cohort"):
        reach = caliper * float(members["index"].std())
        pool = members[members["adopts"] == 0]
        within = members["index"].between(pool["index"].min(), pool["index"].max())
        adopters = members[(members["adopts"] == 1) & within]
        place = nearest(
            adopters["index"].to_numpy(),
            pool["index"].to_numpy(),
            caliper=reach,
            replace=replace,
        )
        control = pool.iloc[place[place >= 0]]
        names = {"firm": "control", "own": "control_cohort", "index": "control_index"}
        beside = control[list(names)].rename(columns=names).set_index(adopters.index[place >= 0])
        found.append(adopters[place >= 0].join(beside))
        supported += len(adopters)
    columns = ["cohort", "firm", "control", "control_cohort", "index", "control_index"]
    return pd.concat(found[1:] or found)[columns].reset_index(drop=True), supported


def _one_each(adopters: Floats, ranked: Floats, order: Places, caliper: float) -> Places:
    """Return the position of the nearest control that is still free, for each adopter."""
    free, places = list(range(len(ranked))), np.full(len(adopters), -1)
    for adopter in np.argsort(-adopters, kind="stable"):
        right = bisect_left(free, adopters[adopter], key=lambda place: ranked[place])
        around = [at for at in (right - 1, right) if 0 <= at < len(free)]
        gaps = [abs(adopters[adopter] - ranked[free[at]]) for at in around]
        if gaps and min(gaps) <= caliper:
            places[adopter] = order[free.pop(around[gaps.index(min(gaps))])]
    return places


def _balance(scored: pd.DataFrame, pairs: pd.DataFrame, regressors: Sequence[str]) -> pd.DataFrame:
    """Return how adopters and controls differ, before and after.

    Before, each cohort's pool weighs as much as its adopters, so that years are alike on
    both sides.
    """
    adopts = scored["adopts"] == 1
    size = scored.groupby(["cohort", "adopts"])["firm"].transform("size")
    share = (scored.groupby("cohort")["adopts"].transform("sum") / size)[~adopts]
    keyed = scored.set_index(["cohort", "firm"])
    matched, beside = (
        keyed.loc[list(zip(pairs["cohort"], pairs[side], strict=True))]
        for side in ("firm", "control")
    )
    before = moments(scored[adopts], scored[~adopts], share.to_numpy(), regressors)
    return balance_table(before, moments(matched, beside, np.ones(len(pairs)), regressors))


def _ledger(adopters: int, counts: list[int]) -> Ledger:
    """Return what each of ``RULES`` left of the adopters."""
    ledger = Ledger()
    for rule, before, after in zip(RULES, [adopters, *counts], counts, strict=False):
        ledger = ledger.record(rule, "adopters", before, after)
    return ledger
