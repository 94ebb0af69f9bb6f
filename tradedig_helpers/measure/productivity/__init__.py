"""Total factor productivity by Olley and Pakes (1996)."""

from tradedig_helpers.measure.productivity.olley_pakes import (
    Options,
    Productivity,
    Survival,
    olley_pakes,
)

__all__ = ["Options", "Productivity", "Survival", "olley_pakes"]
