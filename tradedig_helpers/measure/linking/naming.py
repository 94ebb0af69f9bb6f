"""One spelling for each name, code and domain, whatever the source made of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import pandas as pd

from tradedig_helpers.measure.checks import require_option

LegalForm = Literal["keep", "unify", "drop"]

# The traditional characters of trade words and legal forms, and their simplified forms.
SIMPLIFIED = str.maketrans(
    "廠貿電機紡織進際國儀燈飾裝軸責團業鋼鐵製車輛發興華東開實應鏈紙藥醫",
    "厂贸电机纺织进际国仪灯饰装轴责团业钢铁制车辆发兴华东开实应链纸药医",
)
# A legal form at the end of a Chinese name, and what it becomes.
LEGAL_FORM: dict[LegalForm, tuple[str, str]] = {
    "keep": (r"有限责任公司$", "有限公司"),
    "unify": (r"(股份)?有限(责任)?公司$", "有限公司"),
    "drop": (r"((集团)?(股份)?(有限)?(责任)?公司|总?厂)+$", ""),
}
_LIMITED = r"( (co|company|ltd|limited|corp|corporation|inc|incorporated))+$"


def normalise_name(names: pd.Series[Any], legal_form: LegalForm = "keep") -> pd.Series[Any]:
    """Return Chinese names in one spelling.

    Full-width letters and digits become ordinary ones (Unicode NFKC), letters lower case,
    traditional characters of trade words simplified; spaces, brackets and punctuation go,
    what stands in brackets stays. Each distinct name is worked on once.

    Parameters
    ----------
    names : text, or a category of text
    legal_form : ``keep`` writes 有限责任公司 as 有限公司, which are one legal form,
        ``unify`` 股份有限公司 as well, and ``drop`` cuts any legal form, 厂 included

    Returns
    -------
    Series
        As ``names``; a name of which nothing is left is missing.
    """
    require_option(legal_form, LegalForm, "legal_form")
    pattern, form = LEGAL_FORM[legal_form]

    def spell(words: pd.Series[str]) -> pd.Series[str]:
        plain = _letters(words.str.normalize("NFKC").str.translate(SIMPLIFIED), "")
        return plain.str.replace(pattern, form, regex=True)

    return _each(names, spell)


def normalise_english(names: pd.Series[Any]) -> pd.Series[Any]:
    """Return English names in one spelling: lower case, no spaces, no Co., Ltd. or the like."""

    def spell(words: pd.Series[str]) -> pd.Series[str]:
        plain = _letters(words.str.normalize("NFKC").str.replace("&", " and "), " ").str.strip()
        return plain.str.replace(_LIMITED, "", regex=True).str.replace(" ", "")

    return _each(names, spell)


def normalise_code(codes: pd.Series[Any]) -> pd.Series[Any]:
    """Return codes in ordinary capital letters and digits, without marks or spaces."""
    return _each(
        codes,
        lambda words: (
            words.str.normalize("NFKC").str.upper().str.replace(r"[^0-9A-Z]+", "", regex=True)
        ),
    )


def normalise_domain(domains: pd.Series[Any]) -> pd.Series[Any]:
    """Return domain names in lower case, without scheme, www and path."""
    around = r"^([a-z]+://)*(www\.)*|\.*([/\s][\s\S]*)?$"
    return _each(
        domains,
        lambda words: (
            words.str.normalize("NFKC").str.strip().str.lower().str.replace(around, "", regex=True)
        ),
    )


def _letters(words: pd.Series[str], instead: str) -> pd.Series[str]:
    """Return lower-case words with ``instead`` of all that is neither letter nor digit."""
    plain = words.str.lower().str.replace(r"[\W_]+", instead, regex=True)
    return plain.str.normalize("NFKC")  # letters that a mark had kept apart


def _each(
    values: pd.Series[Any], spell: Callable[[pd.Series[str]], pd.Series[str]]
) -> pd.Series[Any]:
    """Return ``values`` with every distinct one spelled once; empty text becomes missing."""
    if not (isinstance(values.dtype, pd.CategoricalDtype) or pd.api.types.is_string_dtype(values)):
        raise TypeError(f"{values.name} has type {values.dtype}; give text")
    code, distinct = pd.factorize(values)
    words = spell(pd.Series(pd.Index(distinct).astype("str")))
    words = words.where(words != "")
    position, spellings = pd.factorize(words)
    lookup = pd.Series([*position, -1]).to_numpy()
    found = pd.Categorical.from_codes(lookup[code], pd.Index(spellings, dtype="str"))
    result = pd.Series(found, index=values.index, name=values.name)
    return result if isinstance(values.dtype, pd.CategoricalDtype) else result.astype("str")
