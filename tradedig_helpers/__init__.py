"""Trade digitization and export quality: check, measure, link and estimate.

What a researcher needs stands here, on one page; modules are loaded when a name is first used.
The book's own workshop is :mod:`tradedig_book`, on which nothing here depends.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tradedig_helpers.estimation.bootstrap import wild_cluster_test as wild_cluster_test
    from tradedig_helpers.estimation.event_study.cohorts import event_sample as event_sample
    from tradedig_helpers.estimation.event_study.cohorts import first_adoption as first_adoption
    from tradedig_helpers.estimation.event_study.matching import match_adopters as match_adopters
    from tradedig_helpers.estimation.event_study.staggered import group_time as group_time
    from tradedig_helpers.estimation.event_study.study import event_study as event_study
    from tradedig_helpers.estimation.fit import Fit as Fit
    from tradedig_helpers.estimation.fit import estimate as estimate
    from tradedig_helpers.estimation.fit import tidy as tidy
    from tradedig_helpers.estimation.heckman import export_choice as export_choice
    from tradedig_helpers.estimation.heckman import heckman as heckman
    from tradedig_helpers.estimation.iv import estimate_iv as estimate_iv
    from tradedig_helpers.estimation.iv import lagged as lagged
    from tradedig_helpers.estimation.leave_out import leave_out as leave_out
    from tradedig_helpers.estimation.mediation import effect_tests as effect_tests
    from tradedig_helpers.estimation.mediation import mediate as mediate
    from tradedig_helpers.estimation.moderation import marginal_effects as marginal_effects
    from tradedig_helpers.estimation.multiple import holm as holm
    from tradedig_helpers.estimation.power import errors_by_size as errors_by_size
    from tradedig_helpers.estimation.power import extrapolate as extrapolate
    from tradedig_helpers.estimation.power import power as power
    from tradedig_helpers.estimation.refits import by_cluster as by_cluster
    from tradedig_helpers.estimation.runner import paper_frames as paper_frames
    from tradedig_helpers.estimation.runner import run as run
    from tradedig_helpers.estimation.specification_curve import (
        specification_curve as specification_curve,
    )
    from tradedig_helpers.estimation.specifications import (
        FLEX_ON_DIGITIZATION as FLEX_ON_DIGITIZATION,
    )
    from tradedig_helpers.estimation.specifications import PAPER as PAPER
    from tradedig_helpers.estimation.specifications import QUALITY_ON_FLEX as QUALITY_ON_FLEX
    from tradedig_helpers.estimation.specifications import TABLE_2 as TABLE_2
    from tradedig_helpers.estimation.specifications import TABLE_3 as TABLE_3
    from tradedig_helpers.estimation.specifications import TABLE_4 as TABLE_4
    from tradedig_helpers.estimation.specifications import TABLE_5 as TABLE_5
    from tradedig_helpers.estimation.specifications import TABLE_6 as TABLE_6
    from tradedig_helpers.estimation.specifications import TABLE_7 as TABLE_7
    from tradedig_helpers.estimation.specifications import Specification as Specification
    from tradedig_helpers.estimation.specifications import paper_column as paper_column
    from tradedig_helpers.frames.ledger import Ledger as Ledger
    from tradedig_helpers.linking.across_sources import RawRecords as RawRecords
    from tradedig_helpers.linking.across_sources import link_sources as link_sources
    from tradedig_helpers.linking.over_time import link_over_time as link_over_time
    from tradedig_helpers.measure.aggregate import aggregate as aggregate
    from tradedig_helpers.measure.controls import measure_controls as measure_controls
    from tradedig_helpers.measure.destinations import measure_destinations as measure_destinations
    from tradedig_helpers.measure.digitization import digital_share as digital_share
    from tradedig_helpers.measure.digitization import digitization_index as digitization_index
    from tradedig_helpers.measure.digitization import measure_digitization as measure_digitization
    from tradedig_helpers.measure.elasticities import with_sigma as with_sigma
    from tradedig_helpers.measure.flexibility import measure_flexibility as measure_flexibility
    from tradedig_helpers.measure.flows import to_flows as to_flows
    from tradedig_helpers.measure.folder import open_folder as open_folder
    from tradedig_helpers.measure.groups import measure_groups as measure_groups
    from tradedig_helpers.measure.imports import measure_imports as measure_imports
    from tradedig_helpers.measure.instruments.demand import (
        measure_instrumented as measure_instrumented,
    )
    from tradedig_helpers.measure.intermediaries import drop_intermediaries as drop_intermediaries
    from tradedig_helpers.measure.levels import LevelPanel as LevelPanel
    from tradedig_helpers.measure.levels import level_panel as level_panel
    from tradedig_helpers.measure.pairs import measure_pairs as measure_pairs
    from tradedig_helpers.measure.panel import Panel as Panel
    from tradedig_helpers.measure.panel import TradeData as TradeData
    from tradedig_helpers.measure.panel import firm_panel as firm_panel
    from tradedig_helpers.measure.productivity.olley_pakes import olley_pakes as olley_pakes
    from tradedig_helpers.measure.quality import Quality as Quality
    from tradedig_helpers.measure.quality import demand_residual as demand_residual
    from tradedig_helpers.measure.quality import measure_quality as measure_quality
    from tradedig_helpers.measure.quality import standardise as standardise
    from tradedig_helpers.schema.validation.validate import validate_files as validate_files
    from tradedig_helpers.schema.validation.validate import validate_frame as validate_frame

GROUPS = {
    "Check and read": {
        "TradeData": "measure.panel",
        "Ledger": "frames.ledger",
        "open_folder": "measure.folder",
        "validate_files": "schema.validation.validate",
        "validate_frame": "schema.validation.validate",
    },
    "Measure": {
        "LevelPanel": "measure.levels",
        "Panel": "measure.panel",
        "Quality": "measure.quality",
        "aggregate": "measure.aggregate",
        "demand_residual": "measure.quality",
        "digital_share": "measure.digitization",
        "digitization_index": "measure.digitization",
        "drop_intermediaries": "measure.intermediaries",
        "firm_panel": "measure.panel",
        "level_panel": "measure.levels",
        "measure_controls": "measure.controls",
        "measure_destinations": "measure.destinations",
        "measure_digitization": "measure.digitization",
        "measure_flexibility": "measure.flexibility",
        "measure_groups": "measure.groups",
        "measure_imports": "measure.imports",
        "measure_instrumented": "measure.instruments.demand",
        "measure_pairs": "measure.pairs",
        "measure_quality": "measure.quality",
        "olley_pakes": "measure.productivity.olley_pakes",
        "standardise": "measure.quality",
        "to_flows": "measure.flows",
        "with_sigma": "measure.elasticities",
    },
    "Link": {
        "RawRecords": "linking.across_sources",
        "link_over_time": "linking.over_time",
        "link_sources": "linking.across_sources",
    },
    "Estimate": {
        "Fit": "estimation.fit",
        "Specification": "estimation.specifications",
        "by_cluster": "estimation.refits",
        "effect_tests": "estimation.mediation",
        "errors_by_size": "estimation.power",
        "estimate": "estimation.fit",
        "estimate_iv": "estimation.iv",
        "event_sample": "estimation.event_study.cohorts",
        "event_study": "estimation.event_study.study",
        "export_choice": "estimation.heckman",
        "extrapolate": "estimation.power",
        "first_adoption": "estimation.event_study.cohorts",
        "group_time": "estimation.event_study.staggered",
        "heckman": "estimation.heckman",
        "holm": "estimation.multiple",
        "lagged": "estimation.iv",
        "leave_out": "estimation.leave_out",
        "marginal_effects": "estimation.moderation",
        "match_adopters": "estimation.event_study.matching",
        "mediate": "estimation.mediation",
        "power": "estimation.power",
        "run": "estimation.runner",
        "specification_curve": "estimation.specification_curve",
        "tidy": "estimation.fit",
        "wild_cluster_test": "estimation.bootstrap",
    },
    "The paper's specifications": {
        "FLEX_ON_DIGITIZATION": "estimation.specifications",
        "PAPER": "estimation.specifications",
        "QUALITY_ON_FLEX": "estimation.specifications",
        "TABLE_2": "estimation.specifications",
        "TABLE_3": "estimation.specifications",
        "TABLE_4": "estimation.specifications",
        "TABLE_5": "estimation.specifications",
        "TABLE_6": "estimation.specifications",
        "TABLE_7": "estimation.specifications",
        "paper_column": "estimation.specifications",
        "paper_frames": "estimation.runner",
    },
}
"""The public names, as a researcher groups them, and the module that defines each."""

_HOME = {name: module for names in GROUPS.values() for name, module in names.items()}

__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
