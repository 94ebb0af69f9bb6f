"""Trade intermediaries: firms that sell abroad what others make."""

from __future__ import annotations

from typing import Any, Literal

import narwhals as nw
import pandas as pd
from narwhals.typing import IntoFrameT

from tradedig_helpers.measure.checks import require_columns, require_key, require_option
from tradedig_helpers.measure.engine import count, scalars, unwrap, wrap
from tradedig_helpers.measure.ledger import Ledger
from tradedig_helpers.measure.linking.naming import normalise_name

Unregistered = Literal["error", "keep", "drop"]

RECORDS = "customs records"
SECTORS = ("wholesale", "retail")
WORDS = ("贸易", "进出口", "外贸", "商贸", "经贸", "外经", "科贸", "工贸")


def drop_intermediaries(
    customs: IntoFrameT, register: pd.DataFrame, *, unregistered: Unregistered = "error"
) -> tuple[IntoFrameT, Ledger]:
    """Return customs records without those of wholesale and retail firms, as the paper does.

    Parameters
    ----------
    customs : ``firm`` and any other columns, of any supported engine
    register : ``firm``, ``sector``; one row for each firm
    unregistered : what to do with the records of a firm that the register does not hold,
        or that have no firm

    Returns
    -------
    frame
        As ``customs``.
    Ledger

    Raises
    ------
    TypeError, ValueError
        If a column is missing, a firm is twice in the register, or not there and that is
        an error.
    """
    require_option(unregistered, Unregistered, "unregistered")
    require_columns(customs, ["firm"], "customs")
    require_columns(register, ["firm", "sector"], "register")
    require_key(register, ["firm"], "register")
    frame, firm = wrap(customs, "customs"), nw.col("firm")
    firms = frame.select("firm").unique().collect()["firm"].drop_nulls().to_list()
    sector = register.set_index("firm")["sector"].astype("str").reindex(firms)
    trades = _one_of(sector.index[sector.isin(SECTORS)])
    unknown = firm.is_null() | _one_of(sector.index[sector.isna()])
    sizes = scalars(frame, rows=nw.len(), trades=count(trades), unknown=count(unknown))
    rows, strangers = int(sizes["rows"]), int(sizes["unknown"] or 0)
    if strangers and unregistered == "error":
        raise ValueError(
            f"the firm of {strangers} of {rows} customs records is not in the register; add it, "
            "or use unregistered='keep' or 'drop'"
        )
    dropped = strangers if unregistered == "drop" else 0
    kept = frame.filter(~trades & ~unknown) if dropped else frame.filter(~trades)
    ledger = Ledger().record("firm is registered", RECORDS, rows, rows - dropped)
    after = rows - dropped - int(sizes["trades"] or 0)
    ledger = ledger.record("firm is no wholesaler or retailer", RECORDS, rows - dropped, after)
    return unwrap(kept, customs), ledger


def _one_of(firms: pd.Index[Any]) -> nw.Expr:
    """Tell, without missing values, which rows have one of ``firms``."""
    firm = nw.col("firm")
    one = firm.is_in(firms.to_list()) if len(firms) else nw.lit(False)
    return ~firm.is_null() & one


def linked_register(registry: pd.DataFrame, firm: pd.Series[Any]) -> tuple[pd.DataFrame, Ledger]:
    """Return a register by linked firm from the businesses of a registry.

    A business without a firm is left out, and so is a firm whose businesses differ in
    sector.

    Parameters
    ----------
    registry : ``sector``, one row for each business
    firm : firm number of each business, missing where it has none

    Returns
    -------
    DataFrame
        ``firm``, ``sector``; one row for each firm
    Ledger
    """
    require_columns(registry, ["sector"], "registry")
    businesses = registry[["sector"]].assign(firm=firm)
    known = businesses.dropna().drop_duplicates()
    clear = known.drop_duplicates("firm", keep=False)
    ledger = Ledger().record(
        "business has a firm", "businesses", len(businesses), int(businesses["firm"].count())
    )
    ledger = ledger.record(
        "businesses of the firm agree", "firms", int(known["firm"].nunique()), len(clear)
    )
    return clear[["firm", "sector"]].reset_index(drop=True), ledger


def drop_named_intermediaries(customs: pd.DataFrame) -> tuple[pd.DataFrame, Ledger]:
    """Return customs records without those whose name says trade: the rule without a register.

    Parameters
    ----------
    customs : ``name`` (Chinese) and any other columns
    """
    require_columns(customs, ["name"], "customs")
    kept = customs[~named_intermediary(customs["name"])]
    return kept, Ledger().record("name has no word of trade", RECORDS, len(customs), len(kept))


def named_intermediary(names: pd.Series[Any]) -> pd.Series[bool]:
    """Tell which Chinese names have a word of trade in them, such as 进出口 or 贸易.

    Ahn, Khandelwal and Wei (2011) find intermediaries in this way. A missing name has none.
    """
    plain = normalise_name(names.astype("category"))
    words = plain.cat.categories.to_series().str.contains("|".join(WORDS))
    return plain.isin(words.index[words]).rename("intermediary")
