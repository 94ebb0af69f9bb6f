"""The names of every business over time: renamed, of another legal form, shared."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tradedig_book.economy.records import names as n
from tradedig_book.economy.records.businesses import NEVER, Rows, year_of_change

CONVERTED = (0.6, 0.05, 0.05, 0.0, 0.0)  # by legal form, in the order of names.LEGAL_FORMS
CONVERTED_TO = (n.LIMITED, n.SHARES, n.SHARES, n.SHARES, n.LIMITED)
HOMONYMS = {"anywhere": 0.01, "same province": 0.004, "other legal form": 0.006}
TRADING_WORD = {"manufacturing": 0.03, "wholesale": 0.85, "retail": 0.6}


def draw_names(rng: np.random.Generator, businesses: pd.DataFrame, renamed: Rows) -> pd.DataFrame:
    """Return every name a business ever has, with the year from which it holds."""
    old = _with_homonyms(rng, _draw_parts(rng, businesses), businesses)
    new = _renamed(rng, old)
    converted = year_of_change(rng, businesses, np.array(CONVERTED)[old["form"]])
    first, second = np.minimum(renamed, converted), np.maximum(renamed, converted)
    versions = []
    for since in (np.zeros_like(first), first, np.where(second > first, second, NEVER)):
        form = np.where(converted <= since, np.array(CONVERTED_TO)[old["form"]], old["form"])
        parts = new.where(pd.Series(renamed <= since), old).assign(form=form)
        parts = parts.assign(row=np.arange(len(old)), since=since)
        versions.append(parts[since < NEVER])
    parts = pd.concat(versions).sort_values(["row", "since"], ignore_index=True)
    return parts[["row", "since"]].assign(
        name=n.chinese_names(parts), name_en=n.english_names(parts), fancy=n.latin_fancy(parts)
    )


def _draw_parts(rng: np.random.Generator, businesses: pd.DataFrame) -> pd.DataFrame:
    """Return the parts of each business's first name, as :func:`.names.chinese_names` wants."""
    size = len(businesses)
    made, syllables = len(n.inventory(n.MAKING)[0]), len(n.inventory(n.SYLLABLES)[0])
    traded = len(n.inventory(n.TRADING)[0])
    province = pd.factorize(businesses["province"], sort=True)[0]
    word = businesses["sector"].map(TRADING_WORD).to_numpy()
    maker, trader = rng.integers(0, made, size), made + rng.integers(0, traded, size)
    style = rng.choice(4, size, p=[0.30, 0.35, 0.25, 0.10])
    first, second, third = rng.integers(0, syllables, (3, size))
    short = (rng.random(size) < 0.2) & (style != n.PLACELESS)
    old = (businesses["founded"] < 1998).to_numpy() & (businesses["sector"] == "manufacturing")
    limited = 1 + rng.choice(4, size, p=[0.70, 0.10, 0.15, 0.05])
    return pd.DataFrame(
        {
            "place": (4 * province + rng.integers(0, 4, size)) % len(n.places()[0]),
            "first": first,
            "second": second,
            "third": np.where(short, n.NO_PART, third),
            "tag": np.where(rng.random(size) < 0.04, rng.integers(0, 6760, size), n.NO_PART),
            "trade": np.where(rng.random(size) < word, trader, maker),
            "form": np.where(old & (rng.random(size) < 0.3), n.FACTORY, limited),
            "style": style,
        }
    )


def _with_homonyms(
    rng: np.random.Generator, parts: pd.DataFrame, businesses: pd.DataFrame
) -> pd.DataFrame:
    """Return ``parts`` in which some businesses bear the name of another one."""
    size = len(parts)
    shuffled = rng.permutation(size)
    by_province = shuffled[np.argsort(businesses["province"].to_numpy()[shuffled], kind="stable")]
    kind = rng.choice(4, size, p=[1 - sum(HOMONYMS.values()), *HOMONYMS.values()])
    model = np.arange(size)
    for order, kinds in ((shuffled, (1,)), (by_province, (2, 3))):
        take = np.isin(kind[order], kinds)
        model[order[take]] = np.roll(order, 1)[take]
    copied = parts.iloc[model].reset_index(drop=True)
    placeless = np.isin(np.arange(size), np.r_[np.flatnonzero(kind == 1), model[kind == 1]])
    third = copied["third"].where(copied["third"] != n.NO_PART, 0)
    other = np.where(copied["form"] == n.LIMITED, n.SHARES, n.LIMITED)
    return copied.assign(
        style=copied["style"].where(~placeless, n.PLACELESS),
        third=copied["third"].where(~placeless, third),
        form=np.where(kind == 3, other, copied["form"]),
    )


def _renamed(rng: np.random.Generator, parts: pd.DataFrame) -> pd.DataFrame:
    """Return the parts of new names: mostly another fancy name, else another trade word."""
    size = len(parts)
    fancy = pd.Series(rng.random(size) < 0.65)
    first, second, third = rng.integers(0, len(n.inventory(n.SYLLABLES)[0]), (3, size))
    made = len(n.inventory(n.MAKING)[0])
    trade = (parts["trade"] + rng.integers(1, made, size)) % made
    return parts.assign(
        first=parts["first"].where(~fancy, first),
        second=parts["second"].where(~fancy, second),
        third=parts["third"].where(~fancy, third),
        trade=parts["trade"].where(fancy, trade),
    )
