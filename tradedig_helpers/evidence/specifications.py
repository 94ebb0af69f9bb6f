"""What is regressed on what: the columns of the paper's tables, declared once."""

from __future__ import annotations

from dataclasses import dataclass

FIRM = "firm"
CELL = "province^industry^year"

FIRM_CONTROLS = ("lnsca", "lnage", "lncap", "lnpwa", "lnfir", "lnpro", "foe")
MEDIATORS = ("lninn", "lntfp")
INCOMES = ("lnpgp", "lngdp")
INFORMATION = ("lnsdp",)


@dataclass(frozen=True, slots=True)
class Specification:
    """One column of a table.

    Attributes
    ----------
    table, column : its place in the paper
    outcome : the left-hand variable
    regressors : the right-hand variables, in the order of the table
    effects : fixed effects; ``a^b`` is a cell of a and b
    cluster : errors may be correlated within this variable
    """

    table: int
    column: int
    outcome: str
    regressors: tuple[str, ...]
    effects: tuple[str, ...] = ()
    cluster: str = FIRM

    @property
    def formula(self) -> str:
        """The formula in pyfixest's syntax: outcome ~ regressors | effects."""
        right = " + ".join(self.regressors)
        return f"{self.outcome} ~ {right}" + (
            f" | {' + '.join(self.effects)}" if self.effects else ""
        )

    @property
    def variables(self) -> tuple[str, ...]:
        """Every column that the panel must have."""
        parts = [part for effect in self.effects for part in effect.split("^")]
        return tuple(dict.fromkeys((self.outcome, *self.regressors, *parts, self.cluster)))

    @property
    def name(self) -> str:
        """What a reader calls it, such as "Table 2, column 6"."""
        return f"Table {self.table}, column {self.column}"


TABLE_2 = (
    Specification(2, 1, "QSY", ("lndig",)),
    Specification(2, 2, "QSY", ("lndig", *FIRM_CONTROLS), (FIRM, "year")),
    Specification(2, 3, "QSY", ("lndig", *FIRM_CONTROLS), (FIRM, CELL)),
    Specification(2, 4, "QSY", ("lndig", *FIRM_CONTROLS, *MEDIATORS), (FIRM, CELL)),
    Specification(2, 5, "QSY", ("lndig", *FIRM_CONTROLS, *MEDIATORS, *INCOMES), (FIRM, CELL)),
    Specification(
        2, 6, "QSY", ("lndig", *FIRM_CONTROLS, *MEDIATORS, *INCOMES, *INFORMATION), (FIRM, CELL)
    ),
)

CONTROLS = TABLE_2[-1].regressors[1:]

FLEX_ON_DIGITIZATION = Specification(5, 7, "flex", ("lndig", *CONTROLS), (FIRM, CELL))
QUALITY_ON_FLEX = Specification(5, 8, "QSY", ("lndig", "flex", *CONTROLS), (FIRM, CELL))
