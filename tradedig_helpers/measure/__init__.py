"""Measures: from customs records, accounts and technology dates to the estimation panel."""

from tradedig_helpers.measure.controls import measure_controls
from tradedig_helpers.measure.destinations import measure_destinations
from tradedig_helpers.measure.digitization import digitization_index, measure_digitization
from tradedig_helpers.measure.flexibility import measure_flexibility
from tradedig_helpers.measure.ledger import Ledger
from tradedig_helpers.measure.panel import Panel, TradeData, firm_panel
from tradedig_helpers.measure.quality import (
    Quality,
    demand_residual,
    measure_quality,
    standardise,
    to_firm_years,
    to_flows,
    with_sigma,
)

__all__ = [
    "Ledger",
    "Panel",
    "Quality",
    "TradeData",
    "demand_residual",
    "digitization_index",
    "firm_panel",
    "measure_controls",
    "measure_destinations",
    "measure_digitization",
    "measure_flexibility",
    "measure_quality",
    "standardise",
    "to_firm_years",
    "to_flows",
    "with_sigma",
]
