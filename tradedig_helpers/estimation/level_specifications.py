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

from tradedig_helpers.estimation.specifications import CELL, CONTROLS, Specification, Unit

UNITS: dict[str, tuple[Unit, str]] = {
    "firm-destination": ("firm-destination-year", "firm^destination"),
    "firm-product": ("firm-product-year", "firm^product"),
    "firm-destination-product-mode": (
        "firm-destination-product-mode-year",
        "firm^destination^product^mode",
    ),
}
"""Levels below the firm: what a row is, and the effect in the place of that of the firm."""

LEVEL_SPECIFICATIONS = {
    level: Specification(
        "quality",
        ("lndig", *CONTROLS),
        (effect, CELL),
        unit=unit,
        table="Levels below the firm",
        column=column,
    )
    for column, (level, (unit, effect)) in enumerate(UNITS.items(), start=1)
}
"""The benchmark at each level, by the name that :func:`.level_panel` knows it by."""
