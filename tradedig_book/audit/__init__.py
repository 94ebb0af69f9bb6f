"""The paper's printed figures tested against each other, with intervals for rounding."""

from tradedig_book.audit.cells import cells_by_detail
from tradedig_book.audit.checks import CHECKS, all_checks, figure_checks
from tradedig_book.audit.consistency import (
    error_signs,
    mediated_effects,
    sample_sizes,
    sobel,
    stars,
    tally,
    totals,
)
from tradedig_book.audit.contrasts import group_contrasts
from tradedig_book.audit.declared import SPLITS
from tradedig_book.audit.implied import (
    effect_sizes,
    instrument_counts,
    instrument_error,
    left_out,
    mediation_freedom,
    most_cells,
    pooled_spread,
)
from tradedig_book.audit.inflation import cluster_factors
from tradedig_book.audit.intervals import Interval, rounded

__all__ = [
    "CHECKS",
    "SPLITS",
    "Interval",
    "all_checks",
    "cells_by_detail",
    "cluster_factors",
    "effect_sizes",
    "error_signs",
    "figure_checks",
    "group_contrasts",
    "instrument_counts",
    "instrument_error",
    "left_out",
    "mediated_effects",
    "mediation_freedom",
    "most_cells",
    "pooled_spread",
    "rounded",
    "sample_sizes",
    "sobel",
    "stars",
    "tally",
    "totals",
]
