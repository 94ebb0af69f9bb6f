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
from tradedig_helpers.model.solution import (
    CONDITIONS,
    OUTCOMES,
    OutsideRegion,
    Solution,
    evaluate,
    javascript_model,
    optimal_quality,
    python_model,
    solve,
    verdict,
)

__all__ = [
    "ABOUT",
    "CONDITIONS",
    "OUTCOMES",
    "NotDerived",
    "OutsideRegion",
    "ParameterError",
    "Parameters",
    "Solution",
    "at",
    "derive",
    "equation",
    "evaluate",
    "inverse_demand",
    "javascript_model",
    "numeric",
    "optimal_quality",
    "parameter_table",
    "profit_at",
    "python_model",
    "second_order",
    "solve",
    "upgrading",
    "verdict",
    "verify",
]
