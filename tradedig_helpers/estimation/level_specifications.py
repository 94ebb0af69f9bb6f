"""The benchmark at the levels that the paper mentions without a table.

The paper reports that the result holds at the firm-destination, firm-product and
firm-destination-product-mode levels, and is silent about the rest. Chosen here:

- effects of the unit (firm-destination, and so on) in the place of firm effects, so that a
  firm is compared with itself in the same destination, product and mode. They contain the
  firm effect. The province-industry-year cell stays as it is;
- the controls of Table 2, column 6, which are those of the firm;
- every unit and year counts once, so a firm counts as often as it has units;
- errors clustered by firm, since ``lndig`` is the same in all units of a firm.

The frames come from :func:`~tradedig_helpers.measure.levels.level_panel`.
"""

from __future__ import annotations

from tradedig_helpers.estimation.specifications import CELL, CONTROLS, Specification

TABLE = "Levels below the firm"
REGRESSORS = ("lndig", *CONTROLS)

LEVELS = (
    Specification(
        TABLE, 1, "quality", REGRESSORS, ("firm^destination", CELL), unit="firm-destination-year"
    ),
    Specification(
        TABLE, 2, "quality", REGRESSORS, ("firm^product", CELL), unit="firm-product-year"
    ),
    Specification(
        TABLE,
        3,
        "quality",
        REGRESSORS,
        ("firm^destination^product^mode", CELL),
        unit="firm-destination-product-mode-year",
    ),
)
