"""Checks of one table against another: keys that should be there, and keys in two files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from tradedig_helpers.schema.declare import Table
from tradedig_helpers.schema.validation.findings import Finding, Severity
from tradedig_helpers.schema.validation.identity import (
    Projection,
    comparable,
    counted,
    key_finding,
    key_names,
    whole_columns,
)
from tradedig_helpers.schema.validation.values import StorageKind

_BY_PRODUCT = {"imports", "digital_products"}
"""Tables that are merged by whole codes of products; those of σ take the first digits."""
_GROUP = re.compile(r"hs(\d+)")


@dataclass(frozen=True, slots=True)
class Relation:
    """Keys of one table that another should hold, and what is lost where it does not.

    Attributes
    ----------
    columns : the columns, as (name in ``table``, name in ``other``)
    """

    table: str
    other: str
    columns: tuple[tuple[str, str], ...]
    advice: str
    level: Severity = "problem"

    @property
    def here(self) -> Projection:
        """What to read from ``table``: its columns, a product cut to its group."""
        groups = ((mine, _GROUP.fullmatch(theirs)) for mine, theirs in self.columns)
        return tuple((mine, int(group[1]) if group else None) for mine, group in groups)

    @property
    def there(self) -> Projection:
        """What to read from ``other``."""
        return tuple((theirs, None) for _, theirs in self.columns)

    def fitted(self, other: Table) -> Relation:
        """Return the relation with the product group by which ``other`` is written, as hs6."""
        own = next((name for name in other.names if _GROUP.fullmatch(name)), None)
        columns = tuple(
            (mine, own if own and _GROUP.fullmatch(theirs) else theirs)
            for mine, theirs in self.columns
        )
        return replace(self, columns=columns)


def _same(*names: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, name) for name in names)


_SIGMA = "add σ for them, or drop these rows: measure_quality(..., missing_sigma='drop')"
_GDP = "add these destination-years, or lngdp, lnpgp and lnsdp are undefined there"
_ACCOUNTS = "exporters outside the survey stay without controls and TFP"
RELATIONS = (
    Relation("customs", "destinations", _same("destination", "year"), _GDP),
    Relation(
        "customs", "elasticities", (("product", "hs4"), ("destination", "destination")), _SIGMA
    ),
    Relation(
        "customs", "elasticities_hs3", (("product", "hs3"), ("destination", "destination")), _SIGMA
    ),
    Relation("customs", "firms", _same("firm", "year"), _ACCOUNTS, "note"),
    Relation(
        "customs",
        "register",
        _same("firm"),
        "their sector is unknown: intermediary or not?",
        "note",
    ),
    Relation("imports", "firms", _same("firm", "year"), _ACCOUNTS, "note"),
    Relation(
        "firms", "provinces", _same("province", "year"), "add the internet use of these provinces"
    ),
    Relation("filings", "domains", _same("domain"), "their registration day is unknown", "note"),
)


@dataclass(frozen=True, slots=True)
class Counted:
    """A file's name, its table, its counted keys, and how it writes identifiers and codes."""

    name: str
    table: Table
    keys: Mapping[Projection, pa.Table]
    stored: Mapping[str, StorageKind]
    lengths: Mapping[str, int]


def projections(tables: Sequence[Table]) -> dict[str, list[Projection]]:
    """Return by table which keys have to be counted to compare files of these tables."""
    names = [table.name for table in tables]
    wanted: dict[str, list[Projection]] = {name: [] for name in names}
    for general in RELATIONS:
        for other in tables:
            if general.table in wanted and general.other == other.name:
                relation = general.fitted(other)
                wanted[relation.table].append(relation.here)
                wanted[relation.other].append(relation.there)
    for table in tables:
        if table.key and names.count(table.name) > 1:
            wanted[table.name].append(whole_columns(table.key))
    return {name: list(dict.fromkeys(several)) for name, several in wanted.items()}


def across(file: Counted, files: Sequence[Counted]) -> Iterator[Finding]:
    """Yield what ``file`` has and other tables lack, or an earlier file of its table has, too."""
    for general in RELATIONS:
        several = [other for other in files if other.table.name == general.other]
        for relation in dict.fromkeys(general.fitted(other.table) for other in several):
            there = [
                other.keys[relation.there] for other in several if relation.there in other.keys
            ]
            if file.table.name == relation.table and relation.here in file.keys and there:
                here, *others = comparable([file.keys[relation.here], *there])
                yield from _absent(relation, here, counted(others))
    key = whole_columns(file.table.key)
    before = files[: files.index(file)]
    yield from _stored_otherwise(file, before)
    yield from _of_other_length(file, before)
    for earlier in before:
        if earlier.table == file.table and key in file.keys and key in earlier.keys:
            yield from _shared(file, earlier, key)


def _absent(relation: Relation, here: pa.Table, there: pa.Table) -> Iterator[Finding]:
    """Yield which keys counted in one table are not among those counted in the other."""
    names = key_names(here)
    lacking = here.join(there.select(names), names, join_type="left anti")
    if len(lacking):
        columns = [mine for mine, _ in relation.columns]
        found = key_finding(columns, f"in {relation.other}", relation.advice, lacking)
        yield replace(found, level=relation.level)


def _stored_otherwise(file: Counted, before: Sequence[Counted]) -> Iterator[Finding]:
    """Yield which identifiers a file stores as numbers and an earlier file as text, or so.

    Of codes, those by which a measure merges the two tables.
    """
    for name, stored in file.stored.items():
        merged = [one for one in before if _is_merged(name, file.table, one.table)]
        other = next((one for one in merged if one.stored.get(name, stored) != stored), None)
        if other is not None:
            advice = (
                f"they are {stored} here and {other.stored[name]} there, which no merge takes "
                "for the same; store text in both, with its leading zeros"
            )
            yield Finding(name, f"stored as in {other.name}", advice)


def _is_merged(name: str, table: Table, other: Table) -> bool:
    """Return whether two tables should write a column alike: firms always, codes if merged."""
    if table == other or any(c.name == name and c.kind == "identifier" for c in table.columns):
        return True
    return any(
        {relation.table, relation.other} == {table.name, other.name}
        and (name, name) in relation.columns
        for relation in RELATIONS
    )


def _of_other_length(file: Counted, before: Sequence[Counted]) -> Iterator[Finding]:
    """Yield that products have other digits than in an earlier file that they are merged with."""
    length = file.lengths.get("product")
    for other in before:
        joined = {file.table.name, other.table.name} <= _BY_PRODUCT or file.table == other.table
        theirs = other.lengths.get("product")
        if joined and length and theirs and theirs != length:
            short = min(length, theirs)
            advice = (
                f"products have {length} digits here and {theirs} there, and none is the same; "
                f"cut both to {short}: frame['product'].str[:{short}]"
            )
            yield Finding("product", f"as many digits as in {other.name}", advice)
            return


def _shared(file: Counted, earlier: Counted, key: Projection) -> Iterator[Finding]:
    """Yield which keys of one file are in an earlier file of the same table, too."""
    here, there = comparable([file.keys[key], earlier.keys[key]])
    names = key_names(here)
    both = here.join(there.select(names), names, join_type="left semi")
    if len(both):
        advice = "keep these rows in one of the two files"
        yield key_finding(file.table.key, f"key not in {earlier.name}", advice, both)
