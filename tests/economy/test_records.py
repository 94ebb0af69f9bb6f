"""Protects the raw records: declared, repeatable, dirty as said, and true to the economy."""

import hashlib
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from tradedig_book.economy.records import dirt, names
from tradedig_book.economy.records.businesses import holding
from tradedig_book.economy.records.make import STREAM, draw_identities, make_records
from tradedig_helpers.linking.naming import normalise_english, normalise_name
from tradedig_helpers.linking.sources import clean_declarations
from tradedig_helpers.schema.declare import validate
from tradedig_helpers.schema.records import RECORDS
from tradedig_helpers.schema.tables import CUSTOMS

from .tiny import tiny_economy

SMALL_HASH = "fdb6dfb1fc575382f910f89921fba9302f6825ab2d236c1df3746d191e92f278"

# Provinces, and cities at the level of prefectures, of mainland China; 市 and 省 left out.
REAL = """
北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东
海南 四川 贵州 云南 陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门
石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水 太原 大同 阳泉 长治 晋城 朔州 晋中
运城 忻州 临汾 吕梁 呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布 沈阳 大连
鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 朝阳 葫芦岛 长春 四平 辽源 通化 白山 松原 白城
哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河 绥化 南京 无锡 徐州 常州
苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁 杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州
丽水 合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城 福州 厦门
莆田 三明 泉州 漳州 南平 龙岩 宁德 南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 上饶 济南
青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 临沂 德州 聊城 滨州 菏泽 郑州 开封 洛阳 平顶山
安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店 武汉 黄石 十堰 宜昌 襄阳
鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化
娄底 广州 韶关 深圳 珠海 汕头 佛山 江门 湛江 茂名 肇庆 惠州 梅州 汕尾 河源 阳江 清远 东莞 中山
潮州 揭阳 云浮 南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港 玉林 百色 贺州 河池 来宾 崇左 海口 三亚
三沙 儋州 成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中
资阳 贵阳 六盘水 遵义 安顺 毕节 铜仁 昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧 拉萨 日喀则 昌都
林芝 山南 那曲 西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康 商洛 兰州 嘉峪关 金昌 白银 天水 武威
张掖 平凉 酒泉 庆阳 定西 陇南 西宁 海东 银川 石嘴山 吴忠 固原 中卫 乌鲁木齐 克拉玛依 吐鲁番 哈密
"""
REAL_PLACES = REAL.split()


@pytest.fixture(scope="module")
def economy():
    """Return an economy large enough for every kind of dirt."""
    return tiny_economy(1_000)


@pytest.fixture(scope="module")
def records(economy):
    """Return its raw records."""
    return make_records(economy, 1)


@pytest.fixture(scope="module")
def who(economy):
    """Return the names and codes over time that these records were made with."""
    return draw_identities(np.random.default_rng([1, STREAM, 0]), economy)


def true_firm(records, table):
    """Return the true firm of each row of a raw table."""
    links = records.truth_links
    return links.loc[links["table"] == table, "firm"].to_numpy()


def content(records):
    """Return the SHA-256 of every value, as text."""
    digest = hashlib.sha256()
    for name, frame in records.frames().items():
        digest.update(f"{name}\n{frame.to_csv(index=False)}".encode())
    return digest.hexdigest()


def test_content_has_not_moved():
    """The same seed must give the same records on any machine, today and later."""
    assert content(make_records(tiny_economy(120), 3)) == SMALL_HASH


def test_another_seed_gives_other_records(economy, records):
    """A seed that changed nothing would mean that the generator is not used."""
    other = make_records(economy, 2)
    assert not other.survey["name"].astype(str).equals(records.survey["name"].astype(str))


@pytest.mark.parametrize("name", list(RECORDS))
def test_frames_are_as_declared(records, name):
    """Every raw table must have the columns and types of its declaration."""
    validate(records.frames()[name], RECORDS[name])
    assert len(records.frames()[name])


def test_economy_is_not_changed(economy):
    """Making records must leave the clean tables as they were."""
    before = {name: frame.copy() for name, frame in vars(economy).items()}
    make_records(economy, 1)
    for name, frame in before.items():
        pd.testing.assert_frame_equal(getattr(economy, name), frame)


def test_truth_has_every_row_once(economy, records):
    """Whoever grades links needs the true firm of each raw row, and of no other."""
    frames = records.frames()
    truth = frames.pop("truth_links")
    for name, frame in frames.items():
        rows = truth.loc[truth["table"] == name, "row"]
        assert rows.tolist() == list(range(len(frame)))
    assert len(truth) == sum(map(len, frames.values()))
    assert truth["firm"].isin(economy.register["firm"]).all()


def test_clean_declarations_are_the_customs_table(economy, records):
    """Dirt must be removable: cleaned and linked by the truth, nothing is lost or added."""
    lines, ledger = clean_declarations(records.declarations)
    firm = true_firm(records, "declarations")[lines.index]
    found = lines.assign(firm=firm)[CUSTOMS.names].reset_index(drop=True)
    for column in CUSTOMS.names:
        one, other = found[column], economy.customs[column]
        if isinstance(other.dtype, pd.CategoricalDtype):
            one, other = one.astype(str), other.astype(str)
        np.testing.assert_array_equal(one.to_numpy(), other.to_numpy(), err_msg=column)
    dropped = ledger.frame.set_index("rule")["dropped"]
    assert dropped.sum() == len(records.declarations) - len(economy.customs)
    assert (dropped.drop("product has eight digits") > 0).all()


def test_survey_is_the_firm_years(economy, records):
    """Less its repeated rows the survey must hold every firm-year, with its traits."""
    survey = records.survey.assign(firm=true_firm(records, "survey"))
    assert survey.duplicated(["firm", "year"]).any()
    once = survey.drop_duplicates(["firm", "year"]).sort_values(["firm", "year"])
    traits = ["firm", "year", "province", "industry", "founded", "employees"]
    expected = economy.firms.sort_values(["firm", "year"])[traits]
    pd.testing.assert_frame_equal(
        once[traits].astype(str).reset_index(drop=True),
        expected.astype(str).reset_index(drop=True),
    )


@pytest.mark.parametrize(
    ("table", "dates", "since"),
    [
        ("cross_border", "joined", "pit_since"),
        ("domestic", "joined", "pdo_since"),
    ],
)
def test_first_membership_is_the_adoption(economy, records, table, dates, since):
    """Where no date is lost, the first membership must fall in the year of adoption."""
    frame = records.frames()[table].assign(firm=true_firm(records, table))
    truth = economy.firms.groupby("firm")[since].first().dropna()
    frame = frame[frame["firm"].isin(truth.index)]
    assert set(frame["firm"]) == set(truth.index)
    lost = frame.loc[frame[dates].isna(), "firm"]
    first = frame[~frame["firm"].isin(lost)].groupby("firm")[dates].min().dt.year
    pd.testing.assert_series_equal(
        first, truth[first.index].astype("int32"), check_names=False, check_dtype=False
    )
    assert len(lost)


def test_home_page_starts_on_the_earlier_date(economy, records):
    """The earlier of filing and registration must fall in the year of adoption."""
    dates = [
        records.filings.assign(firm=true_firm(records, "filings"))[["firm", "filed"]],
        records.domains.assign(firm=true_firm(records, "domains"))[["firm", "registered"]],
    ]
    both = pd.concat([part.set_axis(["firm", "date"], axis=1) for part in dates])
    pages = records.filings.assign(firm=true_firm(records, "filings"))["firm"].value_counts()
    complete = both.groupby("firm")["date"].agg(lambda days: days.notna().sum())
    complete = complete[complete == 2 * pages[complete.index]].index
    first = both.groupby("firm")["date"].min().dt.year
    truth = economy.firms.groupby("firm")["icp_since"].first().dropna()
    known = complete.intersection(truth.index)
    assert len(known) > 50
    np.testing.assert_array_equal(first[known], truth[known].astype(int))
    for part, column in ((dates[0], "filed"), (dates[1], "registered")):
        alone = part.groupby("firm")[column].min().dt.year
        assert (alone[alone.index.intersection(known)] > truth[known]).any(), "never the later one"


def test_some_who_join_are_not_surveyed(economy, records):
    """Platforms must hold businesses that no survey or customs table has."""
    for table in ("cross_border", "domestic", "filings"):
        assert (~np.isin(true_firm(records, table), economy.firms["firm"])).any()


def test_no_real_place_in_any_name(who):
    """Places are invented: no name may hold the name of a province or a city."""
    assert len(REAL_PLACES) > 300
    everything = "\n".join(who.names["name"])
    assert not [place for place in REAL_PLACES if place in everything]
    invented = set("".join([*names.places()[0], *names.inventory(names.SYLLABLES)[0]]))
    assert not invented & set("".join(REAL_PLACES))


def test_inventories_have_no_repeated_word():
    """A syllable that occurs twice would make accidental homonyms."""
    for text in (names.PLACE_FIRST, names.PLACE_SECOND, names.SYLLABLES, names.MAKING):
        chinese = names.inventory(text)[0]
        assert len(set(chinese)) == len(chinese)
    assert names.inventory("国际贸易International_Trading")[1] == ["International Trading"]


@pytest.mark.parametrize("kind", range(len(dirt.CHINESE_DIRT.spellings)))
def test_chinese_spellings_can_be_undone(who, kind):
    """Every misspelling must occur, and all but the lost 市 must be undone by rule."""
    plain = who.names["name"].astype("str")
    spelled = dirt.CHINESE_DIRT.spellings[kind](plain)
    changed = spelled != plain
    assert changed.any()
    undone = normalise_name(spelled) == normalise_name(plain)
    assert undone[changed].all() == (kind != len(dirt.CHINESE_DIRT.spellings) - 1)


@pytest.mark.parametrize("kind", range(len(dirt.ENGLISH_DIRT.spellings)))
def test_english_spellings_can_be_undone(who, kind):
    """An English name must lead back to its firm, unless its first word is lost."""
    plain = who.names["name_en"].astype("str")
    spelled = dirt.ENGLISH_DIRT.spellings[kind](plain)
    assert (spelled != plain).any()
    undone = normalise_english(spelled) == normalise_english(plain)
    assert undone.all() == (kind != len(dirt.ENGLISH_DIRT.spellings) - 1)


def test_english_names_are_the_chinese_ones_romanised():
    """The English name must follow from the Chinese one, syllable by syllable."""
    parts = pd.DataFrame(
        {
            "place": [0, 0, 13, 0],
            "first": [0, 1, 2, 0],
            "second": [1, 1, 0, 1],
            "third": [2, -1, -1, 2],
            "tag": [-1, 0, -1, -1],
            "trade": [0, 1, 21, 0],
            "form": [1, 0, 3, 4],
            "style": [names.CITY, names.UNBRACKETED, names.BRACKETED, names.PLACELESS],
        }
    )
    assert names.chinese_names(parts).tolist() == [
        "霂旸市箬珧骦电子有限公司",
        "霂旸AA0珧珧机械厂",
        "骦箬（骕漪）进出口股份有限公司",
        "箬珧骦电子集团有限公司",
    ]
    assert names.english_names(parts).tolist() == [
        "Muyang Ruoyaoshuang Electronics Co., Ltd.",
        "Muyang AA0 Yaoyao Machinery Factory",
        "Suyi Shuangruo Import & Export Co., Ltd.",
        "Ruoyaoshuang Electronics Group Co., Ltd.",
    ]


def test_no_code_is_held_by_two_at_a_time(economy, who):
    """A recycled code must go to another firm only after the first one has gone."""
    firms = economy.firms
    row = np.searchsorted(who.businesses["firm"], firms["firm"])
    code = who.organisation["code"].to_numpy()[holding(who.organisation, row, firms["year"])]
    held = pd.DataFrame({"firm": firms["firm"], "year": firms["year"], "code": code})
    assert held.groupby(["code", "year"])["firm"].nunique().max() == 1
    assert held.groupby("code")["firm"].nunique().max() == 2, "no code is recycled"
    assert held.groupby("firm")["code"].nunique().max() == 2, "no code changes"


def test_names_change_and_are_shared(economy, records, who):
    """Firms must rename and privatise, and some must share a name."""
    changes = who.names.groupby("row")["name"].nunique()
    assert (changes > 1).any()
    bearers = who.names.drop_duplicates(["row", "name"])["name"]
    assert bearers.duplicated().any()
    old, new = who.names["name"].shift(), who.names["name"]
    same = who.names["row"].diff() == 0
    assert (same & old.str.endswith("厂") & new.str.endswith("有限公司")).any()
    assert records.registry["former_names"].str.contains(";", na=False).any()


def test_registry_has_the_latest_name(records, who):
    """A business that renames must stand in the registry under its new name."""
    latest = who.names.drop_duplicates("row", keep="last")["name"].reset_index(drop=True)
    expected = latest[true_firm(records, "registry") - 1].reset_index(drop=True)
    plain = ~expected.str.contains("市")
    found = normalise_name(records.registry["name"].astype("str"))
    np.testing.assert_array_equal(found[plain], normalise_name(expected.astype("str"))[plain])


def test_bad_input_is_named(economy):
    """A firm without register entry or a wrong seed must be refused with its count."""
    known = economy.register[economy.register["firm"] > 5]
    parts = SimpleNamespace(customs=economy.customs, firms=economy.firms, register=known)
    with pytest.raises(ValueError, match="firms of firms are not in the register; add them"):
        make_records(parts, 1)
    for seed in (-1, 1.5):
        with pytest.raises(ValueError, match="give a whole number of at least 0"):
            make_records(economy, seed)
