"""Matching on the propensity to adopt, year of adoption by year of adoption."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Literal

import numpy as np
import pandas as pd
from scipy.stats import norm

from tradedig_helpers.estimation.event_study.balance import balance_table, moments
from tradedig_helpers.estimation.event_study.cohorts import (
    plain_rows,
    require_own_names,
    with_cohorts,
)
from tradedig_helpers.estimation.event_study.neighbours import SAME, nearest, tied
from tradedig_helpers.estimation.heckman import Probit, probit
from tradedig_helpers.estimation.specifications import (
    FIRM,
    FIRM_CONTROLS,
    MEDIATORS,
    YEAR,
    Specification,
    sample_columns,
)
from tradedig_helpers.frames.arrays import Codes
from tradedig_helpers.frames.ledger import Ledger
from tradedig_helpers.frames.options import require_kind, require_names, require_option
from tradedig_helpers.measure.flows import FIRM_YEAR
from tradedig_helpers.schema.checks import checked, require_columns, require_key, require_same_kind

Ties = Literal["first", "weighted"]
"""Which of several controls that are equally near serves: the first, or all, each in part."""

PROPENSITY = Specification(
    "adopts", (*FIRM_CONTROLS, *MEDIATORS), table="Propensity to adopt", column=1
)
"""A probit of adopting next year, on traits of this year."""
CALIPER = 0.2
"""Largest distance within a pair, in standard deviations of the index (Austin 2011)."""
MATCHING_RULES = (
    "seen in the year before, traits known",
    "propensity of the year can be estimated",
    "on common support",
    "a control within the caliper",
)
"""What an adopter needs to be matched, in this order."""
PSM_DID = Specification("QSY", ("after",), ("unit", "cohort^year"), table="PSM-DID", column=1)
"""Adopters against their controls, on the pairs of :func:`stacked`."""
PAIR = ["control", "control_cohort", "index", "control_index", "weight"]
MADE = {"cohort", "own", "adopts", "index", "score", "control", "control_cohort", "control_index"}
"""Columns that matching makes, so that no trait may have their names."""


@dataclasses.dataclass(frozen=True, slots=True)
class Matching:
    """Adopters, each beside a firm that had the same propensity and did not adopt.

    Attributes
    ----------
    pairs : ``cohort``, firm (adopter), ``control``, ``control_cohort`` (missing if it
        never adopts), ``index``, ``control_index``, ``weight``; one row for each matched
        adopter, or, if ties are weighted, for each of its controls, whose weights add up to one
    scores : ``cohort``, firm, ``adopts`` (0 or 1), ``index``, ``score`` = Φ(index) of
        every firm at risk in the year before
    balance : ``covariate``, standardised mean differences ``smd_before``, ``smd_after``, and
        variance ratios ``ratio_before``, ``ratio_after``
    probits : by cohort
    failures : by cohort, why its propensity could not be estimated
    ledger : adopters left out
    firm, year : the columns that hold them
    """

    pairs: pd.DataFrame
    scores: pd.DataFrame
    balance: pd.DataFrame
    probits: Mapping[int, Probit]
    failures: Mapping[int, str]
    ledger: Ledger
    firm: str = FIRM
    year: str = YEAR

    @property
    def adopters(self) -> int:
        """How many adopters are matched."""
        return int((~self.pairs.duplicated(["cohort", self.firm])).sum())

    @property
    def controls(self) -> int:
        """How many different firms serve as controls."""
        return int(self.pairs["control"].nunique())

    @property
    def busiest(self) -> float:
        """How many adopters the busiest control serves; a part of one counts as its weight."""
        return float(self.pairs.groupby("control")["weight"].sum().max())

    @property
    def firms(self) -> pd.Series:
        """Matched adopters and controls, each once."""
        both: pd.Series = pd.concat([self.pairs[self.firm], self.pairs["control"]])
        return pd.Series(both.unique())


def match_adopters(
    traits: pd.DataFrame,
    cohorts: pd.DataFrame,
    spec: Specification = PROPENSITY,
    *,
    caliper: float = CALIPER,
    replace: bool = True,
    ties: Ties = "first",
    firm: str = FIRM,
    year: str = YEAR,
) -> Matching:
    """Match each adopter to the nearest firm that has not adopted, by the year before.

    For each year of adoption g, a probit explains in year g - 1 who adopts in g; at risk are
    all firms seen then that had not adopted. An adopter gets the firm whose index is nearest
    among those that do not adopt in g. As the score Φ(index) rises with the index, so does
    its nearest neighbour within narrow bounds; the index spreads out the small scores.

    Parameters
    ----------
    traits : ``firm``, ``year`` and the regressors of ``spec``, such as :func:`.export_choice`
        returns
    cohorts : ``firm``, ``cohort``, as :func:`.first_adoption` returns them, of all firms of
        ``traits``
    spec : the probit; its outcome is made here. Its cluster may not be ``year``, as all firms
        at risk of a cohort are seen in one
    caliper : in standard deviations of the index of those at risk in the year
    replace : whether a control may serve several adopters of a year; it may in any case
        serve those of another year
    ties : what serves an adopter if several controls are equally near, as with few and
        discrete traits: the first, so that numbers of firms decide, or all, each weighted by
        one over their number, so that they do not; each is written out, up to ``MOST_PAIRS``
    firm, year : the columns that hold them, in ``traits`` and ``cohorts``; a ``spec`` that
        clusters by ``firm`` means this column

    Raises
    ------
    TypeError, ValueError
        On bad columns, names or keys, a firm of ``traits`` without a line in ``cohorts``, an
        infinite trait, a caliper that is not positive, ties weighted without replacement or in
        too many pairs, or if nobody is matched.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> firms, rng = np.arange(1, 101), np.random.default_rng(1)
    >>> traits = pd.DataFrame({"firm": firms, "year": 2004, "lnsca": rng.normal(size=100)})
    >>> adopts = traits["lnsca"] + rng.normal(size=100) > 1
    >>> cohorts = pd.DataFrame({"firm": firms, "cohort": np.where(adopts, 2005.0, np.nan)})
    >>> matching = match_adopters(traits, cohorts, Specification("adopts", ("lnsca",)))
    >>> matching.pairs.head(3).round(2)
       cohort  firm  control  control_cohort  index  control_index  weight
    0    2005     2       91             NaN  -0.37          -0.31     1.0
    1    2005     5       57             NaN  -0.28          -0.27     1.0
    2    2005     9        1             NaN  -0.85          -0.87     1.0
    >>> matching.balance.round(2)
      covariate  smd_before  smd_after  ratio_before  ratio_after
    0     lnsca        1.25       0.01          0.94         0.99
    """
    require_option(ties, Ties, "ties")
    if ties == "weighted" and not replace:
        raise ValueError("ties = 'weighted' needs controls that may serve twice; replace = True")
    if not isinstance(caliper, Real) or isinstance(caliper, bool) or not caliper > 0:
        raise ValueError(f"caliper = {caliper!r}; give a positive number, np.inf for none")
    spec = _of_adopting(spec, firm, year)
    risk = _at_risk(_with_traits(traits, cohorts, spec, firm, year), spec)
    probits, failures = _propensities(risk, spec)
    scored = _scored(risk, probits)
    pairs, supported = _pairs(scored, caliper, replace, ties)
    adopters = int(risk["adopts"].sum())
    if pairs.empty:
        reasons = f" (probits that failed: {failures})" if failures else ""
        raise ValueError(f"{spec.name}: none of {adopters} adopters is matched{reasons}")
    columns = ["cohort", "firm", "adopts", "index", "score"]
    balance = _balance(scored, pairs, _traits(spec))
    matched = int((~pairs.duplicated(["cohort", FIRM])).sum())
    counts = [adopters, int(scored["adopts"].sum()), supported, matched]
    ledger = _ledger(int(cohorts["cohort"].notna().sum()), counts)
    own = {FIRM: firm, YEAR: year}
    return Matching(
        pairs.rename(columns=own),
        scored[columns].rename(columns=own),
        balance,
        {cohort: _under_own_names(one, own) for cohort, one in probits.items()},
        failures,
        ledger,
        firm,
        year,
    )


def _under_own_names(found: Probit, own: Mapping[str, str]) -> Probit:
    """Return a probit whose columns of firm and year have the caller's names."""
    spec = dataclasses.replace(found.spec, cluster=own.get(found.spec.cluster, found.spec.cluster))
    return dataclasses.replace(found, spec=spec, index=found.index.rename(columns=own))


def stacked(matching: Matching, panel: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Return the matched pairs as one panel, each pair with its own copies of its firms.

    Columns ``pair``, ``unit`` (a firm in a pair), firm, year, ``cohort``,
    ``event_time``, ``after`` (1 for an adopter since its adoption), ``weight`` (1
    for an adopter) and the outcome. A control is followed until it adopts itself; rows
    without the outcome are left out. With weighted ties a control is there once for all its
    pairs of a cohort, under the first of them, with the sum of its weights.

    Raises
    ------
    TypeError, ValueError
        On bad columns, names, years or keys of ``panel``, or if it lacks a matched firm.
    """
    firm, year = matching.firm, matching.year
    columns = ["pair", "unit", firm, year, "cohort", "event_time", "after", "weight"]
    require_own_names([outcome], [*columns, "adopter", "until"], "panel")
    rows = plain_rows(panel, "panel", [firm, year, outcome], [outcome])
    checked(rows, "panel", present=[firm], years=[year], optional_numbers=[outcome])
    require_key(rows, [firm, year], "panel")
    sides = _sides(matching.pairs.rename(columns={firm: FIRM})).rename(columns={FIRM: firm})
    require_same_kind(sides, rows, [firm], "matching.pairs", "panel")
    if lost := int((~matching.firms.isin(rows[firm])).sum()):
        raise ValueError(
            f"panel lacks {lost} of {len(matching.firms)} matched firms; give all of their rows"
        )
    rows = sides.merge(rows[[firm, year, outcome]].dropna(), on=firm)
    rows = rows[rows["until"].isna() | (rows["until"] > rows[year])]
    event_time = rows[year] - rows["cohort"]
    after = rows["adopter"] * (event_time >= 0).astype(float)
    rows = rows.assign(event_time=event_time, after=after)
    return rows[[*columns, outcome]].sort_values(["unit", year]).reset_index(drop=True)


def _of_adopting(spec: Specification, firm: str, year: str) -> Specification:
    """Return the probit of adopting, if ``spec`` can be one, clustered by ``FIRM`` for ``firm``."""
    require_kind(spec, Specification, "match_adopters(traits, cohorts, spec)")
    if spec.effects:
        raise ValueError(f"{spec.name}: a probit takes no effects; leave {spec.effects} out")
    if not spec.regressors:
        raise ValueError(f"{spec.name} has no regressors; give traits to match on")
    if spec.cluster in (year, YEAR):
        raise ValueError(
            f"{spec.name}: the firms of a cohort are all seen in the year before it adopts, so "
            "errors cannot be clustered by year; cluster by firm or by groups of firms"
        )
    require_own_names(_needed(spec), {firm, year, *FIRM_YEAR, *MADE}, "traits")
    require_own_names([spec.cluster, *sample_columns(spec.sample)], MADE, "traits")
    cluster = FIRM if spec.cluster == firm else spec.cluster
    return dataclasses.replace(spec, outcome="adopts", cluster=cluster)


def _traits(spec: Specification) -> list[str]:
    """Return the columns that the regressors are made of."""
    return list(dict.fromkeys(part for term in spec.regressors for part in term.split(":")))


def _needed(spec: Specification) -> list[str]:
    """Return the columns that must be known: the traits, and those that are asked for also."""
    also = [part for term in spec.also for part in term.split(":")]
    return list(dict.fromkeys([*_traits(spec), *also]))


def _with_traits(
    traits: pd.DataFrame, cohorts: pd.DataFrame, spec: Specification, firm: str, year: str
) -> pd.DataFrame:
    """Return the traits with ``own``, the firm's year of adoption, under the paper's names."""
    require_names([firm, year], "firm and year")
    names, own = _needed(spec), {FIRM: firm, YEAR: year}
    cluster, *chooses = (
        own.get(name, name) for name in (spec.cluster, *sample_columns(spec.sample))
    )
    kept = list(dict.fromkeys([firm, year, *names, cluster, *chooses]))
    rows = plain_rows(traits, "traits", kept, names)
    require_columns(rows, kept, "traits")
    checked(rows, "traits", present=[firm, cluster], years=[year], optional_numbers=names)
    require_key(rows, [firm, year], "traits")
    dated = with_cohorts(rows[kept], cohorts, "traits", firm)
    return dated.rename(columns={"cohort": "own", firm: FIRM, year: YEAR})


def _sides(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the firms of each pair: an adopter once, and each of its controls.

    Columns ``pair``, ``unit``, ``firm``, ``cohort``, ``until`` (when a control adopts),
    ``adopter`` (0 or 1), ``weight``.
    """
    rows = pairs.assign(
        pair=pairs.groupby(["cohort", "firm"], sort=False).ngroup(), row=range(len(pairs))
    )
    adopter = rows.drop_duplicates("pair").assign(adopter=1, weight=1.0, until=np.nan)
    control = rows.assign(adopter=0, until=rows["control_cohort"], firm=rows["control"])
    if (rows["weight"] != 1).any():
        once = control.groupby(["cohort", "firm"])["weight"].transform("sum")
        control = control.assign(weight=once).drop_duplicates(["cohort", "firm"])
    both = pd.concat([adopter, control])
    both = both.assign(unit=2 * both["row"] + both["adopter"])
    return both[["pair", "unit", "firm", "cohort", "until", "adopter", "weight"]]


def _at_risk(traits: pd.DataFrame, spec: Specification) -> pd.DataFrame:
    """Return, for each cohort, those that had not adopted in the year before, traits known.

    Columns ``cohort`` (the year of adoption in question), ``firm``, ``year``, the traits,
    ``adopts`` and ``own`` (the firm's year of adoption).
    """
    frame = traits[traits[_needed(spec)].notna().all(axis=1)]
    frame = frame.assign(cohort=frame["year"] + 1)
    frame = frame[frame["own"].isna() | (frame["own"] >= frame["cohort"])]
    frame = frame.assign(adopts=(frame["own"] == frame["cohort"]).astype(float))
    choosing = frame.groupby("cohort")["adopts"].transform("max") == 1
    if not choosing.any():
        known = int(traits["own"].notna().sum()), len(frame), len(traits)
        raise ValueError(
            f"{spec.name}: no firm is seen in the year before it adopts, with {_needed(spec)} "
            f"known; of {known[2]} rows {known[0]} are of firms that adopt, and {known[1]} in "
            "question; give earlier years, or traits that are known"
        )
    return frame[choosing].sort_values(["cohort", "firm"]).reset_index(drop=True)


def _propensities(
    risk: pd.DataFrame, spec: Specification
) -> tuple[dict[int, Probit], dict[int, str]]:
    """Return the probit of each cohort, or why there is none."""
    probits, failures = {}, {}
    for cohort in risk["cohort"].astype(int).unique().tolist():
        named = dataclasses.replace(spec, table=f"{spec.table_name} in {cohort}")
        try:
            probits[cohort] = probit(named, risk[risk["cohort"] == cohort])
        except ValueError as error:
            failures[cohort] = str(error)
    return probits, failures


def _scored(risk: pd.DataFrame, probits: Mapping[int, Probit]) -> pd.DataFrame:
    """Return those at risk with the index and the score of their cohort's probit."""
    indices = [found.index[[*FIRM_YEAR, "index"]] for found in probits.values()]
    known = pd.concat(indices) if indices else risk[FIRM_YEAR].iloc[:0].assign(index=0.0)
    scored = risk.merge(known, on=FIRM_YEAR, validate="1:1")
    return scored.assign(score=norm.cdf(scored["index"]))


def _pairs(
    scored: pd.DataFrame, caliper: float, replace: bool, ties: Ties
) -> tuple[pd.DataFrame, int]:
    """Return the pairs of all cohorts, and how many adopters are on common support."""
    found, supported = [scored.iloc[:0].assign(**dict.fromkeys(PAIR, 0.0))], 0
    for _, members in scored.groupby("cohort"):
        spread = float(members["index"].std())
        pool = members[members["adopts"] == 0]
        edge = SAME * spread if ties == "weighted" else 0.0
        within = members["index"].between(pool["index"].min() - edge, pool["index"].max() + edge)
        adopters = members[(members["adopts"] == 1) & within]
        sides = adopters["index"].to_numpy(), pool["index"].to_numpy()
        if ties == "weighted":
            before = sum(map(len, found))
            who, place = tied(*sides, caliper=caliper * spread, same=edge, before=before)
        else:
            place = nearest(*sides, caliper=caliper * spread, replace=replace)
            who, place = np.flatnonzero(place >= 0), place[place >= 0]
        found.append(_beside(adopters, who, pool, place))
        supported += len(adopters)
    columns = ["cohort", "firm", *PAIR]
    return pd.concat(found[1:] or found)[columns].reset_index(drop=True), supported


def _beside(adopters: pd.DataFrame, who: Codes, pool: pd.DataFrame, place: Codes) -> pd.DataFrame:
    """Return adopters beside their controls, each pair weighted by one over their number."""
    control = (
        pool[["firm", "own", "index"]]
        .iloc[place]
        .set_axis(["control", "control_cohort", "control_index"], axis=1)
    )
    pairs = (
        adopters[["cohort", "firm", "index"]]
        .iloc[who]
        .reset_index(drop=True)
        .join(control.reset_index(drop=True))
    )
    return pairs.assign(weight=1 / np.bincount(who)[who] if len(who) else 0.0)


def _balance(scored: pd.DataFrame, pairs: pd.DataFrame, regressors: Sequence[str]) -> pd.DataFrame:
    """Return how adopters and controls differ, before and after.

    Before, each cohort's pool weighs as much as its adopters, so that years are alike on
    both sides.
    """
    adopts = scored["adopts"] == 1
    size = scored.groupby(["cohort", "adopts"])["firm"].transform("size")
    share = (scored.groupby("cohort")["adopts"].transform("sum") / size)[~adopts]
    keyed, traits = pd.MultiIndex.from_frame(scored[["cohort", "firm"]]), scored[[*regressors]]
    once = pairs.drop_duplicates(["cohort", "firm"])
    matched, beside = (
        traits.iloc[keyed.get_indexer(pd.MultiIndex.from_arrays([rows["cohort"], rows[side]]))]
        for rows, side in ((once, "firm"), (pairs, "control"))
    )
    before = moments(scored[adopts], scored[~adopts], share.to_numpy(), regressors)
    after = moments(matched, beside, pairs["weight"].to_numpy(), regressors)
    return balance_table(before, after)


def _ledger(adopters: int, counts: list[int]) -> Ledger:
    """Return what each of ``MATCHING_RULES`` left of the adopters."""
    ledger = Ledger()
    for rule, before, after in zip(MATCHING_RULES, [adopters, *counts], counts, strict=False):
        ledger = ledger.record(rule, "adopters", before, after)
    return ledger
