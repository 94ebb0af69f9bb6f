"""The synthetic economy as data: its frames and the hash of their content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, fields
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradedig_helpers.schema.declare import Column, Table
from tradedig_helpers.schema.tables import SCHEMA


@dataclass(frozen=True, slots=True)
class Economy:
    """Synthetic data; the columns of each frame are declared in ``economy.tables``.

    Attributes
    ----------
    customs : export shipments, ordered by firm and year, intermediaries included
    firms : firm-year accounts, exporters or not, and first years of digital technologies
    register : every business and its sector
    imports : products that exporters import
    digital_products : which of them are digital, by function and end use
    destinations : destination-year GDP, GDP per head and internet use
    provinces : province-year internet use
    elasticities, elasticities_hs3 : σ by destination and HS4 or HS3 product group
    truth : what an econometrician never sees: ψ, ϕ, φ, λ* and the effects of lndig on ln λ*
    truth_firms : productivity ω and the index of exporting
    """

    customs: pd.DataFrame
    firms: pd.DataFrame
    register: pd.DataFrame
    imports: pd.DataFrame
    digital_products: pd.DataFrame
    destinations: pd.DataFrame
    provinces: pd.DataFrame
    elasticities: pd.DataFrame
    elasticities_hs3: pd.DataFrame
    truth: pd.DataFrame
    truth_firms: pd.DataFrame

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return the frames by name, in the order of the schema."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(slots=True)
class ContentHash:
    """SHA-256 of every value, whatever the file format, the machine or the parts.

    Codes and text are hashed by label, whole numbers as 64-bit little-endian integers,
    and other numbers as the integer count of their sixth decimal. Each column has its own
    running digest, so tables may arrive in parts.
    """

    columns: dict[str, hashlib._Hash] = field(default_factory=dict)

    def update(self, frame: pd.DataFrame, table: Table) -> None:
        """Add the next rows of a table."""
        for column in table.columns:
            digest = self.columns.setdefault(f"{table.name}.{column.name}", hashlib.sha256())
            digest.update(np.ascontiguousarray(_words(frame[column.name], column)).data)

    def hexdigest(self) -> str:
        """Return the hash of all columns seen, in the order of their names."""
        lines = [f"{name}:{digest.hexdigest()}" for name, digest in sorted(self.columns.items())]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def content_hash(economy: Economy) -> str:
    """Return the :class:`ContentHash` of all frames of ``economy``."""
    running = ContentHash()
    for name, frame in economy.frames().items():
        running.update(frame, SCHEMA[name])
    return running.hexdigest()


def _words(values: pd.Series, column: Column) -> NDArray[np.int64]:
    """Return one 64-bit word for each value of a column."""
    match column.kind:
        case "code" | "text":
            codes = values.astype("category").cat
            labels = map(_label_word, codes.categories.tolist())
            words = np.array([*labels, 0], dtype="<i8")  # the last is for a missing label, -1
            return np.asarray(words[codes.codes])
        case "year":
            return np.asarray(values.astype("Int64").fillna(0).to_numpy(dtype="<i8"))
        case "identifier" | "integer":
            return np.asarray(values.to_numpy(dtype="<i8"))
        case "number":
            filled = values.fillna(np.pi).to_numpy(dtype=float)
            return np.asarray(np.rint(filled * 1e6).astype("<i8"))
        case "date":
            return np.asarray(values.astype("datetime64[s]").to_numpy().astype("<i8"))


@lru_cache(maxsize=10_000)
def _label_word(label: str) -> int:
    """Return the first eight bytes of the SHA-256 of a label."""
    return int.from_bytes(hashlib.sha256(label.encode()).digest()[:8], "little", signed=True)
