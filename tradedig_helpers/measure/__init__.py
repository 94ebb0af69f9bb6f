"""Measures: from records, accounts and dates to the estimation panel.

Sub-rooms: ``linking`` makes firms out of raw records, ``inspection`` holds files against
what they should hold, ``instruments`` is equation (11), ``productivity`` is Olley and
Pakes. The grouped measures take pandas, Polars, DuckDB and PySpark frames alike
(:mod:`~tradedig_helpers.measure.engine`).
"""

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
from tradedig_helpers.measure.flows import market_size, to_flows
from tradedig_helpers.measure.groups import measure_groups, size_class
from tradedig_helpers.measure.imports import measure_imports
from tradedig_helpers.measure.inspection import inspect_file, inspect_frame
from tradedig_helpers.measure.instruments import measure_instrumented
from tradedig_helpers.measure.intermediaries import drop_intermediaries
from tradedig_helpers.measure.ledger import Ledger
from tradedig_helpers.measure.levels import LevelPanel, level_panel
from tradedig_helpers.measure.linking import link_over_time, link_sources, score_links
from tradedig_helpers.measure.pairs import measure_pairs
from tradedig_helpers.measure.panel import Panel, TradeData, firm_panel, measure_firms
from tradedig_helpers.measure.productivity import olley_pakes
from tradedig_helpers.measure.quality import (
    Quality,
    demand_residual,
    measure_quality,
    standardise,
)

__all__ = [
    "Ledger",
    "LevelPanel",
    "Panel",
    "Quality",
    "TradeData",
    "aggregate",
    "demand_residual",
    "digital_share",
    "digitization_index",
    "drop_intermediaries",
    "firm_panel",
    "inspect_file",
    "inspect_frame",
    "level_panel",
    "link_over_time",
    "link_sources",
    "market_size",
    "measure_controls",
    "measure_destinations",
    "measure_digitization",
    "measure_firms",
    "measure_flexibility",
    "measure_groups",
    "measure_imports",
    "measure_instrumented",
    "measure_pairs",
    "measure_quality",
    "olley_pakes",
    "score_links",
    "size_class",
    "standardise",
    "to_flows",
    "with_sigma",
]
