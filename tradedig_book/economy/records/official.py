"""Customs declarations, the industrial survey, the credit registry, foreign-trade operators."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tradedig_book.economy.records import dirt
from tradedig_book.economy.records.businesses import NEVER, Identities, Rows, holding
from tradedig_book.economy.records.memberships import Part

REPEATED_ROW, MISSING_CODE = 0.015, 0.04
FORMER_NAME_LOST = 0.12
IDLE_OPERATOR, UPDATED = 0.10, 0.80
WRITTEN_TWICE, NO_QUANTITY, ZERO_QUANTITY, NO_VALUE, ZERO_VALUE, NO_DESTINATION = range(1, 7)
EXTRA_SHARES = (0.006, 0.001, 0.001, 0.001, 0.001, 0.001)


def declarations(rng: np.random.Generator, customs: pd.DataFrame, who: Identities) -> Part:
    """Return declarations: every shipment once, and repeated and worthless rows among them."""
    extra = dirt.draw_kinds(rng, len(customs), EXTRA_SHARES)
    source = np.repeat(np.arange(len(customs), dtype=np.int32), 1 + (extra > 0))
    again = np.r_[False, source[1:] == source[:-1]]
    kind = np.where(again, extra[source], 0)
    row = np.searchsorted(who.businesses["firm"], customs["firm"].to_numpy())[source]
    year = customs["year"].to_numpy()[source]
    codes, products = who.customs["code"].to_numpy(dtype=object), customs["product"].array
    words, product = products.categories.to_numpy(dtype=object), products.codes[source]
    quantity, value = (customs[c].to_numpy(dtype=float)[source] for c in ("quantity", "value"))
    frame = pd.DataFrame(
        {
            "number": np.cumsum(kind != WRITTEN_TWICE),
            "code": dirt.misspell(rng, codes, holding(who.customs, row, year), dirt.CODE_DIRT),
            "name": names(rng, who, holding(who.names, row, year)),
            "year": year,
            "product": dirt.misspell(rng, words, product, dirt.PRODUCT_DIRT),
            "destination": dirt.forget(
                customs["destination"].array.take(source), kind == NO_DESTINATION
            ),
            "mode": customs["mode"].array.take(source),
            "quantity": _spoiled(quantity, kind == NO_QUANTITY, kind == ZERO_QUANTITY),
            "value": _spoiled(value, kind == NO_VALUE, kind == ZERO_VALUE),
        }
    )
    return frame, row


def survey(rng: np.random.Generator, firms: pd.DataFrame, who: Identities) -> Part:
    """Return the survey, year after year; some firms are listed twice in a year."""
    order = np.argsort(firms["year"].to_numpy(), kind="stable")
    source = np.repeat(order, 1 + (rng.random(len(firms)) < REPEATED_ROW))
    listed = firms.iloc[source]
    row = np.searchsorted(who.businesses["firm"], listed["firm"].to_numpy())
    year = listed["year"].to_numpy()
    codes = who.organisation["code"].to_numpy(dtype=object)
    code = dirt.misspell(rng, codes, holding(who.organisation, row, year), dirt.CODE_DIRT)
    frame = listed[["year", "province", "industry", "founded", "employees"]].assign(
        code=dirt.forget(code, rng.random(len(source)) < MISSING_CODE),
        name=names(rng, who, holding(who.names, row, year)),
    )
    return frame.reset_index(drop=True), row


def registry(rng: np.random.Generator, who: Identities) -> Part:
    """Return every business under its latest name, with most of its former names."""
    row = rng.permutation(len(who.businesses))
    latest = holding(who.names, row, np.full(len(row), NEVER))
    frame = who.businesses[["sector", "province", "founded"]].iloc[row].reset_index(drop=True)
    former = _former_names(rng, who).reindex(row)
    return frame.assign(name=names(rng, who, latest), former_names=former.to_numpy()), row


def operators(rng: np.random.Generator, who: Identities) -> Part:
    """Return registrations of foreign-trade operators.

    A firm registers when it first exports; most register again under a new name or code.
    Some register and never export.
    """
    businesses = who.businesses
    size = len(businesses)
    registers = businesses["exports"].to_numpy() | (rng.random(size) < IDLE_OPERATOR)
    began = businesses["exports_from"].to_numpy()
    events = pd.concat([who.names[["row", "since"]], who.customs[["row", "since"]]])
    events = events[events["since"].to_numpy() > began[events["row"]]]
    events = events[rng.random(len(events)) < UPDATED]
    first = pd.DataFrame({"row": np.arange(size), "since": began})
    events = pd.concat([first, events], ignore_index=True).drop_duplicates()
    events = events[registers[events["row"]]]
    events = events.iloc[rng.permutation(len(events))]
    row, year = events["row"].to_numpy(), events["since"].to_numpy()
    name, code = holding(who.names, row, year), holding(who.customs, row, year)
    english = who.names["name_en"].to_numpy(dtype=object)
    frame = pd.DataFrame(
        {
            "code": who.customs["code"].to_numpy(dtype=object)[code],
            "name": names(rng, who, name),
            "name_en": dirt.misspell(rng, english, name, dirt.ENGLISH_DIRT),
        }
    )
    return frame, row


def names(rng: np.random.Generator, who: Identities, position: Rows) -> pd.Categorical:
    """Return Chinese names as the sources spell them."""
    return dirt.misspell(rng, who.names["name"].to_numpy(dtype=object), position, dirt.CHINESE_DIRT)


def _former_names(rng: np.random.Generator, who: Identities) -> pd.Series[str]:
    """Return the earlier names of each business, joined by ;, less some that are lost."""
    former = who.names[who.names["row"].duplicated(keep="last")]
    former = former[rng.random(len(former)) >= FORMER_NAME_LOST]
    later = former["row"].duplicated()
    one, two = (part.set_index("row")["name"] for part in (former[~later], former[later]))
    return one.add((";" + two).reindex(one.index).fillna(""))


def _spoiled(values: np.ndarray, missing: np.ndarray, zero: np.ndarray) -> np.ndarray:
    """Return ``values``, missing in some rows and zero in others."""
    return np.where(missing, np.nan, np.where(zero, 0.0, values))
