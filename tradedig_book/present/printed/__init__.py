"""The paper's Tables 2-7 on a page: each figure opens what the book knows of it."""

from tradedig_book.present.printed.answers import answers, answers_table
from tradedig_book.present.printed.widget import PrintedTables, printed_block

__all__ = ["PrintedTables", "answers", "answers_table", "printed_block"]
