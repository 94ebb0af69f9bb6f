"""The paper's printed figures tested against each other, with intervals for rounding."""

from tradedig_helpers.evidence.audit.cells import cells_by_detail
from tradedig_helpers.evidence.audit.consistency import (
    error_signs,
    mediated_effects,
    sample_sizes,
    sobel,
    stars,
    tally,
    totals,
)
from tradedig_helpers.evidence.audit.contrasts import group_contrasts
from tradedig_helpers.evidence.audit.declared import SPLITS
from tradedig_helpers.evidence.audit.implied import (
    effect_sizes,
    instrument_counts,
    instrument_error,
    left_out,
    mediation_freedom,
    most_cells,
    pooled_spread,
)
from tradedig_helpers.evidence.audit.inflation import cluster_factors
from tradedig_helpers.evidence.audit.intervals import Interval, rounded

__all__ = [
    "SPLITS",
    "Interval",
    "cells_by_detail",
    "cluster_factors",
    "effect_sizes",
    "error_signs",
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
