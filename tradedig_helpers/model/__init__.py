"""The model of optimal quality: parameters, derivation, numbers and printers."""

from tradedig_helpers.model.derivation import derive, inverse_demand
from tradedig_helpers.model.numeric import at, numeric, profit_at
from tradedig_helpers.model.paper import NotDerived, equation, second_order, upgrading, verify
from tradedig_helpers.model.parameters import (
    ABOUT,
    ParameterError,
    Parameters,
    parameter_table,
)
from tradedig_helpers.model.program import Condition, Program
from tradedig_helpers.model.solution import (
    CONDITIONS,
    OUTCOMES,
    Outcome,
    OutsideRegion,
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
    "parameter_table",
    "profit_at",
    "program",
    "second_order",
    "solve",
    "upgrading",
    "verdict",
    "verify",
]
