"""The model of optimal quality: parameters, derivation, numbers and printers."""

from tradedig_helpers.model.derivation import derive, inverse_demand
from tradedig_helpers.model.numeric import at, numeric, profit_at
from tradedig_helpers.model.paper import NotDerived, equation, second_order, upgrading, verify
from tradedig_helpers.model.parameters import ABOUT, Parameters
from tradedig_helpers.model.points import About, ParameterError
from tradedig_helpers.model.program import Condition, OutsideRegion, Program
from tradedig_helpers.model.solution import (
    CONDITIONS,
    OUTCOMES,
    Outcome,
    Solution,
    evaluate,
    optimal_quality,
    program,
    solve,
    verdict,
)

__all__ = [
    "ABOUT",
    "CONDITIONS",
    "OUTCOMES",
    "About",
    "Condition",
    "NotDerived",
    "Outcome",
    "OutsideRegion",
    "ParameterError",
    "Parameters",
    "Program",
    "Solution",
    "at",
    "derive",
    "equation",
    "evaluate",
    "inverse_demand",
    "numeric",
    "optimal_quality",
    "profit_at",
    "program",
    "second_order",
    "solve",
    "upgrading",
    "verdict",
    "verify",
]
