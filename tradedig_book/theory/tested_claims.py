"""Which claim of the ledger each printed coefficient speaks to, declared once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_QUALITY_ON_DIGITIZATION = "the effect itself: quality on trade digitization"


@dataclass(frozen=True, slots=True)
class Bearing:
    """What coefficients of a table say to a claim.

    Attributes
    ----------
    table : of the paper
    columns, terms : every coefficient of these terms in these columns
    says : what they are to the claim, or why they are none
    claim : a key of ``LEDGER``; empty for a control, which speaks to no claim
    """

    table: int
    columns: Iterable[int]
    terms: tuple[str, ...]
    says: str
    claim: str = ""


BEARINGS = (
    Bearing(2, range(1, 7), ("lndig",), _QUALITY_ON_DIGITIZATION, "h1-one"),
    Bearing(
        2,
        range(2, 7),
        ("lnsca", "lnage", "lncap", "lnpwa", "lnfir", "lnpro", "foe"),
        "a feature of the firm, held fixed",
    ),
    Bearing(
        2,
        range(4, 7),
        ("lninn", "lntfp"),
        "held fixed, so that what digitization adds through it is left out",
    ),
    Bearing(2, range(5, 7), ("lnpgp", "lngdp"), "a feature of the firm's markets, held fixed"),
    Bearing(2, (6,), ("lnsdp",), "information cost of the firm's markets, held fixed"),
    Bearing(3, (1,), ("lndigs",), "the effect itself, by years of use", "h1-one"),
    Bearing(3, range(2, 6), ("lndig",), "the effect itself, on another quality", "h1-one"),
    Bearing(3, (6, 7), ("lndig",), "the effect itself, in a part of the years", "h1-one"),
    Bearing(4, (1,), ("lndig",), "who exports: digitization brings firms in", "exit"),
    Bearing(4, (2,), ("lndig",), "the effect itself, corrected for who exports", "h1-one"),
    Bearing(4, (2,), ("IMR",), "takes up who exports"),
    Bearing(4, (3, 4), ("lndig",), "the effect itself, by an instrument", "h1-one"),
    Bearing(4, (5,), ("lndig",), "the effect itself, at given digital imports", "h1-one"),
    Bearing(4, (5,), ("dpi",), "imports of digital products, held fixed"),
    Bearing(5, (1,), ("lndig",), "the first link of another channel: productivity", "h2"),
    Bearing(5, (2,), ("lndig",), "the first link of another channel: innovation", "h2"),
    Bearing(5, range(3, 7), ("lndig",), "the effect where the moderator is zero", "moderators"),
    Bearing(5, (3,), ("lndig:lnsdp",), "more where information is costly", "moderators"),
    Bearing(5, (4,), ("lndig:dpi",), "more together with digital imports", "moderators"),
    Bearing(5, (5, 6), ("lndig:IUI", "lndig:INT"), "more where the internet is used", "moderators"),
    *(
        one
        for table, firsts, passed_on in (
            (5, range(7, 14, 2), "h3"),
            (7, range(1, 16, 2), "table-7"),
        )
        for one in (
            Bearing(table, firsts, ("lndig",), "the first link: flexibility on digitization", "h3"),
            Bearing(
                table,
                [first + 1 for first in firsts],
                ("flex", "lncnpd"),
                "the second link: quality on flexibility",
                "h3",
            ),
            Bearing(
                table,
                [first + 1 for first in firsts],
                ("ME",),
                "both links: what passes on",
                passed_on,
            ),
            Bearing(
                table,
                [first + 1 for first in firsts],
                ("lndig",),
                "what does not pass through flexibility",
                "h3",
            ),
        )
    ),
    Bearing(6, range(1, 4), ("pit", "pdo", "icp"), "the effect itself, by technology", "h1-one"),
    Bearing(
        6,
        (2, 3),
        ("ict", "mac", "oct", "con", "imd", "cap"),
        "imports of digital products, held fixed",
    ),
)
"""Every coefficient that the paper prints, once; statistics of a column speak to no claim."""


def bearing_of(table: int, column: int, term: str) -> Bearing:
    """Return what a coefficient says to the claims.

    Raises
    ------
    ValueError
        If it is not declared, or twice.

    Examples
    --------
    >>> bearing_of(5, 8, "ME").claim
    'h3'
    >>> bearing_of(2, 6, "lnage").claim
    ''
    """
    found = [
        one
        for one in BEARINGS
        if one.table == table and column in one.columns and term in one.terms
    ]
    if len(found) != 1:
        raise ValueError(
            f"Table {table}, column {column}, {term!r} is declared {len(found)} times; "
            "give it one line of BEARINGS"
        )
    return found[0]
