"""Trade intermediaries: firms that sell abroad what others make."""

from __future__ import annotations

from typing import Any, Literal

import narwhals as nw
import numpy as np
import pandas as pd
from narwhals.typing import IntoFrameT

from tradedig_helpers.measure.checks import require_columns, require_key, require_option
from tradedig_helpers.measure.engine import Frame, count, floats, scalars, unwrap, wrap
from tradedig_helpers.measure.ledger import Ledger
from tradedig_helpers.measure.linking.across_sources import require_rows_of
from tradedig_helpers.measure.linking.naming import chinese, require_text
from tradedig_helpers.measure.plain import plain

Unregistered = Literal["error", "keep", "drop"]

RECORDS = "customs records"
SECTORS = ("wholesale", "retail")
KNOWN = ("manufacturing", *SECTORS)
RULE = "firm is no wholesaler or retailer"
WORDS = ("贸易", "进出口", "外贸", "商贸", "经贸", "外经", "科贸", "工贸")


def drop_intermediaries(
    customs: IntoFrameT, register: pd.DataFrame, *, unregistered: Unregistered = "error"
) -> tuple[IntoFrameT, Ledger]:
    """Return customs records without those of wholesale and retail firms, as the paper does.

    Parameters
    ----------
    customs : ``firm`` and any other columns, of any supported engine
    register : pandas, ``firm``, ``sector`` (manufacturing, wholesale, retail or any other);
        one row for each firm
    unregistered : what to do with the records of a firm that the register does not hold or
        has without a sector, or that have no firm: nothing is known of them

    Returns
    -------
    frame
        As ``customs``.
    Ledger

    Raises
    ------
    TypeError, ValueError
        If a column is missing, a firm is twice in the register, or not there and that is
        an error; if firms are text here and numbers there, or the register has none of the
        sectors.
    """
    require_option(unregistered, Unregistered, "unregistered")
    require_columns(customs, ["firm"], "customs")
    register = plain(register, "register")
    require_columns(register, ["firm", "sector"], "register")
    require_key(register, ["firm"], "register")
    frame = wrap(customs, "customs")
    _require_same_firms(frame, register)
    missing = _missing(frame)
    firms = frame.filter(~missing).select("firm").unique().collect()["firm"].to_list()
    sector = _sectors(register).reindex(firms)
    trades = ~missing & _one_of(sector.index[sector.isin(SECTORS)])
    unknown = missing | _one_of(sector.index[sector.isna()])
    sizes = _sizes(frame, trades, unknown)
    rows, strangers = int(sizes["rows"]), int(sizes["unknown"])
    if strangers and unregistered == "error":
        raise ValueError(
            f"the firm of {strangers} of {rows} customs records is not in the register, or has no "
            "sector there; add it, or use unregistered='keep' or 'drop' (of firm_panel, "
            "unmeasured='report')"
        )
    drop = strangers > 0 and unregistered == "drop"
    kept = frame.filter(~trades & ~unknown) if drop else frame.filter(~trades)
    return unwrap(kept, customs), _ledger(sizes, drop)


def _sizes(frame: Frame, trades: nw.Expr, unknown: nw.Expr) -> dict[str, float]:
    """Return how many records there are, and their value, of all, of traders and of strangers.

    The value is NaN where the records have none.
    """
    kind = frame.collect_schema().get("value")
    value = floats("value") if kind is not None and kind.is_numeric() else nw.lit(float("nan"))
    sums = {
        f"{name}_value": nw.when(rows).then(value).otherwise(0.0).sum()
        for name, rows in {"rows": nw.lit(True), "trades": trades, "unknown": unknown}.items()
    }
    found = scalars(frame, rows=nw.len(), trades=count(trades), unknown=count(unknown), **sums)
    return {name: float(size or 0) for name, size in found.items()}


def _ledger(sizes: dict[str, float], drop: bool) -> Ledger:
    """Return what is dropped, in records and in their value."""
    ledger, rows, value = Ledger(), sizes["rows"], sizes["rows_value"]
    steps = {"firm is registered": "unknown" if drop else "", RULE: "trades"}
    for rule, part in steps.items():
        after, left = rows - sizes.get(part, 0.0), value - sizes.get(f"{part}_value", 0.0)
        kept = left / value if value > 0 else None
        ledger = ledger.record(rule, RECORDS, int(rows), int(after), kept)
        rows, value = after, left
    return ledger


def _missing(frame: Frame) -> nw.Expr:
    """Tell which rows have no firm."""
    firm = nw.col("firm")
    absent = firm.is_null()
    return absent | firm.is_nan() if frame.collect_schema()["firm"].is_float() else absent


def _one_of(firms: pd.Index[Any]) -> nw.Expr:
    """Tell, without missing values, which rows have one of ``firms``."""
    firm = nw.col("firm")
    one = firm.is_in(firms.to_list()) if len(firms) else nw.lit(False)
    return ~firm.is_null() & one


def _require_same_firms(frame: Frame, register: pd.DataFrame) -> None:
    """Raise ``TypeError`` if firms are numbers on one side and text on the other."""
    here, there = frame.collect_schema()["firm"], register["firm"]
    if here.is_numeric() is not pd.api.types.is_numeric_dtype(there):
        raise TypeError(
            f"customs.firm holds {here} and register.firm {there.dtype}; "
            "make both numbers or both text"
        )


def _sectors(register: pd.DataFrame) -> pd.Series[Any]:
    """Return the sector of each firm, in small letters."""
    require_text(register["sector"].rename("register.sector"), "sector")
    sector = register.set_index("firm")["sector"].astype("str").str.strip().str.lower()
    if not sector.isin(KNOWN).any():
        found = sorted(register["sector"].dropna().unique())[:5]
        raise ValueError(
            f"register.sector has none of {list(KNOWN)} in {len(sector)} rows but {found}; "
            "recode it, so that wholesale and retail can be told"
        )
    return sector


def linked_register(registry: pd.DataFrame, firm: pd.Series[Any]) -> tuple[pd.DataFrame, Ledger]:
    """Return a register by linked firm from the businesses of a registry.

    A business without a firm is left out, and so is a firm whose businesses differ in
    sector or have none.

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
    require_rows_of(firm, registry, "registry")
    sectors = plain(registry, "registry")
    require_columns(sectors, ["sector"], "registry")
    businesses = sectors[["sector"]].assign(firm=firm.array)
    named = businesses.dropna(subset="firm")
    clear = named.dropna().drop_duplicates().drop_duplicates("firm", keep=False)
    ledger = Ledger().record("business has a firm", "businesses", len(businesses), len(named))
    ledger = ledger.record(
        "businesses of the firm have one sector", "firms", int(named["firm"].nunique()), len(clear)
    )
    return clear[["firm", "sector"]].reset_index(drop=True), ledger


def drop_named_intermediaries(customs: pd.DataFrame) -> tuple[pd.DataFrame, Ledger]:
    """Return customs records without those whose name says trade: the rule without a register.

    Parameters
    ----------
    customs : ``name`` (Chinese) and any other columns
    """
    rows = plain(customs, "customs")
    require_columns(rows, ["name"], "customs")
    kept = customs[~named_intermediary(rows["name"].rename("customs.name")).to_numpy()]
    return kept, Ledger().record("name has no word of trade", RECORDS, len(customs), len(kept))


def named_intermediary(names: pd.Series[Any]) -> pd.Series[bool]:
    """Tell which Chinese names have a word of trade in them, such as 进出口 or 贸易.

    Ahn, Khandelwal and Wei (2011) find intermediaries in this way. A missing name has none;
    a name that lost characters may still say what it trades in.
    """
    require_text(names, "names")
    code, distinct = pd.factorize(names)
    how = chinese()
    plain_words = how.spell(how.cut(pd.Series(pd.Index(distinct).astype("str"))))
    says = np.append(plain_words.str.contains("|".join(WORDS)), False).astype(bool)
    return pd.Series(says[code], index=names.index, name="intermediary")
