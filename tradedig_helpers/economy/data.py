"""The synthetic economy as data: five frames and the hash of their content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from tradedig_helpers.economy.schema import Column
from tradedig_helpers.economy.tables import SCHEMA


@dataclass(frozen=True, slots=True)
class Economy:
    """Synthetic data; the columns of each frame are declared in ``economy.schema``.

    Attributes
    ----------
    customs : export shipments, ordered by firm and year
    firms : firm-year accounts and the dates at which digital technologies were adopted
    destinations : destination-year GDP and GDP per head
    elasticities : σ by HS4 product group and destination
    truth : what an econometrician never sees: ψ, φ, λ* and the effects of lndig on ln λ*
    """

    customs: pd.DataFrame
    firms: pd.DataFrame
    destinations: pd.DataFrame
    elasticities: pd.DataFrame
    truth: pd.DataFrame

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return the frames by name, in the order of the schema."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def content_hash(economy: Economy) -> str:
    """Return the SHA-256 of every value, whatever the file format or the machine.

    Codes are hashed as text, whole numbers as 64-bit little-endian integers, and
    numbers as the integer count of their sixth decimal.
    """
    digest = hashlib.sha256()
    for name, frame in economy.frames().items():
        for column in SCHEMA[name].columns:
            digest.update(f"{name}.{column.name}:{len(frame)};".encode())
            digest.update(_bytes(frame[column.name], column))
    return digest.hexdigest()


def _bytes(values: pd.Series, column: Column) -> bytes:
    """Return the canonical bytes of one column."""
    match column.kind:
        case "code":
            used = values.cat.remove_unused_categories()
            ordered = used.cat.reorder_categories(sorted(used.cat.categories))
            labels = "\n".join(ordered.cat.categories)
            return labels.encode() + ordered.cat.codes.to_numpy(dtype="<i8").tobytes()
        case "year":
            return values.astype("Int64").fillna(0).to_numpy(dtype="<i8").tobytes()
        case "integer":
            return values.to_numpy(dtype="<i8").tobytes()
        case "number":
            return np.rint(values.to_numpy() * 1e6).astype("<i8").tobytes()
