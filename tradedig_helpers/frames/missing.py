"""The words that stand for a missing value where text should be: one truth for all doors."""

from __future__ import annotations

MISSING_WORDS = (
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
    "N/A", "NA", "NULL", "NaN", "n/a", "nan", "null", "None", "none", "NONE", "<NA>", "NaT",
    r"\N",
)  # fmt: skip
"""What names no firm, when space around it is stripped."""
MISSING_CODES = tuple(word for word in MISSING_WORDS if word != "NA")
"""What is no code, such as of a destination, when stripped; ``NA`` is Namibia."""
