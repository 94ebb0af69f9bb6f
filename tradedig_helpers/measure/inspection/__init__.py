"""Inspection: all that is wrong with a file or frame, found in one pass against its declaration."""

from tradedig_helpers.measure.inspection.findings import Finding
from tradedig_helpers.measure.inspection.inspect import (
    TABLES,
    Inspection,
    describe_table,
    inspect_file,
    inspect_files,
    inspect_frame,
    named,
    table_of,
)
from tradedig_helpers.measure.inspection.sources import CannotInspect

__all__ = [
    "TABLES",
    "CannotInspect",
    "Finding",
    "Inspection",
    "describe_table",
    "inspect_file",
    "inspect_files",
    "inspect_frame",
    "named",
    "table_of",
]
