"""The firms of a linked survey in every other source: by name, by code, by domain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd

from tradedig_helpers.measure.checks import require_columns, require_present
from tradedig_helpers.measure.ledger import Ledger
from tradedig_helpers.measure.linking.bridges import PLACED, registered_names
from tradedig_helpers.measure.linking.naming import (
    LegalForm,
    normalise_code,
    normalise_domain,
    normalise_english,
    normalise_name,
)

COLUMNS = {
    "survey": ["name", "province"],
    "registry": ["name", "former_names", "province"],
    "operators": ["code", "name", "name_en"],
    "declarations": ["code", "name"],
    "cross_border": ["name_en"],
    "domestic": ["name"],
    "filings": ["name", "domain"],
    "domains": ["domain"],
}
BY_NAME = ("operators", "declarations", "domestic", "filings")
BY_CODE = ("operators", "declarations")
HOPS = (
    ("cross_border", "operators", "name_en", normalise_english, "English name", "names"),
    ("domains", "filings", "domain", normalise_domain, "domain", "domains"),
)


class RawRecords(Protocol):
    """Any object with these eight frames, such as the synthetic records or your own."""

    @property
    def survey(self) -> pd.DataFrame:
        """Firm-years: ``name``, ``province``."""

    @property
    def registry(self) -> pd.DataFrame:
        """Businesses: ``name``, ``former_names``, ``province``."""

    @property
    def operators(self) -> pd.DataFrame:
        """Foreign-trade operators: customs ``code``, ``name``, ``name_en``."""

    @property
    def declarations(self) -> pd.DataFrame:
        """Customs declarations: customs ``code``, ``name``."""

    @property
    def cross_border(self) -> pd.DataFrame:
        """Memberships of cross-border platforms: ``name_en``."""

    @property
    def domestic(self) -> pd.DataFrame:
        """Memberships of domestic platforms: ``name``."""

    @property
    def filings(self) -> pd.DataFrame:
        """Filings of home pages: ``name``, ``domain``."""

    @property
    def domains(self) -> pd.DataFrame:
        """Domain names: ``domain``."""


@dataclass(frozen=True, slots=True)
class SourceLinks:
    """The firm of every row of every source.

    Attributes
    ----------
    firm : by source, one firm number (Int64) per row, missing where it was not found
    ledger : names refused because several firms bear them, and rows without a firm
    """

    firm: Mapping[str, pd.Series[Any]]
    ledger: Ledger


def link_sources(
    records: RawRecords, firm: pd.Series[int], legal_form: LegalForm = "keep"
) -> SourceLinks:
    """Return the firm of every row of every source.

    Parameters
    ----------
    records : the raw frames
    firm : firm number of each survey row, from :func:`link_over_time`
    legal_form : how :func:`normalise_name` treats it

    Notes
    -----
    A business of the registry is the firm that bears one of its names in its province.
    A business that bears no name of the survey, such as an intermediary, becomes a firm
    of its own, numbered after the others; one that bears names of several firms is
    refused. A name is of a firm if the survey or the registry says so and no other firm
    bears it. Operators and declarations go by name, and by customs code where the name
    does not decide; cross-border platforms by the English name that operators give;
    domains by the filing that names them.
    """
    for name, columns in COLUMNS.items():
        require_columns(getattr(records, name), columns, name)
    if not firm.index.equals(records.survey.index):
        raise ValueError(f"firm has {len(firm)} rows that are not those of survey; link it anew")
    require_present(firm.to_frame("firm"), ["firm"], "firm")
    bearers, registry, ledger = _bearers(records, firm, legal_form)
    names, ledger = _book(bearers, "Chinese name is of one firm", "names", ledger)
    found = {"survey": firm.astype("Int64"), "registry": registry}
    for table in BY_NAME:
        key = normalise_name(getattr(records, table)["name"], legal_form)
        found[table] = _look_up(key, names)
    codes = {table: normalise_code(getattr(records, table)["code"]) for table in BY_CODE}
    pairs = pd.concat([_pairs(key, found[table]) for table, key in codes.items()])
    by_code, ledger = _book(pairs, "customs code is of one firm", "codes", ledger)
    for table, key in codes.items():
        found[table] = found[table].fillna(_look_up(key, by_code))
    for table, via, column, spell, key_name, unit in HOPS:
        pairs = _pairs(spell(getattr(records, via)[column]), found[via])
        book, ledger = _book(pairs, f"{key_name} is of one firm", unit, ledger)
        found[table] = _look_up(spell(getattr(records, table)[column]), book)
    for table in COLUMNS:
        rows, linked = len(found[table]), int(found[table].count())
        ledger = ledger.record(f"{table}: row has a firm", "rows", rows, linked)
    return SourceLinks(found, ledger)


def _bearers(
    records: RawRecords, firm: pd.Series[int], legal_form: LegalForm
) -> tuple[pd.DataFrame, pd.Series[Any], Ledger]:
    """Return who bears which name by survey and registry, and the firm of each business."""
    survey = records.survey[["province"]].astype("str")
    survey = survey.assign(
        name=normalise_name(records.survey["name"].astype("str"), legal_form), firm=firm
    ).drop_duplicates()
    registered = registered_names(records.registry, legal_form)
    shared = registered.duplicated(PLACED, keep=False)
    found = registered[~shared].merge(survey.dropna(), on=PLACED)
    businesses = pd.RangeIndex(len(records.registry))
    firms = found.groupby("business")["firm"].agg(["nunique", "first"]).reindex(businesses)
    several = firms["nunique"] > 1
    unsure = firms["first"].isna() & businesses.isin(registered.loc[shared, "business"])
    outside = firms["first"].isna() & ~unsure
    number = firms["first"].mask(several).astype("Int64")
    number[outside] = int(firm.max()) + np.arange(1, int(outside.sum()) + 1)
    registered = registered.assign(firm=number.to_numpy()[registered["business"]])
    bearers = pd.concat([survey, registered])[["name", "firm"]].dropna().drop_duplicates()
    ledger = Ledger().record(
        "registered names are of one firm", "businesses", len(number), int(number.count())
    )
    number.index = records.registry.index
    return bearers.rename(columns={"name": "key"}), number, ledger


def _pairs(key: pd.Series[Any], firm: pd.Series[Any]) -> pd.DataFrame:
    """Return every key with every firm that it occurs with, each pair once."""
    code, distinct = pd.factorize(key)
    known = (code >= 0) & firm.notna().to_numpy()
    firms = firm.fillna(0).to_numpy(dtype=np.int64)[known]
    width = int(firms.max(initial=0)) + 1
    pairs = pd.unique(code[known] * width + firms)
    keys = pd.Index(distinct).astype("str")[pairs // width]
    return pd.DataFrame({"key": keys, "firm": pairs % width})


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
