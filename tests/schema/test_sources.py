"""Protects the cleaning of declarations and the first years: by hand, and against the truth."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import polars as pl
import pytest

from tests.economy.tiny import tiny_economy
from tradedig_book.economy.records.make import make_records
from tradedig_helpers.linking.across_sources import SourceLinks
from tradedig_helpers.linking.sources import (
    clean_declarations,
    first_years,
    one_row_per_year,
)
from tradedig_helpers.measure.digitization import digitise_survey

GOOD = {
    "number": 1, "code": "9000000001", "name": "甲厂", "year": 2002, "product": "01012100",
    "destination": "D01", "mode": "ordinary", "quantity": 5.0, "value": 7.0,
}  # fmt: skip


def lines(*changes):
    """Return declarations, each the good line with its own number and one change."""
    return pd.DataFrame([{**GOOD, "number": k, **change} for k, change in enumerate(changes)])


def days(*dates):
    """Return dates, missing where None."""
    return pd.to_datetime(pd.Series(dates))


def test_good_line_is_kept_as_it_is():
    """A clean table must pass through unchanged."""
    declarations = lines({}, {"quantity": 0.5})
    kept, ledger = clean_declarations(declarations)
    pd.testing.assert_frame_equal(kept, declarations.drop(columns="number"))
    assert ledger.frame["dropped"].sum() == 0


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"number": 0}, "line is not repeated"),
        ({"product": "0101.21"}, "product has eight digits"),
        ({"product": "01O12100"}, "product has eight digits"),
        ({"product": None}, "product has eight digits"),
        ({"destination": None}, "destination is known"),
        ({"destination": " "}, "destination is known"),
        ({"destination": "NULL"}, "destination is known"),
        ({"destination": "nan"}, "destination is known"),
        ({"quantity": np.nan}, "quantity is known"),
        ({"quantity": 0.0}, "quantity is positive"),
        ({"quantity": -1.0}, "quantity is positive"),
        ({"value": np.nan}, "value is known"),
        ({"value": 0.0}, "value is positive"),
    ],
)
def test_each_worthless_line_is_dropped_under_its_rule(change, rule):
    """Every drop must be counted where it belongs, and nowhere else."""
    kept, ledger = clean_declarations(lines({}, change, {}))
    assert kept.index.tolist() == [0, 2], "the index must still be that of the raw rows"
    dropped = ledger.frame.set_index("rule")["dropped"]
    assert dropped.pop(rule) == 1
    assert (dropped == 0).all()


def test_codes_are_repaired():
    """Dots, spaces, marks and full-width digits in codes must go; zeros in front must stay."""
    declarations = lines(
        {"product": "0101.21.00", "code": "９000000001"},
        {"product": "0101 2100", "code": "900000000-1"},
    )
    kept, _ = clean_declarations(declarations.astype({"product": "category", "code": "category"}))
    assert set(kept["product"]) == {GOOD["product"]}
    assert set(kept["code"]) == {GOOD["code"]}


def test_repeats_go_by_the_key():
    """Without numbers, lines that agree in all columns of the key must count as repeated."""
    declarations = lines({}, {}, {"value": 8.0}).drop(columns="number")
    assert len(clean_declarations(declarations, key=list(declarations.columns))[0]) == 2


def test_repeats_go_by_repaired_codes():
    """Two spellings of one code must not hide that a line is repeated."""
    declarations = lines({}, {"code": "900000000-1", "product": "0101.21.00"})
    assert len(clean_declarations(declarations, key=["code", "product", "value"])[0]) == 1


@pytest.mark.parametrize(
    "missing", [None, np.nan, "", " ", "NULL", "0", "-", "\\N", "无", "0" * 18, "9" * 18, "0.0"]
)
def test_lines_without_a_number_are_kept_apart(missing):
    """A missing number must be no repeat of another, in whatever way it is missing."""
    declarations = lines({}, {}, {"value": 8.0}, {}, {})
    declarations["number"] = pd.Series(["1", "1", missing, missing, missing], dtype=object)
    kept, ledger = clean_declarations(declarations)
    assert kept.index.tolist() == [0, 2, 3, 4]
    assert ledger.frame.set_index("rule").loc["line is not repeated", "dropped"] == 1
    declarations["number"] = None
    assert len(clean_declarations(declarations)[0]) == 5


@pytest.mark.parametrize("kind", ["Int64", "int64[pyarrow]", object])
def test_large_numbers_with_a_gap_are_not_rounded(kind):
    """Eighteen digits must stay exact beside a missing number, or lines seem repeated."""
    number = 910000000000000001
    declarations = lines({}, {}, {}, {})
    declarations["number"] = pd.Series([number, number + 1, None, number], dtype=kind)
    assert clean_declarations(declarations)[0].index.tolist() == [0, 1, 2]


def test_namibia_and_all_else_are_destinations():
    """NA is Namibia's code and 其他 the rest of the world; both must be kept, and may repeat."""
    declarations = lines({"destination": "NA"}, {"destination": "其他"}, {"destination": "NA"})
    assert len(clean_declarations(declarations)[0]) == 3
    assert len(clean_declarations(declarations, key=["code", "destination"])[0]) == 2


def test_codes_that_name_nobody_are_missing_and_counted():
    """A placeholder must not be handed on as a customs code; its line stays."""
    kept, ledger = clean_declarations(lines({}, {"code": "0000000000"}, {"code": "90*0001"}))
    assert kept["code"].isna().tolist() == [False, True, True]
    assert ledger.frame["dropped"].tolist()[:2] == [1, 1]


@pytest.mark.parametrize(
    "change",
    [
        lambda f: f.convert_dtypes(),
        lambda f: f.convert_dtypes(dtype_backend="pyarrow"),
        lambda f: f.astype({"quantity": "float32", "number": "int8", "year": "uint16"}),
        lambda f: f.set_axis([5] * len(f)),
        lambda f: f.set_index("year", drop=False),
    ],
)
def test_types_and_index_of_declarations_do_not_matter(change):
    """Whatever types and index lines have, the same must be kept, with their index."""
    declarations = lines({}, {"number": 0}, {"quantity": np.nan}, {"value": 0.0}, {})
    expected, counted = clean_declarations(declarations)
    changed = change(declarations)
    kept, ledger = clean_declarations(changed)
    assert ledger == counted
    assert kept["value"].tolist() == expected["value"].tolist()
    assert kept.index.equals(changed.index[[0, 4]])


def test_survey_keeps_the_first_row_of_a_year():
    """A firm listed twice in a year must be counted once, under its first row."""
    survey = pd.DataFrame({"year": [2002, 2002, 2003, 2002], "employees": [10, 11, 12, 13]})
    kept, ledger = one_row_per_year(survey, pd.Series([1, 1, 1, 2]))
    assert kept["employees"].tolist() == [10, 12, 13]
    assert kept["firm"].tolist() == [1, 1, 2]
    assert ledger.frame["dropped"].tolist() == [1]


def test_rows_without_a_firm_repeat_none():
    """Rows that no firm was found for must not be taken for one firm."""
    survey = pd.DataFrame({"year": [2002, 2002, 2002, 2002]}, index=[1, 1, 2, 2])
    firm = pd.Series([None, None, 1, 1], dtype="Int64", index=survey.index)
    kept, ledger = one_row_per_year(survey, firm)
    assert kept["firm"].fillna(0).tolist() == [0, 0, 1]
    assert ledger.frame["dropped"].tolist() == [1]


@pytest.fixture
def dated():
    """Return dated records of four firms, and whose they are."""
    records = SimpleNamespace(
        cross_border=pd.DataFrame({"joined": days("2005-01-01", "2003-12-31", None, "2001-05-05")}),
        domestic=pd.DataFrame({"joined": days(None, "2004-06-01", "2002-06-01")}),
        filings=pd.DataFrame({"filed": days("2006-03-01", None, None)}),
        domains=pd.DataFrame({"registered": days("2004-03-01", "2007-03-01", None)}),
    )
    firm = {
        "cross_border": [1, 1, 2, None],
        "domestic": [1, 2, 2],
        "filings": [1, 2, 3],
        "domains": [1, 2, 3],
    }
    return records, {name: pd.Series(f, dtype="Int64") for name, f in firm.items()}


def test_first_years_by_hand(dated):
    """The earliest date must count, of filing and registration the earlier one."""
    records, firm = dated
    since, ledger = first_years(records, SourceLinks(firm, None))
    expected = {"firm": [1, 2, 3], "pit_since": [2003, 0, 0], "pdo_since": [0, 2002, 0],
                "icp_since": [2004, 2007, 0]}  # fmt: skip
    assert since.fillna(0).to_dict("list") == expected
    assert [str(t) for t in since.dtypes.iloc[1:]] == ["Int16"] * 3
    counted = ledger.frame.set_index("rule")["dropped"].to_dict()
    assert counted == {
        "cross_border: linked row has a date": 1,
        "pit_since: a date is known": 1,
        "domestic: linked row has a date": 1,
        "pdo_since: a date is known": 1,
        "filings: linked row has a date": 2,
        "domains: linked row has a date": 1,
        "icp_since: a date is known": 1,
    }


def test_first_years_are_the_true_ones_where_dates_are():
    """With true links, years must be those of the economy, or later where a date is lost."""
    economy = tiny_economy(600)
    records = make_records(economy, 2)
    firm = {
        table: part["firm"].astype("Int64").reset_index(drop=True)
        for table, part in records.truth_links.groupby("table", observed=True)
    }
    since, _ = first_years(records, SourceLinks(firm, None))
    truth = economy.firms.groupby("firm")[["pit_since", "pdo_since", "icp_since"]].first()
    found = since.set_index("firm").reindex(truth.index).astype("Float64")
    for column in truth:
        both = found[column].notna() & truth[column].notna()
        late = (found[column] - truth[column].astype("Float64"))[both]
        assert (late >= 0).all()
        assert (late == 0).mean() > 0.9
        assert not (found[column].notna() & truth[column].isna()).any()


def test_survey_rows_get_the_level_of_their_firm(dated):
    """Every survey row must have the digital level of its firm in its year, in order."""
    records, firm = dated
    records.survey = pd.DataFrame({"year": [2004, 2003, 2003, 2007, 2007]})
    firm = firm | {"survey": pd.Series([1, 1, 2, 2, 3], dtype="Int64")}
    levels, ledger = digitise_survey(records, SourceLinks(firm, None))
    assert levels["dig"].tolist() == [1 + 4 + 2, 1 + 4, 1 + 1, 1 + 2 + 1, 1]
    assert levels["year"].tolist() == records.survey["year"].tolist()
    assert ledger == first_years(records, SourceLinks(firm, None))[1]


def test_technology_without_a_source_is_not_unused(dated):
    """Where no source tells who used a technology, nobody must be said not to have used it."""
    records, firm = dated
    whole, _ = first_years(records, SourceLinks(firm, None))
    records.survey = pd.DataFrame({"year": [2004, 2007]})
    firm["survey"] = pd.Series([1, 2], dtype="Int64")
    records.domains = None
    since, ledger = first_years(records, SourceLinks(firm, None))
    assert since.drop(columns="icp_since").equals(whole.drop(columns="icp_since"))
    assert "domains: source is given" in ledger.frame["rule"].tolist()
    del records.cross_border
    since, _ = first_years(records, SourceLinks(firm, None))
    assert since.columns.tolist() == ["firm", "pdo_since", "icp_since"]
    with pytest.raises(ValueError, match=r"none of \['cross_border'\], so \['pit_since'\] are not"):
        digitise_survey(records, SourceLinks(firm, None))


def test_bad_input_is_named(dated):
    """Wrong columns and types must be refused by name."""
    with pytest.raises(ValueError, match=r"declarations lacks the columns \['number'\]"):
        clean_declarations(lines({}).drop(columns="number"))
    with pytest.raises(TypeError, match="product has type int64; give text"):
        clean_declarations(lines({"product": 1012100}))
    with pytest.raises(TypeError, match=r"declarations\.value has type"):
        clean_declarations(lines({"value": "7"}))
    with pytest.raises(ValueError, match=r"declarations\.value is infinite in 1 of 1 rows"):
        clean_declarations(lines({"value": np.inf}))
    records, firm = dated
    records.domestic = pd.DataFrame({"joined": ["2002"] * 3})
    with pytest.raises(TypeError, match=r"domestic\.joined has type .*; convert it to dates"):
        first_years(records, SourceLinks(firm, None))
    records.domestic = pd.DataFrame({"joined": np.array(["0001-01-01"] * 3, "datetime64[s]")})
    with pytest.raises(ValueError, match=r"domestic\.joined is no year in 3 of 3 rows"):
        first_years(records, SourceLinks(firm, None))
    with pytest.raises(ValueError, match="links has no firms of cross_border; link the sources"):
        first_years(records, SourceLinks({}, None))
    records.domestic = records.domestic.iloc[:2]
    with pytest.raises(ValueError, match="firm has 3 rows that are not those of domestic"):
        first_years(records, SourceLinks(firm, None))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"product": "4012000.0"}, r"declarations\.product .* 4012000\.0, in 1 of 2 rows"),
        ({"code": "9000000001.0"}, r"declarations\.code .* 9000000001\.0, in 1 of 2 rows"),
        ({"year": 200601}, r"declarations\.year is no year in 1 of 2 rows"),
    ],
)
def test_codes_and_years_that_are_none_are_refused(change, message):
    """A number read as a decimal and a month must stop the cleaning, with column and count."""
    with pytest.raises(ValueError, match=message):
        clean_declarations(lines({}, change))


def test_arguments_of_another_kind_are_named():
    """Another engine, a bare string as key and other rows must each be one clear error."""
    with pytest.raises(TypeError, match="declarations is a polars DataFrame; give a pandas"):
        clean_declarations(pl.DataFrame(lines({})))
    with pytest.raises(ValueError, match="key = 'number'; give a list"):
        clean_declarations(lines({}), key="number")
    with pytest.raises(ValueError, match="firm has 2 rows that are not those of survey"):
        one_row_per_year(pd.DataFrame({"year": [2002]}), pd.Series([1, 2]))
    with pytest.raises(ValueError, match=r"survey\.year is no year in 1 of 1 rows"):
        one_row_per_year(pd.DataFrame({"year": [0]}), pd.Series([1]))
