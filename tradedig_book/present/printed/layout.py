"""How the paper prints Tables 2-7: blocks of columns, and the terms on each of their lines."""

from __future__ import annotations

from dataclasses import dataclass

from tradedig_helpers.estimation.specifications import CONTROLS

PrintedLine = tuple[str, tuple[str, ...]]
"""A head as it is printed, and the terms that stand beside it."""


@dataclass(frozen=True, slots=True)
class PrintedBlock:
    """Columns that are printed side by side.

    Attributes
    ----------
    table : of the paper
    title : what it is about, in the book's words
    columns : its columns
    lines : its lines of figures, from above
    groups : heads above several columns, with how many; empty where there is none
    outcomes : whether outcomes are printed above the columns
    effects : whether the fixed effects of each column are printed
    """

    table: int
    title: str
    columns: range
    lines: tuple[PrintedLine, ...]
    groups: tuple[tuple[str, int], ...] = ()
    outcomes: bool = True
    effects: bool = False


_MEDIATION: tuple[PrintedLine, ...] = (("ME", ("ME",)), ("lndig", ("lndig",)))
_SPLIT = (*_MEDIATION, ("flex", ("flex",)))
_HETEROGENEITY = "Heterogeneity of flexible productivity"
_MECHANISMS = "Mechanisms from trade digitization to export quality"
BLOCKS = (
    PrintedBlock(
        2,
        "Benchmark",
        range(1, 7),
        (
            ("lndig", ("lndig",)),
            *((name, (name,)) for name in CONTROLS),
            ("N", ("stat:N",)),
            ("adj. R²", ("stat:adj_r2",)),
        ),
        outcomes=False,
        effects=True,
    ),
    PrintedBlock(
        3,
        "Robustness",
        range(1, 8),
        (("lndigs / lndig", ("lndigs", "lndig")),),
        (*5 * (("", 1),), ("2002–2007", 1), ("2008–2015", 1)),
    ),
    PrintedBlock(
        4,
        "Endogeneity",
        range(1, 6),
        (
            ("lndig", ("lndig",)),
            ("IMR / dpi", ("IMR", "dpi")),
            ("ACC LM / CDW F", ("stat:ACC LM", "stat:CDW F")),
        ),
        (
            ("Heckman, two steps", 2),
            ("IV: lndig_l1", 1),
            ("IV: dig_ivt", 1),
            ("omitted variable", 1),
        ),
    ),
    PrintedBlock(
        5,
        _MECHANISMS,
        range(1, 8),
        (
            ("lndig", ("lndig",)),
            ("lndig×lnsdp / lndig×dpi", ("lndig:lnsdp", "lndig:dpi")),
            ("lndig×IUI / lndig×INT", ("lndig:IUI", "lndig:INT")),
        ),
    ),
    PrintedBlock(
        5,
        f"{_MECHANISMS}, continued",
        range(8, 15),
        (*_MEDIATION, ("flex / lncnpd", ("flex", "lncnpd"))),
        (("", 1), ("2002–2007", 2), ("2008–2015", 2), ("", 1), ("", 1)),
    ),
    PrintedBlock(
        6,
        "Heterogeneity of digital technologies",
        range(1, 4),
        (
            *((name, (name,)) for name in ("pit", "pdo", "icp")),
            *(
                (f"{one} / {other}", (one, other))
                for one, other in (("ict", "con"), ("mac", "imd"), ("oct", "cap"))
            ),
        ),
        outcomes=False,
    ),
    PrintedBlock(
        7,
        _HETEROGENEITY,
        range(1, 9),
        _SPLIT,
        (
            ("small and micro", 2),
            ("medium and large", 2),
            ("labour-intensive", 2),
            ("capital-intensive", 2),
        ),
    ),
    PrintedBlock(
        7,
        f"{_HETEROGENEITY}, continued",
        range(9, 17),
        _SPLIT,
        (("start-up", 2), ("established", 2), ("ordinary trade", 2), ("other trade", 2)),
    ),
)
"""Every figure of Tables 2-7 in its place, in the order of the paper."""
