"""One notebook cell: the explorer's four views by ``interact`` and Matplotlib, on a kernel."""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import FloatSlider, interact

from tradedig_book.theory import ABOUT, OUTCOMES, Parameters, evaluate, verdict

AXIS = np.linspace(ABOUT["psi"].low, ABOUT["psi"].high, 161)
DEFAULT = Parameters()
GHOST = evaluate(replace(DEFAULT, psi=AXIS))
INSIDE = verdict(replace(DEFAULT, psi=AXIS)) == 0


def draw(e: float) -> None:
    """Draw λ*, price, quantity and profit against ψ, at one taste for variety."""
    along, here = replace(DEFAULT, psi=AXIS, e=e), replace(DEFAULT, e=e)
    inside = verdict(along) == 0
    curve, now = evaluate(along), evaluate(here)
    _, views = plt.subplots(2, 2, figsize=(6.54, 5.12))  # inches at 100 dpi: the explorer's size
    for view, (name, outcome) in zip(views.flat, OUTCOMES.items(), strict=True):
        top = 2.4 * float(evaluate(DEFAULT)[name])
        view.fill_between(AXIS, 0, top, where=~inside, hatch="//", alpha=0.3)
        view.plot(AXIS[INSIDE], GHOST[name][INSIDE], ":")
        view.plot(AXIS[inside], curve[name][inside])
        view.plot(DEFAULT.psi, now[name], "o")
        view.set(title=f"{outcome.glyph} = {float(now[name]):.3g}", ylim=(0, top))
    plt.show()


interact(draw, e=FloatSlider(DEFAULT.e, min=ABOUT["e"].low, max=ABOUT["e"].high, step=0.002))
