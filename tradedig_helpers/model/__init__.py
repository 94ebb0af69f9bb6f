"""The model of optimal quality: parameters, derivation, numbers and printers."""

from tradedig_helpers.model.derivation import derive, inverse_demand
from tradedig_helpers.model.paper import NotDerived, equation, upgrading, verify
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
    "derive",
    "equation",
    "evaluate",
    "inverse_demand",
    "javascript_model",
    "optimal_quality",
    "parameter_table",
    "python_model",
    "solve",
    "upgrading",
    "verdict",
    "verify",
]
