"""Protects "any frame, any engine": the same numbers on pandas, Polars, DuckDB and PySpark."""

import warnings
from types import SimpleNamespace

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import polars.selectors as cs
import pyarrow as pa
import pytest

from tradedig_helpers.measure import (
    aggregate,
    demand_residual,
    digital_share,
    market_size,
    measure_destinations,
    measure_digitization,
    measure_flexibility,
    measure_pairs,
    measure_quality,
    standardise,
    to_flows,
    with_sigma,
)
from tradedig_helpers.measure.quality import FLOW


def as_category(frame):
    """Return text as categories, one of which is never used."""
    text = frame.select_dtypes(["object", "string"]).columns
    levels = {name: pd.CategoricalDtype(["unused", *frame[name].unique()]) for name in text}
    return frame.astype(levels)


def as_enum(frame):
    """Return a Polars frame with text as a closed list of levels."""
    coded = as_category(frame)
    text = coded.select_dtypes("category")
    enums = [pl.col(name).cast(pl.Enum(text[name].cat.categories.tolist())) for name in text]
    return pl.from_pandas(coded).with_columns(enums)


def as_narrow(frame):
    """Return a Polars frame whose whole numbers have the fewest bytes that hold them."""
    wide = pl.from_pandas(frame)
    return wide.with_columns(
        wide[name].shrink_dtype() for name in wide.select(cs.integer()).columns
    )


def as_enum_and_decimal(frame):
    """Return a DuckDB relation with text as ENUM and money as DECIMAL."""
    relation = duckdb.from_df(as_category(frame))
    if "value" not in frame:
        return relation
    return relation.project("* replace (value::decimal(18, 2) as value)")


DIALECTS = {
    "pandas category": as_category,
    "pandas nullable": lambda frame: frame.convert_dtypes(),
    "pandas pyarrow": lambda frame: frame.convert_dtypes(dtype_backend="pyarrow"),
    "polars categorical": lambda frame: pl.from_pandas(as_category(frame)),
    "polars enum": as_enum,
    "polars narrow": as_narrow,
    "duckdb enum and decimal": as_enum_and_decimal,
}


@pytest.fixture(scope="session")
def spark():
    """Return a PySpark session with as little of everything as it runs with."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PySpark's own: pandas 3, sockets, old numpy names
        from pyspark.sql import SparkSession

        settings = {
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
            "spark.driver.memory": "512m",
            "spark.log.level": "OFF",
            "spark.sql.adaptive.enabled": "false",
            "spark.sql.codegen.factoryMode": "NO_CODEGEN",
            "spark.sql.codegen.wholeStage": "false",
            "spark.sql.shuffle.partitions": "1",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
        }
        session = SparkSession.builder.master("local[1]").config(map=settings).getOrCreate()
        yield session
        session.stop()


@pytest.fixture
def connection():
    """Return a DuckDB database in memory."""
    with duckdb.connect() as opened:
        yield opened


@pytest.fixture(params=["pandas", "polars", "polars lazy", "duckdb", "pyspark"])
def engine(request):
    """Return each engine in turn: its name, its type of frame, and the way into it."""
    name = request.param
    if name == "pandas":
        return SimpleNamespace(name=name, type=pd.DataFrame, give=lambda frame: frame)
    if name == "polars":
        return SimpleNamespace(name=name, type=pl.DataFrame, give=pl.from_pandas)
    if name == "polars lazy":
        give = lambda frame: pl.from_pandas(frame).lazy()  # noqa: E731
        return SimpleNamespace(name=name, type=pl.LazyFrame, give=give)
    if name == "duckdb":
        give = request.getfixturevalue("connection").from_df
        return SimpleNamespace(name=name, type=duckdb.DuckDBPyRelation, give=give)
    session = request.getfixturevalue("spark")
    give = lambda frame: session.createDataFrame(pa.Table.from_pandas(frame))  # noqa: E731
    return SimpleNamespace(name=name, type=type(session.range(1)), give=give)


@pytest.fixture(scope="module")
def tables(random_trade):
    """Return small tables with everything that a rule looks for."""
    customs, elasticities = random_trade(11, rows=150)
    lone = customs.iloc[[0]].assign(firm=99, product="11020100", destination="D02", year=2005)
    twins = [lone.assign(firm=firm, product="11020300") for firm in (97, 98)]
    unknown = lone.assign(destination="D03")
    customs = pd.concat([customs, lone, *twins, unknown], ignore_index=True)
    cells = [(d, y) for d in ("D01", "D02", "D03") for y in range(2002, 2006)]
    destinations = pd.DataFrame(cells, columns=["destination", "year"])
    rng = np.random.default_rng(0)
    firms = customs[["firm", "year"]].drop_duplicates().reset_index(drop=True)
    since = {f"{t}_since": rng.integers(1999, 2007, len(firms)) for t in ("pit", "pdo", "icp")}
    firms = firms.assign(**since, province=np.where(firms["firm"] < 5, "P01", "P02"))
    return SimpleNamespace(
        customs=customs,
        elasticities=elasticities.assign(sigma=[1.02, *elasticities["sigma"][1:]]),
        destinations=destinations.assign(
            gdp=rng.uniform(1, 9, 12), gdp_per_head=rng.uniform(1, 9, 12), internet=3.0
        ),
        flows=to_flows(customs).assign(quality=lambda flows: rng.random(len(flows))),
        firms=firms.assign(icp_since=firms["icp_since"].where(firms["icp_since"] > 2003)),
    )


def take(frame):
    """Return a native frame as pandas, by the engine's own means."""
    if isinstance(frame, pd.DataFrame):
        return frame
    if isinstance(frame, pl.LazyFrame):
        frame = frame.collect()
    if isinstance(frame, pl.DataFrame):
        return frame.to_pandas()
    if isinstance(frame, duckdb.DuckDBPyRelation):
        return frame.df()
    return frame.toArrow().to_pandas()


def same(found, expected, key):
    """Assert that two frames hold the same rows, to 1e-12, in whatever order."""
    assert list(found.columns) == list(expected.columns)
    left, right = found.copy(), expected.copy()
    for column in expected:
        kind = float if pd.api.types.is_numeric_dtype(expected[column]) else str
        left[column], right[column] = left[column].astype(kind), right[column].astype(kind)
    left, right = (f.sort_values(key).reset_index(drop=True) for f in (left, right))
    pd.testing.assert_frame_equal(left, right, check_exact=False, rtol=1e-12, atol=1e-12)


def quality(give, tables):
    """Return the flows and firm-years of quality, and the ledger's steps."""
    customs, elasticities = give(tables.customs), give(tables.elasticities)
    found = measure_quality(customs, elasticities, missing_sigma="drop")
    return {"flows": found.flows, "firm_years": found.firm_years}, found.ledger


FIRM_YEAR = ["firm", "year"]


def test_quality_is_the_same_on_every_engine(engine, tables):
    """Flows, firm-years and the ledger must not depend on the engine."""
    found, ledger = quality(engine.give, tables)
    expected, counted = quality(lambda frame: frame, tables)
    assert ledger == counted
    assert (counted.frame["dropped"] > 0).all()
    for name, frame in found.items():
        assert isinstance(frame, engine.type), name
        same(take(frame), expected[name], FLOW if name == "flows" else FIRM_YEAR)


@pytest.mark.parametrize(
    ("key", "measure"),
    [
        (FIRM_YEAR, lambda t, give: measure_flexibility(give(t.customs))),
        (FIRM_YEAR, lambda t, give: measure_pairs(give(t.customs), base_year=2002)),
        (FIRM_YEAR, lambda t, give: measure_digitization(give(t.firms))),
        (
            ["firm", "destination", "year"],
            lambda t, give: aggregate(give(t.flows), "firm-destination"),
        ),
        (
            FIRM_YEAR,
            lambda t, give: measure_destinations(to_flows(give(t.customs)), give(t.destinations)),
        ),
        (
            FIRM_YEAR,
            lambda t, give: digital_share(
                give(measure_digitization(t.firms).assign(province=t.firms["province"])),
                by=["province", "year"],
                leave_out=True,
            ),
        ),
    ],
    ids=["flex", "lncnpd", "index", "levels", "destinations", "share"],
)
def test_measures_are_the_same_on_every_engine(engine, tables, key, measure):
    """A measure must give the caller's own kind of frame, with the numbers of pandas."""
    found, expected = measure(tables, engine.give), measure(tables, lambda frame: frame)
    assert isinstance(found, engine.type)
    same(take(found), expected, key)


def test_steps_are_the_same_on_every_engine(engine, tables):
    """Each step of quality can be taken alone, on any engine."""
    flows = with_sigma(to_flows(engine.give(tables.customs)), 4.0)
    found = market_size(standardise(demand_residual(flows)))
    assert isinstance(found, engine.type)
    flows = with_sigma(to_flows(tables.customs), 4.0)
    same(take(found), market_size(standardise(demand_residual(flows))), FLOW)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_types_of_columns_do_not_matter(dialect, tables):
    """Categories, enumerations, nullable, narrow and decimal columns give the same numbers."""
    found, ledger = quality(DIALECTS[dialect], tables)
    expected, counted = quality(lambda frame: frame, tables)
    assert ledger == counted
    same(take(found["flows"]), expected["flows"], FLOW)
    same(take(found["firm_years"]), expected["firm_years"], FIRM_YEAR)
    give = DIALECTS[dialect]
    places = measure_destinations(to_flows(give(tables.customs)), give(tables.destinations))
    expected = measure_destinations(to_flows(tables.customs), tables.destinations)
    same(take(places), expected, FIRM_YEAR)
    index = measure_digitization(give(tables.firms))
    same(take(index), measure_digitization(tables.firms), FIRM_YEAR)


@pytest.mark.parametrize("dialect", ["pandas category", "polars categorical", "polars enum"])
def test_categories_stay_categories(dialect, tables):
    """Codes must not be expanded to text, which costs memory, nor to levels nobody uses."""
    customs = DIALECTS[dialect](tables.customs)
    flows = measure_quality(customs, 4.0, single="keep").flows
    for column in ("product", "destination", "mode"):
        assert flows[column].dtype == customs[column].dtype
    assert len(take(to_flows(customs))) == len(tables.customs[FLOW].drop_duplicates())


def test_sums_of_small_integers_do_not_overflow():
    """Polars adds 32-bit integers in 32 bits; a firm's value can be larger."""
    one = {"firm": 1, "product": "1", "destination": "D", "mode": "m", "year": 2002}
    large = pl.Series([2**31 - 1] * 3, dtype=pl.Int32)
    customs = pl.DataFrame(one).join(pl.DataFrame({"quantity": large, "value": large}), how="cross")
    assert to_flows(customs)["value"].to_list() == [3.0 * (2**31 - 1)]


def test_nan_counts_as_missing_on_polars():
    """Polars tells NaN from null; neither is a year, a name or a value."""
    customs = pl.DataFrame({"firm": [1.0, np.nan], "year": 2002, "value": [1.0, 2.0]})
    with pytest.raises(ValueError, match=r"customs\.firm is missing in 1 of 2 rows"):
        measure_flexibility(customs)
    customs = pl.DataFrame({"firm": [1, 2], "year": 2002, "value": [1.0, np.nan]})
    with pytest.raises(ValueError, match=r"customs\.value is missing or infinite in 1 of 2 rows"):
        measure_flexibility(customs)
    firms = pl.DataFrame({"firm": [1], "year": [2002]}).with_columns(
        pit_since=pl.lit(np.nan), pdo_since=pl.lit(2001.0), icp_since=pl.lit(None, pl.Int16)
    )
    assert measure_digitization(firms)["dig"].to_list() == [2]


@pytest.fixture(params=["pandas", "polars", "polars lazy", "duckdb"])
def give(request):
    """Return the way into each engine that needs no server."""
    if request.param == "duckdb":
        return request.getfixturevalue("connection").from_df
    ways = {"pandas": lambda frame: frame, "polars": pl.from_pandas}
    return ways.get(request.param, lambda frame: pl.from_pandas(frame).lazy())


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda c: c.drop(columns="value"), ValueError, r"customs lacks the columns \['value'\]"),
        (lambda c: c.iloc[:0], ValueError, "customs has no rows; give at least one"),
        (lambda c: c.assign(value=c["value"].astype(str)), TypeError, r"customs\.value has type"),
        (lambda c: c.assign(value=True), TypeError, r"customs\.value has type Boolean"),
        (lambda c: c.assign(value=c["value"] - 1e9), ValueError, "must exceed 0; .*153 of 154 ro"),
        (lambda c: c.assign(quantity=np.inf), ValueError, "quantity is missing or infinite in 15"),
        (lambda c: c.assign(mode=c["mode"].where(c["firm"] > 1)), ValueError, "mode is missing in"),
    ],
    ids=["column", "rows", "text", "truth", "negative", "infinite", "key"],
)
def test_bad_customs_are_named_on_every_engine(give, tables, change, error, message):
    """Each wrong input must be refused in the same words, whatever holds it."""
    customs = tables.customs.assign(value=tables.customs["value"].astype(float))
    customs.loc[0, "value"] = 2e9
    with pytest.raises(error, match=message):
        measure_quality(give(change(customs)), 4.0)


def test_pyarrow_tables_are_refused(tables):
    """Grouped windows on pyarrow tables are wrong beyond 131,000 rows, without a warning."""
    with pytest.raises(TypeError, match=r"pyarrow Table.*polars\.from_arrow\(customs\) or custom"):
        to_flows(pa.Table.from_pandas(tables.customs))


@pytest.mark.parametrize("frame", [[1, 2], None, {"firm": [1]}, np.ones(3), pd.Series([1.0])])
def test_other_types_are_refused(frame):
    """An error must name what was given and what can be."""
    name = type(frame).__name__
    with pytest.raises(TypeError, match=f"customs is a .*{name}; give a pandas DataFrame, a Pol"):
        measure_flexibility(frame)


def test_two_engines_are_not_mixed(tables):
    """Frames that are joined must be of one engine, and the error must say which are not."""
    with pytest.raises(TypeError, match="elasticities is a pandas frame and the flows are in Pol"):
        measure_quality(pl.from_pandas(tables.customs), tables.elasticities)
    flows = to_flows(tables.customs)
    with pytest.raises(TypeError, match="destinations is a Polars frame and the flows are in pan"):
        measure_destinations(flows, pl.from_pandas(tables.destinations))


def test_lazy_and_eager_polars_are_one_engine(tables):
    """A small eager table may serve a large lazy one, and the other way round."""
    customs, elasticities = pl.from_pandas(tables.customs), pl.from_pandas(tables.elasticities)
    first = measure_quality(customs, elasticities.lazy(), missing_sigma="drop")
    second = measure_quality(customs.lazy(), elasticities, missing_sigma="drop")
    assert first.ledger == second.ledger


def test_pandas_index_stays_with_its_rows(tables):
    """A function that adds columns must keep the index, even one with repeated labels."""
    flows = with_sigma(to_flows(tables.customs), 4.0)
    odd = flows.set_axis([7] * len(flows))
    found = market_size(standardise(demand_residual(odd)))
    pd.testing.assert_index_equal(found.index, odd.index)
    expected = market_size(standardise(demand_residual(flows)))
    pd.testing.assert_frame_equal(found.reset_index(drop=True), expected)
