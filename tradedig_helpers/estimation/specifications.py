"""What is regressed on what: the columns of the paper's tables, declared once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from tradedig_helpers.frames.options import require_names, require_option

Estimator = Literal["least squares", "probit", "Heckman", "2SLS"]
Unit = Literal[
    "firm-year",
    "all firm-years",
    "firm-destination-year",
    "firm-product-year",
    "firm-destination-product-mode-year",
]
"""What a row is; a firm-year exports, ``all firm-years`` hold those at home as well."""

FIRM = "firm"
YEAR = "year"
CELL = "province^industry^year"
WITHIN = (FIRM, CELL)

FIRM_CONTROLS = ("lnsca", "lnage", "lncap", "lnpwa", "lnfir", "lnpro", "foe")
MEDIATORS = ("lninn", "lntfp")
INCOMES = ("lnpgp", "lngdp")
INFORMATION = ("lnsdp",)
CONTROLS = (*FIRM_CONTROLS, *MEDIATORS, *INCOMES, *INFORMATION)

SAMPLES = {
    "all": "",
    "2002-2007": "year <= 2007",
    "2008-2015": "year >= 2008",
    "small and micro firms": "small",
    "medium and large firms": "not small",
    "labour-intensive": "not capital_intensive",
    "capital-intensive": "capital_intensive",
    "start-up": "startup",
    "established": "not startup",
    "ordinary trade": "ordinary",
    "other trade": "not ordinary",
}
"""Names of samples, each with its condition on the columns of the panel."""


@dataclass(frozen=True, slots=True)
class Specification:
    """One column of a table.

    Attributes
    ----------
    outcome : the left-hand variable
    regressors : the right-hand variables, in the order of the table; ``a:b`` is a product, and
        ``a:a`` a square
    effects : fixed effects; ``a^b`` is a cell of a and b
    cluster : errors may be correlated within this variable
    sample : a name of ``SAMPLES``
    unit : what a row is
    estimator : how it is estimated
    mediator : the regressor that makes it equation (13) of a mediation, if it is one
    instruments : for the first regressor, with 2SLS
    also : further variables that must not be missing, so that columns share their rows
    table, column : its place in the paper, or a name and a number of your own; without a table
        it is called by its outcome and first regressor

    Raises
    ------
    TypeError
        If ``outcome`` or ``cluster`` is no name.
    ValueError
        Naming the specification: if a string stands where a list of names belongs, a name is
        given twice (``b:a`` is ``a:b``), the outcome is a regressor, ``mediator`` is none, a
        product or cell lacks a part, or the estimator or unit is unknown.

    Examples
    --------
    >>> spec = Specification("QSY", ("lndig", "lnage"), effects=("firm", "year"))
    >>> spec.formula
    'QSY ~ lndig + lnage | firm + year'
    """

    outcome: str
    regressors: tuple[str, ...]
    effects: tuple[str, ...] = ()
    cluster: str = FIRM
    sample: str = "all"
    unit: Unit = "firm-year"
    estimator: Estimator = "least squares"
    mediator: str = ""
    instruments: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    table: int | str = ""
    column: int = 1

    def __post_init__(self) -> None:
        """Check what can be checked without data, once."""
        called = "Specification" if self.table == "" else self.name
        for field in ("outcome", "cluster"):
            if not isinstance(name := getattr(self, field), str) or not name:
                raise TypeError(f"{called}: {field} = {name!r}; give the name of one column")
        for field in LISTS:
            names = require_names(getattr(self, field), f"{called}: {field}", empty=True)
            object.__setattr__(self, field, tuple(names))
            _require_parts(names, f"{called}: {field}")
        require_option(self.estimator, Estimator, f"{self.name}: estimator")
        require_option(self.unit, Unit, f"{self.name}: unit")
        self._require_sides_apart()

    def _require_sides_apart(self) -> None:
        """Check that the outcome is no regressor, and the mediator one."""
        if self.outcome in self.regressors:
            raise ValueError(
                f"{self.name}: {self.outcome!r} is the outcome and a regressor; leave one out"
            )
        if self.mediator and self.mediator not in self.regressors:
            raise ValueError(
                f"{self.name}: the mediator {self.mediator!r} is no regressor; it has "
                f"{list(self.regressors)}"
            )

    @property
    def formula(self) -> str:
        """The formula in pyfixest's syntax: outcome ~ regressors | effects."""
        right = " + ".join(self.regressors)
        return f"{self.outcome} ~ {right}" + (
            f" | {' + '.join(self.effects)}" if self.effects else ""
        )

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numeric columns that the panel must have."""
        terms = (self.outcome, *self.regressors, *self.also)
        return tuple(dict.fromkeys(part for term in terms for part in term.split(":")))

    @property
    def variables(self) -> tuple[str, ...]:
        """Every column that the panel must have, but for those that choose the sample."""
        parts = [part for effect in self.effects for part in effect.split("^")]
        return tuple(dict.fromkeys((*self.numbers, *parts, self.cluster)))

    @property
    def name(self) -> str:
        """What a reader calls it, such as "Table 2, column 6" or "QSY on lndig and 12 more"."""
        if self.table == "":
            first, *others = self.regressors or ("a constant",)
            return f"{self.outcome} on {first}" + f" and {len(others)} more" * bool(others)
        table = f"Table {self.table}" if isinstance(self.table, int) else self.table
        return f"{table}, column {self.column}"

    @property
    def table_name(self) -> int | str:
        """The table; what the specification is called where there is none."""
        return self.name if self.table == "" else self.table


LISTS = {"regressors": ":", "effects": "^", "instruments": ":", "also": ":"}
"""Fields that are lists of names, and what joins the parts of a product or cell there."""


def _require_parts(names: Sequence[str], field: str) -> None:
    """Check that products and cells have all their parts, and that no two are the same."""
    joint = LISTS[field.rpartition(" ")[2]]
    seen: dict[tuple[str, ...], str] = {}
    for name in names:
        parts = name.split(joint)
        if not all(parts):
            raise ValueError(f"{field}: {name!r} lacks a part; write it as 'a{joint}b'")
        other = seen.setdefault(tuple(sorted(parts)), name)
        if other != name:
            raise ValueError(f"{field}: {other!r} and {name!r} are the same; give it once")


def sample_columns(sample: str) -> list[str]:
    """Return the columns whose values choose the rows of a sample: none if it is all of them."""
    return SAMPLES.get(sample, "").removeprefix("not ").split()[:1]


def choose_sample(panel: pd.DataFrame, sample: str) -> pd.DataFrame:
    """Return the rows of ``panel`` that belong to a sample of ``SAMPLES``.

    Raises
    ------
    ValueError
        If there is no such sample, or the panel lacks a column that defines it.
    """
    if sample not in SAMPLES:
        raise ValueError(f"there is no sample {sample!r}; choose one of {', '.join(SAMPLES)}")
    columns = sample_columns(sample)
    if not columns:
        return panel
    if columns[0] not in panel.columns:
        raise ValueError(f"the sample {sample!r} needs the column {columns[0]!r}; measure it first")
    return panel.query(SAMPLES[sample])


ABSORBED_CONTROLS = {"start-up": ("lnage",)}
"""Controls that effects span in a sample: each firm there is seen at ages one and two alone."""


def _within(
    table: int, column: int, outcome: str, *first: str, sample: str = "all", **other: Any
) -> Specification:
    """Declare a column with firm and cell effects: ``first``, then every other control."""
    out = {*first, outcome, *ABSORBED_CONTROLS.get(sample, ())}
    controls = tuple(name for name in CONTROLS if name not in out)
    place: dict[str, Any] = {"sample": sample, "table": table, "column": column}
    return Specification(outcome, (*first, *controls), WITHIN, **place, **other)


def _mediation(
    table: int, column: int, mediator: str, sample: str = "all"
) -> tuple[Specification, Specification]:
    """Declare (12) in ``column`` and (13) in the next, on the rows that both can use."""
    return (
        _within(table, column, mediator, "lndig", sample=sample, also=("QSY",)),
        _within(table, column + 1, "QSY", "lndig", mediator, sample=sample, mediator=mediator),
    )


TABLE_2 = (
    Specification("QSY", ("lndig",), table=2, column=1),
    Specification("QSY", ("lndig", *FIRM_CONTROLS), (FIRM, "year"), table=2, column=2),
    Specification("QSY", ("lndig", *FIRM_CONTROLS), WITHIN, table=2, column=3),
    Specification("QSY", ("lndig", *FIRM_CONTROLS, *MEDIATORS), WITHIN, table=2, column=4),
    Specification(
        "QSY", ("lndig", *FIRM_CONTROLS, *MEDIATORS, *INCOMES), WITHIN, table=2, column=5
    ),
    Specification("QSY", ("lndig", *CONTROLS), WITHIN, table=2, column=6),
)
"""The benchmark: QSY on lndig, with more controls and finer effects from column to column."""

TABLE_3 = (
    _within(3, 1, "QSY", "lndigs"),
    _within(3, 2, "QBW", "lndig", also=("QSY",)),
    _within(3, 3, "QKL", "lndig", also=("QSY",)),
    _within(3, 4, "QLP", "lndig", also=("QSY",)),
    _within(3, 5, "QOP", "lndig", also=("QSY",)),
    _within(3, 6, "QSY", "lndig", sample="2002-2007"),
    _within(3, 7, "QSY", "lndig", sample="2008-2015"),
)
"""Robustness: years of use instead of the index, four other qualities, two periods."""

EXCLUSION = "clearance"
"""What moves exporting and not quality."""
EXPORT_CHOICE = Specification(
    "EDU",
    ("lndig", *FIRM_CONTROLS, *MEDIATORS, EXCLUSION),
    unit="all firm-years",
    estimator="probit",
    table=4,
    column=1,
)
SELECTION_CORRECTED = _within(4, 2, "QSY", "lndig", "IMR", estimator="Heckman")
LAGGED = _within(4, 3, "QSY", "lndig", estimator="2SLS", instruments=("lndig_l1",))
NEIGHBOURS = _within(4, 4, "QSY", "lndig", estimator="2SLS", instruments=("dig_ivt",))
WITH_DIGITAL_IMPORTS = _within(4, 5, "QSY", "lndig", "dpi")

TABLE_4 = (EXPORT_CHOICE, SELECTION_CORRECTED, LAGGED, NEIGHBOURS, WITH_DIGITAL_IMPORTS)
"""Endogeneity: the choice to export, its correction, two instruments, and digital imports."""

FLEX_ON_DIGITIZATION, QUALITY_ON_FLEX = _mediation(5, 7, "flex")
"""The chain: flexible productivity on digitization, and quality on both, equations (12) and (13).

Columns 7 and 8 of Table 5.
"""

# INT, which does not vary within a province and year, is in the cell effect of column 6.
TABLE_5 = (
    _within(5, 1, "lntfp", "lndig", also=("QSY",)),
    _within(5, 2, "lninn", "lndig", also=("QSY",)),
    _within(5, 3, "QSY", "lndig", "lndig:lnsdp"),
    _within(5, 4, "QSY", "lndig", "lndig:dpi", "dpi"),
    _within(5, 5, "QSY", "lndig", "lndig:IUI", "IUI"),
    _within(5, 6, "QSY", "lndig", "lndig:INT"),
    FLEX_ON_DIGITIZATION,
    QUALITY_ON_FLEX,
    *_mediation(5, 9, "flex", "2002-2007"),
    *_mediation(5, 11, "flex", "2008-2015"),
    *_mediation(5, 13, "lncnpd"),
)
"""Mechanisms: productivity and innovation, what moderates the effect, and what mediates it."""

TABLE_6 = (
    _within(6, 1, "QSY", "pit", "pdo", "icp"),
    _within(6, 2, "QSY", "pit", "pdo", "icp", "ict", "mac", "oct"),
    _within(6, 3, "QSY", "pit", "pdo", "icp", "con", "imd", "cap"),
)
"""Technologies in the place of the index, alone and beside imports of digital products."""

TABLE_7_SPLITS = {
    "size": {"small and micro firms": 1, "medium and large firms": 3},
    "factor intensity": {"labour-intensive": 5, "capital-intensive": 7},
    "age": {"start-up": 9, "established": 11},
    "trade mode": {"ordinary trade": 13, "other trade": 15},
}
"""The splits of Table 7: for each of the two samples its first column."""

TABLE_7 = tuple(
    declared
    for split in TABLE_7_SPLITS.values()
    for sample, column in split.items()
    for declared in _mediation(7, column, "flex", sample)
)
"""Heterogeneity: the mediation of flexible productivity in each sample of ``TABLE_7_SPLITS``."""

PAPER = (*TABLE_2, *TABLE_3, *TABLE_4, *TABLE_5, *TABLE_6, *TABLE_7)
"""Every column of Tables 2-7."""


def paper_column(table: int, column: int) -> Specification:
    """Return the column of the paper that is printed there.

    Raises
    ------
    ValueError
        If there is no such column.

    Examples
    --------
    >>> paper_column(2, 6).outcome, paper_column(2, 6).cluster
    ('QSY', 'firm')
    """
    for spec in PAPER:
        if (spec.table, spec.column) == (table, column):
            return spec
    raise ValueError(f"the paper has no column {column!r} of a Table {table!r}")
