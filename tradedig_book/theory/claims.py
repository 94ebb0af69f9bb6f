"""The claims ledger: what the paper's theory says, one claim at a time, each with its check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tradedig_book.theory.claim_checks import (
    Evidence,
    adaptation_cost,
    all_firms_at_once,
    any_adaptation_cost,
    equations,
    exit_above_cutoff,
    flexibility_at_the_margin,
    flexibility_in_levels,
    other_channels,
    printed_cutoff,
    returns_to_digitization,
    stated_condition,
    taste_for_variety,
    three_inputs,
    through_flexibility,
    trade_digitization,
    variety_lowers_quality,
)

ClaimVerdict = Literal[
    "holds",
    "holds under a condition",
    "does not hold as worded",
    "not a theoretical claim / assumed",
]


@dataclass(frozen=True)
class Claim:
    """One claim of the paper's theory.

    Attributes
    ----------
    title, says : str
        A name for it, and the claim in our words.
    exactly : str
        The claim in symbols, LaTeX.
    verdict : Verdict
    check : callable
        Proves or refutes it: returns LaTeX names with the expressions that the argument rests
        on, and raises ``NotProved`` if the verdict is not supported.
    condition : str
        LaTeX; what has to be added, for "holds under a condition".
    """

    title: str
    says: str
    exactly: str
    verdict: ClaimVerdict
    check: Callable[[], Evidence]
    condition: str = ""


_REGION = r"4\gamma(1-e)^2 > L\psi B^2"
_INSIDE = rf"{_REGION},\ \Delta C > 0,\ c_D\text{{ given}}"
LEDGER = {
    "variety": Claim(
        "Taste for variety",
        "A smaller e means that consumers lean more towards differentiated products.",
        r"\frac{\partial u}{\partial n} > 0,\ \frac{\partial^2u}{\partial n\,\partial e} < 0",
        "holds",
        taste_for_variety,
    ),
    "equations": Claim(
        "Demand and optimum",
        "Utility and costs lead to demand (2), to price, quantity and profit (5)–(7), and to (8).",
        r"(1), (4) \Rightarrow (2), (5)\text{–}(8)",
        "holds",
        equations,
    ),
    "adaptation": Claim(
        "Variety is costly to serve",
        "The more varied the demand, the higher the fixed cost of quality.",
        r"\Gamma'(e) < 0",
        "not a theoretical claim / assumed",
        adaptation_cost,
    ),
    "normalisation": Claim(
        "No loss of generality",
        "The choice of 1 − e for that cost is harmless.",
        r"\frac{\partial\lambda^*}{\partial e} > 0,\ "
        r"\frac{\partial^2\lambda^*}{\partial\psi\,\partial e} > 0\text{ for every }\Gamma' < 0",
        "holds under a condition",
        any_adaptation_cost,
        r"4\gamma(1-e)\Gamma(e) > L\psi B^2,\ \Delta C > 0,\ c_D\text{ given}",
    ),
    "returns": Claim(
        "Returns to digitization",
        "Each digital input raises its efficiency, at a rate that does not increase.",
        r"\varphi', \phi', \psi' > 0 \ge \varphi'', \phi'', \psi''",
        "not a theoretical claim / assumed",
        returns_to_digitization,
    ),
    "condition": Claim(
        "When (8) is the optimum",
        "Quality worth more than its marginal cost is the condition under which (8) is optimal.",
        r"\beta > 1/\phi \Rightarrow \lambda^* = K\,\Delta C\text{ maximises }\pi",
        "holds under a condition",
        stated_condition,
        _REGION,
    ),
    "exit": Claim(
        "Exit above the cutoff",
        "Firms whose cost is above the cutoff leave; only enough digitization lets a firm in.",
        r"c > c_D \Rightarrow \max_\lambda \pi \le 0,\quad c < c_D \Rightarrow \pi^* > 0",
        "holds under a condition",
        exit_above_cutoff,
        rf"{_REGION},\ \mu\,\mathit{{DIG}}^2 = 0",
    ),
    "cutoff": Claim(
        "The cutoff with digitization costs",
        "The same cutoff goes with a profit from which the cost of digitization is deducted.",
        r"\pi^* = 0\text{ at }c = c_D,\ \mu\,\mathit{DIG}^2 > 0",
        "does not hold as worded",
        printed_cutoff,
    ),
    "inputs": Claim(
        "Three ways to quality",
        "Digitization raises quality, whichever of the three efficiencies it serves.",
        r"\frac{\partial\lambda^*}{\partial\mathit{dig\_tfp}},\ "
        r"\frac{\partial\lambda^*}{\partial\mathit{dig\_im}},\ "
        r"\frac{\partial\lambda^*}{\partial\mathit{dig\_tr}} > 0",
        "holds under a condition",
        three_inputs,
        _INSIDE,
    ),
    "chain": Claim(
        "The two links",
        "Trade digitization raises flexible productivity, and that raises quality.",
        r"\frac{\partial\lambda^*}{\partial\psi}\,"
        r"\frac{\partial\psi}{\partial\mathit{dig\_tr}} > 0",
        "holds under a condition",
        trade_digitization,
        _INSIDE,
    ),
    "weakness": Claim(
        "Variety holds quality back",
        "A stronger taste for variety weakens quality upgrading.",
        r"\frac{\partial\lambda^*}{\partial e} > 0",
        "holds under a condition",
        variety_lowers_quality,
        _INSIDE,
    ),
    "levels": Claim(
        "Flexibility against variety, in levels",
        "Flexible productivity restrains the fall by keeping the cost of varied demand low.",
        r"\frac{\partial}{\partial\psi}\frac{4\gamma(1-e)^2}{\psi} < 0",
        "holds",
        flexibility_in_levels,
    ),
    "margin": Claim(
        "Flexibility against variety, at the margin",
        "Flexible productivity helps especially where consumers prefer variety.",
        r"\frac{\partial^2\lambda^*}{\partial\psi\,\partial e} < 0",
        "does not hold as worded",
        flexibility_at_the_margin,
    ),
    "h1-one": Claim(
        "H1, one firm",
        "A firm with more trade digitization exports better quality than it did with less.",
        r"\frac{\partial\lambda^*}{\partial\mathit{dig\_tr}} > 0",
        "holds under a condition",
        trade_digitization,
        _INSIDE,
    ),
    "h1-all": Claim(
        "H1, all firms at once",
        "If trade digitization rises everywhere, every firm's export quality rises.",
        r"\frac{d\lambda^*}{d\psi} = \frac{\partial\lambda^*}{\partial\psi} + "
        r"K\frac{dc_D}{d\psi} > 0",
        "holds under a condition",
        all_firms_at_once,
        r"c < \bar c = c_D\left(1 - \frac{s}{k+2}\right),\ "
        r"s = \frac{L\psi B^2}{4\gamma(1-e)^2} < 1",
    ),
    "h2": Claim(
        "H2, other channels",
        "Trade digitization also works through productivity and innovation, by overcoming "
        "information costs, and together with imports of digital products.",
        r"\frac{\partial\varphi}{\partial\mathit{dig\_tr}} > 0,\ \ldots",
        "not a theoretical claim / assumed",
        other_channels,
    ),
    "h3": Claim(
        "H3, through flexible productivity",
        "Trade digitization raises quality by raising flexible productivity.",
        r"\frac{\partial\lambda^*}{\partial\mathit{dig\_tr}} = "
        r"\frac{\partial\lambda^*}{\partial\psi}\,\psi' > 0",
        "holds under a condition",
        through_flexibility,
        _INSIDE,
    ),
}
