"""The estimation panel: every measure, one row per firm and year."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import narwhals as nw
import pandas as pd
from narwhals.typing import IntoFrame

from tradedig_helpers.measure.checks import (
    require_above,
    require_columns,
    require_key,
    require_option,
)
from tradedig_helpers.measure.controls import measure_controls
from tradedig_helpers.measure.destinations import measure_destinations
from tradedig_helpers.measure.digitization import digital_share, measure_digitization
from tradedig_helpers.measure.engine import Frame, compute, settle, wrap
from tradedig_helpers.measure.flexibility import measure_flexibility
from tradedig_helpers.measure.flows import to_market_flows
from tradedig_helpers.measure.groups import ACCOUNTS, measure_groups
from tradedig_helpers.measure.imports import measure_imports
from tradedig_helpers.measure.instruments.demand import firm_instrumented
from tradedig_helpers.measure.instruments.sample import Instrument
from tradedig_helpers.measure.intermediaries import drop_intermediaries
from tradedig_helpers.measure.ledger import Ledger
from tradedig_helpers.measure.pairs import measure_pairs
from tradedig_helpers.measure.productivity.olley_pakes import olley_pakes
from tradedig_helpers.measure.quality import firm_quality

KEY = ["firm", "year"]

Outcome = Literal["QSY", "QBW", "QKL", "QLP", "QOP"]
ONE_SIGMA = 4.0
"""The elasticity behind QKL."""


class TradeData(Protocol):
    """Any object with these four frames, such as the synthetic economy or your own data.

    It may have more: ``register`` (to drop intermediaries), ``imports`` and
    ``digital_products``, ``provinces`` and ``elasticities_hs3``. ``customs``,
    ``destinations`` and the tables of elasticities are frames of one engine, the others
    pandas frames; all are declared in :mod:`tradedig_helpers.economy.tables`.
    """

    @property
    def customs(self) -> Any:
        """Shipments."""

    @property
    def firms(self) -> pd.DataFrame:
        """Firm-years of all firms, exporters or not: accounts and dates of adoption."""

    @property
    def destinations(self) -> Any:
        """Destination-years."""

    @property
    def elasticities(self) -> Any:
        """σ by HS4 group and destination."""


@dataclass(frozen=True, slots=True)
class Panel:
    """The estimation panel and the ledger of what was dropped or is missing on the way.

    Attributes
    ----------
    frame : one row for each firm-year that exports and has accounts: ``province``,
        ``industry``, the outcomes asked for, the digital measures, ``flex``, ``lncnpd``, the
        controls of Table 2, groups of firms, and what the optional tables allow
    ledger : shipments and flows dropped, then firm-years without a measure
    everyone : digital measures and controls of all firm-years, exporting or not, in the order
        of ``firms``
    """

    frame: pd.DataFrame
    ledger: Ledger
    everyone: pd.DataFrame


def firm_panel(data: TradeData, outcomes: Sequence[Outcome] = ("QSY",)) -> Panel:
    """Return the estimation panel of ``data``.

    Every firm-year that exports and has accounts is kept; a measure that is undefined for
    it is missing, and the ledger counts how often. TFP is estimated by Olley and Pakes on
    all firms.

    Parameters
    ----------
    data : see :class:`TradeData`
    outcomes : qualities to measure: QSY by (10) with σ of ``elasticities``, QBW with
        ``elasticities_hs3``, QKL with σ = 4; QLP and QOP by (11)

    Raises
    ------
    TypeError, ValueError
        On an unknown outcome, a missing table, or bad columns or values in one.
    """
    for outcome in outcomes:
        require_option(outcome, Outcome, "outcome")
    require_columns(data.firms, [*KEY, "province", "industry", *ACCOUNTS], "firms")
    require_key(data.firms, KEY, "firms")
    with ThreadPoolExecutor(1) as beside:  # accounts and shipments have nothing in common
        accounts = beside.submit(measure_firms, data.firms)
        frame, ledger = _exporters(data, outcomes)
        everyone = accounts.result()
    frame = frame.merge(everyone, on=KEY, how="left")
    frame = digital_share(_with_optional(frame, data))
    return Panel(frame, ledger.then(_missing(frame, outcomes)), everyone)


def _exporters(data: TradeData, outcomes: Sequence[Outcome]) -> tuple[pd.DataFrame, Ledger]:
    """Return the firm-years that export and have accounts, with what shipments show of them."""
    customs, ledger = _without_intermediaries(data)
    flows = to_market_flows(customs)
    frame, kept = _base(data.firms, to_pandas(measure_flexibility(customs)))
    groups = measure_groups(frame, flows)
    pairs = wrap(measure_pairs(flows), "pairs").select(*KEY, "lncnpd")
    measured = pairs.join(
        wrap(measure_destinations(flows, data.destinations), "destinations"), on=KEY, how="left"
    )
    for outcome in outcomes:
        quality, dropped = MEASURES[outcome](data, flows)
        named = quality.select(*KEY, nw.col("quality").alias(outcome))
        measured = settle(measured.join(named, on=KEY, how="left"))
        ledger = ledger.then(dropped.about(outcome))
    frame = frame.drop(columns=ACCOUNTS).merge(compute(measured).to_pandas(), on=KEY, how="left")
    return frame.merge(groups, on=KEY, how="left"), ledger.then(kept)


def measure_firms(firms: pd.DataFrame) -> pd.DataFrame:
    """Return digital measures and controls of all firm-years, lntfp by Olley and Pakes.

    In the order of ``firms``; see :func:`measure_digitization`, :func:`measure_controls` and
    :func:`olley_pakes` for columns and errors.
    """
    digital = measure_digitization(firms)
    controls = measure_controls(firms, olley_pakes(firms).frame)
    return pd.concat([digital, controls.drop(columns=KEY)], axis=1)


def to_pandas(frame: IntoFrame) -> pd.DataFrame:
    """Return a frame of any supported engine as a pandas DataFrame."""
    if isinstance(frame, pd.DataFrame):
        return frame
    return compute(wrap(frame, "frame")).to_pandas()


def _without_intermediaries(data: TradeData) -> tuple[Any, Ledger]:
    """Return shipments without those of intermediaries, if a register tells who they are."""
    register = getattr(data, "register", None)
    if register is None:
        return data.customs, Ledger()
    return drop_intermediaries(data.customs, register)


MEASURES: dict[Outcome, Callable[[TradeData, Any], tuple[Frame, Ledger]]] = {
    "QSY": lambda data, flows: firm_quality(flows, _table(data, "elasticities")),
    "QBW": lambda data, flows: firm_quality(flows, _table(data, "elasticities_hs3")),
    "QKL": lambda data, flows: firm_quality(flows, ONE_SIGMA),
    "QLP": lambda data, flows: _by_instrument(data, flows, "lagged price"),
    "QOP": lambda data, flows: _by_instrument(data, flows, "other destinations"),
}
"""How each outcome is measured from flows, with its ledger."""


def _by_instrument(data: TradeData, flows: Any, name: Instrument) -> tuple[Frame, Ledger]:
    return firm_instrumented(flows, _table(data, "elasticities"), name)


def _table(data: TradeData, name: str) -> Any:
    found = getattr(data, name, None)
    if found is None:
        raise ValueError(f"the data have no table {name!r}; give it, or choose other outcomes")
    return found


def _base(firms: pd.DataFrame, exporting: pd.DataFrame) -> tuple[pd.DataFrame, Ledger]:
    """Return the firm-years of ``firms`` that export, and how many were left on either side."""
    known = firms[[*KEY, "province", "industry", *ACCOUNTS]]
    frame = known.merge(exporting, on=KEY, validate="1:1")
    if frame.empty:
        raise ValueError(
            f"none of {len(exporting)} firm-years that export is among {len(firms)} of firms; "
            "give customs and firms the same firm numbers and years"
        )
    ledger = Ledger().record("exporter has accounts", "firm-years", len(exporting), len(frame))
    return frame, ledger.record("firm exports", "firm-years", len(firms), len(frame))


def _with_optional(frame: pd.DataFrame, data: TradeData) -> pd.DataFrame:
    """Return ``frame`` with what the optional tables allow: digital imports and INT."""
    imports, products = (getattr(data, name, None) for name in ("imports", "digital_products"))
    if imports is not None and products is not None:
        flags = measure_imports(imports, products)
        frame = frame.merge(flags, on=KEY, how="left", validate="1:1")
        kinds = [str(name) for name in flags if name not in KEY]
        frame[kinds] = frame[kinds].fillna(0).astype(int)
    provinces = getattr(data, "provinces", None)
    if provinces is not None:
        frame = _with_internet(frame, provinces)
    return frame


def _with_internet(frame: pd.DataFrame, provinces: pd.DataFrame) -> pd.DataFrame:
    """Return ``frame`` with INT, internet users per inhabitant of the firm's province."""
    key = ["province", "year"]
    require_columns(provinces, [*key, "internet"], "provinces")
    require_key(provinces, key, "provinces")
    require_above(provinces, ["internet"], "provinces")
    found = provinces[[*key, "internet"]].rename(columns={"internet": "INT"})
    merged = frame.merge(found.astype({"province": str}), how="left", on=key, validate="m:1")
    if missing := int(merged["INT"].isna().sum()):
        raise ValueError(
            f"provinces lacks the province and year of {missing} of {len(frame)} firm-years; "
            "add them"
        )
    return merged.astype({"province": frame["province"].dtype})


def _missing(frame: pd.DataFrame, outcomes: Sequence[Outcome]) -> Ledger:
    """Return a ledger of the firm-years in which a measure is undefined."""
    ledger = Ledger()
    for name in (*outcomes, "flex", "lntfp", "lnsdp"):
        ledger = ledger.record(
            f"{name} is defined", "firm-years", len(frame), int(frame[name].notna().sum())
        )
    return ledger
