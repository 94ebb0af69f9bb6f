"""What each file of the synthetic economy holds: the one declaration of its columns."""

from __future__ import annotations

from tradedig_helpers.schema.declare import EARLIEST_YEAR, FIRST_FOUNDED, LATEST_YEAR, Column, Table

MODES = ("ordinary", "processing", "other")
MODES_OF_CUSTOMS = (
    "write 10 or 一般贸易 as 'ordinary'; 14, 15, 来料加工 or 进料加工 as 'processing'; all else "
    "as 'other'"
)
"""What to do about a trade mode that is none of them."""
FUNCTIONS = ("ict", "mac", "oct")
END_USES = ("con", "imd", "cap")

_FIRM = Column(
    "firm", "identifier", "-", "number or code of the firm, alike in all tables", "firms"
)
_YEAR = Column(
    "year", "integer", "year", "calendar year", "firms", low=EARLIEST_YEAR, high=LATEST_YEAR
)
_PRODUCT = Column(
    "product", "code", "-", "8-digit product code; its first four digits are the HS4 group",
    "world", pattern=r"\d{8}",
)  # fmt: skip
_DESTINATION = Column("destination", "code", "-", "code of the destination", "world")
_PROVINCE = Column("province", "code", "-", "code of the province", "firms")
_VALUE = Column("value", "integer", "US dollars", "value of the shipment", "orders", low=1)
_SIGMA = Column("sigma", "number", "-", "elasticity of substitution σ", "world", above=1.0)


def _since(name: str, what: str) -> Column:
    return Column(
        name,
        "year",
        "year",
        f"first year {what}",
        "adoption",
        low=1980,
        high=LATEST_YEAR,
        optional=True,
    )


CUSTOMS = Table(
    "customs",
    "one export shipment (transaction)",
    (),
    (
        _FIRM,
        _YEAR,
        _PRODUCT,
        _DESTINATION,
        Column("mode", "code", "-", f"trade mode: {', '.join(MODES)}", "orders", options=MODES),
        Column("quantity", "integer", "units", "units shipped", "quality", low=1),
        _VALUE,
    ),
)

FIRMS = Table(
    "firms",
    "one industrial firm in one year, exporter or not",
    ("firm", "year"),
    (
        _FIRM,
        _YEAR,
        _PROVINCE,
        Column("industry", "code", "-", "2-digit code of the industry", "firms"),
        Column("founded", "integer", "year", "year in which the firm was founded", "firms",
               low=FIRST_FOUNDED, high=LATEST_YEAR),
        Column("employees", "integer", "persons", "number of employees", "accounts", low=1),
        Column("fixed_assets", "integer", "1,000 yuan", "fixed assets", "accounts", low=1),
        Column("investment", "integer", "1,000 yuan", "investment in the year", "accounts", low=1),
        Column("value_added", "integer", "1,000 yuan", "real value added", "accounts", low=1),
        Column("sales", "integer", "1,000 yuan", "sales", "accounts", low=1),
        Column("wages_payable", "integer", "1,000 yuan", "wages payable", "accounts", low=0),
        Column("interest", "integer", "yuan", "interest paid", "accounts"),
        Column("total_assets", "integer", "yuan", "total assets", "accounts", low=1),
        Column("profit", "integer", "yuan", "profit, may be negative", "accounts"),
        Column(
            "foreign_share", "number", "share", "foreign share of capital", "accounts",
            low=0, high=1,
        ),
        Column("patents", "integer", "count", "patent applications in the year", "accounts", low=0),
        Column(
            "clearance", "number", "days",
            "days that goods wait at the firm's customs office; meant to move exporting, "
            "not quality", "exporting", low=0, may_lack=True,
        ),
        _since("pit_since", "on a cross-border platform"),
        _since("pdo_since", "on a domestic platform"),
        _since("icp_since", "with an own home page"),
    ),
)  # fmt: skip

REGISTER = Table(
    "register",
    "one registered business, intermediaries included",
    ("firm",),
    (
        _FIRM,
        Column("sector", "code", "-", "manufacturing, wholesale or retail", "firms",
               options=("manufacturing", "wholesale", "retail")),
        _PROVINCE,
        Column("founded", "integer", "year", "year in which the business was founded", "firms",
               low=FIRST_FOUNDED, high=LATEST_YEAR),
    ),
)  # fmt: skip

IMPORTS = Table(
    "imports",
    "one product that a firm imports in one year",
    ("firm", "year", "product"),
    (_FIRM, _YEAR, _PRODUCT, Column("value", "integer", "US dollars", "value", "imports", low=1)),
)

DIGITAL_PRODUCTS = Table(
    "digital_products",
    "one imported product that counts as digital",
    ("product",),
    (
        _PRODUCT,
        Column(
            "function", "code", "-", "ict information technology, mac robots, oct other",
            "imports", options=FUNCTIONS,
        ),
        Column(
            "end_use", "code", "-", "con consumption, imd intermediate input, cap capital",
            "imports", options=END_USES,
        ),
    ),
)  # fmt: skip

DESTINATIONS = Table(
    "destinations",
    "one destination in one year",
    ("destination", "year"),
    (
        _DESTINATION,
        _YEAR,
        Column("gdp", "number", "billion US dollars", "gross domestic product", "world", above=0),
        Column("gdp_per_head", "number", "US dollars", "GDP per inhabitant", "world", above=0),
        Column("internet", "number", "users per 100", "internet users", "world", above=0, high=100),
    ),
)

PROVINCES = Table(
    "provinces",
    "one province in one year",
    ("province", "year"),
    (
        _PROVINCE,
        _YEAR,
        Column(
            "internet", "number", "share", "internet users per inhabitant", "world", above=0, high=1
        ),
    ),
)

ELASTICITIES = Table(
    "elasticities",
    "one HS4 product group in one destination",
    ("hs4", "destination"),
    (
        Column("hs4", "code", "-", "first four digits of the product", "world", pattern=r"\d{4}"),
        _DESTINATION,
        _SIGMA,
    ),
)

ELASTICITIES_HS3 = Table(
    "elasticities_hs3",
    "one HS3 product group in one destination",
    ("hs3", "destination"),
    (
        Column("hs3", "code", "-", "first three digits of the product", "world", pattern=r"\d{3}"),
        _DESTINATION,
        _SIGMA,
    ),
)

TRUTH = Table(
    "truth",
    "one exporting industrial firm in one year: what no econometrician sees",
    ("firm", "year"),
    (
        _FIRM,
        _YEAR,
        Column("flex", "number", "-", "flexible productivity as measured from shipments", "orders"),
        Column("psi", "number", "-", "ψ, flexible productivity of the model", "quality"),
        Column("phi", "number", "-", "ϕ, intelligence of production of the model", "quality"),
        Column("varphi", "number", "-", "φ, production efficiency of the model", "quality"),
        Column("quality", "number", "-", "λ*, optimal quality by equation (8)", "quality"),
        Column(
            "direct", "number", "log points",
            "effect of the firm's technologies on ln λ* at given flex and lncnpd, per log point "
            "of dig; missing where it uses none", "quality", optional=True,
        ),
        Column("flex_effect", "number", "log points", "∂ln λ*/∂flex", "quality"),
        Column("flex_response", "number", "-", "∂flex/∂lndig of the order book", "flexibility"),
        Column("pairs_effect", "number", "log points", "∂ln λ*/∂lncnpd", "quality"),
        Column("pairs_response", "number", "-", "∂lncnpd/∂lndig of the order book", "flexibility"),
        Column("mediated", "number", "log points", "effects x responses, summed", "quality"),
        Column(
            "total", "number", "log points", "direct + mediated", "quality", optional=True
        ),
    ),
)  # fmt: skip

TRUTH_FIRMS = Table(
    "truth_firms",
    "one industrial firm in one year: its productivity and its propensity to export",
    ("firm", "year"),
    (
        _FIRM,
        _YEAR,
        Column("omega", "number", "log points", "ω, productivity that the firm knows", "accounts"),
        Column("export_index", "number", "-", "index of exporting before its shock", "exporting"),
    ),
)

SCHEMA: dict[str, Table] = {
    table.name: table
    for table in (
        CUSTOMS,
        FIRMS,
        REGISTER,
        IMPORTS,
        DIGITAL_PRODUCTS,
        DESTINATIONS,
        PROVINCES,
        ELASTICITIES,
        ELASTICITIES_HS3,
        TRUTH,
        TRUTH_FIRMS,
    )
}
