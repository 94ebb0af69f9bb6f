"""The specification curve on a page, to be explored."""

from tradedig_book.present.curve.widget import BENCHMARK, CurveExplorer, packed

__all__ = ["BENCHMARK", "CurveExplorer", "packed"]
