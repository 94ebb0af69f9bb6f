"""Quality below the firm: by destination, product and trade mode, beside firm-year variables."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from narwhals.typing import IntoFrame

from tradedig_helpers.frames.engine import compute, wrap
from tradedig_helpers.frames.ledger import Ledger
from tradedig_helpers.frames.names import OwnNames, own_names
from tradedig_helpers.frames.options import require_option
from tradedig_helpers.frames.plain import plain
from tradedig_helpers.measure.aggregate import Level, aggregate, level_key
from tradedig_helpers.measure.flows import FIRM_YEAR
from tradedig_helpers.schema.checks import checked, require_same_kind

MEASURED = ("quality", "flows", "value")


@dataclass(frozen=True, slots=True)
class LevelPanel:
    """Quality at a level, joined with what is known of the firm in that year.

    Attributes
    ----------
    frame : one row per unit and year: ``key``, ``quality`` (0 to 1, export-value weighted),
        ``flows`` (how many it averages), ``value`` (their sum, US dollars), then the other
        columns of the firm-year panel, alike for all units of a firm in a year
    ledger : units without a firm-year in the panel, and firm-years without a unit
    key : the columns that identify a row, the year last
    effect : the unit as a fixed effect in the syntax of formulas, such as
        ``firm^destination``

    Examples
    --------
    >>> import pandas as pd
    >>> flows = pd.DataFrame({"firm": 1, "destination": ["JP", "US"], "year": 2004, "value": 5.0})
    >>> flows["quality"] = [0.2, 0.8]
    >>> firm_years = pd.DataFrame({"firm": [1, 2], "year": 2004, "lndig": [0.7, 0.0]})
    >>> by_destination = level_panel(firm_years, flows, "firm-destination")
    >>> by_destination.key, by_destination.effect
    (('firm', 'destination', 'year'), 'firm^destination')
    >>> by_destination.ledger.frame[["rule", "before", "after"]]
                                    rule  before  after
    0     firm and year are in the panel       2      2
    1  firm-year has a flow with quality       2      1
    """

    frame: pd.DataFrame
    ledger: Ledger
    key: tuple[str, ...]
    effect: str


@own_names
def level_panel(
    panel: pd.DataFrame,
    flow_quality: IntoFrame,
    level: Level,
    *,
    firm: str = "firm",
    year: str = "year",
) -> LevelPanel:
    """Return the quality of each unit and year of ``level`` beside the firm's own variables.

    Parameters
    ----------
    panel : one row per ``firm`` and ``year``, as :func:`.firm_panel` returns it; columns that
        are not needed are better left out, because each is repeated for every unit
    flow_quality : the ``flows`` of :func:`.measure_quality`: the columns of ``level``,
        ``year``, ``quality`` and ``value``, in a frame of any supported engine
    level : what a unit is, such as ``"firm-destination"``
    firm, year : names of the firm and the year in both frames, and in the answer

    Raises
    ------
    TypeError
        If ``panel`` is no pandas frame, or a key is a number in one frame and text in the other.
    ValueError
        On an unknown level, a missing or repeated key, a quality that is not finite or a
        value that is not positive, a column of ``panel`` that the level brings itself, or if
        the two frames share no firm-year.

    Notes
    -----
    The paper mentions these levels without a table and does not say how flows are weighted
    in them; the weights are export values, as for the firm.

    Examples
    --------
    >>> import pandas as pd
    >>> flows = pd.DataFrame({"firm": 1, "destination": ["JP", "US"], "year": 2004, "value": 5.0})
    >>> flows["quality"] = [0.2, 0.8]
    >>> firm_years = pd.DataFrame({"firm": [1, 2], "year": 2004, "lndig": [0.7, 0.0]})
    >>> level_panel(firm_years, flows, "firm-destination").frame
       firm destination  year  quality  flows  value  lndig
    0     1          JP  2004      0.2      1    5.0    0.7
    1     1          US  2004      0.8      1    5.0    0.7
    """
    require_option(level, Level, "level")
    own = OwnNames(firm, year)
    panel = plain(own.taken(panel, "panel"), "panel")
    flow_quality = own.taken(flow_quality, "flow_quality")
    checked(panel, "panel", key=FIRM_YEAR, years=["year"])
    key = level_key(level)
    if taken := [name for name in (*key, *MEASURED) if name in panel and name not in FIRM_YEAR]:
        raise ValueError(f"panel has the columns {taken}, which the level brings; rename them")
    made = compute(wrap(aggregate(flow_quality, level), "flow_quality")).to_pandas()
    units = plain(made, "flow_quality")
    require_same_kind(panel, units, FIRM_YEAR, "panel", "flow_quality")
    frame = units.merge(panel, on=FIRM_YEAR, how="inner", validate="m:1")
    if frame.empty:
        raise ValueError(
            f"none of {len(units)} units has its firm and year among the {len(panel)} rows of "
            "panel; measure both from the same data"
        )
    found = len(frame[FIRM_YEAR].drop_duplicates())
    ledger = (
        Ledger()
        .record("firm and year are in the panel", f"{level}-years", len(units), len(frame))
        .record("firm-year has a flow with quality", "firm-years", len(panel), found)
    )
    names = own.to_own(key)
    return LevelPanel(own.given_back(frame), ledger, names, "^".join(names[:-1]))
