"""Quality by equation (11), with an instrumented price, and what tells whether to trust it."""

from tradedig_helpers.measure.instruments.demand import InstrumentedQuality, measure_instrumented
from tradedig_helpers.measure.instruments.diagnostics import (
    Comparison,
    compare_instruments,
    instrument_truth,
    simulate_slopes,
)
from tradedig_helpers.measure.instruments.sample import INSTRUMENTS, Instrument, demand_sample
from tradedig_helpers.measure.instruments.slopes import product_slopes

__all__ = [
    "INSTRUMENTS",
    "Comparison",
    "Instrument",
    "InstrumentedQuality",
    "compare_instruments",
    "demand_sample",
    "instrument_truth",
    "measure_instrumented",
    "product_slopes",
    "simulate_slopes",
]
