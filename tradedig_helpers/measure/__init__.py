"""Measures: from customs records, accounts and technology dates to the estimation panel."""

from tradedig_helpers.measure.aggregate import aggregate
from tradedig_helpers.measure.controls import measure_controls
from tradedig_helpers.measure.destinations import measure_destinations
from tradedig_helpers.measure.digitization import (
    digital_share,
    digitization_index,
    measure_digitization,
)
from tradedig_helpers.measure.elasticities import with_sigma
from tradedig_helpers.measure.flexibility import measure_flexibility
from tradedig_helpers.measure.ledger import Ledger
from tradedig_helpers.measure.pairs import measure_pairs
from tradedig_helpers.measure.panel import Panel, TradeData, firm_panel
from tradedig_helpers.measure.quality import (
    Quality,
    demand_residual,
    market_size,
    measure_quality,
    standardise,
    to_flows,
)

__all__ = [
    "Ledger",
    "Panel",
    "Quality",
    "TradeData",
    "aggregate",
    "demand_residual",
    "digital_share",
    "digitization_index",
    "firm_panel",
    "market_size",
    "measure_controls",
    "measure_destinations",
    "measure_digitization",
    "measure_flexibility",
    "measure_pairs",
    "measure_quality",
    "standardise",
    "to_flows",
    "with_sigma",
]
