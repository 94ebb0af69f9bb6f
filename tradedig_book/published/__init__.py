"""The figures printed in the paper, in one CSV file."""

from tradedig_book.published.load import PAPER_FIRMS, published

__all__ = ["PAPER_FIRMS", "published"]
