"""Protects the cleaning of declarations and the first years: by hand, and against the truth."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from tests.economy.tiny import tiny_economy
from tradedig_helpers.economy.records.make import make_records
from tradedig_helpers.measure.linking.across_sources import SourceLinks
from tradedig_helpers.measure.linking.sources import (
    clean_declarations,
    digitise_survey,
    first_years,
    one_row_per_year,
)

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


def test_survey_keeps_the_first_row_of_a_year():
    """A firm listed twice in a year must be counted once, under its first row."""
    survey = pd.DataFrame({"year": [2002, 2002, 2003, 2002], "employees": [10, 11, 12, 13]})
    kept, ledger = one_row_per_year(survey, pd.Series([1, 1, 1, 2]))
    assert kept["employees"].tolist() == [10, 12, 13]
    assert kept["firm"].tolist() == [1, 1, 2]
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
