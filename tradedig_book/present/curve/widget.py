"""The specification curve to explore: choose, and see the estimate among all others."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import anywidget
import numpy as np
import pandas as pd
import traitlets
from scipy.stats import t as student

from tradedig_book.present.assets import asset, instead, live_page
from tradedig_book.present.palette import palette_css
from tradedig_helpers.estimation.curve_summary import standardised_curve
from tradedig_helpers.estimation.fit import CONFIDENCE
from tradedig_helpers.estimation.specification_curve import CHOICES

_ID = "specification-curve"
_WITHOUT_SCRIPTS = '<p class="td-still">Choosing among the specifications needs scripts.</p>'
EXPLORER_ROOM = "tradedig_book.explorers"
"""Whose drawing tools and frame are used."""
LABELS = {
    "quality": "Quality",
    "index": "Digitization",
    "controls": "Controls",
    "effects": "Fixed effects",
    "period": "Years",
    "cluster": "Errors clustered by",
}
BENCHMARK_CHOICES = {
    "quality": "QSY",
    "index": "lndig",
    "controls": "all of Table 2",
    "effects": "firm, province–industry–year",
    "period": "2002–2015",
    "cluster": "firm",
}
"""The choices of Table 2, column 6."""
_UNIT, _SCALE_UNIT = 1e-9, 1e-7
"""Of estimates and errors, and of scales: pages carry whole numbers of these."""


def packed_curve(curve: pd.DataFrame) -> dict[str, Any]:
    """Return the curve as a few lists of whole numbers.

    Clusters do not move an estimate, so ``estimate``, ``scale`` and ``n`` are there once for
    all of them; ``std_error`` and ``clusters`` for every combination, in the order of
    ``CHOICES``, the last choice fastest.

    Raises
    ------
    ValueError
        If a combination is missing or there twice.
    """
    key = list(CHOICES)
    every = pd.MultiIndex.from_tuples(product(*CHOICES.values()), names=key)
    rows = standardised_curve(curve).set_index(key)
    if len(rows) != len(every) or not every.isin(rows.index).all():
        raise ValueError(
            f"the curve has {len(rows)} rows, not one for each of {len(every)} combinations; "
            "make it with specification_curve"
        )
    rows = rows.loc[every]
    once = rows.iloc[:: len(CHOICES["cluster"])]
    counts = sorted(set(rows["clusters"].astype(int)))
    critical = student.ppf((1 + CONFIDENCE) / 2, np.array(counts) - 1)
    return {
        "choices": [
            {"name": name, "label": LABELS[name], "options": list(options)}
            for name, options in CHOICES.items()
        ],
        "units": {"estimate": _UNIT, "scale": _SCALE_UNIT},
        "estimate": _whole(once["estimate"], _UNIT),
        "scale": _whole(once["scale"], _SCALE_UNIT),
        "n": _whole(once["n"], 1),
        "std_error": _whole(rows["std_error"], _UNIT),
        "clusters": _whole(rows["clusters"], 1),
        "critical": dict(zip(map(str, counts), critical.round(9).tolist(), strict=True)),
    }


def _whole(values: pd.Series, unit: float) -> list[int]:
    return [int(value) for value in np.rint(values.to_numpy(dtype=float) / unit)]


class CurveExplorer(anywidget.AnyWidget):
    """A specification curve on which one combination of choices is marked.

    In JupyterLab ``choice`` and ``held`` follow the page and the page follows them.

    Parameters
    ----------
    curve : as :func:`.specification_curve` returns it
    held : choices that every specification shown shares with the marked one
    choice : options that differ from ``BENCHMARK_CHOICES``

    Raises
    ------
    traitlets.TraitError
        If there is no such choice or option.
    """

    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)
    data = traitlets.Dict().tag(sync=True)
    choice = traitlets.Dict().tag(sync=True)
    held: traitlets.List[str] = traitlets.List().tag(sync=True)

    def __init__(self, curve: pd.DataFrame, held: tuple[str, ...] = (), **choice: str) -> None:
        style = asset(EXPLORER_ROOM, "explorer.css") + asset(__package__, "curve.css")
        super().__init__(
            _esm="\n".join(
                asset(room, name)
                for room, name in (
                    (EXPLORER_ROOM, "drawing.js"),
                    ("tradedig_book.present", "place.js"),
                    (__package__, "curve.js"),
                )
            ),
            _css=palette_css() + style,
            data=packed_curve(curve),
            choice=BENCHMARK_CHOICES | choice,
            held=list(held),
        )

    @traitlets.validate("choice")
    def _choice_exists(self, proposal: dict[str, Any]) -> dict[str, str]:
        choice: dict[str, str] = proposal["value"]
        for name, option in choice.items():
            _known(name, CHOICES)
            _known(option, CHOICES[name])
        return BENCHMARK_CHOICES | choice

    @traitlets.validate("held")
    def _held_exist(self, proposal: dict[str, Any]) -> list[str]:
        held: list[str] = proposal["value"]
        for name in held:
            _known(name, CHOICES)
        return held

    def to_html(self) -> str:
        """Return the explorer as HTML that works by itself, from a server or from a file."""
        state = {"data": self.data, "choice": self.choice, "held": self.held, "in_page": True}
        return live_page(f"td-host-{_ID}", self._css, self._esm, state, instead(_WITHOUT_SCRIPTS))

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        bundle = super()._repr_mimebundle_(**kwargs)
        assert bundle is not None, "an AnyWidget always has a view"
        data, metadata = bundle
        plain = f"{type(self).__name__}: {len(self.data['std_error'])} specifications"
        return data | {"text/plain": plain, "text/html": self.to_html()}, metadata


def _known(name: str, among: Mapping[str, object]) -> None:
    if name not in among:
        raise traitlets.TraitError(f"{name!r} is no choice here; choose one of {', '.join(among)}")
