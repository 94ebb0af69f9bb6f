"""The firms of a linked survey in every other source: by name, by code, by domain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd

from tradedig_helpers.frames.ledger import Ledger
from tradedig_helpers.frames.plain import plain
from tradedig_helpers.linking.bridges import PLACED, registered_names, require_same_provinces
from tradedig_helpers.linking.naming import (
    CODE,
    DOMAIN,
    ENGLISH,
    LegalForm,
    Spelling,
    chinese,
    keys,
    normalise_province,
)
from tradedig_helpers.schema.checks import checked, require_columns, require_present

SOURCE_COLUMNS = {
    "survey": ["name", "province"],
    "registry": ["name", "former_names", "province"],
    "operators": ["code", "name", "name_en"],
    "declarations": ["code", "name"],
    "cross_border": ["name_en"],
    "domestic": ["name"],
    "filings": ["name", "domain"],
    "domains": ["domain"],
}
KEY_KINDS: dict[str, tuple[str, Callable[[LegalForm], Spelling]]] = {
    "name": ("Chinese name", chinese),
    "name_en": ("English name", lambda _: ENGLISH),
    "code": ("customs code", lambda _: CODE),
    "domain": ("domain", lambda _: DOMAIN),
}
BY_NAME = ("operators", "declarations", "domestic", "filings")
BY_CODE = ("operators", "declarations")
HOPS = (
    ("cross_border", "operators", "name_en", "names"),
    ("domains", "filings", "domain", "domains"),
)
NO_PAIRS = pd.DataFrame({"key": pd.Series(dtype="str"), "firm": pd.Series(dtype="int64")})


class RawRecords(Protocol):
    """Any object with these frames, such as the synthetic records or your own.

    All but ``survey`` may be None, or not be there at all.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> import pandas as pd
    >>> survey = pd.DataFrame({"name": ["嘉和纺织有限公司"], "province": ["浙江"]})
    >>> declarations = pd.DataFrame({"code": ["3302960123"], "name": ["嘉和纺织有限公司"]})
    >>> records = SimpleNamespace(survey=survey, declarations=declarations)
    >>> link_sources(records, firm=pd.Series([1])).firm["declarations"].tolist()
    [1]
    """

    @property
    def survey(self) -> pd.DataFrame:
        """Firm-years: ``name``, ``province``."""

    @property
    def registry(self) -> pd.DataFrame | None:
        """Businesses: ``name``, ``former_names``, ``province``."""

    @property
    def operators(self) -> pd.DataFrame | None:
        """Foreign-trade operators: customs ``code``, ``name``, ``name_en``."""

    @property
    def declarations(self) -> pd.DataFrame | None:
        """Customs declarations: customs ``code``, ``name``."""

    @property
    def cross_border(self) -> pd.DataFrame | None:
        """Memberships of cross-border platforms: ``name_en``."""

    @property
    def domestic(self) -> pd.DataFrame | None:
        """Memberships of domestic platforms: ``name``."""

    @property
    def filings(self) -> pd.DataFrame | None:
        """Filings of home pages: ``name``, ``domain``."""

    @property
    def domains(self) -> pd.DataFrame | None:
        """Domain names: ``domain``."""


@dataclass(frozen=True, slots=True)
class SourceLinks:
    """The firm of every row of every source.

    Attributes
    ----------
    firm : by source, one firm number (Int64) per row, missing where it was not found; a
        source that was not given is not there
    ledger : sources without rows, values that identify nobody, names refused because
        several firms bear them, and rows without a firm
    """

    firm: Mapping[str, pd.Series[Any]]
    ledger: Ledger


def link_sources(
    records: RawRecords, firm: pd.Series[int], legal_form: LegalForm = "keep"
) -> SourceLinks:
    """Return the firm of every row of every source that there is.

    Parameters
    ----------
    records : the raw frames; a source that you do not have is None or not there
    firm : firm number of each survey row, from :func:`.link_over_time`
    legal_form : how :func:`.normalise_name` treats it

    Notes
    -----
    A business of the registry is the firm that bears one of its names in its province.
    A business that bears no name of the survey, such as an intermediary, becomes a firm
    of its own, numbered after the others; one that bears names of several firms is
    refused. A name is of a firm if the survey or the registry says so and no other firm
    bears it. Operators and declarations go by name, and by customs code where the name
    does not decide; cross-border platforms by the English name that operators give;
    domains by the filing that names them. What identifies nobody, such as NULL or a name
    with lost characters, links nobody.

    Raises
    ------
    TypeError, ValueError
        If a source is no pandas DataFrame or lacks a column, a name or code is a number,
        or ``firm`` is not of the rows of the survey or is missing in one.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> import pandas as pd
    >>> survey = pd.DataFrame({"name": ["嘉和纺织有限公司", "宏图机械厂"], "province": "浙江"})
    >>> declarations = pd.DataFrame({"code": ["3302960123", "3302960123", "1101910456"]})
    >>> declarations["name"] = ["嘉和纺织有限公司", None, "远航贸易公司"]
    >>> records = SimpleNamespace(survey=survey, declarations=declarations)
    >>> links = link_sources(records, firm=pd.Series([1, 2]))
    >>> links.firm["declarations"].tolist()
    [1, 1, <NA>]
    >>> links.ledger.frame[["rule", "before", "after"]].tail(1)
                                rule  before  after
    15  declarations: row has a firm       3      2
    """
    tables, ledger = _tables(records)
    firm = _whole(firm, records.survey)
    spelled, counted = _spelled(tables, legal_form)
    ledger = ledger.then(counted)
    bearers, found, counted = _bearers(tables, spelled, firm, legal_form)
    names, ledger = _book(bearers, "Chinese name is of one firm", "names", ledger.then(counted))
    found = {"survey": firm, **found}
    for table in filter(tables.__contains__, BY_NAME):
        found[table] = _look_up(spelled[table, "name"], names)
    coded = {table: spelled[table, "code"] for table in BY_CODE if table in tables}
    pairs = pd.concat([NO_PAIRS, *(_pairs(key, found[table]) for table, key in coded.items())])
    by_code, ledger = _book(pairs, "customs code is of one firm", "codes", ledger)
    for table, key in coded.items():
        found[table] = found[table].fillna(_look_up(key, by_code))
    hops, counted = _hops(tables, spelled, found)
    found, ledger = found | hops, ledger.then(counted)
    for table in tables:
        rows, linked = len(found[table]), int(found[table].count())
        ledger = ledger.record(f"{table}: row has a firm", "rows", rows, linked)
    return SourceLinks(
        {table: _as_of(rows, records, table) for table, rows in found.items()}, ledger
    )


def _hops(
    tables: dict[str, pd.DataFrame],
    spelled: dict[tuple[str, str], pd.Series[Any]],
    found: dict[str, pd.Series[Any]],
) -> tuple[dict[str, pd.Series[Any]], Ledger]:
    """Return the firms of sources that only another source ties to a firm."""
    reached, ledger = {}, Ledger()
    for table, via, column, unit in HOPS:
        known = _pairs(spelled[via, column], found[via]) if via in tables else NO_PAIRS
        book, ledger = _book(known, f"{KEY_KINDS[column][0]} is of one firm", unit, ledger)
        if table in tables:
            reached[table] = _look_up(spelled[table, column], book)
    return reached, ledger


def require_rows_of(firm: pd.Series[Any], frame: pd.DataFrame, name: str) -> None:
    """Raise unless ``firm`` is a Series with a value for each row of ``frame``, in its order."""
    if not isinstance(firm, pd.Series):
        raise TypeError(
            f"firm is a {type(firm).__name__}; give the pandas Series of firm numbers, one for "
            f"each row of {name} (of what link_over_time returns, its .firm)"
        )
    if not firm.index.equals(frame.index):
        raise ValueError(f"firm has {len(firm)} rows that are not those of {name}; link it anew")


def _whole(firm: pd.Series[Any], survey: pd.DataFrame) -> pd.Series[Any]:
    """Return the firm numbers of survey rows as Int64 after their checks."""
    require_rows_of(firm, survey, "survey")
    numbers = plain(firm.to_frame("firm"), "firm")
    require_present(numbers, ["firm"], "firm")  # large numbers with a gap are objects
    checked(numbers, "firm", numbers=["firm"])
    if bad := int((numbers["firm"] % 1 != 0).sum()):
        raise ValueError(f"firm is no whole number in {bad} of {len(firm)} rows; link them anew")
    return numbers["firm"].astype("Int64")


def given(records: RawRecords, table: str) -> pd.DataFrame | None:
    """Return a source, None if it is not there, has no rows, or is None itself."""
    frame = getattr(records, table, None)
    if frame is None:
        return None
    frame = plain(frame, table)
    return frame if len(frame) else None


def _tables(records: RawRecords) -> tuple[dict[str, pd.DataFrame], Ledger]:
    """Return the sources that there are after their checks, and those that are not counted."""
    if given(records, "survey") is None:
        raise ValueError("records has no survey, or one without rows; give it")
    tables, ledger = {}, Ledger()
    for name, columns in SOURCE_COLUMNS.items():
        frame = given(records, name)
        if frame is None:
            ledger = ledger.record(f"{name}: source is given", "sources", 1, 0)
            continue
        require_columns(frame, columns, name)
        tables[name] = frame
    if "registry" in tables:
        require_same_provinces(tables["survey"], tables["registry"])
    return tables, ledger


def _spelled(
    tables: dict[str, pd.DataFrame], legal_form: LegalForm
) -> tuple[dict[tuple[str, str], pd.Series[Any]], Ledger]:
    """Return the keys of all sources in one spelling, and those that identify nobody counted."""
    spelled, ledger = {}, Ledger()
    for column, (what, how) in KEY_KINDS.items():
        counts = []
        for table, frame in tables.items():
            if table == "registry" or column not in SOURCE_COLUMNS[table]:
                continue
            values = frame[column].rename(f"{table}.{column}")
            spelled[table, column], counted = keys(values, how(legal_form), what, "rows")
            counts.append(counted)
        ledger = ledger.then(_sum(counts))
    return spelled, ledger


def _sum(counts: list[Ledger]) -> Ledger:
    """Return one ledger of what several count by the same rules."""
    steps = zip(*(ledger.steps for ledger in counts), strict=True)
    return Ledger(
        tuple((*same[0][:2], sum(s[2] for s in same), sum(s[3] for s in same)) for same in steps)
    )


def _bearers(
    tables: dict[str, pd.DataFrame],
    spelled: dict[tuple[str, str], pd.Series[Any]],
    firm: pd.Series[Any],
    legal_form: LegalForm,
) -> tuple[pd.DataFrame, dict[str, pd.Series[Any]], Ledger]:
    """Return who bears which name by survey and registry, and the firm of each business."""
    survey = pd.DataFrame(
        {
            "province": normalise_province(tables["survey"]["province"]).astype("str"),
            "name": spelled["survey", "name"].astype("str"),
            "firm": firm,
        }
    ).drop_duplicates()
    bearers, found, ledger = [survey], {}, Ledger()
    if "registry" in tables:
        registered, ledger = registered_names(tables["registry"], legal_form)
        number = _businesses(registered, survey.dropna(), firm, len(tables["registry"]))
        ledger = ledger.record(
            "registered names are of one firm", "businesses", len(number), int(number.count())
        )
        bearers.append(registered.assign(firm=number.array[registered["business"]]))
        found["registry"] = number
    pairs = pd.concat(bearers)[["name", "firm"]].dropna().drop_duplicates()
    return pairs.rename(columns={"name": "key"}), found, ledger


def _businesses(
    registered: pd.DataFrame, survey: pd.DataFrame, firm: pd.Series[Any], size: int
) -> pd.Series[Any]:
    """Return the firm of each business, one of its own if the survey has none of its names."""
    shared = registered.duplicated(PLACED, keep=False)
    found = registered[~shared].merge(survey, on=PLACED)
    businesses = pd.RangeIndex(size)
    firms = found.groupby("business")["firm"].agg(["nunique", "first"]).reindex(businesses)
    unsure = firms["first"].isna() & businesses.isin(registered.loc[shared, "business"])
    outside = firms["first"].isna() & ~unsure
    number = firms["first"].astype("Int64").mask(firms["nunique"].fillna(0) > 1)
    number[outside] = int(firm.max()) + np.arange(1, int(outside.sum()) + 1)
    return number


def _as_of(found: pd.Series[Any], records: RawRecords, table: str) -> pd.Series[Any]:
    """Return the firms with the index of the table that the caller gave."""
    return pd.Series(found.array, index=getattr(records, table).index, name="firm")


def _pairs(key: pd.Series[Any], firm: pd.Series[Any]) -> pd.DataFrame:
    """Return every key with every firm that it occurs with, each pair once."""
    code, distinct = pd.factorize(key)
    known = (code >= 0) & firm.notna().to_numpy()
    firms = firm.fillna(0).to_numpy(dtype=np.int64)[known]
    width = int(firms.max(initial=0)) + 1
    pairs = pd.unique(code[known] * width + firms)
    key = pd.Index(distinct).astype("str")[pairs // width]
    return pd.DataFrame({"key": key, "firm": pairs % width})


def _book(
    pairs: pd.DataFrame, rule: str, unit: str, ledger: Ledger
) -> tuple[pd.Series[Any], Ledger]:
    """Return the firm of each key that occurs with one firm only, and the refused counted."""
    clear = pairs.drop_duplicates().drop_duplicates("key", keep=False)
    ledger = ledger.record(rule, unit, int(pairs["key"].nunique()), len(clear))
    return clear.set_index("key")["firm"].astype("Int64"), ledger


def _look_up(key: pd.Series[Any], book: pd.Series[Any]) -> pd.Series[Any]:
    """Return the firm of each key, missing where the book has none."""
    code, distinct = pd.factorize(key)
    firms = book.reindex(pd.Index(distinct).astype("str")).array
    return pd.Series(firms.take(code, allow_fill=True), index=key.index, name="firm")
