"""Imports of digital products, by function and end use, beside imports of other goods."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradedig_book.economy.firms import BLOCK, draw_paths
from tradedig_book.economy.world import FIRST_YEAR
from tradedig_helpers.frames.arrays import Floats
from tradedig_helpers.schema.declare import Columns
from tradedig_helpers.schema.tables import END_USES, FUNCTIONS

DIGITAL_KINDS = [(function, use) for function in FUNCTIONS for use in END_USES]
PRODUCTS_PER_KIND, OTHER_PRODUCTS = 2, 6
FREQUENCY = {"ict": 0.0, "mac": -0.7, "oct": 0.3, "con": -0.9, "imd": 0.2, "cap": 0.0}


def digital_product_table() -> pd.DataFrame:
    """Return the imported products that count as digital, with function and end use."""
    kinds = [kind for kind in DIGITAL_KINDS for _ in range(PRODUCTS_PER_KIND)]
    codes = _codes()[: len(kinds)]
    functions, uses = zip(*kinds, strict=True)
    return pd.DataFrame({"product": codes, "function": functions, "end_use": uses})


def import_codes() -> list[str]:
    """Return every imported product code: digital ones first, then others."""
    return _codes()


def draw_imports(rng: np.random.Generator, panel: Columns) -> dict[str, Any]:
    """Return imports: ``row`` of ``panel``, ``item`` (position in the codes) and ``value``.

    A firm's leaning to import is fixed in part and persists; abler, foreign and more
    digital firms import more.
    """
    local = (panel["firm"] - 1) % BLOCK
    year = panel["year"] - FIRST_YEAR
    leaning = rng.normal(size=BLOCK)[local] + 0.8 * draw_paths(rng, 0.7)[local, year]
    foreign = panel["type"] == "foreign"
    pull = 0.9 * leaning + 0.4 * panel["ability"] + 0.5 * foreign
    pull = pull + 0.15 * panel["lndig"] - 4.2
    weight = np.array([FREQUENCY[f] + FREQUENCY[u] for f, u in DIGITAL_KINDS])
    weight = np.r_[np.repeat(weight, PRODUCTS_PER_KIND), np.full(OTHER_PRODUCTS, 2.0)]
    chance = 1 / (1 + np.exp(-(pull[:, None] + weight)))
    row, item = np.nonzero(rng.random(chance.shape) < chance)
    value = np.rint(np.exp(rng.normal(9.0, 1.5, len(row)))) + 1
    return {"row": row, "item": item, "value": value}


def import_flags(imports: Columns, rows: int) -> dict[str, Floats]:
    """Return 0/1 ``dpi`` and one for each function and end use, each of shape (rows,)."""
    kind = imports["item"] // PRODUCTS_PER_KIND
    digital = kind < len(DIGITAL_KINDS)
    row, kind = imports["row"][digital], kind[digital]
    flags = {"dpi": _flag(row, rows)}
    for place, names in enumerate((FUNCTIONS, END_USES)):
        for name in names:
            has = np.array([name == pair[place] for pair in DIGITAL_KINDS])
            flags[name] = _flag(row[has[kind]], rows)
    return flags


def _flag(row: NDArray[np.int64], rows: int) -> Floats:
    """Return 1 for each row number that occurs in ``row``, else 0."""
    return (np.bincount(row, minlength=rows) > 0).astype(float)


def _codes() -> list[str]:
    """Return invented import codes; none is the code of an export."""
    total = len(DIGITAL_KINDS) * PRODUCTS_PER_KIND + OTHER_PRODUCTS
    return [f"9{i // 10:01d}{i % 10:01d}10000" for i in range(10, 10 + total)]
