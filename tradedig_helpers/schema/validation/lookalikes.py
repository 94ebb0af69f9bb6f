"""Columns of a file that look like declared ones: by name, and only if their values fit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

import pyarrow as pa

from tradedig_helpers.schema.declare import Column, Table
from tradedig_helpers.schema.validation.findings import Finding
from tradedig_helpers.schema.validation.forms import digits_of, settled
from tradedig_helpers.schema.validation.rules import SourceKind, column_findings
from tradedig_helpers.schema.validation.values import DUE, read_values

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "firm": (
        "party_id", "企业编码", "企业代码", "经营单位编码", "经营单位代码", "firm_id", "firmid",
        "exporter_id", "reporteriso", "reportercode", "reporter", "exporter", "i",
    ),
    "year": (
        "t", "年份", "年", "日期", "月度", "月份", "年月", "shipment_date", "date", "period",
        "yr", "time", "refyear", "month", "yyyymm",
    ),
    "product": (
        "hs_id", "税号编码", "hs编码", "商品代码", "商品编码", "税号", "hs_8", "hs8", "hs_6", "hs6",
        "hs_10", "hs10", "hscode", "hs_code", "hs", "productcode", "product_code", "cmdcode",
        "commodity", "prod", "k",
    ),
    "destination": (
        "country", "起运国或目的国", "目的国", "最终目的国", "国家名称_c", "国家", "partneriso",
        "partnercode", "partner", "importer", "dest", "dst", "j",
    ),
    "mode": ("贸易方式", "shipment", "trade_mode", "trademode", "regime"),
    "quantity": (
        "数量", "第一数量", "qty", "qty1", "quantity1", "qty_1", "netwgt", "netweight", "quant",
        "weight", "q",
    ),
    "value": (
        "金额", "美元值", "tradevalue", "trade_value", "primaryvalue", "fobvalue",
        "amount", "val", "v",
    ),
    "sigma": ("σ", "elasticity", "elast", "sig", "弹性"),
    "code": ("party_id", "企业编码", "组织机构代码", "法人代码", "企业代码", "orgcode"),
    "name": ("企业名称", "单位名称", "经营单位", "法人单位名称", "company", "pname", "firm_name"),
    "name_en": ("英文名称", "english_name", "company_en"),
    "former_names": ("曾用名", "former_name"),
    "province": ("省份", "省", "prov", "省自治区直辖市"),
    "industry": ("行业代码", "行业", "cic", "sic", "indcode"),
    "founded": ("成立时间", "开业时间", "开工时间年", "成立日期", "birth", "startyear"),
    "employees": ("从业人数", "全部从业人员年平均人数", "职工人数", "labor", "labour", "emp"),
    "fixed_assets": ("固定资产", "固定资产合计", "固定资产净值", "capital"),
    "investment": ("投资", "invest"),
    "value_added": ("工业增加值", "增加值", "va"),
    "sales": ("主营业务收入", "产品销售收入", "销售收入", "revenue"),
    "wages_payable": ("应付工资", "本年应付工资总额", "wage", "wages"),
    "interest": ("利息支出",),
    "total_assets": ("资产总计", "资产合计", "assets"),
    "profit": ("利润总额", "profits"),
    "gdp_per_head": ("gdppc", "gdp_pc", "gdp_per_capita"),
}  # fmt: skip
"""Names by which files of others call a declared column, the surer first."""
_OTHER_UNITS = {"q": "in BACI tonnes", "v": "in BACI 1,000 US dollars"}
_HALF, _CLOSE = 0.5, 0.8


@dataclass(frozen=True, slots=True)
class Lookalike:
    """What may be a missing column: the name in the file, and what to do with it."""

    name: str
    advice: str


def guesses(
    missing: Sequence[Column], names: Sequence[str], head: Sequence[pa.Array], kind: SourceKind
) -> dict[str, Lookalike]:
    """Return by missing column which of the others, given with their first rows, it may be.

    First come known names and close ones, of which the values must fit or need one step that
    is named; then, where it is beyond doubt, columns whose values alone fit.
    """
    free = dict(zip(names, head, strict=True))
    found: dict[str, Lookalike] = {}
    for column in missing:
        for name in (name for name in _by_name(column.name, list(free)) if name in free):
            if (guess := _tried(name, free[name], column, kind)) is not None:
                found[column.name] = guess
                del free[name]
                break
    for column in missing:
        told = digits_of(column) or column.unit == "year" or column.options
        if column.name in found or not told:
            continue
        fitting = [
            name for name in free if not _broken(name, free[name], column, kind, strict=True)
        ]
        if len(fitting) == 1:
            advice = f"by its values {fitting[0]!r} may be it: if so, rename it"
            found[column.name] = Lookalike(fitting[0], advice)
            del free[fitting[0]]
    return found


def _by_name(declared: str, names: Sequence[str]) -> Iterator[str]:
    """Yield the names that are declared ones with other letters, synonyms, or close to them."""
    spelled: dict[str, str] = {}
    for name in names:
        spelled.setdefault(_spelling(name), name)
    known = (declared, *SYNONYMS.get(declared, ()))
    likely = [_spelling(name) for name in known if _spelling(name) in spelled]
    for name in dict.fromkeys(
        [*likely, *get_close_matches(_spelling(declared), spelled, n=2, cutoff=_CLOSE)]
    ):
        yield spelled[name]


def _spelling(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.lower())


def _tried(name: str, values: pa.Array, column: Column, kind: SourceKind) -> Lookalike | None:
    """Return what to do to make a column of that name the declared one, if it can be done."""
    known = {_spelling(one) for one in (column.name, *SYNONYMS.get(column.name, ()))}
    broken = _broken(name, values, column, kind)
    unit = _OTHER_UNITS.get(name.strip().lower(), "") if column.unit != "-" else ""
    unit = f" ({unit}; {column.unit} here)" if unit else ""
    if not broken:
        return Lookalike(name, f"rename {name!r}{unit}")
    if _spelling(name) not in known or not _of_its_kind(values, column, kind):
        return None
    first = broken[0]
    rows = f"fails in {first.rows:,} of its first {len(values):,} rows"
    shown = f" ({first.examples[0]})" if first.examples and first.examples[0] else ""
    advice = f"{name!r}{unit} looks like it, but {first.rule!r} {rows}{shown}: {first.advice}"
    return Lookalike(name, f"{advice}; then rename it")


def _broken(
    name: str, values: pa.Array, column: Column, kind: SourceKind, *, strict: bool = False
) -> list[Finding]:
    """Return the problems that values would be in a declared column, the largest first."""
    own = replace(column, name=name)
    read = read_values(values, own, typed=kind != "csv")
    found = settled(list(column_findings(read, own, 0, kind)), [own], kind)
    if not len(values) or read.missing[read.codes].all():
        return [Finding(name, "values", "it is empty", len(values))]
    # By its values alone, a column of six digits may be anything.
    other = [one for one in found if one.rule.endswith(" digits")] if strict else []
    missing = [one for one in found if one.rule == "not missing"]
    problems = [one for one in found if one.level == "problem" and one not in [*missing, *other]]
    return sorted([*problems, *other], key=lambda one: -one.rows)


def _of_its_kind(values: pa.Array, column: Column, kind: SourceKind) -> bool:
    """Return whether most values are what the kind declares, so that they can be repaired."""
    stored = read_values(values, column, typed=kind != "csv").stored
    if column.unit == "year":
        return stored in ("numbers", "dates") or _mostly(r"\d{4}\D?.*", values)
    if DUE[column.kind][0] == "numbers":
        return stored == "numbers" or _mostly(r"[+-]?\d[\d.,' ]*(?:[eE][+-]?\d+)?", values)
    return not digits_of(column) or _mostly(r"[\d０-９][\d０-９. ]*", values)


def _mostly(pattern: str, values: pa.Array) -> bool:
    """Return whether most values that are there have a form."""
    text = [str(value).strip() for value in values.to_pylist() if value is not None]
    return sum(bool(re.fullmatch(pattern, one)) for one in text) > _HALF * len(text)


def sigma_group(table: Table, names: Sequence[str], head: Sequence[pa.Array]) -> Lookalike | None:
    """Return the column that gives σ's product group by another number of digits, if one does."""
    group = next((name for name in table.names if re.fullmatch(r"hs\d", name)), None)
    if group is None:
        return None
    for name, values in zip(names, head, strict=True):
        text = [str(one).strip() for one in values.to_pylist() if one is not None]
        lengths = {len(one) for one in text}
        even = {length + length % 2 for length in lengths}
        named = re.fullmatch(r"hs\d*|product|productcode|hscode|k", _spelling(name))
        if not named or len(even) != 1 or not all(one.isdecimal() for one in text):
            continue
        width = even.pop()
        whole = pa.types.is_string(values.type) or pa.types.is_large_string(values.type)
        zeros = f"store it as text of {width} digits, .str.zfill({width}), and "
        zeros = "" if whole and lengths == {width} else zeros
        advice = f"{zeros}rename {name!r} to 'hs{width}': σ may be by any number of digits"
        return Lookalike(name, advice)
    return None
