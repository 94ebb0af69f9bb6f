"""Raw records of the economy: what each source would hold of it, with its dirt."""

from tradedig_book.economy.records.make import Records, make_records
from tradedig_helpers.schema.records import RECORDS

__all__ = ["RECORDS", "Records", "make_records"]
