"""What each measure of the panel means, in which unit: the one list of them."""

from __future__ import annotations

from tradedig_helpers.measure.controls import CONTROL_FORMULAS
from tradedig_helpers.schema.declare import Column

YES_NO = "0 or 1"


def _measure(name: str, unit: str, meaning: str, source: str) -> Column:
    return Column(name, "number", unit, meaning, source, optional=True)


def _import(name: str, what: str) -> Column:
    return _measure(name, YES_NO, f"whether the firm imports {what}", "imports")


_QUALITY = "min–max score, from 0 to 1"
_CONTROLS = {
    one.name: _measure(
        one.name, f"log of {one.unit}" if one.unit != YES_NO else YES_NO,
        f"control: {one.meaning}", "controls",
    )
    for one in CONTROL_FORMULAS
}  # fmt: skip

DICTIONARY = {
    one.name: one
    for one in (
        _measure("QSY", _QUALITY,
                 "export quality by equation (10), with σ by product group (HS4) and country",
                 "quality"),
        _measure("QBW", _QUALITY,
                 "export quality by equation (10), with σ by coarser group (HS3) and country",
                 "quality"),
        _measure("QKL", _QUALITY, "export quality by equation (10), with σ = 4 for all", "quality"),
        _measure("QLP", _QUALITY,
                 "export quality by equation (11), the lagged price as instrument",
                 "instruments.demand"),
        _measure("QOP", _QUALITY,
                 "export quality by equation (11), prices in other destinations as instrument",
                 "instruments.demand"),
        _measure("pit", YES_NO, "member of a cross-border platform", "digitization"),
        _measure("pdo", YES_NO, "member of a domestic platform", "digitization"),
        _measure("icp", YES_NO, "own home page", "digitization"),
        _measure("dig", "whole number, from 1 to 8",
                 "trade digitization index, 1 + 4 pit + 2 icp + pdo", "digitization"),
        _measure("lndig", "log of the index", "trade digitization, ln dig", "digitization"),
        _measure("lndigs", "log of years",
                 "ln(1 + longest number of years for which a technology has been used)",
                 "digitization"),
        _measure("dig_ivt", "share, from 0 to 1",
                 "share of digitized firms in a province, industry and year", "digitization"),
        _measure("flex", "log points",
                 "flexible productivity: variation of shipment values × ln(number of shipments)",
                 "flexibility"),
        _measure("lncnpd", "log of a count",
                 "cumulative number of new destination–product pairs, in logs", "pairs"),
        *_CONTROLS.values(),
        _measure("lnpgp", "log of US dollars", "GDP per head of destinations, by export value",
                 "destinations"),
        _measure("lngdp", "log of billion US dollars", "GDP of destinations, by export value",
                 "destinations"),
        _measure("lnsdp", "log of a ratio",
                 "information cost: dispersion of prices in the firm's markets", "destinations"),
        _measure("IUI", "log of users per 100", "internet use in destinations, by export value",
                 "destinations"),
        _measure("INT", "users per inhabitant", "internet use in the firm's province", "panel"),
        _import("dpi", "any digital product"),
        _import("ict", "information technology"),
        _import("mac", "robots"),
        _import("oct", "other digital products"),
        _import("con", "digital products for consumption"),
        _import("imd", "digital intermediate inputs"),
        _import("cap", "digital capital goods"),
    )
}  # fmt: skip
"""Every measure of :func:`.firm_panel` but counts and groups of firms, by its name.

Examples
--------
>>> DICTIONARY["flex"].unit
'log points'
"""
