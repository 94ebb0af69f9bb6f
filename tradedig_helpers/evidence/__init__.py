"""Evidence: specifications of the paper's tables, their estimates, and what they can show."""

from tradedig_helpers.evidence.describe import beside_published, bin_means
from tradedig_helpers.evidence.fit import Fit, estimate, summary, tidy
from tradedig_helpers.evidence.instrumental import Instrumented, estimate_iv, lagged
from tradedig_helpers.evidence.mediation import Mediation, effect_tests, mediate
from tradedig_helpers.evidence.moderation import marginal_effects
from tradedig_helpers.evidence.power import extrapolate, power, standard_errors
from tradedig_helpers.evidence.runner import Results, paper_frames, run
from tradedig_helpers.evidence.selection import Heckman, export_choice, heckman
from tradedig_helpers.evidence.specifications import (
    FLEX_ON_DIGITIZATION,
    PAPER,
    QUALITY_ON_FLEX,
    TABLE_2,
    TABLE_3,
    TABLE_4,
    TABLE_5,
    TABLE_6,
    TABLE_7,
    Specification,
)
from tradedig_helpers.evidence.truth import TrueEffect, true_effect
from tradedig_helpers.published import PAPER_FIRMS, published

__all__ = [
    "FLEX_ON_DIGITIZATION",
    "PAPER",
    "PAPER_FIRMS",
    "QUALITY_ON_FLEX",
    "TABLE_2",
    "TABLE_3",
    "TABLE_4",
    "TABLE_5",
    "TABLE_6",
    "TABLE_7",
    "Fit",
    "Heckman",
    "Instrumented",
    "Mediation",
    "Results",
    "Specification",
    "TrueEffect",
    "beside_published",
    "bin_means",
    "effect_tests",
    "estimate",
    "estimate_iv",
    "export_choice",
    "extrapolate",
    "heckman",
    "lagged",
    "marginal_effects",
    "mediate",
    "paper_frames",
    "power",
    "published",
    "run",
    "standard_errors",
    "summary",
    "tidy",
    "true_effect",
]
