"""The claims ledger: what the paper's theory says, one claim at a time, each with its check.

Three questions of the book's own stand beside the paper's statements and are marked as such.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tradedig_book.theory import claim_checks as checks
from tradedig_book.theory.claim_checks import Evidence

ClaimVerdict = Literal[
    "holds",
    "holds under a condition",
    "does not hold as worded",
    "not a theoretical claim / assumed",
]
Owner = Literal["the paper's", "the book's"]


@dataclass(frozen=True)
class Claim:
    r"""One statement about the theory, the paper's or a question of the book's.

    Attributes
    ----------
    title, says : str
        A name for it, and what is said, in our words.
    place, names : str
        Where in the paper it stands, or what it continues: section and subsection, equation;
        and the printed term that it is about, LaTeX.
    exactly : str
        The statement in symbols, LaTeX.
    verdict : ClaimVerdict
    check : callable
        Proves or refutes it: returns LaTeX names with the expressions that the argument rests
        on, and raises ``NotProved`` if the verdict is not supported.
    follows : str
        What the model implies, in words; mathematics in ``\(...\)``.
    condition : str
        LaTeX; what has to be added, for "holds under a condition".
    whose : Owner
    """

    title: str
    place: str
    names: str
    says: str
    exactly: str
    verdict: ClaimVerdict
    check: Callable[[], Evidence]
    follows: str
    condition: str = ""
    whose: Owner = "the paper's"


_REGION = r"4\gamma(1-e)^2 > L\psi B^2"
_INSIDE = rf"{_REGION},\ \Delta C > 0,\ c_D\text{{ given}}"
LEDGER = {
    "variety": Claim(
        "Taste for variety",
        "Section 2 (1), below (1)",
        "e",
        "A smaller e means that consumers lean more towards differentiated products.",
        r"\frac{\partial u}{\partial n} > 0,\ \frac{\partial^2u}{\partial n\,\partial e} < 0",
        "holds",
        checks.taste_for_variety,
        r"A purchase that is spread over more varieties is worth more, in proportion to \(1-e\).",
    ),
    "equations": Claim(
        "Demand and optimum",
        "Section 2 (1) to (3), equations (1) to (8)",
        r"p,\ x^*,\ p^*,\ \pi,\ \lambda^*",
        "Utility and costs lead to demand (2), to price, quantity and profit (5)–(7), and to (8).",
        r"(1), (4) \Rightarrow (2), (5)\text{–}(8)",
        "holds",
        checks.equations,
        "What is printed follows from utility and costs, factor by factor.",
    ),
    "adaptation": Claim(
        "Variety is costly to serve",
        "Section 2 (2), below (3)",
        r"\Gamma(e)",
        "The more differentiated the goods, the higher the fixed cost of quality.",
        r"\Gamma'(e) < 0",
        "not a theoretical claim / assumed",
        checks.adaptation_cost,
        "A modelling choice, and the paper's addition to Antoniades (2015).",
    ),
    "normalisation": Claim(
        "No loss of generality: the cost of variety",
        "Section 2 (2), below (3)",
        r"\Gamma(e) = 1 - e",
        "Nothing is lost by taking 1 − e for that cost.",
        r"\frac{\partial\lambda^*}{\partial e} > 0,\ "
        r"\frac{\partial^2\lambda^*}{\partial\psi\,\partial e} > 0\text{ for every }\Gamma' < 0",
        "holds under a condition",
        checks.any_adaptation_cost,
        r"For the signs any falling \(\Gamma\) does as well. Here \(h = -\Gamma'(e)\), and D is "
        r"the slack of the second-order condition with the general \(\Gamma\).",
        r"4\gamma(1-e)\Gamma(e) > L\psi B^2,\ \Delta C > 0,\ c_D\text{ given}",
    ),
    "returns": Claim(
        "Returns to digitization",
        "Section 2 (2), above (4)",
        r"\varphi,\ \phi,\ \psi",
        "Each kind of digitization raises its efficiency, at a rate that does not increase.",
        r"\varphi', \phi', \psi' > 0 \ge \varphi'', \phi'', \psi''",
        "not a theoretical claim / assumed",
        checks.returns_to_digitization,
        r"So \(\psi' > 0\), the first link of the mechanism, is put in. Decreasing returns do not "
        "carry over to quality, which may be convex in trade digitization.",
    ),
    "units": Claim(
        "No loss of generality: the initial values",
        "Section 2 (3), above (5)",
        r"c_0 = \delta_0 = \theta_0 = 1",
        "Nothing is lost by setting the initial values of the three costs to one.",
        r"\mathit{TC}(\varphi, \phi, \psi; c_0, \delta_0, \theta_0) = \mathit{TC}\Bigl("
        r"\tfrac{\varphi}{c_0}, \tfrac{\phi}{\delta_0}, \tfrac{\psi}{\theta_0}; 1, 1, 1\Bigr)",
        "holds under a condition",
        checks.units_of_the_constants,
        r"Common values are units of φ, ϕ and ψ. Values of a firm's own are not: \(\theta_0\) and "
        r"ψ are not additive in \(\ln\lambda^*\), so firm effects do not remove "
        r"\(\theta_0\). And common ones leave digital production as all that sets firms apart.",
        r"c_0, \delta_0, \theta_0\text{ the same for all firms}",
    ),
    "condition": Claim(
        "When (8) is the optimum",
        "Section 2 (3), equation (8)",
        r"\lambda^* = K\,\Delta C,\ \beta > 1/\phi",
        "Maximising profit (7) gives (8), where β > 1/ϕ is assumed.",
        r"\beta > 1/\phi \Rightarrow \lambda^* = K\,\Delta C\text{ maximises }\pi",
        "holds under a condition",
        checks.stated_condition,
        r"The assumption is needed and not enough. Where \(H = LB^2 - G > 0\), with "
        r"\(G = 4\gamma(1-e)^2/\psi\), profit is convex in quality and (8) is a negative number, "
        "its minimum. The second-order condition binds as ψ grows.",
        _REGION,
    ),
    "exit": Claim(
        "Exit above the cutoff",
        "Section 2 (3), above (5)",
        r"c_D = 1/\varphi(\mathit{dig\_tfp}_D)",
        "Firms whose marginal cost is above the cutoff leave; only enough digital production "
        "lets a firm in.",
        r"c > c_D \Rightarrow \max_\lambda \pi \le 0",
        "holds under a condition",
        checks.exit_above_cutoff,
        "Such a firm could sell a very good product, and would lose money on it at any quality, "
        "whatever digitization costs.",
        _REGION,
    ),
    "cutoff": Claim(
        "The cutoff with digitization costs",
        "Section 2 (3), equations (5) to (7)",
        r"c_D,\ \mu\,\mathit{DIG}^2",
        "The same cutoff is where firms end when the cost of digitization is deducted from profit.",
        r"\pi^* = 0\text{ at }c = c_D,\ \mu\,\mathit{DIG}^2 > 0",
        "does not hold as worded",
        checks.printed_cutoff,
        "In (5) to (7) the cutoff is where sales end. In print DIG is all digitization, and "
        r"digital production is what sets firms apart, so the marginal firm has "
        r"\(\mathit{dig\_tfp}_D > 0\), pays for it and makes a loss; profit ends at the lead in "
        "the last row. If DIG were trade digitization alone, and each firm chose it, the "
        "marginal firm would choose none and the cutoff would be right. Equation (8) is "
        "untouched.",
    ),
    "inputs": Claim(
        "The other two ways to quality",
        "Section 2 (3), below (8)",
        r"\varphi,\ \phi",
        "Digitization of production raises quality, and so does intelligent production.",
        r"\frac{\partial\lambda^*}{\partial\mathit{dig\_tfp}},\ "
        r"\frac{\partial\lambda^*}{\partial\mathit{dig\_im}} > 0",
        "holds under a condition",
        checks.other_inputs,
        "Both do, for a firm with a lead; intelligent production does nothing for the marginal "
        "firm. The sentence names trade digitization, too: that is H1.",
        _INSIDE,
    ),
    "h1-one": Claim(
        "H1",
        "Section 2 (3), H1 and the inequality above H2",
        r"\frac{\partial\lambda^*}{\partial\psi}\,\frac{\partial\psi}{\partial\mathit{dig\_tr}}",
        "The higher a firm's trade digitization, the better for its export quality.",
        r"\frac{\partial\lambda^*}{\partial\psi}\,"
        r"\frac{\partial\psi}{\partial\mathit{dig\_tr}} > 0",
        "holds under a condition",
        checks.trade_digitization,
        "The heart of the argument. Of its two factors the first is proved and the second "
        "assumed. A firm is one of a continuum, so the cutoff does not notice it.",
        _INSIDE,
    ),
    "h3": Claim(
        "H3",
        "Section 2 (3), H3",
        r"\psi(\mathit{dig\_tr})",
        "Trade digitization raises quality by raising flexible productivity. What this adds to "
        "H1 is the channel.",
        r"\frac{\partial\lambda^*}{\partial\mathit{dig\_tr}} = "
        r"\frac{\partial\lambda^*}{\partial\psi}\,\psi'",
        "holds",
        checks.through_flexibility,
        "In the model it is not a channel but the channel: with ψ held fixed, trade digitization "
        "does nothing. A direct effect in data says that the model leaves something out, or that "
        "flexibility is measured with error.",
    ),
    "weakness": Claim(
        "Variety holds quality back",
        "Section 2 (3), below H1",
        r"4\gamma(1-e)^2/\psi",
        "A stronger taste for variety weakens quality upgrading.",
        r"\frac{\partial\lambda^*}{\partial e} > 0",
        "holds under a condition",
        checks.variety_lowers_quality,
        "At a given cutoff, and on average under free entry. But a taste for variety softens the "
        r"market, and sellers with costs above \(\bar c\) then make better goods.",
        _INSIDE,
    ),
    "term": Claim(
        "Flexibility against variety",
        "Section 2 (3), below H1",
        r"4\gamma(1-e)^2/\psi",
        "In particular (or: especially) when consumers lean towards variety, flexible "
        "productivity restrains this weakness by keeping the term low.",
        r"\frac{\partial}{\partial\psi}\frac{4\gamma(1-e)^2}{\psi} < 0 < "
        r"\frac{\partial^2}{\partial\psi\,\partial e}\frac{4\gamma(1-e)^2}{\psi}",
        "holds",
        checks.cost_of_variety,
        "For what the sentence names it is right at the margin, too: ψ lowers the term, and the "
        "fixed cost of a given quality, by more where variety counts more. A rise in ψ as "
        r"\((1-e)^2\) undoes any strengthening of the taste for variety.",
    ),
    "margin": Claim(
        "More quality from ψ where variety counts more",
        "Beyond section 2 (3): a stronger reading of the sentence below H1",
        r"\lambda^*",
        "A rise in one firm's ψ adds more quality where the taste for variety is stronger.",
        r"\frac{\partial^2\lambda^*}{\partial\psi\,\partial e} < 0",
        "does not hold as worded",
        checks.flexibility_at_the_margin,
        "Three answers. At a given cutoff: less, for every firm. In logs: less, at any cutoff. "
        "At each market's own free-entry cutoff, in units of quality: less on average, more for "
        r"sellers with \(c > \tilde c = c_D(1 - \frac{1}{2(k+2)})\).",
        whose="the book's",
    ),
    "h1-all": Claim(
        "All firms at once",
        "Beyond section 2 (3): H1 speaks of a firm",
        r"\lambda^*,\ c_D",
        "If trade digitization rises everywhere, every firm's export quality rises.",
        r"\frac{d\lambda^*}{d\psi} = \frac{\partial\lambda^*}{\partial\psi} + "
        r"K\frac{dc_D}{d\psi} > 0\text{ for every seller}",
        "does not hold as worded",
        checks.all_firms_at_once,
        r"Mean quality rises. But the cutoff (z in the rows below) falls, and sellers above "
        r"\(\bar c = c_D(1 - \frac{s}{k+2})\) lose quality: a positive share in every "
        "equilibrium, and always less than two thirds.",
        whose="the book's",
    ),
    "h2": Claim(
        "H2, productivity and innovation",
        "Section 2 (3), H2; tested in section 4 (4), Table 5 (1)–(2)",
        r"\varphi",
        "Trade digitization also raises quality through productivity and innovation.",
        r"\frac{\partial\varphi}{\partial\mathit{dig\_tr}} > 0,\ \ldots",
        "not a theoretical claim / assumed",
        checks.other_channels,
        "The paper rests it on earlier literature. In (4) another digital input moves φ, and "
        "innovation has no symbol; the model neither implies nor contradicts H2.",
    ),
    "moderators": Claim(
        "H2, information and imports",
        "Section 2 (3), H2; tested in section 4 (4), Table 5 (3)–(6)",
        r"\mathit{lndig} \times \mathit{MOD}",
        "It overcomes the cost of information and raises quality faster with imports of digital "
        "products; Table 5 takes both as interactions, and adds the spread of the internet.",
        r"\frac{\partial^2\lambda^*}{\partial\mathit{dig\_tr}\,\partial\mathit{MOD}} > 0",
        "not a theoretical claim / assumed",
        checks.complements,
        "None of the moderators has a symbol. The model has complements of ψ: φ and ϕ in units "
        "of quality, ϕ alone in logs.",
    ),
    "table-7": Claim(
        "For whom it works more readily",
        "Section 4 (5), Table 7",
        r"\psi'(\mathit{dig\_tr})",
        "Small and micro, labour-intensive, young and ordinary-trade firms gain more readily "
        "through flexible productivity.",
        r"\frac{\partial\lambda^*}{\partial\mathit{dig\_tr}}\text{ larger for some firms}",
        "not a theoretical claim / assumed",
        checks.firms_that_differ,
        r"An estimate, with reasons outside the model. With one \(\psi'\) for all, the effect in "
        "logs is the same for all firms, and in units larger for those with the larger lead; "
        r"that small firms gain more needs \(\psi\) or \(\psi'\) to differ.",
    ),
    "elasticity": Claim(
        "One elasticity for a market",
        "Between section 2 (1), equation (2), and section 3 (2), equation (10)",
        r"\sigma",
        "The σ of the measure (10) is an elasticity that the sellers of a market share, as the "
        "theory behind it has it.",
        r"\frac{p^*}{bx^*} = \sigma\text{ for every seller},\ b = \frac{\gamma(1-e)}{L}",
        "does not hold as worded",
        checks.own_elasticity,
        "The paper argues for variable substitution, and (2) has it: the elasticity rises with "
        "cost, without bound at the cutoff. Its measure of quality takes a constant one. What "
        r"(2) itself says of quality is \(\beta\lambda = p + bx - c_D\).",
        whose="the book's",
    ),
}


def papers_own() -> dict[str, Claim]:
    """Return the paper's own statements, without the questions that the book adds."""
    return {key: one for key, one in LEDGER.items() if one.whose == "the paper's"}
