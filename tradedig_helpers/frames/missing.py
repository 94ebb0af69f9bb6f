"""What stands for a missing value where text or a code should be: one truth for all doors."""

from __future__ import annotations

MISSING_WORDS = (
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
    "N/A", "NA", "NULL", "NaN", "n/a", "nan", "null", "None", "none", "NONE", "<NA>", "NaT",
    r"\N",
)  # fmt: skip
"""What names no firm, when space around it is stripped."""
MISSING_CODES = tuple(word for word in MISSING_WORDS if word != "NA")
"""What is no code, such as of a destination, when stripped; ``NA`` is Namibia."""
PLACEHOLDERS = frozenset((
    "null", "nan", "nat", "none", "na", "nil", "missing", "unknown", "undefined", "empty",
    "blank", "nodata", "notavailable", "notapplicable", "无", "無", "空", "缺", "缺失", "不详",
    "未知", "不明", "暂无", "没有", "未填", "空白", "其他", "其它", "无代码", "无名称",
    "tbd", "tba", "未登记", "无组织机构代码", "暂缺", "待查", "待定", "待补", "待填", "自编",
    "自编码", "未知企业", "未知公司", "未知单位", "未命名", "无名", "个体",
))  # fmt: skip
"""What programs and clerks write where there is nothing, in the spelling of names."""
RAW_PLACEHOLDER = r"\\N|[-−](?:0+|1+|2+|3+|4+|5+|6+|7+|8+|9+)|#[A-Z/0]+[!?]"
"""Placeholders with marks, before these go: MySQL's NULL, minus one, errors of spreadsheets."""
NO_CODE = r"[A-Z]0{8,}|0{8,}[0-9A-Z]|0?123456789(?:0(?:12345678)?)?|.*X{6}.*"
"""Codes that are none: a lone character behind or before zeros, all digits in their order, and
what is masked by X."""
REPEATED = 6
"""How often a digit must be repeated to be no code; zeros are none however many there are."""
