"""The specification curve on a page, to be explored."""

from tradedig_book.present.curve.widget import BENCHMARK_CHOICES, CurveExplorer, packed_curve

__all__ = ["BENCHMARK_CHOICES", "CurveExplorer", "packed_curve"]
