"""The elasticity of substitution σ of each flow, by product group and destination."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from numbers import Real
from typing import Literal, TypeAlias

import narwhals as nw
from narwhals.typing import IntoFrame, IntoFrameT

from tradedig_helpers.frames.engine import (
    Frame,
    as_key,
    count,
    look_up,
    materialize,
    scalars,
    unwrap,
    wrap,
)
from tradedig_helpers.frames.ledger import Ledger
from tradedig_helpers.frames.options import require_option
from tradedig_helpers.schema.checks import Rule, above, checked

Missing = Literal["error", "drop"]
SIGMA_TABLE = "elasticities"
LEFT_OUT = (
    ", or have these flows left out by missing_sigma='drop' (of firm_panel, by unmeasured='report')"
)
FOUND_NONE = (
    "; as none is found, see whether products have at least as many digits as the table's groups, "
    "and destinations the same names"
)


@dataclass(frozen=True, slots=True)
class SigmaTable:
    """A table of σ that has passed its checks.

    Attributes
    ----------
    frame : ``group``, ``destination`` and ``sigma``, one row for each pair
    group : the column of the product group, such as ``hs4``
    digits : how many digits of the product make its group
    """

    frame: Frame
    group: str
    digits: int


Sigma: TypeAlias = float | SigmaTable
"""One σ for all flows, or the table of each group and destination, both checked."""


def with_sigma(
    flows: IntoFrameT, sigma: float | IntoFrame, missing: Missing = "error"
) -> IntoFrameT:
    """Return ``flows`` with σ of their product group and destination.

    Parameters
    ----------
    flows : ``product`` (text) and ``destination``; a column ``sigma`` is replaced
    sigma : one σ for all, or a table with ``destination``, ``sigma`` and one column
        ``hs<N>``, the first N digits of the product, such as ``hs4``
    missing : what to do with flows whose σ is not in the table

    Raises
    ------
    TypeError
        If product codes are numbers, or the table is of another engine than ``flows``.
    ValueError
        If a σ is not above 1, a pair is listed twice, or σ is missing and that is an error.

    Examples
    --------
    >>> import pandas as pd
    >>> flows = pd.DataFrame({"product": ["85171210", "61091000"], "destination": "US"})
    >>> sigma = pd.DataFrame({"hs4": ["8517", "6109"], "destination": "US", "sigma": [3.1, 5.4]})
    >>> with_sigma(flows, sigma)
        product destination  sigma
    0  85171210          US    3.1
    1  61091000          US    5.4
    """
    require_option(missing, Missing, "missing_sigma")
    frame = checked(flows, "flows", present=["destination"], codes=["product"])
    frame = materialize(attach_sigma(frame, check_sigma(sigma)))
    if missing == "error":
        require_sigma(frame, nw.col("sigma").is_null())
    return unwrap(frame.filter(~nw.col("sigma").is_null()), flows)


def attach_sigma(flows: Frame, sigma: Sigma) -> Frame:
    """Add ``sigma``, missing where the table does not list product group and destination."""
    flows = flows.drop("sigma", strict=False)
    if not isinstance(sigma, SigmaTable):
        return flows.with_columns(sigma=nw.lit(sigma))
    _require_text(flows, "product", "product")
    keys = {
        sigma.group: nw.col("product").cast(nw.String()).str.head(sigma.digits),
        "destination": as_key(flows, "destination"),
    }
    return look_up(flows, sigma.frame, SIGMA_TABLE, keys, ["product", "destination"])


def lacks_sigma(ledger: Ledger, missing: Missing) -> bool:
    """Tell whether σ, known or not by the first step of a ledger, lacks more than it may."""
    (_, _, before, known), *_ = ledger.steps
    return known < before and (missing == "error" or not known)


def require_sigma(flows: Frame, unknown: nw.Expr) -> None:
    """Raise ``ValueError`` if σ is ``unknown`` for a flow, counting flows and pairs."""
    found = scalars(flows, flows=nw.len(), unknown=count(unknown))
    if not found["unknown"]:
        return
    pairs = flows.filter(unknown).select("product", "destination").unique()
    none = found["unknown"] == found["flows"]
    raise ValueError(
        f"σ is missing for {int(found['unknown'])} of {found['flows']} flows "
        f"({scalars(pairs, pairs=nw.len())['pairs']} product-destination pairs); "
        f"add them to {SIGMA_TABLE}{LEFT_OUT * (not none)}{FOUND_NONE * none}"
    )


def check_sigma(sigma: float | IntoFrame) -> Sigma:
    """Return one σ, or a table of them, after its checks.

    Raises
    ------
    TypeError, ValueError
        If a σ is not above 1, or the table has no group of products, none as text, codes of
        another length, or a pair twice.
    """
    if isinstance(sigma, float | Real | Decimal):
        if not 1 < float(sigma) < float("inf"):
            raise ValueError(f"sigma = {sigma}; give a finite number above 1")
        return float(sigma)
    wrapped = wrap(sigma, SIGMA_TABLE)
    names = wrapped.collect_schema().names()
    groups = [name for name in names if re.fullmatch(r"hs\d+", str(name))]
    if len(groups) != 1:
        raise ValueError(
            f"{SIGMA_TABLE} has the columns {names}; give exactly one named hs and its number of "
            "digits, such as hs4"
        )
    group, digits = groups[0], int(groups[0].removeprefix("hs"))
    _require_text(wrapped, group, f"{SIGMA_TABLE}.{group}")
    rules = [*above(["sigma"], SIGMA_TABLE, 1.0), _length(group, digits)]
    key = [group, "destination"]
    table = checked(sigma, SIGMA_TABLE, key=key, numbers=["sigma"], rules=rules)
    return SigmaTable(table.select(*key, nw.col("sigma").cast(nw.Float64())), group, digits)


def _length(group: str, digits: int) -> Rule:
    """Return the rule that codes have as many characters as the column's name says."""
    return Rule(
        ~nw.col(group).cast(nw.String()).str.contains(f"^[0-9]{{{digits}}}$"),
        f"{SIGMA_TABLE}.{group} must have {digits} characters; {{bad}} of {{rows}} rows have "
        "others, or other characters than digits; restore leading zeros or rename the column",
    )


def _require_text(frame: Frame, column: str, name: str) -> None:
    if frame.collect_schema()[column].is_numeric():
        raise TypeError(f"{name} is numeric and may have lost leading zeros; give text")
