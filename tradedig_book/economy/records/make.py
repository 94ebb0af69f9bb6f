"""Raw records: what the sources would hold of the economy, with their dirt."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from tradedig_book.economy.records import memberships, official
from tradedig_book.economy.records.businesses import (
    Identities,
    RecordSource,
    list_businesses,
    year_of_change,
)
from tradedig_book.economy.records.code_histories import draw_customs_codes, draw_organisation_codes
from tradedig_book.economy.records.name_histories import draw_names
from tradedig_helpers.schema.declare import conform
from tradedig_helpers.schema.records import LINKS, RECORDS

RENAMED = 0.16
STREAM = 2**31  # keeps these random streams apart from those of the economy


@dataclass(frozen=True, slots=True)
class Records:
    """Raw synthetic records; the columns of each frame are declared in ``records.tables``.

    Attributes
    ----------
    declarations : customs declarations, those of intermediaries included
    survey : industrial survey, year after year
    registry : credit registry, every business under its latest name
    operators : registrations of foreign-trade operators, with Chinese and English names
    cross_border, domestic : memberships of platforms
    filings, domains : filings of home pages, registrations of domain names
    truth_links : the firm that each row of the other frames is about
    """

    declarations: pd.DataFrame
    survey: pd.DataFrame
    registry: pd.DataFrame
    operators: pd.DataFrame
    cross_border: pd.DataFrame
    domestic: pd.DataFrame
    filings: pd.DataFrame
    domains: pd.DataFrame
    truth_links: pd.DataFrame

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return the frames by name, in the order of their declaration."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def make_records(economy: RecordSource, seed: int) -> Records:
    """Return the raw records of ``economy``: the same content for the same seed, anywhere.

    Cleaned, and linked by the truth, the declarations are ``economy.customs`` again.

    Raises
    ------
    ValueError
        If ``seed`` is not a whole number from 0, or a firm is not in the register.
    """
    if not isinstance(seed, int) or seed < 0:
        raise ValueError(f"seed = {seed!r}; give a whole number of at least 0")
    streams = [np.random.default_rng([seed, STREAM, k]) for k in range(8)]
    who = draw_identities(streams[0], economy)
    filings, domains = memberships.home_pages(streams[1], who)
    parts: dict[str, memberships.Part] = {
        "declarations": official.declarations(streams[2], economy.customs, who),
        "survey": official.survey(streams[3], economy.firms, who),
        "registry": official.registry(streams[4], who),
        "operators": official.operators(streams[5], who),
        "cross_border": memberships.cross_border(streams[6], who),
        "domestic": memberships.domestic(streams[7], who),
        "filings": filings,
        "domains": domains,
    }
    frames = {name: conform(frame, RECORDS[name]) for name, (frame, _) in parts.items()}
    return Records(**frames, truth_links=_truth_links(parts, who))


def draw_identities(rng: np.random.Generator, economy: RecordSource) -> Identities:
    """Return who is called what, and when, for every business of the register."""
    businesses = list_businesses(economy)
    renamed = year_of_change(rng, businesses, RENAMED)
    return Identities(
        businesses,
        names=draw_names(rng, businesses, renamed),
        organisation=draw_organisation_codes(rng, businesses, renamed),
        customs=draw_customs_codes(rng, businesses),
    )


def _truth_links(parts: dict[str, memberships.Part], who: Identities) -> pd.DataFrame:
    """Return table, row and firm of every raw row."""
    sizes = [len(row) for _, row in parts.values()]
    table = pd.Categorical.from_codes(np.repeat(np.arange(len(parts)), sizes), pd.Index(parts))
    firm = who.businesses["firm"].to_numpy()[np.concatenate([row for _, row in parts.values()])]
    number = np.concatenate([np.arange(size) for size in sizes])
    return conform(pd.DataFrame({"table": table, "row": number, "firm": firm}), LINKS)
