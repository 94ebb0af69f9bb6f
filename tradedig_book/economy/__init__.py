"""The synthetic economy: firms, order books, quality by equation (8), customs records."""

from tradedig_book.economy.calibration import Calibration, load_calibration
from tradedig_book.economy.data import Economy, content_hash
from tradedig_book.economy.records.make import Records, make_records
from tradedig_book.economy.sample import load_records, load_sample
from tradedig_book.economy.simulate import simulate

__all__ = [
    "Calibration",
    "Economy",
    "Records",
    "content_hash",
    "load_calibration",
    "load_records",
    "load_sample",
    "make_records",
    "simulate",
]
