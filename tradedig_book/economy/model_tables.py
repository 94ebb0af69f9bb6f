"""The model's own economy as files: its tables declared once, written, and told apart by a hash."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tradedig_book.economy.data import ContentHash
from tradedig_book.economy.model_world import ModelWorld, simulate_model_world
from tradedig_book.economy.sample import Written, table_section
from tradedig_helpers.schema.declare import Column, Table
from tradedig_helpers.schema.tables import CUSTOMS, ELASTICITIES, FIRMS

_MADE = "model_world"


def _taken(table: Table, *names: str) -> tuple[Column, ...]:
    """Take columns of the calibrated economy; amounts are in the model's units, not rounded."""
    columns = {column.name: replace(column, source=_MADE) for column in table.columns}
    for name, unit in {"quantity": "units of good", "value": "numeraire"}.items():
        if name in columns:
            columns[name] = replace(columns[name], kind="number", unit=unit, low=None)
    return tuple(columns[name] for name in names)


def _truth(name: str, unit: str, meaning: str) -> Column:
    return Column(name, "number", unit, meaning, _MADE)


_COST = _truth("cost", "numeraire per unit of good", "marginal cost c")
_CUTOFF = _truth("cutoff", "numeraire per unit of good", "cutoff cost c_D of the market")
_PSI = _truth("psi", "index", "flexible productivity ψ")
_FLOW = ("firm", "year", "product", "destination")
_MARKET = ("product", "destination", "year")

MODEL_SCHEMA = {
    table.name: table
    for table in (
        Table(
            "customs", "what one firm sells of its product in one destination and year", _FLOW,
            _taken(CUSTOMS, *_FLOW, "mode", "quantity", "value"),
        ),
        Table(
            "firms", "one firm in one year, exporter or not", ("firm", "year"),
            (*_taken(FIRMS, "firm", "year"), *_taken(CUSTOMS, "product"),
             *_taken(FIRMS, "pit_since", "pdo_since", "icp_since")),
        ),
        Table(
            "elasticities", ELASTICITIES.row, ELASTICITIES.key,
            _taken(ELASTICITIES, "hs4", "destination", "sigma"),
        ),
        Table(
            "markets", "the truth of one market", _MARKET,
            (*_taken(CUSTOMS, *_MARKET), _truth("e", "-", "substitutability e"), _CUTOFF,
             _truth("total", "units of good", "what all its sellers sell, X")),
        ),
        Table(
            "choices", "the truth of one firm in one year", ("firm", "year"),
            (*_taken(CUSTOMS, "firm", "year", "product"), _COST,
             _truth("mu", "numeraire", "cost of digitization, μ·dig²"),
             _truth("lead", "numeraire per unit of good", "√(Σ ΔC²) over destinations"),
             Column("dig", "integer", "-", "digitization chosen, 0 to 7", _MADE, low=0, high=7),
             _PSI),
        ),
        Table(
            "truth", "the truth of one flow", _FLOW,
            (*_taken(CUSTOMS, *_FLOW), _CUTOFF, _COST, _PSI,
             _truth("quality", "units of quality", "λ* by equation (8)"),
             _truth("price", "numeraire", "p* by equation (5)"),
             _truth("quantity", "units of good", "x* by equation (6)")),
        ),
    )
}  # fmt: skip
"""What each file of the model's own economy holds."""

_OPENING = """# Data dictionary of the model's own economy

These data are **synthetic**: no firm, product or place in them is real.
Markets obey equations (2), (5), (6) and (8) of the model, and firms choose digitization as it says.
Amounts are in the model's units and are not rounded, so that the equations hold to the last digit.
Many amounts are below one, which `python -m tradedig_helpers check` would not accept of customs
records; no measure minds.
Written by

    python -m tradedig_book simulate --world model --firms {firms} --seed {seed} --out FOLDER
"""


def model_hash(world: ModelWorld) -> ContentHash:
    """Return the :class:`tradedig_book.economy.data.ContentHash` of every table."""
    content = ContentHash()
    for name, frame in world.frames().items():
        content.update(frame, MODEL_SCHEMA[name])
    return content


def write_model_world(folder: Path, firms: int, seed: int) -> Written:
    """Draw the model's own economy and write it as Parquet, with its dictionary.

    Raises
    ------
    ValueError
        If ``firms`` or ``seed`` is no whole number, or too small.
    """
    world = simulate_model_world(firms, seed)
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in world.frames().items():
        frame.to_parquet(folder / f"{name}.parquet", index=False)
    opening = _OPENING.format(firms=firms, seed=seed)
    sections = "\n".join([opening, *map(table_section, MODEL_SCHEMA.values())])
    (folder / "README.md").write_text(sections, encoding="utf-8")
    rows = {name: len(frame) for name, frame in world.frames().items()}
    return Written(rows, model_hash(world))
