"""Third sources that say which names are of one business: a registry, customs operators."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from tradedig_helpers.frames.ledger import Ledger
from tradedig_helpers.frames.plain import plain
from tradedig_helpers.linking.graphs import NONE, Keys, chain, components, key_numbers
from tradedig_helpers.linking.naming import (
    CODE,
    LegalForm,
    chinese,
    keys,
    normalise_province,
    require_text,
)
from tradedig_helpers.schema.checks import require_columns, require_same_kind

PLACED = ["name", "province"]
SEPARATORS = r"[;；、，/／|\r\n\t]+|(?<=[^\x00-\x7f]),|,(?=[^\x00-\x7f])"


def registered_names(
    registry: pd.DataFrame, legal_form: LegalForm = "keep"
) -> tuple[pd.DataFrame, Ledger]:
    """Return every name, latest or former, of every business of a registry, in one spelling.

    Parameters
    ----------
    registry : ``name``, ``former_names`` (separated by ; 、 / or a new line, may be
        missing), ``province``
    legal_form : how :func:`.normalise_name` treats it

    Returns
    -------
    DataFrame
        ``business`` (row number in ``registry``), ``name``, ``province``; no row twice
    Ledger
        Names that identify nobody.
    """
    registry = plain(registry, "registry")
    require_columns(registry, ["name", "former_names", "province"], "registry")
    latest, former = (
        names_as_text(registry[column].rename(f"registry.{column}"))
        for column in ("name", "former_names")
    )
    former = former.dropna().str.split(SEPARATORS, regex=True).explode()
    names, ledger = keys(
        pd.concat([latest, former]).rename("registry.name"),
        chinese(legal_form),
        "registered name",
        "names",
    )
    province = normalise_province(registry["province"].rename("registry.province")).astype("str")
    frame = pd.DataFrame(
        {
            "business": names.index,
            "name": names.to_numpy(),
            "province": province.to_numpy()[names.index],
        }
    )
    return frame.dropna().drop_duplicates(ignore_index=True), ledger


def registry_bridge(survey: pd.DataFrame, registered: pd.DataFrame) -> tuple[Keys, Ledger]:
    """Return the business of each survey row by name and province, -1 for none.

    A name that two businesses of one province bear, or ever bore, is refused.

    Parameters
    ----------
    survey : ``name`` and ``province`` in one spelling
    registered : from :func:`registered_names`
    """
    clear = registered.drop_duplicates(PLACED, keep=False)
    names = len(registered.drop_duplicates(PLACED))
    ledger = Ledger().record(
        "registered name is of one business in its province", "names", names, len(clear)
    )
    found = survey[PLACED].astype("str").merge(clear, on=PLACED, how="left", validate="m:1")
    business = found["business"].fillna(NONE).to_numpy(dtype=np.int64)
    return business, _reached(ledger, "row's name is in the registry", survey["name"], business)


def operator_bridge(
    survey: pd.DataFrame,
    operators: pd.DataFrame,
    registered: pd.DataFrame | None,
    legal_form: LegalForm = "keep",
) -> tuple[Keys, Ledger]:
    """Return for each survey row the operator that its name is of, -1 for none.

    An operator is what customs codes and names tie together. Operators have no province,
    so a name is refused if the survey has it in two provinces, or the registry knows two
    businesses by it.

    Parameters
    ----------
    survey : ``name`` and ``province`` in one spelling
    operators : ``code`` (of customs), ``name``
    registered : from :func:`registered_names`, if there is a registry
    """
    operators = plain(operators, "operators")
    require_columns(operators, ["code", "name"], "operators")
    raw = operators[["code", "name"]].add_prefix("operators.")
    name, ledger = keys(raw["operators.name"], chinese(legal_form), "operator's name", "operators")
    code, counted = keys(raw["operators.code"], CODE, "operator's code", "operators")
    name = name.astype("str")
    shared = _repeated(survey[PLACED].astype("str"))
    if registered is not None:
        shared |= _repeated(registered[["name", "business"]])
    clear = ~name.isin(shared)
    rows = np.arange(len(operators))
    by_name = np.where(clear, key_numbers(name), NONE)
    operator = components(len(rows), [chain(rows, by_name), chain(rows, key_numbers(code))])
    known = pd.Series(operator, index=name).loc[clear.to_numpy()]
    known = known[known.index.notna() & ~known.index.duplicated()]
    ledger = ledger.then(counted).record(
        "operator's name is of one business", "names", name.nunique(), len(known)
    )
    found = survey["name"].astype("str").map(known).fillna(NONE).to_numpy(dtype=np.int64)
    return found, _reached(ledger, "row's name is an operator's", survey["name"], found)


def require_same_provinces(survey: pd.DataFrame, registry: pd.DataFrame) -> None:
    """Raise ``TypeError`` if provinces are numbers on one side and text on the other."""
    if survey["province"].notna().any() and registry["province"].notna().any():
        require_same_kind(survey, registry, ["province"], "survey", "registry")


def names_as_text(values: pd.Series[Any]) -> pd.Series[Any]:
    """Return text, or a category of it, as text."""
    require_text(values, str(values.name))
    return values.astype("str")


def _reached(ledger: Ledger, rule: str, names: pd.Series[Any], found: Keys) -> Ledger:
    """Return ``ledger`` with how many of the survey rows with a name a source knows."""
    return ledger.record(rule, "survey rows", int(names.notna().sum()), int((found >= 0).sum()))


def _repeated(names: pd.DataFrame) -> set[str]:
    """Return the names that stand beside more than one value of the other column."""
    distinct = names.drop_duplicates()["name"].dropna()
    return set(distinct[distinct.duplicated()])
