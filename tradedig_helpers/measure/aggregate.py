"""Quality of flows, averaged with export values as weights."""

from __future__ import annotations

from typing import Literal

import narwhals as nw
from narwhals.typing import IntoFrameT

from tradedig_helpers.frames.engine import Frame, floats, unwrap, whole
from tradedig_helpers.frames.names import OwnNames, own_names
from tradedig_helpers.frames.options import require_option
from tradedig_helpers.schema.checks import checked

Level = Literal["firm", "firm-destination", "firm-product", "firm-destination-product-mode"]


@own_names
def aggregate(
    flows: IntoFrameT, level: Level = "firm", *, firm: str = "firm", year: str = "year"
) -> IntoFrameT:
    """Return the export-value-weighted mean quality of each unit and year.

    Parameters
    ----------
    flows : the columns of ``level``, ``year``, ``quality`` and ``value``
    level : what a unit is; the paper's benchmark is the firm
    firm, year : names of the firm and the year in the frame, and in the answer

    Returns
    -------
    frame
        The columns of ``level``, ``year``, ``quality``, ``flows`` (how many) and ``value``
        (their sum). The weights of a unit and year are shares of ``value`` and sum to one.

    Raises
    ------
    TypeError, ValueError
        On an unknown level, a missing column, a quality that is not finite or a value that
        is not positive.

    Examples
    --------
    >>> import pandas as pd
    >>> flows = pd.DataFrame(
    ...     {"firm": [1, 1, 2], "year": 2004, "quality": [0.2, 0.8, 0.5], "value": [30, 10, 10]}
    ... )
    >>> aggregate(flows)
       firm  year  quality  flows  value
    0     1  2004     0.35      2   40.0
    1     2  2004     0.50      1   10.0
    """
    require_option(level, Level, "level")
    own, key = OwnNames(firm, year), level_key(level)
    flows = own.taken(flows, "flows")
    frame = checked(
        flows, "flows", present=key, years=["year"], numbers=["quality"], positive=["value"]
    )
    return own.given_back(unwrap(weighted_quality(frame, key), flows, sort=key))


def level_key(level: Level) -> list[str]:
    """Return the columns that identify a unit and year of ``level``."""
    return [*level.split("-"), "year"]


def weighted_quality(flows: Frame, key: list[str]) -> Frame:
    """Return ``quality``, ``flows`` and ``value`` by ``key``."""
    return (
        flows.select(
            *key,
            floats("value"),
            graded=floats("quality") * floats("value"),
        )
        .group_by(*key)
        .agg(nw.col("graded", "value").sum(), flows=nw.len())
        .with_columns(quality=nw.col("graded") / nw.col("value"), flows=whole("flows"))
        .select(*key, "quality", "flows", "value")
    )
