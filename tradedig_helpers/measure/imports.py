"""Imports of digital products, by function and by end use."""

from __future__ import annotations

import pandas as pd
from pandas.api.types import is_numeric_dtype

from tradedig_helpers.frames.names import OwnNames, own_names
from tradedig_helpers.frames.plain import plain
from tradedig_helpers.measure.flows import FIRM_YEAR
from tradedig_helpers.schema.checks import Needs, checked_once

KINDS = ["function", "end_use"]
DIGITAL_IMPORTS = ("dpi", "ict", "mac", "oct", "con", "imd", "cap")
"""The columns that the paper's functions and end uses give."""
TAKEN = {*FIRM_YEAR, "product", "dpi"}


@own_names
def measure_imports(
    imports: pd.DataFrame, digital_products: pd.DataFrame, *, firm: str = "firm", year: str = "year"
) -> pd.DataFrame:
    """Return which kinds of digital products each firm-year imports, as 0/1 columns.

    Parameters
    ----------
    imports : ``firm``, ``year``, ``product``
    digital_products : ``product`` (once each), ``function``, ``end_use``; products that
        are not listed are not digital
    firm, year : names of the firm and the year in the frames, and in the answer

    Returns
    -------
    DataFrame
        ``firm``, ``year``, ``dpi`` (any digital product) and one column for each function
        and end use of ``digital_products``. Only firm-years that import one are listed, so
        what no digital product is leaves no row.

    Raises
    ------
    TypeError
        If a frame is no pandas frame, or product codes are numbers in one and text in the other.
    ValueError
        If a column or a value is missing, a product is listed twice or none of those listed
        is imported, or a name is both a function and an end use.

    Examples
    --------
    >>> import pandas as pd
    >>> imports = pd.DataFrame({"firm": [1, 1, 2], "year": 2004})
    >>> imports["product"] = ["84715010", "01012100", "85176210"]
    >>> digital_products = pd.DataFrame({"product": ["84715010", "85176210"]})
    >>> digital_products = digital_products.assign(function="ict", end_use=["cap", "imd"])
    >>> measure_imports(imports, digital_products)
       firm  year  dpi  ict  cap  imd
    0     1  2004    1    1    1    0
    1     2  2004    1    1    0    1
    """
    own = OwnNames(firm, year)
    imports = own.taken(imports, "imports")
    imports, listed = plain(imports, "imports"), plain(digital_products, "digital_products")
    return own.given_back(compute_imports(imports, _listed(imports, listed)))


def compute_imports(imports: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """Return what :func:`measure_imports` does, of frames that are known to be good.

    Parameters
    ----------
    imports : in plain form
    products : ``product``, ``function`` and ``end_use`` as text, each product once

    Raises
    ------
    ValueError
        If none of ``products`` is imported.
    """
    codes = imports["product"].astype(str)
    found = imports[FIRM_YEAR].assign(product=codes).merge(products, on="product", validate="m:1")
    if found.empty:
        raise ValueError(
            f"none of the {len(products)} products of digital_products is among the imports; "
            "give codes of the same length in both"
        )
    columns = {
        name: found[kind] == name for kind in KINDS for name in sorted(products[kind].unique())
    }
    flags = found[FIRM_YEAR].assign(dpi=True, **columns)
    largest = flags.groupby(FIRM_YEAR, as_index=False, observed=True).max()
    return largest.astype(dict.fromkeys(["dpi", *columns], int))


def _listed(imports: pd.DataFrame, digital_products: pd.DataFrame) -> pd.DataFrame:
    """Return product, function and end use as text, after all checks of both frames."""
    columns, codes = ["product", *KINDS], Needs(codes=["product"])
    ours, theirs = Needs(present=[*FIRM_YEAR, "product"]), Needs(present=columns, key=["product"])
    frames = {"imports": imports, "digital_products": digital_products}
    dated = Needs(years=["year"], codes=["product"])
    require_ours = checked_once(imports, "imports", ours, dated)
    require_theirs = checked_once(digital_products, "digital_products", theirs, codes)
    require_ours(ours)
    require_theirs(theirs)
    if len({is_numeric_dtype(frame["product"]) for frame in frames.values()}) > 1:
        kinds = " and ".join(f"{name} {frame['product'].dtype}" for name, frame in frames.items())
        raise TypeError(
            f"product has different types ({kinds}); read both as text, since numbers lose "
            "leading zeros"
        )
    require_ours(dated)
    require_theirs(codes)
    products = digital_products[columns].astype(str)
    functions, uses = (set(products[kind]) for kind in KINDS)
    if unfit := sorted((functions & uses) | ((functions | uses) & TAKEN)):
        raise ValueError(
            f"{unfit} cannot each name one column; give every function and end use its own name, "
            f"none of {sorted(TAKEN)}"
        )
    return products
