"""One class, two hosts: a kernel-synced widget in JupyterLab, plain HTML in the built book."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import anywidget
import traitlets

from tradedig_book.explorers.still import Still
from tradedig_book.present.assets import asset, instead, live_page
from tradedig_book.present.palette import palette_css
from tradedig_book.theory import Program

_SCRIPTS = ("drawing.js", "panel.js", "address.js", "explorer.js")


@dataclass(frozen=True)
class ExplorerSpec:
    """What an explorer shows; everything in it is plain data that JSON can carry.

    Attributes
    ----------
    id : str
        Name of the explorer on the page and in the address.
    title : str
        Accessible name.
    parameters, outcomes, conditions : tuple of dict
        Sliders, linked views, and the names of the verdicts 1, 2, ...
    equation : str
        MathML whose ``data-value`` elements show current numbers.
    inside : str
        What the page says where every condition holds.
    axes : tuple of str
        Parameters that may be on the horizontal axis; the first is there at the start.
    open : tuple of str
        The two or three parameters whose sliders are open; the others fold under "more".
    hero : bool
        Whether the first view is large, with the others small beneath it.
    marks : tuple of dict
        Steps of the model to mark on an axis: ``step``, ``axis`` and ``name``.
    """

    id: str
    title: str
    parameters: tuple[dict[str, Any], ...]
    outcomes: tuple[dict[str, Any], ...]
    conditions: tuple[dict[str, Any], ...]
    equation: str
    inside: str
    axes: tuple[str, ...]
    open: tuple[str, ...]
    hero: bool = False
    marks: tuple[dict[str, Any], ...] = ()

    @property
    def axis(self) -> str:
        """The parameter on the horizontal axis at the start."""
        return self.axes[0]


asset_of_explorers = partial(asset, __package__)
"""Read a script or style sheet that stands beside this module."""


def script_of(program: Program, *names: str) -> str:
    """Return the formulas as a JavaScript ``evaluate``, and below it the scripts that call it."""
    return "\n".join([f"const evaluate = {program.javascript()};", *map(asset_of_explorers, names)])


class Explorer(anywidget.AnyWidget):
    """Linked views of a model that the browser evaluates by itself.

    In JupyterLab, ``values``, ``axis`` and ``pins`` follow the sliders and the sliders follow
    them.
    In the built book the same class writes HTML that needs no kernel and no network.

    Parameters
    ----------
    spec : ExplorerSpec
        What is shown.
    program : Program
        The formulas; they are printed as JavaScript for the browser.
    values : mapping, optional
        Parameters that start away from their defaults.

    Raises
    ------
    traitlets.TraitError
        If a value, the axis or a pin names no slider, or a value lies outside its slider.
    """

    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)
    spec = traitlets.Dict().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    axis = traitlets.Unicode().tag(sync=True)
    pins: traitlets.List[dict[str, float]] = traitlets.List().tag(sync=True)

    def __init__(self, spec: ExplorerSpec, program: Program, **values: float) -> None:
        self.program = program
        self._defaults = {p["name"]: p["default"] for p in spec.parameters}
        super().__init__(
            _esm=script_of(program, *_SCRIPTS),
            _css=palette_css() + asset_of_explorers("explorer.css"),
            spec=asdict(spec) | {"axis": spec.axis},
            values=self._defaults | values,
            axis=spec.axis,
        )

    @traitlets.validate("values")
    def _values_on_sliders(self, proposal: dict[str, Any]) -> dict[str, float]:
        return self._defaults | self._on_sliders(proposal["value"])

    @traitlets.validate("pins")
    def _pins_on_sliders(self, proposal: dict[str, Any]) -> list[dict[str, float]]:
        return [self._defaults | self._on_sliders(pin) for pin in proposal["value"]]

    @traitlets.validate("axis")
    def _axis_is_a_slider(self, proposal: dict[str, Any]) -> str:
        axis: str = proposal["value"]
        if axis not in self.spec["axes"]:
            raise traitlets.TraitError(
                f"{axis!r} cannot be the axis here; choose one of {', '.join(self.spec['axes'])}"
            )
        return axis

    def _known(self, name: str) -> None:
        if name not in self._defaults:
            raise traitlets.TraitError(
                f"{name!r} is not a parameter here; choose one of {', '.join(self._defaults)}"
            )

    def _on_sliders(self, point: dict[str, Any]) -> dict[str, float]:
        ranges = {p["name"]: (p["low"], p["high"]) for p in self.spec["parameters"]}
        for name, value in point.items():
            self._known(name)
            low, high = ranges[name]
            if not (isinstance(value, int | float) and low <= value <= high):
                raise traitlets.TraitError(
                    f"{name} = {value!r} is outside its slider; "
                    f"choose a number from {low:g} to {high:g}"
                )
        return {name: float(value) for name, value in point.items()}

    def to_html(self) -> str:
        """Return the explorer as HTML that works by itself, from a server or from a file."""
        state = {
            "spec": self.spec,
            "values": self.values,
            "axis": self.axis,
            "pins": self.pins,
            "in_page": True,
        }
        host = f"td-host-{self.spec['id']}"
        return live_page(host, self._css, self._esm, state, instead(self.still().to_html()))

    def still(self) -> Still:
        """Return the current setting to be drawn where no script runs."""
        return Still(self.spec, self.program, self.values, self.axis)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        bundle = super()._repr_mimebundle_(**kwargs)
        assert bundle is not None, "an AnyWidget always has a view"
        data, metadata = bundle
        plain = f"{type(self).__name__}: {self.spec['title']}"
        still = {"text/plain": plain, "image/svg+xml": self.still().to_svg()}
        return data | still | {"text/html": self.to_html()}, metadata
