"""Evidence: specifications of the paper's tables, their estimates, and the power to find them."""

from tradedig_helpers.evidence.describe import beside_published, bin_means
from tradedig_helpers.evidence.fit import Fit, estimate, summary, tidy
from tradedig_helpers.evidence.power import extrapolate, power, standard_errors
from tradedig_helpers.evidence.specifications import (
    FLEX_ON_DIGITIZATION,
    QUALITY_ON_FLEX,
    TABLE_2,
    Specification,
)
from tradedig_helpers.evidence.truth import TrueEffect, true_effect
from tradedig_helpers.published import PAPER_FIRMS, published

__all__ = [
    "FLEX_ON_DIGITIZATION",
    "PAPER_FIRMS",
    "QUALITY_ON_FLEX",
    "TABLE_2",
    "Fit",
    "Specification",
    "TrueEffect",
    "beside_published",
    "bin_means",
    "estimate",
    "extrapolate",
    "power",
    "published",
    "standard_errors",
    "summary",
    "tidy",
    "true_effect",
]
