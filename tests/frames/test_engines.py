"""Protects "any frame, any engine": the same numbers on pandas, Polars, DuckDB and PySpark."""

import os
import shutil
import warnings
from types import SimpleNamespace

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from tests.measure.frames import FIRM_YEAR, grade, same, small_tables, take, thin_market
from tradedig_helpers.measure.aggregate import aggregate
from tradedig_helpers.measure.destinations import measure_destinations
from tradedig_helpers.measure.digitization import digital_share, measure_digitization
from tradedig_helpers.measure.elasticities import with_sigma
from tradedig_helpers.measure.flexibility import measure_flexibility
from tradedig_helpers.measure.flows import FLOW, market_size, to_flows
from tradedig_helpers.measure.instruments.demand import measure_instrumented
from tradedig_helpers.measure.pairs import measure_pairs
from tradedig_helpers.measure.quality import demand_residual, measure_quality, standardise


@pytest.fixture(scope="session")
def spark():
    """Return a PySpark session with as little of everything as it runs with."""
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        if os.environ.get("TRADEDIG_REQUIRE_JAVA"):
            pytest.fail("PySpark needs Java, and there is none", pytrace=False)
        pytest.skip("PySpark needs Java, and there is none")
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


@pytest.fixture(scope="module")
def tables(random_trade):
    """Return small tables with everything that a rule looks for."""
    return small_tables(random_trade)


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


def test_quality_is_the_same_on_every_engine(engine, tables):
    """Flows, firm-years and the ledger must not depend on the engine."""
    found, ledger = grade(engine.give, tables)
    expected, counted = grade(lambda frame: frame, tables)
    assert ledger == counted
    assert (counted.frame["dropped"] > 0).all()
    for name, frame in found.items():
        assert isinstance(frame, engine.type), name
        same(take(frame), expected[name], FLOW if name == "flows" else FIRM_YEAR)


def test_instrumented_quality_is_the_same_on_every_engine(engine):
    """Flows, firm-years, slopes and the ledger of (11) must not depend on the engine."""
    _require_same_instrumented(engine.give, engine.type, "lagged price")


def test_flows_are_not_summed_twice(engine, tables):
    """Flows given as such must have the quality of the shipments they were summed from."""
    flows = to_flows(engine.give(tables.customs))
    found = measure_quality(flows, 4.0, summed=True)
    expected = measure_quality(tables.customs, 4.0)
    assert found.ledger == expected.ledger
    same(take(found.flows), expected.flows, FLOW)


def test_flows_are_computed_once(connection, tables):
    """Results on DuckDB must not read the shipments again, however often they are used."""
    for name, frame in (("customs", tables.customs), ("elasticities", tables.elasticities)):
        connection.from_df(frame).create(name)
    relations = (connection.table(name) for name in ("customs", "elasticities"))
    found = measure_quality(*relations, missing_sigma="drop")
    connection.execute("drop table customs")
    expected = measure_quality(tables.customs, tables.elasticities, missing_sigma="drop")
    same(take(found.firm_years), expected.firm_years, FIRM_YEAR)


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


@pytest.fixture(params=["pandas", "polars", "polars lazy", "duckdb"])
def give(request):
    """Return the way into each engine that needs no server."""
    if request.param == "duckdb":
        return request.getfixturevalue("connection").from_df
    ways = {"pandas": lambda frame: frame, "polars": pl.from_pandas}
    return ways.get(request.param, lambda frame: pl.from_pandas(frame).lazy())


def test_other_destinations_are_the_same_without_a_server(give):
    """The second instrument, too, must not depend on what holds the flows."""
    _require_same_instrumented(give, object, "other destinations")


def _require_same_instrumented(give, kind, instrument):
    """Assert that (11) gives frames of one kind with the numbers of pandas."""
    customs, sigma = thin_market(24, products=5)
    few = (customs["product"] == "11020000") & (customs["firm"] > 8)
    flat = customs["product"] == "11030000"
    customs = customs.assign(value=customs["value"].where(~flat, customs["quantity"]))[~few]
    sigma = sigma.assign(sigma=[1.02, *sigma["sigma"][1:]]).iloc[:-1]
    options = {"missing_sigma": "drop", "min_first_stage": 1.0}
    found = measure_instrumented(give(customs), give(sigma), instrument, **options)
    expected = measure_instrumented(customs, sigma, instrument, **options)
    assert found.ledger == expected.ledger
    assert (expected.ledger.frame["dropped"] > 0).sum() >= 5
    for name, key in (("flows", FLOW), ("firm_years", FIRM_YEAR), ("products", ["product"])):
        frame = getattr(found, name)
        assert isinstance(frame, kind), name
        same(take(frame), getattr(expected, name), key)


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
