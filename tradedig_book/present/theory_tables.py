"""Tables of comparative statics and of the claims ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from tradedig_book.present.tables import PageTable, math, sign_mark
from tradedig_book.theory import ABOUT
from tradedig_book.theory.claims import LEDGER
from tradedig_book.theory.printing import latex
from tradedig_book.theory.statics import (
    ENTERS,
    LATEX,
    PARAMETERS,
    REGION,
    Sign,
    mixed,
    outcomes,
    statics,
)

_HEADS = {"markup": "mark-up"}
_WORDS = {
    "c": "marginal cost of output, 1/φ",
    "c_D": "cutoff cost, 1/φ_D",
    "dig_tfp": "digital production, through φ",
    "dig_im": "intelligent production, through ϕ",
    "dig_tr": "trade digitization, through ψ",
}
READINGS: dict[tuple[str, tuple[str, ...]], str] = {
    ("quality", ("psi", "e")): "less where tastes are more varied",
    ("K", ("psi", "e")): "the same, seen in the ability to upgrade",
    ("quality", ("psi", "beta")): "more where buyers care for quality",
    ("quality", ("psi", "gamma")): "less where buyers are soon satiated",
    ("quality", ("psi", "L")): "more in a larger market",
    ("quality", ("psi", "DeltaC")): "more for a firm with a larger lead",
    ("quality", ("psi", "varphi")): "more for a more efficient firm",
    ("quality", ("psi", "phi")): "more with intelligent production",
    ("quality", ("psi", "psi")): "more, the more flexible the firm already is",
    ("quality", ("dig_tr", "dig_tr")): "more or less, the higher the digital input already is",
}


def _conditions(found: Iterable[Sign]) -> tuple[str, ...]:
    """Say where derivatives of no constant sign are positive, one note for each condition."""
    by_margin: dict[str, list[str]] = {}
    for one in found:
        if one.margin is not None:
            by_margin.setdefault(latex(one.margin), []).append(one.latex)
    return tuple(
        f"<span>± {math(', '.join(names) + ' > 0')} exactly where {math(margin + ' > 0')}.</span>"
        for margin, names in by_margin.items()
    )


def statics_table() -> PageTable:
    """Lay out the proved sign of every outcome's derivative in every parameter."""
    signs = statics()
    return PageTable(
        caption="Signs of the derivatives inside the region, at a given cutoff",
        header=("Parameter", *(_HEADS.get(name, math(LATEX[name])) for name in outcomes())),
        rows=tuple(
            (
                math(latex(ENTERS[name].symbol))
                + f" {_WORDS[name] if name in _WORDS else ABOUT[name].brief}",
                *(sign_mark(signs[outcome, name].sign) for outcome in outcomes()),
            )
            for name in PARAMETERS
        ),
        notes=(
            "Each sign is proved by a certificate, for every point of the region and φ &gt; φ_D; "
            "profit is before the cost of digitization; φ′, ϕ′, ψ′ &gt; 0.",
            *_conditions(signs.values()),
        ),
    )


def mixed_table() -> PageTable:
    """Lay out the second derivatives, their signs and their certificates."""
    found = mixed()
    return PageTable(
        caption="What flexible productivity interacts with, at a given cutoff",
        style="text",
        header=(
            "Derivative",
            "Sign",
            "In positive symbols",
            "Flexible productivity raises quality",
        ),
        rows=tuple(
            (
                math(rf"\displaystyle {one.latex}"),
                sign_mark(one.sign),
                math(latex(one.certificate)),
                READINGS[one.outcome, one.parameters],
            )
            for one in found
        ),
        notes=(*_conditions(found), "Here κ = −ψ″, taken as positive."),
    )


def substitutions() -> PageTable:
    """Lay out the positive symbols that take the parameters' places."""
    return PageTable(
        caption="The region in positive symbols",
        style="text",
        header=("Parameter", "becomes"),
        rows=tuple((math(latex(old)), math(latex(new))) for old, new in REGION.items()),
    )


def claims_table() -> PageTable:
    """Lay out every claim with its verdict, each linked to its card."""
    return PageTable(
        caption="What the paper's theory says, and what becomes of it",
        style="text",
        header=("Statement", "In our words", "Where", "Whose", "Verdict"),
        rows=tuple(
            (
                f'<a href="#claim-{key}">{escape(one.title)}</a>',
                escape(one.says),
                f"{escape(one.place)}: {math(one.names)}",
                one.whose.removeprefix("the "),
                one.verdict,
            )
            for key, one in LEDGER.items()
        ),
        notes=(
            "Where: section, equation, hypothesis or table of the paper, and the term in print.",
        ),
    )


def _words(text: str) -> str:
    """Return a cell of prose, which wraps where formulas make its table wider than the page."""
    return f'<div class="td-prose">{escape(text)}</div>'


def claim_card(key: str) -> PageTable:
    """Lay out one claim, after running its check, with what the argument rests on.

    Parameters
    ----------
    key : str
        A key of the ledger.

    Raises
    ------
    KeyError
        If there is no such claim; the message lists the keys.
    NotProved
        If the check does not support the verdict.
    """
    if key not in LEDGER:
        raise KeyError(f"no claim {key!r}; choose one of {', '.join(LEDGER)}")
    one = LEDGER[key]
    condition = [("Condition", math(one.condition))] if one.condition else []
    evidence = [(math(name), math(latex(expr))) for name, expr in one.check().items()]
    return PageTable(
        caption=f"{one.title}: {one.verdict}",
        style="text",
        header=("In our words", _words(one.says)),
        rows=(
            ("In symbols", math(one.exactly)),
            *condition,
            ("What follows", _words(one.follows)),
            *evidence,
        ),
        notes=(f"Proved by <code>{one.check.__name__}</code>.",),
    )


@dataclass(frozen=True)
class ClaimCards:
    """All cards of the ledger, folded: a line with title and verdict opens each."""

    keys: tuple[str, ...] = tuple(LEDGER)

    def __repr__(self) -> str:
        """Return how many there are."""
        return f"Cards of {len(self.keys)} claims"

    def _repr_html_(self) -> str:
        return "".join(
            f'<details class="td-claim"><summary><b>{escape(LEDGER[key].title)}</b> '
            f"<span>{LEDGER[key].whose}: {LEDGER[key].verdict}</span></summary>"
            f'<div id="claim-{key}">{claim_card(key)._repr_html_()}</div></details>'
            for key in self.keys
        )
