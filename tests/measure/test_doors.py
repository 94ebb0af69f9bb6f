"""Protects the door of the measures: types, years, codes, names, and what a refusal says."""

from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from tests.trade import draw_trade
from tradedig_helpers.frames.options import require_names
from tradedig_helpers.frames.plain import plain
from tradedig_helpers.measure.destinations import measure_destinations
from tradedig_helpers.measure.digitization import digitization_index, measure_digitization
from tradedig_helpers.measure.elasticities import with_sigma
from tradedig_helpers.measure.flexibility import measure_flexibility
from tradedig_helpers.measure.flows import to_flows
from tradedig_helpers.measure.pairs import measure_pairs
from tradedig_helpers.measure.quality import measure_quality
from tradedig_helpers.schema.checks import require_same_kind

ENGINES = {"pandas": lambda frame: frame, "Polars": pl.from_pandas}


LONG = 913300001234567891
"""An identifier of eighteen digits, which float64 rounds."""


def arrow(values, kind=None):
    """Return a Series of pandas whose values are pyarrow's."""
    return pd.Series(pd.arrays.ArrowExtensionArray(pa.array(values, kind)))


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        (pd.Series([1, 2], dtype="int8"), "int64", [1, 2]),
        (pd.Series([1, 2], dtype="uint64"), "int64", [1, 2]),
        (pd.Series([1.5, 2], dtype="float32"), "float64", [1.5, 2]),
        (pd.Series([1, None], dtype="Int16"), "float64", [1, np.nan]),
        (pd.Series([2**60, 1], dtype="Int64"), "int64", [2**60, 1]),
        (pd.Series([True, None], dtype="boolean"), "float64", [1, np.nan]),
        (pd.Series([True, False], dtype="boolean"), "bool", [True, False]),
        (pd.Series([Decimal("1.5"), None]), "float64", [1.5, np.nan]),
        (pd.Series([2**60, 1], dtype=object), "int64", [2**60, 1]),
        (pd.Series([1, pd.NA], dtype=object), "float64", [1, np.nan]),
        (pd.Series([None, None], dtype=object), "float64", [np.nan, np.nan]),
        (pd.Series(pd.Categorical([2004, 2005])), "int64", [2004, 2005]),
        (arrow([Decimal("1.50"), None]), "float64", [1.5, np.nan]),
        (arrow([1, None]), "float64", [1, np.nan]),
        (arrow([None, None]), "float64", [np.nan, np.nan]),
        (arrow(["a", None]), "str", ["a", np.nan]),
        (pd.Series(["a", None], dtype="string"), "str", ["a", np.nan]),
        (pd.Series(["a", pd.NA], dtype=object), "object", ["a", None]),
        (pd.Series([1, "1"], dtype=object), "object", [1, "1"]),
        (pd.Series([LONG, None], dtype="Int64"), "object", [LONG, None]),
        (pd.Series([LONG, None], dtype=object), "object", [LONG, None]),
        (pd.Series([Decimal(LONG), Decimal(LONG + 1)]), "int64", [LONG, LONG + 1]),
        (arrow([LONG, None]), "object", [LONG, None]),
    ],
)
def test_plain_columns_have_types_of_numpy(values, kind, expected):
    """Neither a narrow number nor NA may reach a formula."""
    frame = pd.DataFrame({"column": values}).set_axis([7, 7])
    found = plain(frame, "frame")["column"]
    assert str(found.dtype) == kind
    pd.testing.assert_series_equal(found, pd.Series(expected, name="column", dtype=kind))
    assert frame.index.tolist() == [7, 7]


def test_columns_that_are_only_carried_along_stay_as_they_are():
    """A function must not change the type of what it does not use."""
    flows = pd.DataFrame({"product": ["01012100"], "destination": "USA", "seller": [LONG]})
    given = flows.assign(seller=pd.array([LONG], dtype="Int64"), age=pd.array([1], dtype="int8"))
    found = with_sigma(given, 4.0)
    assert found.dtypes[["seller", "age"]].tolist() == given.dtypes[["seller", "age"]].tolist()
    assert found["seller"].tolist() == [LONG]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("size", "kind"), [(2**53, "float64"), (2**24, "float32")])
def test_identifiers_that_floats_cannot_tell_apart_are_refused(size, kind, engine):
    """Two firms whose numbers differ in the last digit would become one."""
    customs = pd.DataFrame({"firm": [1, size], "year": 2004, "value": 1}).astype({"firm": kind})
    with pytest.raises(
        ValueError, match=r"customs\.firm holds identifiers as floats.* 1 of 2 rows"
    ):
        measure_flexibility(ENGINES[engine](customs))
    small = customs.assign(firm=customs["firm"].where(customs["firm"] < 2, 7))
    assert len(measure_flexibility(ENGINES[engine](small))) == 2


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("blank", ["", "  ", "nan", "NULL", "None", r"\N"])
@pytest.mark.parametrize("coded", [False, True])
def test_a_blank_name_is_a_missing_name(blank, coded, engine):
    """Stata writes a missing text as no text, astype(str) as nan: strangers are not one firm."""
    firm = pd.Series(["a", blank, "b"])
    customs = pd.DataFrame({"firm": firm.astype("category") if coded else firm, "year": 2004})
    with pytest.raises(ValueError, match=r"customs\.firm is missing in 1 of 3 rows"):
        measure_flexibility(ENGINES[engine](customs.assign(value=1.0)))
    namibia = pd.DataFrame({"firm": ["a", "b"], "year": 2004, "product": "01"})
    namibia = ENGINES[engine](namibia.assign(destination=["NA", "US"]))
    assert len(measure_pairs(namibia)) == 2


def test_plain_shares_what_is_plain():
    """Large frames in good order are not copied."""
    frame = pd.DataFrame({"x": np.ones(3), "name": pd.Categorical(["a", "b", "a"])})
    assert np.shares_memory(plain(frame, "frame")["x"].to_numpy(), frame["x"].to_numpy())


def test_plain_refuses_other_engines_and_names_that_stand_twice():
    """One sentence for every function that takes pandas alone."""
    with pytest.raises(TypeError, match="firms is a polars DataFrame; give a pandas DataFrame"):
        plain(pl.DataFrame({"x": [1]}), "firms")
    twice = pd.DataFrame([[1, 2]], columns=["x", "x"])
    with pytest.raises(ValueError, match=r"firms has more than one column named \['x'\]"):
        plain(twice, "firms")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("year", [0, -1, 3, 99, 1899, 2101, 9999, 200601, 20030501, 2004.5])
def test_years_are_years(year, engine):
    """A month, a placeholder or a fraction is no calendar year and no year of adoption."""
    give = ENGINES[engine]
    customs = pd.DataFrame({"firm": [1, 1], "year": [2004.0, year], "value": [1, 2]})
    with pytest.raises(ValueError, match=r"customs\.year is no year in 1 of 2 rows .*// 100"):
        measure_flexibility(give(customs))
    firms = pd.DataFrame({"firm": [1, 2], "year": 2004, "pdo_since": np.nan, "icp_since": 2001})
    firms = firms.assign(pit_since=[np.nan, year])
    with pytest.raises(ValueError, match=r"pit_since is no year in 1 of 2 .*written as missing"):
        measure_digitization(give(firms))


@pytest.mark.parametrize("engine", ENGINES)
def test_dates_are_no_years(engine):
    """A date must be turned into its year by who knows which date it is."""
    frame = pd.DataFrame({"firm": [1], "year": pd.to_datetime(["2004-05-01"]), "value": [1]})
    with pytest.raises(TypeError, match=r"customs\.year holds dates .*\.dt\.year"):
        measure_flexibility(ENGINES[engine](frame))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("1010100", r"codes of 7 and 8 digits; 1 of 60 rows have no code of 8 \(such as '1010100"),
        ("110101", r"codes of 6 and 8 digits; 1 of 60 rows have no code of 8.*all .* \.str\[:6\]"),
        ("4012000.0", r"no code of digits in 1 of 60 rows \(such as '4012000\.0'"),
        ("１１０１０１００", "no code of digits in 1 of 60 rows"),
        (" 11010100", "no code of digits in 1 of 60 rows"),
        ("", "no code of digits in 1 of 60 rows"),
    ],
)
def test_codes_are_digits_of_one_even_length(code, message, engine):
    """A code that lost its zero is another heading, whose σ it would take."""
    customs, elasticities = draw_trade(2)
    customs.loc[0, "product"] = code
    give = ENGINES[engine]
    for spoilt in (
        lambda: measure_quality(give(customs), 4.0),
        lambda: to_flows(give(customs)),
        lambda: measure_pairs(give(customs)),
        lambda: with_sigma(give(customs), give(elasticities)),
    ):
        with pytest.raises(ValueError, match=message):
            spoilt()


def test_lost_zeros_never_take_the_elasticity_of_another_heading():
    """Milk without its zero is no tyre: 4012000 is 0401.2000, not 4012.000."""
    table = {"hs4": ["0401", "4012"], "destination": ["USA", "USA"], "sigma": [2.0, 9.0]}
    flows = pd.DataFrame({"product": ["04012000"] * 2, "destination": "USA"})
    assert with_sigma(flows, pd.DataFrame(table))["sigma"].tolist() == [2.0, 2.0]
    for code in ("4012000", 4012000):
        with pytest.raises((ValueError, TypeError), match=r"7 digits|numeric"):
            with_sigma(flows.assign(product=code), pd.DataFrame(table))


def test_codes_of_six_digits_are_codes():
    """HS6 is what most public data have; only a mixture with HS8 is refused."""
    customs, elasticities = draw_trade(2)
    short = customs.assign(product=customs["product"].str[:6])
    assert len(measure_quality(short, elasticities).flows)


def test_the_usual_length_of_codes_is_that_of_most_rows():
    """One long code among many short ones is no reason to lengthen the many."""
    customs, _ = draw_trade(2)
    short = customs.assign(product=customs["product"].str[:6])
    short.loc[0, "product"] = "11010100"
    with pytest.raises(ValueError, match=r"1 of 60 rows have no code of 6 .*cut all to the short"):
        measure_quality(short, 4.0)


def test_codes_shorter_than_the_table_are_told():
    """A table by ten digits lists no product of eight."""
    customs, elasticities = draw_trade(2)
    finer = elasticities.rename(columns={"hs4": "hs10"}).assign(
        hs10=lambda table: table["hs10"] + "000000"
    )
    with pytest.raises(ValueError, match=r"missing for .* of .* flows .*at least as many digits"):
        measure_quality(customs, finer)


def test_flows_that_are_not_summed_are_refused():
    """Shipments taken for flows would give other numbers in silence."""
    customs, elasticities = draw_trade(3, rows=300)
    with pytest.raises(
        ValueError, match=r"repeats the key .* in \d+ of 300 rows; leave out summed"
    ):
        measure_quality(customs, elasticities, summed=True)
    flows = to_flows(customs)
    summed = measure_quality(flows, elasticities, summed=True)
    expected = measure_quality(customs, elasticities)
    pd.testing.assert_frame_equal(summed.firm_years, expected.firm_years)


def test_years_as_floats_meet_years_as_whole_numbers():
    """A year that was read beside a missing one is a float, and the same year."""
    customs, _ = draw_trade(3)
    cells = [(d, y) for d in ("D01", "D02") for y in (2002, 2003)]
    places = pd.DataFrame(cells, columns=["destination", "year"]).assign(gdp=2.0, gdp_per_head=3.0)
    expected = measure_destinations(to_flows(customs), places)
    found = measure_destinations(to_flows(customs), places.astype({"year": float}))
    pd.testing.assert_frame_equal(found, expected)


@pytest.mark.parametrize("engine", ENGINES)
def test_whole_numbers_that_would_wrap_round_are_refused(engine):
    """Sums of whole numbers of this size leave 64 bits; floats of this size only round."""
    customs, _ = draw_trade(3)
    large = customs.assign(value=customs["value"] * 10**14)
    with pytest.raises(ValueError, match=r"customs\.value reaches .*larger units, or as floats"):
        measure_quality(ENGINES[engine](large), 4.0)
    found = measure_quality(ENGINES[engine](large.astype({"value": float})), 4.0).firm_years
    expected = measure_quality(customs, 4.0).firm_years
    np.testing.assert_allclose(found["quality"], expected["quality"], rtol=1e-9)


def test_heads_and_kilograms_are_not_compared():
    """Within a market quantities of two units would make the smaller unit the better good."""
    customs, elasticities = draw_trade(3, rows=300)
    one = customs.assign(unit=customs["destination"].map({"D01": "kg", "D02": "head"}))
    found = measure_quality(one, elasticities).firm_years
    pd.testing.assert_frame_equal(found, measure_quality(customs, elasticities).firm_years)
    mixed = customs.assign(unit=np.where(customs["firm"] == 1, "kg", "head"))
    with pytest.raises(ValueError, match=r"customs\.unit differs within \d+ of \d+ markets"):
        measure_quality(mixed, elasticities)


def test_the_ledger_says_what_share_of_value_is_kept():
    """Many small flows may weigh little: rows and value are told apart."""
    customs, elasticities = draw_trade(5, rows=200)
    lone = customs.iloc[[0]].assign(destination="D01", year=2009, value=10**6)
    found = measure_quality(pd.concat([customs, lone]), elasticities)
    ledger = found.ledger.frame.set_index("rule")
    total = customs["value"].sum()
    assert ledger.loc["market has more than one flow", "dropped"] == 1
    share = ledger.loc["market has more than one flow", "value_kept"]
    assert share == pytest.approx(total / (total + 10**6))
    assert np.prod(ledger["value_kept"]) * (total + 10**6) == pytest.approx(
        found.flows["value"].sum()
    )


def test_no_flow_left_says_what_each_rule_leaves():
    """The ledger would be lost with the error; its counts stand in it."""
    customs, elasticities = draw_trade(6)
    near = elasticities.assign(sigma=1.01)
    flows = len(to_flows(customs))
    message = f"'σ is known' holds for {flows} of {flows} flows; 'σ is not near 1' holds for 0 of"
    with pytest.raises(ValueError, match=message):
        measure_quality(customs, near)


def test_lists_of_names():
    """A bare string would be read letter by letter."""
    assert require_names(["a", "b"], "effects") == ("a", "b")
    assert require_names([], "effects", empty=True) == ()
    for value, message in (
        ("year", r"effects = 'year'; give a list of at least one column name, such as \['year'\]"),
        (["a", "b", "a"], r"effects names \['a'\] more than once"),
        ([1], r"effects holds \[1\]"),
        ([], r"effects = \[\]; give a list of at least one"),
        (None, "effects = None; give a list"),
    ):
        with pytest.raises(ValueError, match=message):
            require_names(value, "effects")


def test_keys_of_two_kinds_are_refused():
    """A number never meets a text in a merge."""
    left, right = pd.DataFrame({"firm": [1]}), pd.DataFrame({"firm": ["1"]})
    with pytest.raises(TypeError, match=r"panel\.firm holds int64 and firms\.firm str; make both"):
        require_same_kind(left, right, ["firm"], "panel", "firms")
    mixed = pd.DataFrame({"firm": [1, "3"], "year": 2004, "value": 1.0})
    with pytest.raises(
        TypeError, match=r"customs\.firm holds text in 1 of 2 rows and other things"
    ):
        measure_flexibility(mixed)


def test_complex_numbers_are_refused():
    """Half of a complex number must not be dropped in silence."""
    for frame in (pd.DataFrame({"a": [1j]}), pd.DataFrame({"a": pd.Series([1j]), "b": 1})):
        with pytest.raises(TypeError, match=r"t\.a has type complex128; give numbers without"):
            plain(frame, "t")


def test_numbered_columns_of_elasticities_are_shown():
    """A file read without its header has numbers for names."""
    customs, elasticities = draw_trade(3)
    with pytest.raises(ValueError, match=r"columns \[0, 1, 2\]; give exactly"):
        measure_quality(customs, elasticities.set_axis(range(3), axis=1))
    numbered = elasticities.assign(index=1).rename(columns={"index": 0})
    expected = measure_quality(customs, elasticities)
    pd.testing.assert_frame_equal(measure_quality(customs, numbered).flows, expected.flows)


def test_technologies_of_other_lengths_are_named():
    """Series of two frames have no rows in common."""
    one, two = pd.Series([1]), pd.Series([0, 1])
    with pytest.raises(ValueError, match=r"pit, pdo and icp have \[1, 2, 1\] rows"):
        digitization_index(one, two, one)
