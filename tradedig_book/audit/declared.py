"""Which printed figures belong together, declared once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["consistent", "undecidable", "inconsistent"]
Place = tuple[int, int, str]
"""Table, column and term."""

BENCHMARK: Place = (2, 6, "lndig")


@dataclass(frozen=True, slots=True)
class PrintedMediation:
    """Two columns that make one mediated effect.

    Attributes
    ----------
    table : where both are printed
    first : column of eq (12), the mediator on lndig
    mediator : its outcome, and a regressor of the next column, which is eq (13)
    sample : which firms and years
    total : where lndig's total effect on the same outcome is printed, if anywhere
    """

    table: int
    first: int
    mediator: str
    sample: str
    total: Place | None = None

    @property
    def beta0(self) -> Place:
        """Place of β0, lndig in eq (12)."""
        return self.table, self.first, "lndig"

    @property
    def mu1(self) -> Place:
        """Place of μ1, the mediator in eq (13)."""
        return self.table, self.first + 1, self.mediator

    @property
    def beta1(self) -> Place:
        """Place of β1, the direct effect in eq (13)."""
        return self.table, self.first + 1, "lndig"

    @property
    def effect(self) -> Place:
        """Place of ME."""
        return self.table, self.first + 1, "ME"


SPLITS = {
    "size": {"small and micro": 1, "medium and large": 3},
    "factor intensity": {"labour-intensive": 5, "capital-intensive": 7},
    "age": {"start-up": 9, "established": 11},
    "trade mode": {"ordinary": 13, "other": 15},
}
"""The splits of Table 7: for each group the first of its two columns."""

MEDIATIONS = (
    PrintedMediation(5, 7, "flex", "all", BENCHMARK),
    PrintedMediation(5, 9, "flex", "2002-2007", (3, 6, "lndig")),
    PrintedMediation(5, 11, "flex", "2008-2015", (3, 7, "lndig")),
    PrintedMediation(5, 13, "lncnpd", "all", BENCHMARK),
    *(
        PrintedMediation(7, column, "flex", group)
        for groups in SPLITS.values()
        for group, column in groups.items()
    ),
)
