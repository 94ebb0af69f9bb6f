"""Protects measures against the types of columns: codes, bytes, nulls and frames unknown."""

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import polars.selectors as cs
import pyarrow as pa
import pytest

from tests.measure.frames import FIRM_YEAR, grade, same, small_tables, take
from tradedig_helpers.measure.destinations import measure_destinations
from tradedig_helpers.measure.digitization import measure_digitization
from tradedig_helpers.measure.elasticities import with_sigma
from tradedig_helpers.measure.flexibility import measure_flexibility
from tradedig_helpers.measure.flows import FLOW, market_size, to_flows
from tradedig_helpers.measure.quality import demand_residual, measure_quality, standardise


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


@pytest.fixture(scope="module")
def tables(random_trade):
    """Return small tables with everything that a rule looks for."""
    return small_tables(random_trade)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_types_of_columns_do_not_matter(dialect, tables):
    """Categories, enumerations, nullable, narrow and decimal columns give the same numbers."""
    found, ledger = grade(DIALECTS[dialect], tables)
    expected, counted = grade(lambda frame: frame, tables)
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
    one = {"firm": 1, "product": "01", "destination": "D", "mode": "m", "year": 2002}
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


def test_pandas_index_stays_with_its_rows(tables):
    """A function that adds columns must keep the index, even one with repeated labels."""
    flows = with_sigma(to_flows(tables.customs), 4.0)
    odd = flows.set_axis([7] * len(flows))
    found = market_size(standardise(demand_residual(odd)))
    pd.testing.assert_index_equal(found.index, odd.index)
    expected = market_size(standardise(demand_residual(flows)))
    pd.testing.assert_frame_equal(found.reset_index(drop=True), expected)
