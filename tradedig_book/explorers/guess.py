"""Questions that a page asks before it answers: draw the curve, or choose a sentence, then see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

from tradedig_book.explorers import elasticities, measurement, power, selection_bias
from tradedig_book.explorers.declare import curves, sliders
from tradedig_book.explorers.still import Still
from tradedig_book.explorers.widget import asset_of_explorers, script_of
from tradedig_book.present.assets import instead, live_page
from tradedig_book.present.palette import palette_css
from tradedig_book.theory import ABOUT, OutcomeInfo, ParameterInfo, Program

_SCRIPTS = ("drawing.js", "guess.js")


@dataclass(frozen=True)
class Guess:
    """A question about one curve, asked before the curve is shown.

    Attributes
    ----------
    id : str
        Name of the question on the page.
    question : str
        What is asked, in a sentence or two.
    program : Program
        The formulas that the browser evaluates.
    parameters : mapping of str to ParameterInfo
        Arguments of ``program``; all but ``axis`` stay at their defaults.
    axis : str
        The argument on the horizontal axis.
    outcome : OutcomeInfo
        What is asked for.
    step : str
        The step of ``program`` that is the outcome.
    bounds : tuple of float
        Ends of the vertical axis.
    choices : tuple of str
        Sentences to choose from, for those who do not draw.
    right : int
        Which of them is true.
    answer : str
        What is said once the curve is shown.
    travel : tuple of float, optional
        Ends of the horizontal axis, where the parameter's own range has no solution.
    """

    id: str
    question: str
    program: Program
    parameters: dict[str, ParameterInfo]
    axis: str
    outcome: OutcomeInfo
    step: str
    bounds: tuple[float, float]
    choices: tuple[str, ...]
    right: int
    answer: str
    travel: tuple[float, float] | None = None

    @property
    def spec(self) -> dict[str, Any]:
        """What the browser is told, as plain data."""
        travel = {self.axis: self.travel} if self.travel else {}
        (axis,) = (s for s in sliders(self.parameters, travel) if s["name"] == self.axis)
        (outcome,) = curves({self.step: self.outcome}, {self.step: self.bounds})
        return {
            "id": self.id,
            "question": self.question,
            "axis": axis,
            "outcome": outcome,
            "values": {name: info.default for name, info in self.parameters.items()},
            "choices": self.choices,
            "right": self.right,
            "answer": self.answer,
        }

    def _repr_html_(self) -> str:
        """Return the question as HTML that works by itself, from a server or from a file."""
        script = script_of(self.program, *_SCRIPTS)
        css = palette_css() + asset_of_explorers("guess.css")
        host = f"td-guess-host-{self.id}"
        return live_page(host, css, script, {"spec": self.spec}, instead(self._told()))

    def _told(self) -> str:
        """Return the question with its answer folded away, for where no script runs."""
        spec = self.spec
        shown = {"parameters": [spec["axis"]], "outcomes": [spec["outcome"]], "marks": ()}
        choices = "".join(f"<li>{escape(choice)}</li>" for choice in self.choices)
        return (
            f'<section class="td-still td-asked" aria-label="Guess first"><p><b>Guess first. </b>'
            f"{escape(self.question)}</p><ul>{choices}</ul><details><summary>The answer</summary>"
            f"<p>{escape(self.choices[self.right])} {escape(self.answer)}</p>"
            f"{Still(shown, self.program, spec['values'], self.axis).views()}</details></section>"
        )

    def __repr__(self) -> str:
        """Return the question as plain text."""
        return f"Guess: {self.question}"


def _at(
    program: Program, parameters: dict[str, ParameterInfo], step: str, **values: float
) -> float:
    point = {name: info.default for name, info in parameters.items()} | values
    return float(program.evaluate(point)[step])


def variety() -> Guess:
    """Ask what ψ does to quality as tastes vary, at a given cutoff."""
    program, step = elasticities.formulas(), "e_quality_psi"
    strong, weak = (_at(program, ABOUT, step, e=e) for e in (0.1, 0.6))
    return Guess(
        id="variety",
        question="One per cent more flexible productivity ψ raises one firm's quality by some per "
        "cent. How much, as buyers go from wanting variety (e small) to taking any substitute "
        "(e large)? The cutoff stays where it is.",
        program=program,
        parameters=ABOUT,
        axis="e",
        outcome=OutcomeInfo("", "λ*", "response of quality", "", "per cent, for one per cent of ψ"),
        step=step,
        bounds=(0.0, 6.0),
        choices=(
            "Most where buyers want variety: the curve falls.",
            "The same everywhere: the curve is flat.",
            "Least where buyers want variety: the curve rises.",
        ),
        right=2,
        answer=f"At e = 0.1 it is {strong:.2f} per cent, at e = 0.6 {weak:.2f}: finding out what "
        "varied buyers want costs more, so the same ψ buys less. In units of quality, and where "
        "free entry moves the cutoff, small sellers differ: the claims chapter says how.",
        travel=(0.05, 0.6),
    )


def firms() -> Guess:
    """Ask how power grows with the number of firms."""
    program, sliders_ = power.formulas(), power.SLIDERS
    small, half = (_at(program, sliders_, "power", firms=firms) for firms in (4.0, 40.0))
    return Guess(
        id="firms",
        question="A study looks for an effect of the published size. With what probability does "
        "its test at five per cent find it, as the study grows from 500 to 200,000 firms?",
        program=program,
        parameters=sliders_,
        axis="firms",
        outcome=OutcomeInfo("", "P", "power", "", "probability that the test finds the effect"),
        step="power",
        bounds=(0.0, 1.0),
        choices=(
            "A few thousand firms are plenty: it is near one almost at once.",
            "Slowly at first: tens of thousands of firms are needed to see it in most studies.",
            "In proportion: twice as many firms, twice the probability, to the end.",
        ),
        right=1,
        answer=f"With 4,000 firms it is {small:.2f}, with 40,000 {half:.2f}. "
        "The standard error falls with the root of the number of firms only.",
    )


def selection() -> Guess:
    """Ask what selection does to least squares where there is no effect."""
    program, sliders_ = selection_bias.formulas(), selection_bias.SLIDERS
    half, most = (_at(program, sliders_, "ols", s=s) for s in (0.5, 0.9))
    return Guess(
        id="selection",
        question="Digitization does nothing for quality here. But something unseen raises quality, "
        "and firms that have it also digitise more. What does least squares find in endless "
        "firms, as the two go together more and more?",
        program=program,
        parameters=sliders_,
        axis="s",
        outcome=OutcomeInfo("", "LS", "least squares", "", "quality per s.d. of digitization"),
        step="ols",
        bounds=(-1.0, 1.0),
        choices=(
            "Zero: with enough firms the estimate is right.",
            "An effect that is not there, larger the more the two go together.",
            "A negative effect: the unseen cause takes the credit.",
        ),
        right=1,
        answer=f"The truth is zero throughout; least squares tends to {half:.2f} at a correlation "
        f"of 0.5 and to {most:.2f} at 0.9. More firms make it more precise, not less wrong.",
    )


def extreme() -> Guess:
    """Ask what one extreme flow does to the score of an ordinary one."""
    program, sliders_ = measurement.formulas(), measurement.SLIDERS
    near, far = (_at(program, sliders_, "score", best=best) for best in (1.0, 5.0))
    return Guess(
        id="extreme",
        question="Quality is scaled to lie between 0 and 1: the worst flow of a product gets 0, "
        "the best one 1. Somewhere else in the world one flow of the product becomes better and "
        "better. What happens to the score of our flow, which does not change?",
        program=program,
        parameters=sliders_,
        axis="best",
        outcome=OutcomeInfo("", "S", "score", "", "between 0 and 1"),
        step="score",
        bounds=(0.0, 1.0),
        choices=(
            "Nothing: its own quality is the same.",
            "It falls, fast at first and then more slowly.",
            "It falls along a straight line.",
        ),
        right=1,
        answer=f"From {near:.2f}, where the best flow elsewhere is one log point above the mean of "
        f"its market, to {far:.2f}, where it is five: one outlier presses all others together.",
    )


GUESSES: dict[str, Callable[[], Guess]] = {
    "variety": variety,
    "firms": firms,
    "selection": selection,
    "extreme": extreme,
}
"""Every question that the book asks before it shows a curve, by its id."""


def guess(name: str) -> Guess:
    """Return the question ``name``.

    Raises
    ------
    ValueError
        If there is no such question.
    """
    if name not in GUESSES:
        raise ValueError(f"there is no question {name!r}; choose one of {', '.join(GUESSES)}")
    return GUESSES[name]()
