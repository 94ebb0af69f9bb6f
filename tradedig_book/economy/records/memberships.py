"""Memberships of platforms, filings of home pages and registrations of domain names."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tradedig_book.economy.records import dirt
from tradedig_book.economy.records.businesses import NEVER, Identities, Rows, holding
from tradedig_helpers.frames.arrays import Flags

AGAIN, THRICE = 0.25, 0.08  # shares of members with a second and a third record
OUTSIDERS = 0.30  # share of the businesses outside the survey that join
UNDATED, UNLISTED_DOMAIN = 0.05, 0.04
OLD_NAME = 0.3  # share of records under the name of their time; the others have the latest
LAG_DAYS = 900
DOMAIN_FIRST = 0.7  # share of home pages whose domain is registered before the filing

Part = tuple[pd.DataFrame, Rows]


def cross_border(rng: np.random.Generator, who: Identities) -> Part:
    """Return memberships of the cross-border platforms, and the business of each."""
    member = _dated(rng, _since(rng, who, "pit_since"))
    english = who.names["name_en"].to_numpy(dtype=object)
    first = rng.integers(0, 2, len(who.businesses))[member["row"]]
    frame = pd.DataFrame(
        {
            "platform": np.array(["A", "B"])[(first + member["count"]) % 2],
            "name_en": dirt.misspell(rng, english, _names(rng, who, member), dirt.ENGLISH_DIRT),
            "joined": _forgotten(rng, member["day"]),
        }
    )
    return frame, member["row"].to_numpy()


def domestic(rng: np.random.Generator, who: Identities) -> Part:
    """Return memberships of the domestic platform, and the business of each."""
    member = _dated(rng, _since(rng, who, "pdo_since"))
    frame = pd.DataFrame(
        {"name": _chinese(rng, who, member), "joined": _forgotten(rng, member["day"])}
    )
    return frame, member["row"].to_numpy()


def home_pages(rng: np.random.Generator, who: Identities) -> tuple[Part, Part]:
    """Return filings and domain registrations, and the business of each.

    A home page starts on the earlier of its two dates, whose year is the firm's
    ``icp_since`` for the firm's first home page.
    """
    page = _dated(rng, _since(rng, who, "icp_since"))
    size = len(page)
    later = page["day"] + rng.integers(0, LAG_DAYS, size).astype("timedelta64[D]")
    domain_first = pd.Series(rng.random(size) < DOMAIN_FIRST)
    filed = later.where(domain_first, page["day"])
    registered = page["day"].where(domain_first, later)
    fancy = who.names["fancy"].str.lower().to_numpy(dtype=object)[_names(rng, who, page)]
    number = (np.arange(size) * 7_919 + 104_729) % 15_485_863
    domain = fancy + np.array([f"-{k}.example" for k in number], dtype=object)
    filings = pd.DataFrame(
        {
            "name": _chinese(rng, who, page),
            "domain": dirt.misspell(rng, domain, np.arange(size), dirt.DOMAIN_DIRT),
            "filed": _forgotten(rng, filed),
        }
    )
    listing = pd.DataFrame(
        {
            "domain": dirt.misspell(rng, domain, np.arange(size), dirt.DOMAIN_DIRT),
            "registered": _forgotten(rng, registered),
        }
    )
    order = rng.permutation(size)
    listed = order[rng.random(size) >= UNLISTED_DOMAIN]
    row = page["row"].to_numpy()
    return (filings, row), (listing.iloc[listed].reset_index(drop=True), row[listed])


def _since(rng: np.random.Generator, who: Identities, column: str) -> Rows:
    """Return the year in which each business adopts, or ``NEVER``; some outsiders do too."""
    businesses = who.businesses
    size = len(businesses)
    joins = ~businesses["surveyed"].to_numpy() & (rng.random(size) < OUTSIDERS)
    low, high = int(businesses["first"].min()), int(businesses["last"].max())
    outside = np.where(joins, rng.integers(low, high + 1, size), NEVER)
    inside = businesses[column].fillna(NEVER).to_numpy(dtype=np.int64)
    return np.where(businesses["surveyed"], inside, outside)


def _dated(rng: np.random.Generator, since: Rows) -> pd.DataFrame:
    """Return ``row``, ``count`` and ``day`` of the records of all that adopt, shuffled.

    The first record falls in the year of adoption, each further one up to five years later.
    """
    row = np.flatnonzero(since < NEVER)
    first = (since[row] - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    day = first + rng.integers(0, 365, len(row)).astype("timedelta64[D]")
    parts = [pd.DataFrame({"row": row, "count": 0, "day": day})]
    for count, share in ((1, AGAIN), (2, THRICE)):
        more = parts[0][rng.random(len(row)) < share]
        wait = rng.integers(30, 5 * 365, len(more)).astype("timedelta64[D]")
        parts.append(more.assign(count=count, day=more["day"] + wait))
    joined = pd.concat(parts, ignore_index=True)
    return joined.iloc[rng.permutation(len(joined))].reset_index(drop=True)


def _names(rng: np.random.Generator, who: Identities, member: pd.DataFrame) -> Rows:
    """Return which name each record bears: that of its time, or more often the latest."""
    row = member["row"].to_numpy()
    then = rng.random(len(row)) < OLD_NAME
    year = np.where(then, member["day"].dt.year, NEVER)
    return holding(who.names, row, year)


def _chinese(rng: np.random.Generator, who: Identities, member: pd.DataFrame) -> pd.Categorical:
    words = who.names["name"].to_numpy(dtype=object)
    return dirt.misspell(rng, words, _names(rng, who, member), dirt.CHINESE_DIRT)


def _forgotten(rng: np.random.Generator, days: pd.Series) -> pd.Series:
    """Return ``days`` with some missing."""
    lost: Flags = rng.random(len(days)) < UNDATED
    return days.mask(lost)
