"""Tables of the equilibrium and digitization chapters."""

from __future__ import annotations

from dataclasses import asdict
from html import escape

import pandas as pd

from tradedig_book.present.model_tables import conditions_table
from tradedig_book.present.tables import PageTable, cell, digits, math, sign_mark, table
from tradedig_book.theory.adoption import CHOICE_CONDITIONS
from tradedig_book.theory.adoption_statics import choice_statics
from tradedig_book.theory.digital_inputs import INPUTS, compare_inputs
from tradedig_book.theory.entry_statics import entry_effects, sizes
from tradedig_book.theory.equilibrium import INDUSTRY_CONDITIONS, equilibrium
from tradedig_book.theory.industry import Choice, Industry
from tradedig_book.theory.parameter_fields import about
from tradedig_book.theory.parameters import ABOUT
from tradedig_book.theory.printing import latex

_ROWS = {
    "c_D": r"cutoff cost, \(c_D\)",
    "entrants": r"entrants, \(N_E\)",
    "sellers": r"sellers, \(N\)",
    "quality": r"mean quality, \(\bar\lambda\)",
    "price": r"mean price, \(\bar p\)",
    "adjusted_price": r"mean quality-adjusted price, \(\overline{p - \beta\lambda}\)",
    "surplus": r"surplus per consumer, \(U - I\)",
    "losing": "share of sellers whose quality a small rise in everyone's ψ lowers",
}
_GLYPHS = {"dig_tfp": "φ", "dig_im": "ϕ", "dig_tr": "ψ"}


def industry_table(industries: dict[str, Industry], *, caption: str) -> PageTable:
    """Lay out equilibria side by side, one column for each scalar industry."""
    solved = [asdict(equilibrium(industry)) for industry in industries.values()]
    rows = tuple((head, *(cell(float(s[name])) for s in solved)) for name, head in _ROWS.items())
    return PageTable(caption, ("In equilibrium", *map(escape, industries)), rows)


def equilibrium_conditions() -> PageTable:
    """Lay out the conditions for the free-entry equilibrium."""
    return conditions_table(INDUSTRY_CONDITIONS, caption="Where the closed form holds")


def choice_conditions() -> PageTable:
    """Lay out the conditions for the firm's choice of digitization."""
    return conditions_table(CHOICE_CONDITIONS, caption="Where the choice has a solution")


def entry_statics_table() -> PageTable:
    """Lay out what each parameter does when it rises for all firms; every sign is proved."""
    declared, rows = about(Industry), []
    for name, effect in entry_effects().items():
        found = sizes(effect, Industry())
        distance = "–" if effect.distance is None else math(latex(effect.distance))
        beyond = "–" if effect.distance is None else f"{found.beyond:.0%}"
        rows.append(
            (
                f"{math(declared[name].latex)}, {declared[name].brief}",
                digits(2, signed=True)(found.cutoff),
                digits(2, signed=True)(found.average),
                sign_mark(effect.below),
                sign_mark(effect.above),
                distance,
                beyond,
            )
        )
    return PageTable(
        "What moves with each parameter when it rises for all firms, under free entry",
        (
            "A rise in",
            r"cutoff, \(c_D\)",
            r"mean quality, \(\bar\lambda\)",
            r"quality where \(c < \bar c\)",
            r"quality where \(c > \bar c\)",
            r"\(1 - \bar c/c_D\)",
            r"sellers above \(\bar c\)",
        ),
        tuple(rows),
        notes=(
            "Signs are proved in the whole region. Numbers are elasticities, in the last column "
            "shares of sellers, at the default parameters. Model only, no data.",
            "A dash: the quality of all sellers moves in one direction. Sellers between the old "
            "and a lower cutoff leave.",
        ),
        style="text",
    )


def new_parameters(kind: type[Industry] | type[Choice]) -> PageTable:
    """Lay out the parameters that ``kind`` adds to those of the firm's problem."""
    rows = tuple(
        (math(a.latex), f"<code>{name}</code>", a.meaning, f"{a.default:g}", a.unit)
        for name, a in about(kind).items()
        if name not in ABOUT
    )
    header = ("Symbol", "In code", "Meaning", "Default", "Unit")
    return PageTable("New parameters", header, rows, style="text")


def inputs_table() -> PageTable:
    """Lay out what each digital input does: the proved sign and the elasticity at the defaults."""
    frame = compare_inputs()
    rows = tuple(
        (str(row["observable"]), *(_signed(row, digital) for digital in INPUTS))
        for _, row in frame.iterrows()
    )
    header = ("A rise in", *(f"<code>{name}</code>, {_GLYPHS[name]}" for name in INPUTS))
    return PageTable(
        "What each digital input changes, firm by firm, at a given cutoff",
        header,
        rows,
        notes=(
            "Signs are proved in the whole region where (8) holds and the firm has a lead; "
            "± means that both occur.",
            "In brackets: the elasticity with respect to φ, ϕ or ψ at the default parameters. "
            "Model only, no data.",
        ),
        style="text",
    )


def _signed(row: pd.Series, digital: str) -> str:
    size = row[f"{digital}_elasticity"]
    mark = sign_mark(str(row[digital]))
    return mark if pd.isna(size) else f"{mark} ({cell(round(size, 3))})"


def choice_statics_table() -> PageTable:
    """Lay out how the choice moves with each parameter; every sign is proved."""
    declared = about(Choice)
    rows = tuple(
        (
            f"{math(declared[name].latex)}, {declared[name].brief}",
            sign_mark(digitization),
            sign_mark(threshold),
        )
        for name, digitization, threshold in choice_statics().itertuples(index=False)
    )
    return PageTable(
        "How the choice moves with each parameter, the others held fixed",
        ("A rise in", r"digitization, \(\mathit{dig}^*\)", r"threshold cost, \(\tilde c\)"),
        rows,
        notes=("Signs are proved in the whole region where the choice has a solution.",),
        style="text",
    )


def selection_table(frame: pd.DataFrame, *, caption: str, notes: tuple[str, ...]) -> PageTable:
    """Lay out regressions on simulated firms next to what they are made of."""
    heads = {
        "regression": "Regression",
        "slope": "slope",
        "error": "(s.e.)",
        "upgrading": "of which \\(\\ln K\\)",
        "lead": "of which \\(\\ln\\Delta C\\)",
        "effect": "mean causal effect",
        "firms": "firms",
        "dropped": "dropped",
    }
    rounded = {name: lambda value: cell(round(float(value), 3) + 0.0) for name in heads}
    plain = dict.fromkeys(("regression", "firms", "dropped"), cell)
    return table(frame, caption=caption, notes=notes, heads=heads, formats=rounded | plain)
