"""How each public function is called in earnest, on small frames: one line each.

A new public function needs a line here; a test fails until it has one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

import tradedig_helpers as td
from tests.economy.tiny import tiny_economy
from tradedig_book.economy import simulate
from tradedig_book.economy.records.make import make_records
from tradedig_book.truth.instrument_checks import compare_instruments, instrument_truth
from tradedig_book.truth.link_scores import score_links
from tradedig_helpers.estimation.describe import bin_means
from tradedig_helpers.estimation.event_study.cohorts import first_adoption
from tradedig_helpers.estimation.specifications import Specification
from tradedig_helpers.linking.sources import clean_declarations
from tradedig_helpers.measure.flows import market_size
from tradedig_helpers.measure.groups import ACCOUNTS, size_class
from tradedig_helpers.measure.instruments.sample import demand_sample
from tradedig_helpers.measure.instruments.slopes import product_slopes
from tradedig_helpers.measure.panel import measure_firms

Frames = Mapping[str, pd.DataFrame]
SPEC = Specification(
    "y", ("x", "m", "x:whole"), ("firm", "province^year"), table="Hostile", column=1
)
ON_MEDIATOR = Specification("m", ("x",), ("firm", "year"), table="Hostile", column=2)
ON_OUTCOME = Specification(
    "y", ("x", "m"), ("firm", "year"), mediator="m", table="Hostile", column=3
)
FIRST = Specification("EDU", ("x", "clearance"), estimator="probit", table="Hostile", column=4)
SECOND = Specification("y", ("x", "IMR"), ("year",), estimator="Heckman", table="Hostile", column=5)
IV = Specification("y", ("x", "m"), ("firm", "year"), instruments=("z",), table="Hostile", column=6)
ADOPTS = Specification("adopts", ("x", "m"), table="Hostile", column=7)


@dataclass(frozen=True)
class Call:
    """A public function on frames in good order.

    Attributes
    ----------
    frames : what is given, by argument
    call : the function, called with the frames by name
    engines : arguments that may be of any engine
    may_miss : columns, as "argument.column", that may be missing in a row
    optional : columns that may be absent
    free : columns that hold anything, and only label or are carried along
    spoiled : arguments in which one bad value per column is tried
    variables : arguments whose columns are variables of a regression: a missing one leaves its
        row out, which is counted, and a year is no more than a name
    ordered : whether the result keeps the order of the rows of its first frame
    shuffled : whether rows are tried in another order, which numbers firms anew where they
        are numbered as they appear
    """

    frames: Frames
    call: Callable[..., Any]
    engines: tuple[str, ...] = ()
    may_miss: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    free: frozenset[str] = frozenset()
    spoiled: tuple[str, ...] | None = None
    variables: tuple[str, ...] = ()
    ordered: bool = False
    shuffled: bool = True


@cache
def customs() -> pd.DataFrame:
    """Return shipments of ten firms in few markets, repeated within flows."""
    rng, rows = np.random.default_rng(4), 400
    return pd.DataFrame(
        {
            "firm": rng.integers(1, 11, rows),
            "product": rng.choice(["11010100", "11010200", "11020100"], rows),
            "destination": rng.choice(["D01", "D02"], rows),
            "mode": rng.choice(["ordinary", "processing"], rows),
            "year": rng.integers(2002, 2005, rows),
            "quantity": rng.integers(1, 120, rows),
            "value": rng.integers(1, 9_000, rows),
        }
    )


@cache
def sigma() -> pd.DataFrame:
    """Return σ by HS4 group and destination, exact in single precision."""
    pairs = [
        ("1101", "D01", 3.5),
        ("1101", "D02", 2.25),
        ("1102", "D01", 6.0),
        ("1102", "D02", 4.5),
    ]
    return pd.DataFrame(pairs, columns=["hs4", "destination", "sigma"])


@cache
def flows() -> pd.DataFrame:
    """Return flows with their σ, log quality and quality."""
    graded = td.measure_quality(customs(), sigma(), single="keep").flows
    return graded.drop(columns=["residual", "market_size"])


@cache
def economy() -> Any:
    """Return a small synthetic economy."""
    return simulate(60, 5)


@cache
def accounts() -> pd.DataFrame:
    """Return firm-years of the economy."""
    return economy().firms.astype({"province": "str", "industry": "str"})


@cache
def destinations() -> pd.DataFrame:
    """Return destination-years of the shipments."""
    cells = [(d, y) for d in ("D01", "D02") for y in range(2002, 2005)]
    frame = pd.DataFrame(cells, columns=["destination", "year"])
    return frame.assign(gdp=[3, 4, 5, 6, 7, 8], gdp_per_head=[9.5, 8, 7, 6, 5, 4], internet=3.0)


@cache
def register() -> pd.DataFrame:
    """Return a register of the ten firms, one a wholesaler."""
    sector = ["wholesale", *["manufacturing"] * 9]
    return pd.DataFrame({"firm": range(1, 11), "sector": sector})


@cache
def imports() -> pd.DataFrame:
    """Return imported products."""
    return pd.DataFrame(
        {"firm": [1, 1, 2, 3], "year": 2002, "product": ["84710000", "01010000"] * 2}
    )


@cache
def digital_products() -> pd.DataFrame:
    """Return products that count as digital."""
    return pd.DataFrame({"product": ["84710000", "85170000"], "function": "ict", "end_use": "cap"})


@cache
def panel() -> pd.DataFrame:
    """Return firm-years with numbers of many widths, some of them missing."""
    rng, firms, years = np.random.default_rng(6), 80, 6
    frame = pd.DataFrame(
        [(firm, year) for firm in range(1, firms + 1) for year in range(2002, 2002 + years)],
        columns=["firm", "year"],
    )
    size = len(frame)
    whole, x = rng.integers(0, 100, size), rng.integers(-40, 41, size) / 8
    z = x + rng.integers(-8, 9, size) / 8
    m = 0.5 * x + rng.integers(-16, 17, size) / 16
    shock = np.round(rng.normal(size=size) * 64) / 64
    frame = frame.assign(
        province=np.where(frame["firm"] % 3 == 0, "P1", "P2"), x=x, z=z, m=m, whole=whole,
        y=x + m + whole / 64 + frame["firm"] % 5 + shock,
    )  # fmt: skip
    frame = frame[rng.random(size) < 0.9].reset_index(drop=True)
    return frame.assign(m=frame["m"].where(frame.index % 17 != 3))


@cache
def choice() -> pd.DataFrame:
    """Return all firm-years, with who exports."""
    rng = np.random.default_rng(8)
    frame = panel()[["firm", "year", "x"]]
    clearance = rng.integers(0, 32, len(frame)) / 4
    index = frame["x"] / 4 - clearance / 4 + 1 + rng.normal(size=len(frame))
    return frame.assign(clearance=clearance, EDU=(index > 0) * 1)


@cache
def cohorts() -> pd.DataFrame:
    """Return years of adoption; every other firm never adopts."""
    firm = np.arange(1, 81)
    year = np.select([firm % 4 == 0, firm % 4 == 1], [2004.0, 2006.0], np.nan)
    return pd.DataFrame({"firm": firm, "cohort": year})


@cache
def records() -> Any:
    """Return raw records of a tiny economy."""
    return make_records(tiny_economy(firms=60), 3)


def market(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of a market with what is measured in it."""
    return frame[["firm", "mode", "product", "destination", "year", "quantity", "price", "sigma"]]


def whole_panel(**frames: Any) -> Any:
    """Measure a panel from the frames, the economy's own where they are not given."""
    return td.firm_panel(SimpleNamespace(**{**economy().frames(), **frames}))


def with_records(call: Callable[[Any], Any]) -> Callable[..., Any]:
    """Return a call on records, some of whose frames are replaced."""
    return lambda **frames: call(SimpleNamespace(**{**records().frames(), **frames}))


SINCE = [f"{name}_since" for name in ("pit", "pdo", "icp")]
FLOW = ["firm", "product", "destination", "mode", "year"]


def calls() -> dict[str, Call]:
    """Return a call of every public function, by name."""
    survey = records().survey[["code", "name", "year", "province"]]
    dated = accounts()[["firm", "year", *SINCE]]
    dated_may = frozenset(f"firms.{name}" for name in SINCE)
    sample = demand_sample(customs(), sigma(), ("lagged price", "other destinations"))[0]
    digital = td.measure_digitization(accounts())
    cells = digital[["firm", "year", "dig"]].join(accounts()[["province", "industry"]])
    exporters = accounts().merge(td.measure_flexibility(economy().customs)[["firm", "year"]])
    return {
        "aggregate": Call(
            {"flows": flows()[["firm", "year", "quality", "value"]]},
            td.aggregate, engines=("flows",),
        ),
        "demand_residual": Call(
            {"flows": market(flows())}, td.demand_residual, engines=("flows",), ordered=True
        ),
        "digital_share": Call(
            {"panel": cells},
            td.digital_share, engines=("panel",), ordered=True,
        ),
        "drop_intermediaries": Call(
            {"customs": customs(), "register": register()},
            td.drop_intermediaries, engines=("customs",),
            free=frozenset(f"customs.{name}" for name in customs() if name != "firm"),
        ),
        "firm_panel": Call(
            {"firms": accounts(), "provinces": economy().provinces},
            whole_panel, spoiled=("provinces",),
        ),
        "level_panel": Call(
            {"panel": panel()[["firm", "year", "x"]], "flow_quality": _level_flows()},
            lambda panel, flow_quality: td.level_panel(panel, flow_quality, "firm-product"),
            engines=("flow_quality",), free=frozenset({"panel.x", "flow_quality.product"}),
        ),
        "link_over_time": Call(
            {"survey": survey}, lambda survey: td.link_over_time(survey, "sequential"),
            ordered=True, may_miss=frozenset({"survey.code", "survey.name"}),
            free=frozenset({"survey.code", "survey.name", "survey.province"}),
        ),
        "market_size": Call(
            {"flows": market(flows())[["product", "destination", "year"]]},
            market_size, engines=("flows",), ordered=True,
        ),
        "measure_controls": Call(
            {"firms": accounts()[["firm", "year", *_account_columns()]]}, td.measure_controls,
            ordered=True, may_miss=frozenset(f"firms.{name}" for name in _account_columns()),
        ),
        "measure_destinations": Call(
            {
                "flows": flows()[["firm", "product", "destination", "year", "value", "price"]],
                "destinations": destinations(),
            },
            td.measure_destinations, engines=("flows", "destinations"),
            optional=frozenset({"destinations.internet"}),
        ),
        "measure_digitization": Call(
            {"firms": dated}, td.measure_digitization, engines=("firms",), ordered=True,
            may_miss=dated_may,
        ),
        "measure_firms": Call(
            {"firms": accounts()}, measure_firms, spoiled=(), ordered=True,
        ),
        "measure_flexibility": Call(
            {"customs": customs()[["firm", "year", "value"]]},
            td.measure_flexibility, engines=("customs",),
        ),
        "measure_groups": Call(
            {
                "firms": exporters[["firm", "year", *ACCOUNTS]],
                "flows": economy().customs[["firm", "year", "mode", "value"]].astype({"mode": str}),
            },
            td.measure_groups, engines=("flows",),
            may_miss=frozenset({"firms.fixed_assets", "firms.founded"}),
        ),
        "measure_imports": Call(
            {"imports": imports(), "digital_products": digital_products()}, td.measure_imports,
            free=frozenset({"digital_products.function", "digital_products.end_use"}),
        ),
        "measure_instrumented": Call(
            {"customs": customs(), "sigma": sigma()},
            lambda customs, sigma: td.measure_instrumented(
                customs, sigma, "lagged price", min_firms=0, min_first_stage=0
            ),
            engines=("customs", "sigma"),
        ),
        "measure_pairs": Call(
            {"customs": customs()[["firm", "year", "product", "destination"]]},
            td.measure_pairs, engines=("customs",),
        ),
        "measure_quality": Call(
            {"customs": customs(), "sigma": sigma()},
            td.measure_quality, engines=("customs", "sigma"),
        ),
        "olley_pakes": Call(
            {"firms": accounts()[["firm", "year", *_production_columns()]]},
            td.olley_pakes, spoiled=(),
        ),
        "score_links": Call(
            {"rows": survey[["code", "name"]]},
            lambda rows: score_links(rows["code"], rows["name"]), spoiled=(),
        ),
        "size_class": Call(
            {"firms": accounts()[["employees", "sales"]]}, size_class, ordered=True
        ),
        "standardise": Call(
            {"flows": flows()[["product", "log_quality"]]},
            td.standardise, engines=("flows",), ordered=True,
        ),
        "to_flows": Call({"customs": customs()}, td.to_flows, engines=("customs",)),
        "with_sigma": Call(
            {"flows": flows()[FLOW], "sigma": sigma()}, td.with_sigma,
            engines=("flows", "sigma"), ordered=True,
            free=frozenset({"flows.firm", "flows.mode", "flows.year"}),
        ),
        "demand_sample": Call(
            {"customs": customs(), "sigma": sigma()},
            lambda customs, sigma: demand_sample(customs, sigma, ["lagged price"]),
            engines=("customs", "sigma"),
        ),
        "product_slopes": Call(
            {"sample": sample}, lambda sample: product_slopes(sample, "lagged price"),
            engines=("sample",), spoiled=(),
        ),
        "compare_instruments": Call(
            {"sample": sample},
            lambda sample: compare_instruments(sample, min_firms=2, min_first_stage=0),
            engines=("sample",), spoiled=(),
        ),
        "instrument_truth": Call(
            {"sample": sample.assign(log_quality=np.sqrt(sample["value"]))},
            lambda sample: instrument_truth(sample, "lagged price"),
            engines=("sample",), spoiled=(),
        ),
        "estimate": Call(
            {"panel": panel()}, lambda panel: td.estimate(SPEC, panel), variables=("panel",)
        ),
        "estimate_iv": Call(
            {"panel": panel()}, lambda panel: td.estimate_iv(IV, panel, "x", ("z",)),
            variables=("panel",),
        ),
        "heckman": Call(
            {"choice": choice(), "panel": panel()[choice()["EDU"] == 1].drop(columns="m")},
            lambda choice, panel: td.heckman(choice, panel, FIRST, SECOND),
            variables=("choice", "panel"),
        ),
        "lagged": Call(
            {"panel": panel()[["firm", "year", "x"]]}, lambda panel: td.lagged(panel, "x"),
            may_miss=frozenset({"panel.x"}),
        ),
        "mediate": Call(
            {"panel": panel()}, lambda panel: td.mediate(ON_MEDIATOR, ON_OUTCOME, panel),
            variables=("panel",),
        ),
        "marginal_effects": Call(
            {"panel": panel()},
            lambda panel: td.marginal_effects(SPEC, panel, "x:whole", [0.0, 50.0]),
            variables=("panel",),
        ),
        "run": Call(
            {"panel": panel()},
            lambda panel: td.run([SPEC, ON_OUTCOME], {"firm-year": panel}),
            spoiled=(),
        ),
        "errors_by_size": Call(
            {"panel": panel()}, lambda panel: td.errors_by_size(SPEC, panel, "x", [40, 80]),
            variables=("panel",),
        ),
        "bin_means": Call(
            {"panel": panel()[["x", "y"]]},
            lambda panel: bin_means(panel["x"], panel["y"], 5), spoiled=(),
        ),
        "event_sample": Call(
            {"panel": panel()[["firm", "year", "y"]], "cohorts": cohorts()},
            lambda panel, cohorts: td.event_sample(panel, cohorts, "y"),
            may_miss=frozenset({"panel.y", "cohorts.cohort"}),
        ),
        "event_study": Call(
            {"panel": panel()[["firm", "year", "y"]], "cohorts": cohorts()},
            lambda panel, cohorts: td.event_study(
                td.event_sample(panel, cohorts, "y"), leads=2, lags=1
            ),
            spoiled=(),
        ),
        "group_time": Call(
            {"panel": panel()[["firm", "year", "y"]], "cohorts": cohorts()},
            lambda panel, cohorts: td.group_time(td.event_sample(panel, cohorts, "y")),
            spoiled=(),
        ),
        "first_adoption": Call({"firms": dated}, first_adoption, may_miss=dated_may),
        "match_adopters": Call(
            {"traits": panel()[["firm", "year", "x", "m"]], "cohorts": cohorts()},
            lambda traits, cohorts: td.match_adopters(traits, cohorts, ADOPTS),
            may_miss=frozenset({"traits.x", "traits.m", "cohorts.cohort"}),
        ),
        "clean_declarations": Call(
            {"declarations": records().declarations}, clean_declarations, spoiled=(),
        ),
        "link_sources": Call(
            {"survey": records().survey},
            with_records(lambda given: td.link_sources(given, linked(given.survey))),
            spoiled=(), shuffled=False,
        ),
    }  # fmt: skip


def linked(survey: pd.DataFrame) -> Any:
    """Return the firm of each row of a survey."""
    return td.link_over_time(survey, "sequential").firm


def _level_flows() -> pd.DataFrame:
    return flows()[["firm", "product", "year", "quality", "value"]]


def _account_columns() -> list[str]:
    return [
        "founded", "employees", "fixed_assets", "wages_payable", "sales", "interest",
        "total_assets", "profit", "patents", "foreign_share",
    ]  # fmt: skip


def _production_columns() -> list[str]:
    return ["employees", "fixed_assets", "investment", "value_added"]


WITHOUT_FRAMES = {
    "digitization_index": "takes Series of zeros and ones, checked in tests/measure",
    "validate_files": "its errors are findings: tests/schema/test_validation.py",
    "validate_frame": "its errors are findings: tests/schema/test_validation.py",
    "open_folder": "takes a folder, checked in tests/test_paper_command.py",
    "tidy": "takes results of this package",
    "effect_tests": "takes a result of this package",
    "extrapolate": "takes a result of this package",
    "holm": "takes numbers, checked in tests/estimation/test_multiple.py",
    "power": "takes numbers, checked in tests/estimation/test_power.py",
    "paper_column": "takes two numbers, checked in tests/estimation/test_paper_columns.py",
    "paper_frames": "takes a Panel, whose frames are the package's own",
    "export_choice": "measure_firms and heckman have its frames",
    "leave_out": "its door is that of estimate: tests/estimation/test_doors.py",
    "specification_curve": "its door is in tests/truth/test_truth_and_curve_doors.py",
    "by_cluster": "its door is that of estimate: tests/estimation/test_doors.py",
    "wild_cluster_test": "its door is that of estimate: tests/estimation/test_doors.py",
}
"""Public functions without a line above, each with its reason."""
