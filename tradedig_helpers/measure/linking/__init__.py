"""Firms linked over time and across sources, and how well, against the truth."""

from tradedig_helpers.measure.linking.across_sources import RawRecords, SourceLinks, link_sources
from tradedig_helpers.measure.linking.naming import normalise_english, normalise_name
from tradedig_helpers.measure.linking.over_time import Linked, link_over_time
from tradedig_helpers.measure.linking.scores import (
    LinkScores,
    compare_links,
    score_links,
    score_sources,
    true_firms,
)
from tradedig_helpers.measure.linking.sources import (
    clean_declarations,
    digitise_survey,
    first_years,
    one_row_per_year,
)

__all__ = [
    "LinkScores",
    "Linked",
    "RawRecords",
    "SourceLinks",
    "clean_declarations",
    "compare_links",
    "digitise_survey",
    "first_years",
    "link_over_time",
    "link_sources",
    "normalise_english",
    "normalise_name",
    "one_row_per_year",
    "score_links",
    "score_sources",
    "true_firms",
]
