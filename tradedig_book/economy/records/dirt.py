"""The ways in which sources misspell a name or a code, repeat a row and lose a value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Respelling = Callable[["pd.Series[str]"], "pd.Series[str]"]

_HALF = {ord(full): half for full, half in zip("（）", "()", strict=True)}
_SQUARE = {ord(full): square for full, square in zip("（）", "【】", strict=True)}
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_TRADITIONAL = str.maketrans("厂贸电机纺织进际国仪灯饰装轴责团", "廠貿電機紡織進際國儀燈飾裝軸責團")


@dataclass(frozen=True, slots=True)
class Dirt:
    """Spellings of a word, and the share of each; the rest is spelled as it should be."""

    shares: tuple[float, ...]
    spellings: tuple[Respelling, ...]


CHINESE_DIRT = Dirt(
    (0.05, 0.03, 0.03, 0.03, 0.02, 0.02, 0.02, 0.02),
    (
        lambda names: names.str.translate(_HALF),
        lambda names: names.str.translate(_SQUARE),
        lambda names: names.str.replace(r"(.{4})", "\\1\u3000", n=1, regex=True),
        lambda names: names.str.replace("有限公司", "有限责任公司").where(
            names.str.contains("有限公司"), names.str.replace("有限责任公司", "有限公司")
        ),
        lambda names: names.str.translate(_TRADITIONAL),
        lambda names: names.str.translate(_FULL_WIDTH) + "．",
        lambda names: names.str.replace("（", " ").str.replace("）", "·"),
        lambda names: names.str.replace(r"^(..)市", r"\1", regex=True),
    ),
)
ENGLISH_DIRT = Dirt(
    (0.20, 0.10, 0.06, 0.05, 0.02, 0.04),
    (
        lambda names: names.str.upper().str.replace("CO., LTD.", "CO.,LTD"),
        lambda names: names.str.replace("Co., Ltd.", "Co Ltd"),
        lambda names: names.str.replace("Co., Ltd.", "Company Limited"),
        lambda names: names.str.replace(" & ", " and ").str.replace("Co., Ltd.", "Co. Limited"),
        lambda names: names.str.translate(_FULL_WIDTH),
        lambda names: names.str.replace(r"^\S+ ", "", regex=True),
    ),
)
CODE_DIRT = Dirt(
    (0.04, 0.01, 0.01),
    (
        lambda codes: codes.str.slice(0, -1) + "-" + codes.str.slice(-1),
        lambda codes: codes.str.translate(_FULL_WIDTH),
        lambda codes: " " + codes.str.lower(),
    ),
)
PRODUCT_DIRT = Dirt(
    (0.03, 0.02),
    (
        lambda codes: (
            codes.str.slice(0, 4) + "." + codes.str.slice(4, 6) + "." + codes.str.slice(6)
        ),
        lambda codes: codes.str.slice(0, 4) + " " + codes.str.slice(4),
    ),
)
DOMAIN_DIRT = Dirt(
    (0.05, 0.20, 0.05),
    (
        lambda domains: domains.str.upper(),
        lambda domains: "www." + domains,
        lambda domains: "http://www." + domains + "/",
    ),
)

_UNIT = 10_000


def draw_kinds(rng: np.random.Generator, size: int, shares: Sequence[float]) -> NDArray[np.uint8]:
    """Return kinds 1, 2, ... drawn with ``shares`` (in ten-thousandths), and 0 for the rest."""
    counts = np.rint(np.array(shares) * _UNIT).astype(int)
    kinds = np.repeat(np.arange(1, len(counts) + 1, dtype=np.uint8), counts)
    lookup = np.concatenate([kinds, np.zeros(_UNIT - len(kinds), dtype=np.uint8)])
    return lookup[rng.integers(0, _UNIT, size, dtype=np.uint16)]


def misspell(
    rng: np.random.Generator,
    words: NDArray[np.object_],
    position: NDArray[np.integer],
    dirt: Dirt,
) -> pd.Categorical:
    """Return ``words[position]``, some of them misspelled, as a category.

    Only the spellings that occur are written, once each, however many rows there are.
    """
    variants = len(dirt.shares) + 1
    code = position * np.int64(variants) + draw_kinds(rng, len(position), dirt.shares)
    used = np.flatnonzero(np.bincount(code, minlength=len(words) * variants))
    text = words[used // variants]
    for kind, spelling in enumerate(dirt.spellings, start=1):
        here = used % variants == kind
        text[here] = spelling(pd.Series(text[here], dtype="str")).to_numpy(dtype=object)
    label, spellings = pd.factorize(text)
    lookup = np.full(len(words) * variants, -1, dtype=np.int32)
    lookup[used] = label
    return pd.Categorical.from_codes(lookup[code], pd.Index(spellings, dtype="str"))


def forget(values: pd.Categorical, lost: NDArray[np.bool_]) -> pd.Categorical:
    """Return ``values`` with those of some rows missing."""
    return pd.Categorical.from_codes(np.where(lost, -1, values.codes), values.categories)
