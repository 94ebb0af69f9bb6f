"""Third sources that say which names are of one business: a registry, customs operators."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tradedig_helpers.measure.checks import require_columns
from tradedig_helpers.measure.ledger import Ledger
from tradedig_helpers.measure.linking.graphs import (
    NONE,
    Keys,
    chain,
    components,
    key_numbers,
)
from tradedig_helpers.measure.linking.naming import LegalForm, normalise_code, normalise_name

PLACED = ["name", "province"]


def registered_names(registry: pd.DataFrame, legal_form: LegalForm = "keep") -> pd.DataFrame:
    """Return every name, latest or former, of every business of a registry, in one spelling.

    Parameters
    ----------
    registry : ``name``, ``former_names`` (separated by ;, may be missing), ``province``
    legal_form : how :func:`normalise_name` treats it

    Returns
    -------
    DataFrame
        ``business`` (row number in ``registry``), ``name``, ``province``; no row twice
    """
    require_columns(registry, ["name", "former_names", "province"], "registry")
    plain = registry[["name", "former_names"]].astype("str").reset_index(drop=True)
    former = plain["former_names"].dropna().str.split(";").explode()
    names = pd.concat([plain["name"], former]).rename("name")
    frame = pd.DataFrame(
        {
            "business": names.index,
            "name": normalise_name(names, legal_form).to_numpy(),
            "province": registry["province"].astype("str").to_numpy()[names.index],
        }
    )
    return frame.dropna().drop_duplicates(ignore_index=True)


def registry_bridge(survey: pd.DataFrame, registered: pd.DataFrame) -> tuple[Keys, Ledger]:
    """Return the business of each survey row by name and province, -1 for none.

    A name that two businesses of one province bear, or ever bore, is refused.

    Parameters
    ----------
    survey : ``name`` in one spelling, ``province``
    registered : from :func:`registered_names`
    """
    clear = registered.drop_duplicates(PLACED, keep=False)
    names = len(registered.drop_duplicates(PLACED))
    ledger = Ledger().record(
        "registered name is of one business in its province", "names", names, len(clear)
    )
    found = survey[PLACED].astype("str").merge(clear, on=PLACED, how="left", validate="m:1")
    return found["business"].fillna(NONE).to_numpy(dtype=np.int64), ledger


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
    survey : ``name`` in one spelling, ``province``
    operators : ``code`` (of customs), ``name``
    registered : from :func:`registered_names`, if there is a registry
    """
    require_columns(operators, ["code", "name"], "operators")
    name = normalise_name(operators["name"].astype("str"), legal_form)
    shared = _repeated(survey[PLACED].astype("str"))
    if registered is not None:
        shared |= _repeated(registered[["name", "business"]])
    clear = ~name.isin(shared)
    rows = np.arange(len(operators))
    by_name = np.where(clear, key_numbers(name), NONE)
    by_code = key_numbers(normalise_code(operators["code"]))
    operator = components(len(rows), [chain(rows, by_name), chain(rows, by_code)])
    known = pd.Series(operator, index=name).loc[clear.to_numpy()]
    known = known[known.index.notna() & ~known.index.duplicated()]
    ledger = Ledger().record(
        "operator's name is of one business", "names", name.nunique(), len(known)
    )
    return survey["name"].astype("str").map(known).fillna(NONE).to_numpy(dtype=np.int64), ledger


def _repeated(names: pd.DataFrame) -> set[str]:
    """Return the names that stand beside more than one value of the other column."""
    distinct = names.drop_duplicates()["name"].dropna()
    return set(distinct[distinct.duplicated()])
