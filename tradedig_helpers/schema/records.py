"""What each file of raw records holds, before any cleaning or linking."""

from __future__ import annotations

from tradedig_helpers.schema.declare import EARLIEST_YEAR, FIRST_FOUNDED, LATEST_YEAR, Column, Table

_CUSTOMS_CODE = Column("code", "code", "-", "10-digit customs code of the exporter", "records")
_NAME = Column("name", "code", "-", "Chinese name as the source spells it", "records")
_NAME_EN = Column("name_en", "code", "-", "English name as the source spells it", "records")
_DOMAIN = Column("domain", "code", "-", "domain name as the source spells it", "records")
_ORGANISATION = Column(
    "code", "code", "-", "9-character organisation code; may change or be missing", "records",
    optional=True,
)  # fmt: skip
_YEAR = Column(
    "year", "integer", "year", "calendar year", "records", low=EARLIEST_YEAR, high=LATEST_YEAR
)


def _date(name: str, meaning: str) -> Column:
    return Column(name, "date", "day", meaning, "records", optional=True)


DECLARATIONS = Table(
    "declarations",
    "one customs declaration line, as it arrived: repeated rows, blanks and zeros included",
    (),
    (
        Column("number", "integer", "-", "number of the line; a repeated row repeats it", "records",
               low=1),
        _CUSTOMS_CODE,
        _NAME,
        _YEAR,
        Column("product", "code", "-", "8-digit product, sometimes with dots", "records"),
        Column("destination", "code", "-", "destination", "records", optional=True),
        Column("mode", "code", "-", "trade mode", "records"),
        Column("quantity", "number", "units", "units; zero or missing in some rows", "records",
               optional=True),
        Column("value", "number", "US dollars", "value; zero or missing in some rows", "records",
               optional=True),
    ),
)  # fmt: skip

SURVEY = Table(
    "survey",
    "one firm in one year of the industrial survey (accounts are in firms.parquet)",
    (),
    (
        _ORGANISATION,
        _NAME,
        _YEAR,
        Column("province", "code", "-", "province", "records"),
        Column("industry", "code", "-", "2-digit industry", "records"),
        Column(
            "founded",
            "integer",
            "year",
            "founding year",
            "records",
            low=FIRST_FOUNDED,
            high=LATEST_YEAR,
        ),
        Column("employees", "integer", "persons", "number of employees", "records"),
    ),
)

REGISTRY = Table(
    "registry",
    "one business of the credit registry, under its latest name",
    (),
    (
        _NAME,
        Column("former_names", "text", "-", "earlier names, separated by ;", "records",
               optional=True),
        Column("sector", "code", "-", "manufacturing, wholesale or retail", "records"),
        Column("province", "code", "-", "province", "records"),
        Column("founded", "integer", "year", "founding year", "records",
               low=FIRST_FOUNDED, high=LATEST_YEAR),
    ),
)  # fmt: skip

OPERATORS = Table(
    "operators",
    "one registration of a foreign-trade operator",
    (),
    (_CUSTOMS_CODE, _NAME, _NAME_EN),
)

CROSS_BORDER = Table(
    "cross_border",
    "one membership of a cross-border platform",
    (),
    (
        Column("platform", "code", "-", "platform A or B", "records", options=("A", "B")),
        _NAME_EN,
        _date("joined", "day of joining"),
    ),
)

DOMESTIC = Table(
    "domestic",
    "one membership of a domestic platform",
    (),
    (_NAME, _date("joined", "day of joining")),
)

FILINGS = Table(
    "filings",
    "one filing of an internet site (ICP)",
    (),
    (_NAME, _DOMAIN, _date("filed", "day filed")),
)

DOMAINS = Table(
    "domains",
    "one domain name",
    (),
    (
        _DOMAIN,
        _date("registered", "day of registration"),
    ),
)

LINKS = Table(
    "truth_links",
    "one row of a raw file and the firm that it is about: what linking should find",
    ("table", "row"),
    (
        Column("table", "code", "-", "name of the raw file", "records"),
        Column("row", "integer", "-", "row number in that file, from 0", "records", low=0),
        Column("firm", "identifier", "-", "the firm as in the clean files", "records"),
    ),
)

RECORDS: dict[str, Table] = {
    table.name: table
    for table in (
        DECLARATIONS,
        SURVEY,
        REGISTRY,
        OPERATORS,
        CROSS_BORDER,
        DOMESTIC,
        FILINGS,
        DOMAINS,
        LINKS,
    )
}
