"""The figures printed in the paper, in one CSV file."""

from tradedig_helpers.published.load import published

__all__ = ["published"]
