"""Which rows of a survey are about the same firm: sequential and bridged matching."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradedig_helpers.frames.ledger import Ledger
from tradedig_helpers.frames.options import require_option
from tradedig_helpers.frames.plain import plain
from tradedig_helpers.linking.bridges import (
    operator_bridge,
    registered_names,
    registry_bridge,
    require_same_provinces,
)
from tradedig_helpers.linking.graphs import (
    NONE,
    Keys,
    Pairs,
    chain,
    components,
    key_numbers,
    on_their_own,
)
from tradedig_helpers.linking.naming import (
    CODE,
    LegalForm,
    chinese,
    keys,
    normalise_province,
    without_places,
)
from tradedig_helpers.schema.checks import checked, require_columns

Method = Literal["code", "sequential", "bridged"]
Ambiguous = Literal["refuse", "link"]
SharedCode = Literal["refuse", "link"]


@dataclass(frozen=True, slots=True)
class Linked:
    """Firm numbers found for the rows of a survey.

    Attributes
    ----------
    firm : whole numbers from 1 in order of first appearance, with the survey's index
    ledger : keys that were not used, by reason
    """

    firm: pd.Series[int]
    ledger: Ledger


def link_over_time(
    survey: pd.DataFrame,
    method: Method = "bridged",
    *,
    registry: pd.DataFrame | None = None,
    operators: pd.DataFrame | None = None,
    gap: int = 1,
    ambiguous: Ambiguous = "refuse",
    shared_code: SharedCode = "refuse",
    legal_form: LegalForm = "keep",
) -> Linked:
    """Return a firm number for every row of ``survey``.

    Parameters
    ----------
    survey : ``code``, ``name`` (text, may be missing), ``year``, ``province``
    method : ``code`` joins rows with the same code, whenever they are; ``sequential``
        joins neighbouring years by code, then what is left by name within the province;
        ``bridged`` also joins rows whose names the registry, or a customs code, says are
        of one business
    registry : ``name``, ``former_names`` (separated by ; 、 / or a new line), ``province``,
        for ``bridged``
    operators : ``code`` (of customs), ``name``, for ``bridged``
    gap : the most years between neighbours
    ambiguous : ``refuse`` does not link by a name that rows with different codes bear in
        one year
    shared_code : ``refuse`` does not link by a code the rows that bear it in one year under
        two names, since a survey has a firm once a year (省, 市, 县 and 区 left out make no
        other name); ``link`` trusts codes, as firm numbers found by linking can be
    legal_form : how :func:`.normalise_name` treats it

    Notes
    -----
    Firms are the connected components of rows that share a key. A key that identifies
    nobody, such as the code 000000000 or a name with lost characters, is no key (see
    :func:`.keys` and :func:`.normalise_name`), nor is a missing one. Linking is
    repeated with the firms found in place of the codes until nothing changes, so that
    linking a linked survey by its firm numbers changes nothing, if they are trusted.

    Raises
    ------
    TypeError, ValueError
        On missing columns or values, codes or names that are numbers, years that are none,
        unknown options, a gap below 1, or ``bridged`` without a third source.

    Examples
    --------
    >>> import pandas as pd
    >>> survey = pd.DataFrame({"year": [2004, 2005, 2005], "province": "浙江"})
    >>> survey["name"] = ["嘉和纺织有限公司", "嘉和纺织(有限)公司", "宏图机械厂"]
    >>> survey["code"] = ["733245801", None, "704512369"]
    >>> linked = link_over_time(survey, method="sequential")
    >>> linked.firm.tolist()
    [1, 1, 2]
    """
    require_option(method, Method, "method")
    require_option(ambiguous, Ambiguous, "ambiguous")
    require_option(shared_code, SharedCode, "shared_code")
    if isinstance(gap, bool) or not isinstance(gap, int | np.integer) or gap < 1:
        raise ValueError(f"gap = {gap!r}; give at least 1 year, and whole years")
    rows = _checked(survey, registry)
    year = rows["year"].to_numpy(dtype=np.int64)
    spelled, ledger = _spelled(rows, legal_form)
    code, counted = _clear_codes(spelled, year, shared_code)
    ledger = ledger.then(counted)
    if method == "code":
        return Linked(_numbered(on_their_own(code), survey), ledger)
    bridges: list[Keys] = []
    if method == "bridged":
        bridges, bridge_ledger = _bridges(spelled, registry, operators, legal_form)
        ledger = ledger.then(bridge_ledger)
    name = key_numbers(spelled["name"], spelled["province"])
    firm, refused = _until_stable(code, name, year, gap, ambiguous, bridges)
    return Linked(_numbered(firm, survey), ledger.then(refused))


def _checked(survey: pd.DataFrame, registry: pd.DataFrame | None) -> pd.DataFrame:
    """Return the survey in plain types after its checks, alone and against the registry."""
    rows = plain(survey, "survey")
    checked(rows, "survey", columns=["code", "name", "year", "province"], years=["year"])
    if registry is not None:
        other = plain(registry, "registry")
        require_columns(other, ["province"], "registry")
        require_same_provinces(rows, other)
    return rows


def _spelled(survey: pd.DataFrame, legal_form: LegalForm) -> tuple[pd.DataFrame, Ledger]:
    """Return ``code``, ``name`` and ``province`` in one spelling, and what is no key counted."""
    rows, unit = survey[["code", "name", "province"]].add_prefix("survey."), "survey rows"
    code, ledger = keys(rows["survey.code"], CODE, "code", unit)
    name, counted = keys(rows["survey.name"], chinese(legal_form), "name", unit)
    given = ledger.steps[0][2]
    ledger = Ledger().record("row has a code", unit, len(rows), given).then(ledger)
    province = normalise_province(rows["survey.province"])
    frame = pd.DataFrame({"code": code, "name": name, "province": province})
    return frame, ledger.then(counted)


def _clear_codes(spelled: pd.DataFrame, year: Keys, shared_code: SharedCode) -> tuple[Keys, Ledger]:
    """Return codes as numbers, none where two names bear one in one year, and these counted."""
    code, year = key_numbers(spelled["code"]), year - year.min()
    place, group = np.unique(code * (int(year.max()) + 1) + year, return_inverse=True)
    names = _distinct(group, without_places(spelled["name"]), len(place))
    usable = place >= 0  # rows without a code have a negative place
    clear = usable & (names <= 1) if shared_code == "refuse" else usable
    ledger = Ledger().record(
        "code is of one name in its year", "codes by year", int(usable.sum()), int(clear.sum())
    )
    return np.where(clear[group], code, NONE), ledger


def _until_stable(
    code: Keys, name: Keys, year: Keys, gap: int, ambiguous: Ambiguous, bridges: list[Keys]
) -> tuple[Keys, Ledger]:
    """Return firms such that linking again by firm in place of code finds the same."""
    rows = np.arange(len(code))
    across = [chain(rows, bridge) for bridge in bridges]
    count = 0
    while True:
        joins, ledger = _sequential(code, name, year, gap, ambiguous)
        code = components(len(rows), [*joins, *across])
        if (found := len(np.unique(code))) == count:
            return code, ledger
        count = found


def _sequential(
    code: Keys, name: Keys, year: Keys, gap: int, ambiguous: Ambiguous
) -> tuple[list[Pairs], Ledger]:
    """Return the pairs that neighbouring years join by code, then by name.

    A name joins a row to a neighbouring year in which the row's own run of one code has
    no row: where the code hands the firm on, the name has no say.
    """
    rows, year = np.arange(len(code)), year - year.min()
    span = int(year.max()) + 1
    run = _runs(code, year, gap)
    place, group = np.unique(name * span + year, return_inverse=True)
    usable = place >= 0  # rows without a name have a negative key
    clear = usable & (_distinct(group, code, len(place)) <= 1) if ambiguous == "refuse" else usable
    near = (np.diff(place // span) == 0) & (np.diff(place) <= gap)
    goes_on = np.r_[near & clear[:-1] & clear[1:], False]
    before, after = (np.roll(place % span, step)[group] for step in (1, -1))
    out = goes_on[group] & _lacks(run, year, after)
    into = np.roll(goes_on, 1)[group] & _lacks(run, year, before)
    handed = chain(np.r_[rows[out], rows[into]], np.r_[group[out], group[into] - 1])
    within = chain(rows, np.where(clear[group], group, NONE))
    ledger = Ledger().record(
        "name belongs to one code in its year", "names by year", int(usable.sum()), int(clear.sum())
    )
    return [chain(rows, run), within, handed], ledger


def _lacks(run: Keys, year: Keys, other: Keys) -> NDArray[np.bool_]:
    """Tell for each row whether its run has no row in the ``other`` year."""
    span = int(year.max()) + 1
    return ~np.isin(run * span + other, run * span + year)


def _runs(code: Keys, year: Keys, gap: int) -> Keys:
    """Return a number for each run of one code without a break of more than ``gap`` years."""
    alone = on_their_own(code)
    order = np.lexsort((year, alone))
    new = (np.diff(alone[order]) != 0) | (np.diff(year[order]) > gap)
    run = np.empty(len(code), dtype=np.int64)
    run[order] = np.r_[0, np.cumsum(new)]
    return run


def _distinct(group: Keys, code: Keys, groups: int) -> Keys:
    """Return how many different codes each group has; missing ones do not count."""
    known = code >= 0
    width = int(code.max(initial=0)) + 1
    pairs = np.unique(group[known] * width + code[known])
    return np.bincount(pairs // width, minlength=groups)


def _bridges(
    survey: pd.DataFrame,
    registry: pd.DataFrame | None,
    operators: pd.DataFrame | None,
    legal_form: LegalForm,
) -> tuple[list[Keys], Ledger]:
    """Return what each third source takes the rows of ``survey`` to be, by name."""
    if registry is None and operators is None:
        raise ValueError("method 'bridged' needs a third source; give registry or operators")
    bridges, ledger, registered = [], Ledger(), None
    if registry is not None:
        registered, ledger = registered_names(registry, legal_form)
        business, counted = registry_bridge(survey, registered)
        bridges, ledger = [business], ledger.then(counted)
    if operators is not None:
        operator, counted = operator_bridge(survey, operators, registered, legal_form)
        bridges, ledger = [*bridges, operator], ledger.then(counted)
    return bridges, ledger


def _numbered(component: Keys, survey: pd.DataFrame) -> pd.Series[int]:
    """Return firm numbers from 1 in order of first appearance."""
    return pd.Series(pd.factorize(component)[0] + 1, index=survey.index, name="firm")
