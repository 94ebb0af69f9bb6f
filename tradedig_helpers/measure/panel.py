"""The estimation panel: every measure, one row per firm and year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from tradedig_helpers.measure.checks import require_columns, require_key
from tradedig_helpers.measure.controls import measure_controls
from tradedig_helpers.measure.destinations import measure_destinations
from tradedig_helpers.measure.digitization import measure_digitization
from tradedig_helpers.measure.flexibility import measure_flexibility
from tradedig_helpers.measure.ledger import Ledger
from tradedig_helpers.measure.quality import Quality, measure_quality, to_flows

KEY = ["firm", "year"]


class TradeData(Protocol):
    """Any object with these four frames, such as the synthetic economy or your own data."""

    @property
    def customs(self) -> pd.DataFrame:
        """Shipments."""

    @property
    def firms(self) -> pd.DataFrame:
        """Firm-years: accounts and dates of adoption."""

    @property
    def destinations(self) -> pd.DataFrame:
        """Destination-years."""

    @property
    def elasticities(self) -> pd.DataFrame:
        """σ by HS4 group and destination."""


@dataclass(frozen=True, slots=True)
class Panel:
    """The estimation panel and the ledger of what was dropped or is missing on the way.

    Attributes
    ----------
    frame : ``firm``, ``year``, ``province``, ``industry``, the outcome ``QSY``, ``lndig``
        and its parts, ``flex``, and the controls of Table 2
    ledger : flows dropped by the quality measure, then firm-years without a measure
    """

    frame: pd.DataFrame
    ledger: Ledger


def firm_panel(data: TradeData, quality: Quality | None = None) -> Panel:
    """Return the estimation panel of ``data``.

    ``quality`` is measured by equation (10) with the default rules unless it is given.
    Every firm-year of ``data.firms`` that exports is kept; a measure that is undefined
    for it is missing, and the ledger counts how often.
    """
    require_columns(data.firms, [*KEY, "province", "industry"], "firms")
    require_key(data.firms, KEY, "firms")
    if quality is None:
        quality = measure_quality(data.customs, data.elasticities)
    parts = [
        quality.firm_years.rename(columns={"quality": "QSY"}),
        measure_digitization(data.firms),
        measure_flexibility(data.customs),
        measure_controls(data.firms),
        measure_destinations(to_flows(data.customs), data.destinations),
    ]
    frame = data.firms[[*KEY, "province", "industry"]]
    for part in parts:
        frame = frame.merge(part, on=KEY, how="left", validate="1:1")
    return Panel(frame, quality.ledger.then(_missing(frame)))


def _missing(frame: pd.DataFrame) -> Ledger:
    """Return a ledger of the firm-years in which a measure is undefined."""
    ledger = Ledger()
    for name in ("QSY", "flex", "lnsdp"):
        ledger = ledger.record(
            f"{name} is defined", "firm-years", len(frame), int(frame[name].notna().sum())
        )
    return ledger
