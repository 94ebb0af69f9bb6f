"""Trade intermediaries: firms that sell abroad what others make."""

from __future__ import annotations

from typing import Any, Literal

import narwhals as nw
import numpy as np
import pandas as pd
from narwhals.typing import IntoFrameT

from tradedig_helpers.frames.engine import Frame, unwrap, wrap
from tradedig_helpers.frames.ledger import Ledger
from tradedig_helpers.frames.names import OwnNames, own_names
from tradedig_helpers.frames.options import require_option
from tradedig_helpers.frames.plain import plain
from tradedig_helpers.linking.across_sources import require_rows_of
from tradedig_helpers.linking.naming import chinese, require_text, says_nothing
from tradedig_helpers.schema.checks import checked, require_columns

Unregistered = Literal["error", "keep", "drop"]

CUSTOMS_RECORDS = "customs records"
TRADE_SECTORS = ("wholesale", "retail")
KNOWN = ("manufacturing", *TRADE_SECTORS)
SAID = {"manufacturing": "manufactur|制造|製造", "retail": "retail|零售",
        "wholesale": "wholesale|批发|批發"}  # fmt: skip
"""What a sector has in it that is one of ``KNOWN``, in small letters; the later ones decide."""
RULE = "firm is no wholesaler or retailer"
SECTORS_SHOWN = 5
TRADE_WORDS = ("贸易", "进出口", "外贸", "商贸", "经贸", "外经", "科贸", "工贸")


@own_names
def drop_intermediaries(
    customs: IntoFrameT,
    register: pd.DataFrame,
    *,
    unregistered: Unregistered = "error",
    firm: str = "firm",
) -> tuple[IntoFrameT, Ledger]:
    """Return customs records without those of wholesale and retail firms, as the paper does.

    Parameters
    ----------
    customs : ``firm`` and any other columns, of any supported engine
    register : pandas, ``firm``, ``sector`` (manufacturing, wholesale, retail or any other);
        one row for each firm. 制造业, wholesale trade, 批发和零售业 and the like are read as
        these; any other is no intermediary's, and the ledger says how many firms have which.
        Blank text and words for nothing, such as NULL, are no sector
    unregistered : what to do with the records of a firm that the register does not hold or
        has without a sector, or that have no firm: nothing is known of them
    firm : name of the firm in the frames, and in the answer

    Returns
    -------
    frame
        As ``customs``.
    Ledger
        How many records were left out because their firm is not registered, or trades.

    Raises
    ------
    TypeError, ValueError
        If a column is missing, a firm is twice in the register, or not there and that is
        an error; if firms are text here and numbers there, or differ in leading zeros, or the
        register has none of the sectors.

    Examples
    --------
    >>> import pandas as pd
    >>> customs = pd.DataFrame({"firm": [1, 2, 2], "year": 2004, "value": [50, 20, 30]})
    >>> register = pd.DataFrame({"firm": [1, 2], "sector": ["manufacturing", "wholesale"]})
    >>> kept, ledger = drop_intermediaries(customs, register)
    >>> kept
       firm  year  value
    0     1  2004     50
    >>> ledger.frame[["rule", "before", "after", "value_kept"]]
                                    rule  before  after  value_kept
    0                 firm is registered       3      3         1.0
    1  firm is no wholesaler or retailer       3      1         0.5
    """
    require_option(unregistered, Unregistered, "unregistered")
    own = OwnNames(firm)
    customs, register = own.taken(customs, "customs"), own.taken(register, "register")
    require_columns(customs, ["firm"], "customs")
    frame = wrap(customs, "customs", ["firm", "value"])
    kept, ledger = without_intermediaries(frame, check_register(register), unregistered)
    return own.given_back(unwrap(kept, customs)), ledger


def check_register(register: pd.DataFrame, *, key: bool = True) -> pd.DataFrame:
    """Return a register in plain form, after the checks of its columns and its ``key``."""
    found = plain(register, "register")
    checked(found, "register", columns=["firm", "sector"], key=["firm"] if key else [])
    return found


def without_intermediaries(
    frame: Frame, register: pd.DataFrame, unregistered: Unregistered = "error"
) -> tuple[Frame, Ledger]:
    """Return what :func:`drop_intermediaries` does, of a register that is known to be good."""
    _require_same_firms(frame, register)
    missing = _missing(frame)
    firms = frame.filter(~missing).select("firm").unique().collect()["firm"].to_list()
    sectors, words = _sectors(register)
    sector = sectors.reindex(firms)
    trades = ~missing & _one_of(sector.index[sector.isin(TRADE_SECTORS)])
    unknown = missing | _one_of(sector.index[sector.isna()])
    _require_same_zeros(sector.index, sectors.index)
    rules = {"firm is registered": ~unknown | (unregistered == "keep"), RULE: ~trades}
    kept, ledger = Ledger().keep(frame, rules, CUSTOMS_RECORDS)
    _, _, rows, known = ledger.steps[0]
    if known < rows and unregistered == "error":
        raise ValueError(
            f"the firm of {rows - known} of {rows} customs records is not in the register, or has "
            "no sector there; add it to register.firm as it is written in customs.firm, or use "
            "unregistered='keep' or 'drop' (of firm_panel, unmeasured='report')"
        )
    return kept, words.then(ledger)


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
    native = frame.to_native()
    exact = isinstance(native, pd.DataFrame) and _are_numbers(native["firm"])
    if (here.is_numeric() or exact) is not _are_numbers(there):
        raise TypeError(
            f"customs.firm holds {here} and register.firm {there.dtype}; "
            "make both numbers or both text"
        )


def _require_same_zeros(ours: pd.Index[Any], theirs: pd.Index[Any]) -> None:
    """Raise ``ValueError`` if firms as text meet the register but for the zeros they begin with."""
    unmet = [firm for firm in ours.difference(theirs, sort=False) if isinstance(firm, str)]
    bare = {firm.lstrip("0"): firm for firm in theirs if isinstance(firm, str) and firm.isdigit()}
    pairs = [(firm, bare[firm.lstrip("0")]) for firm in unmet if firm.lstrip("0") in bare]
    if pairs:
        here, there = pairs[0]
        raise ValueError(
            f"customs.firm has other leading zeros than register.firm in {len(pairs)} of "
            f"{len(ours)} firms (such as {here!r} and {there!r}); one was read as a number and "
            "lost them, so read both as text, or restore them with .str.zfill"
        )


def _are_numbers(firms: pd.Series[Any]) -> bool:
    """Tell whether firms are numbers, large ones with gaps as objects included."""
    if pd.api.types.is_numeric_dtype(firms):
        return True
    return firms.dtype == object and pd.api.types.infer_dtype(firms, skipna=True) == "integer"


def _sectors(register: pd.DataFrame) -> tuple[pd.Series[Any], Ledger]:
    """Return the sector of each firm, as one of ``KNOWN`` if it is, and other words counted."""
    sector = _read(register["sector"].rename("register.sector")).set_axis(register["firm"])
    if not sector.isin(KNOWN).any():
        raise ValueError(
            f"register.sector has none of {list(KNOWN)} in {len(sector)} rows but "
            f"{sorted(sector.dropna().unique())[:SECTORS_SHOWN]}; "
            "recode it, so that wholesale and retail can be told"
        )
    return sector, _other_sectors(sector.dropna())


def _read(sectors: pd.Series[Any]) -> pd.Series[Any]:
    """Return sectors as one of ``KNOWN`` or in small letters, missing where they say nothing."""
    require_text(sectors, str(sectors.name))
    words = sectors.astype("str").str.strip().str.lower()
    words = words.mask(words.isin([word for word in words.unique() if says_nothing(word)]))
    read = words
    for known, said in SAID.items():
        read = read.mask(words.str.contains(said, na=False), known)
    return read


def _other_sectors(sector: pd.Series[Any]) -> Ledger:
    """Return how many firms have which other sector, if any has: they are kept."""
    other = sector[~sector.isin(KNOWN)].value_counts()
    if other.empty:
        return Ledger()
    shown = [f"{word} {firms}" for word, firms in other.head(SECTORS_SHOWN).items()]
    shown += [f"{len(other) - SECTORS_SHOWN} more"] * (len(other) > SECTORS_SHOWN)
    rule = f"sector is {', '.join(KNOWN)} (others are kept: {', '.join(shown)})"
    return Ledger().record(rule, "firms", len(sector), len(sector) - int(other.sum()))


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
    read = _read(sectors["sector"].rename("registry.sector"))
    businesses = sectors[["sector"]].assign(firm=firm.array, read=read)
    named = businesses.dropna(subset="firm")
    clear = named.dropna().drop_duplicates(["firm", "read"]).drop_duplicates("firm", keep=False)
    ledger = Ledger().record("business has a firm", "businesses", len(businesses), len(named))
    ledger = ledger.record(
        "businesses of the firm have one sector", "firms", int(named["firm"].nunique()), len(clear)
    )
    return clear[["firm", "sector"]].reset_index(drop=True), ledger


def named_intermediary(names: pd.Series[Any]) -> pd.Series[bool]:
    """Tell which Chinese names have a word of trade in them, such as 进出口 or 贸易.

    Ahn, Khandelwal and Wei (2011) find intermediaries in this way. A missing name has none;
    a name that lost characters may still say what it trades in.
    """
    require_text(names, "names")
    code, distinct = pd.factorize(names)
    how = chinese()
    plain_words = how.spell(how.cut(pd.Series(pd.Index(distinct).astype("str"))))
    says = np.append(plain_words.str.contains("|".join(TRADE_WORDS)), False).astype(bool)
    return pd.Series(says[code], index=names.index, name="intermediary")
