"""Protects the removal of intermediaries: who goes, who stays, and that each is counted."""

import duckdb
import narwhals as nw
import pandas as pd
import polars as pl
import pytest

from tradedig_helpers.measure.intermediaries import (
    drop_intermediaries,
    linked_register,
    named_intermediary,
)

CUSTOMS = pd.DataFrame({"firm": [1, 2, 2, 3, 4], "value": [5, 6, 7, 8, 9]})
REGISTER = pd.DataFrame(
    {
        "firm": [1, 2, 3, 4, 5],
        "sector": ["manufacturing", "wholesale", "retail", "manufacturing", "retail"],
    }
)


def test_wholesale_and_retail_go():
    """Records of both kinds of intermediary must go, all others stay as they are."""
    kept, ledger = drop_intermediaries(CUSTOMS, REGISTER)
    pd.testing.assert_frame_equal(kept, CUSTOMS.iloc[[0, 4]].reset_index(drop=True))
    assert ledger.frame["dropped"].tolist() == [0, 3]
    assert ledger.frame["value_kept"].tolist() == [1.0, (5 + 9) / 35]


@pytest.mark.parametrize("unregistered", ["keep", "drop"])
@pytest.mark.parametrize("engine", [pl.DataFrame, pl.LazyFrame, duckdb.from_df])
def test_engines_agree(engine, unregistered):
    """Whatever engine holds the records, the same ones must go, missing firms included."""
    customs = CUSTOMS.assign(firm=CUSTOMS["firm"].astype("Int64").mask(CUSTOMS["firm"] == 1))
    expected, counted = drop_intermediaries(customs, REGISTER, unregistered=unregistered)
    found, ledger = drop_intermediaries(engine(customs), REGISTER, unregistered=unregistered)
    assert ledger == counted
    assert ledger.kept == counted.kept
    values = nw.from_native(found).lazy().collect()["value"].to_list()
    assert sorted(values) == expected["value"].tolist()


@pytest.mark.parametrize(("rule", "firms"), [("keep", [1, 3, 4]), ("drop", [1, 4])])
def test_unregistered_firms_go_by_the_option(rule, firms):
    """A firm that the register lacks must be kept or dropped as asked, and counted."""
    register = REGISTER[~REGISTER["firm"].isin([3])]
    kept, ledger = drop_intermediaries(CUSTOMS, register, unregistered=rule)
    assert kept["firm"].tolist() == firms
    assert ledger.frame["dropped"].tolist() == [0 if rule == "keep" else 1, 2]


def test_missing_firm_is_unregistered():
    """A record that no firm was found for is not in the register."""
    customs = CUSTOMS.assign(firm=CUSTOMS["firm"].astype("Int64").mask(CUSTOMS["firm"] == 4))
    assert drop_intermediaries(customs, REGISTER, unregistered="drop")[0]["firm"].tolist() == [1]
    kept, _ = drop_intermediaries(customs, REGISTER, unregistered="keep")
    assert kept["firm"].isna().tolist() == [False, True]


def test_register_by_linked_firm():
    """Each linked firm must have one sector; where its businesses differ it has none."""
    registry = pd.DataFrame({"sector": ["retail", "retail", "manufacturing", "retail", "retail"]})
    firm = pd.Series([1, 1, 2, 2, None], dtype="Int64")
    register, ledger = linked_register(registry, firm)
    assert register.to_dict("list") == {"firm": [1], "sector": ["retail"]}
    assert ledger.frame["dropped"].tolist() == [1, 1]


def test_firm_without_a_known_sector_is_counted():
    """A firm whose businesses have no sector must not vanish from the ledger."""
    registry = pd.DataFrame({"sector": ["retail", None, None]}, index=[1, 1, 2])
    register, ledger = linked_register(registry, pd.Series([1, 1, 2], index=[1, 1, 2]))
    assert register.to_dict("list") == {"firm": [1], "sector": ["retail"]}
    assert ledger.frame["dropped"].tolist() == [0, 1]
    with pytest.raises(ValueError, match="firm has 2 rows that are not those of registry"):
        linked_register(registry, pd.Series([1, 1]))


@pytest.mark.parametrize("rule", ["keep", "drop"])
def test_register_of_some_firms_says_nothing_of_the_others(rule):
    """A firm with no sector in the register must go by the option, as one that is not in it."""
    register = REGISTER.assign(sector=REGISTER["sector"].mask(REGISTER["firm"] == 3))
    expected = drop_intermediaries(CUSTOMS, REGISTER[REGISTER["firm"] != 3], unregistered=rule)
    kept, ledger = drop_intermediaries(CUSTOMS, register, unregistered=rule)
    pd.testing.assert_frame_equal(kept, expected[0])
    assert ledger == expected[1]
    with pytest.raises(ValueError, match="1 of 5 customs records is not in the register, or has"):
        drop_intermediaries(CUSTOMS, register)


def test_missing_numbers_of_firms_are_missing_in_every_engine():
    """NaN must be no firm, in Polars too, where it is not null."""
    customs = CUSTOMS.assign(firm=CUSTOMS["firm"].astype(float).mask(CUSTOMS["firm"] == 4))
    for engine in (pd.DataFrame, pl.DataFrame):
        kept, _ = drop_intermediaries(engine(customs), REGISTER, unregistered="drop")
        assert list(kept["firm"]) == [1]


def test_sectors_are_read_whatever_their_case():
    """Wholesale and wholesale are one sector; a register in other words must be refused."""
    register = REGISTER.assign(sector=" " + REGISTER["sector"].str.title())
    assert drop_intermediaries(CUSTOMS, register)[1] == drop_intermediaries(CUSTOMS, REGISTER)[1]
    with pytest.raises(ValueError, match=r"register\.sector has none of .* but \['农业', '矿业'\]"):
        drop_intermediaries(CUSTOMS, REGISTER.assign(sector=["农业", "矿业", "矿业", "农业", None]))


@pytest.mark.parametrize(
    ("wholesale", "retail"),
    [("批发", "零售业"), ("批发业", "零售"), ("批发和零售业", "零售"),
     ("Wholesale trade", "retail trade")],
)  # fmt: skip
def test_half_recoded_sectors_are_intermediaries(wholesale, retail):
    """A wholesaler must go in whatever words, beside others that are recoded."""
    register = REGISTER.assign(sector=["manufacturing", wholesale, retail, "制造业", "retail"])
    kept, ledger = drop_intermediaries(CUSTOMS, register)
    assert kept["firm"].tolist() == [1, 4]
    assert ledger == drop_intermediaries(CUSTOMS, REGISTER)[1]
    registry = pd.DataFrame({"sector": ["wholesale", wholesale, "retail", " ", "NULL"]})
    register, _ = linked_register(registry, pd.Series([1, 1, 2, 2, 3]))
    assert register.to_dict("list") == {"firm": [1, 2], "sector": ["wholesale", "retail"]}


def test_other_sectors_are_kept_and_counted():
    """A sector in words that are not known must show in the ledger, with its firms."""
    register = REGISTER.assign(sector=["Mining", "wholesale", "其他", "mining", "retail"])
    kept, ledger = drop_intermediaries(CUSTOMS, register)
    assert kept["firm"].tolist() == [1, 3, 4]
    rule = "sector is manufacturing, wholesale, retail (others are kept: mining 2, 其他 1)"
    assert ledger.steps[0] == (rule, "firms", 5, 2)


@pytest.mark.parametrize("nothing", ["", " ", "nan", "NULL", "\\N", "不详"])
def test_a_sector_that_says_nothing_is_none(nothing):
    """A firm with a blank sector must go by the option, as one that is not in the register."""
    register = REGISTER.assign(sector=["manufacturing", "wholesale", nothing, "retail", "retail"])
    with pytest.raises(ValueError, match="1 of 5 customs records is not in the register, or has"):
        drop_intermediaries(CUSTOMS, register)


@pytest.mark.parametrize("kind", ["Int64", "int64[pyarrow]", object])
def test_large_numbers_of_firms_stay_exact_and_numbers(kind):
    """Eighteen digits with a gap must meet the register's, and no neighbouring number."""
    large = 910000000000000001
    firm = pd.Series([large, None, large + 1, large + 1, None], dtype=kind)
    register = pd.DataFrame({"firm": [large, large + 1], "sector": ["manufacturing", "retail"]})
    kept, _ = drop_intermediaries(CUSTOMS.assign(firm=firm), register, unregistered="drop")
    assert kept["firm"].tolist() == [large]
    registry = pd.DataFrame({"sector": ["manufacturing", None, "retail", "retail", "retail"]})
    pd.testing.assert_frame_equal(linked_register(registry, firm)[0], register, check_dtype=False)


@pytest.mark.parametrize("engine", [pd.DataFrame, pl.DataFrame, duckdb.from_df])
def test_firms_are_numbers_or_text_on_both_sides(engine):
    """Text here and numbers there must be named, not called unregistered."""
    text = CUSTOMS.astype({"firm": "str"})
    message = r"customs\.firm holds String and register\.firm int64; make both numbers or both text"
    with pytest.raises(TypeError, match=message):
        drop_intermediaries(engine(text), REGISTER)
    kept, _ = drop_intermediaries(engine(text), REGISTER.astype({"firm": "str"}))
    assert len(nw.from_native(kept).lazy().collect()) == 2


@pytest.mark.parametrize("change", ["int8", "float32", "Int64", "int64[pyarrow]"])
def test_types_and_index_do_not_matter(change):
    """Firms must be found in the register whatever type of number they have."""
    expected = drop_intermediaries(CUSTOMS, REGISTER)
    customs = CUSTOMS.astype({"firm": change}).set_axis([1] * 5)
    register = REGISTER.astype({"firm": change}).set_index("firm", drop=False)
    kept, ledger = drop_intermediaries(customs, register)
    assert kept["value"].tolist() == expected[0]["value"].tolist()
    assert ledger == expected[1]


def test_register_is_pandas():
    """A register of another engine, or of another connection, must be one clear error."""
    here, there = (duckdb.connect().from_df(frame) for frame in (CUSTOMS, REGISTER))
    with pytest.raises(TypeError, match=r"register is a .*; give a pandas DataFrame"):
        drop_intermediaries(here, there)
    with pytest.raises(TypeError, match="names is a Series; give a pandas Series of text"):
        named_intermediary(pl.Series("name", ["甲厂"]))


def test_lost_characters_do_not_hide_a_trader():
    """A name that is no key, for what it lost, still says that its bearer trades."""
    names = ["甲?贸易有限公司", "*进出口公司", "甲?厂", "NULL"]
    assert named_intermediary(pd.Series(names)).tolist() == [True, True, False, False]
    with pytest.raises(TypeError, match=r"customs\.name has type int64; give text"):
        named_intermediary(pd.Series([1], name="customs.name"))


def test_words_of_trade_are_seen_through_dirt():
    """Traditional characters and spaces must not hide a trader; a maker must not be one."""
    names = ["甲贸 易有限公司", "甲進出口有限公司", "甲机械厂", "甲商貿（乙）公司", None]
    assert named_intermediary(pd.Series(names)).tolist() == [True, True, False, True, False]


def test_named_intermediaries_can_be_told_from_others():
    """The rule by name must flag rows in their order, whatever their index."""
    customs = pd.DataFrame({"name": ["甲贸易有限公司", "乙厂", "乙厂"], "value": 1})
    trades = named_intermediary(customs["name"].set_axis([5, 5, 0]))
    assert trades.index.tolist() == [5, 5, 0]
    assert customs[~trades.to_numpy()]["name"].tolist() == ["乙厂", "乙厂"]
    assert trades.sum() == 1


@pytest.mark.parametrize(
    ("customs", "register", "message"),
    [
        (CUSTOMS, REGISTER.iloc[:3], "the firm of 1 of 5 customs records is not in the register"),
        (CUSTOMS, pd.concat([REGISTER, REGISTER]), r"register repeats the key \['firm'\] in 5"),
        (CUSTOMS.drop(columns="firm"), REGISTER, r"customs lacks the columns \['firm'\]"),
        (CUSTOMS, REGISTER.drop(columns="sector"), r"register lacks the columns \['sector'\]"),
    ],
)
def test_bad_input_is_named(customs, register, message):
    """Each wrong input must be refused with its count and what to do."""
    with pytest.raises(ValueError, match=message):
        drop_intermediaries(customs, register)


@pytest.mark.parametrize("unregistered", ["error", "keep", "drop"])
def test_lost_zeros_of_firms_are_reported(unregistered):
    """A firm that meets the register but for its zeros must not count as unknown."""
    customs = pd.DataFrame({"id": ["1", "22", "22"], "value": 5})
    register = pd.DataFrame({"id": ["001", "22"], "sector": ["wholesale", "manufacturing"]})
    said = r"customs\.id has other leading zeros than register\.id in 1 of 2 firms \(such as '1'"
    with pytest.raises(ValueError, match=said):
        drop_intermediaries(customs, register, unregistered=unregistered, firm="id")
