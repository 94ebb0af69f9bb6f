"""What happens at adoption: cohorts, matching, event studies, and what their estimators weigh.

``cohorts`` says who adopts when, ``matching``, ``neighbours`` and ``balance`` find firms to
compare them with, ``weighted`` estimates on pairs whose controls count in part, ``staggered`` and
``study`` estimate paths by time since adoption, ``twoway_weights`` and ``pretrends`` show what can
go wrong.
"""
