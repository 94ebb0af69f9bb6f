"""Columns of the paper's tables in words, from the declarations of the specifications."""

from __future__ import annotations

from tradedig_helpers.estimation.specifications import CONTROLS, Specification

MEANINGS = {
    "QSY": "export quality, elasticities of Soderbery",
    "QBW": "export quality, elasticities of Broda and Weinstein",
    "QKL": "export quality, the elasticity 4 for all",
    "QLP": "export quality, price instrumented by last year's",
    "QOP": "export quality, price instrumented by that in other destinations",
    "EDU": "1 if the firm exports",
    "flex": "flexible productivity",
    "lncnpd": "log of the destination–product pairs tried since 2000",
    "lntfp": "log of total factor productivity",
    "lninn": "log of patent applications, plus one",
    "lndig": "log of the digital level, which is 1 to 8",
    "lndigs": "log of the years of digital use",
    "pit": "member of a cross-border platform",
    "pdo": "member of a domestic platform",
    "icp": "home page of its own",
    "lnsca": "log of employees",
    "lnage": "log of age",
    "lncap": "log of fixed assets per employee",
    "lnpwa": "log of wages per employee",
    "lnfir": "log of interest over assets",
    "lnpro": "log of profit over sales",
    "foe": "foreign-owned, at least a quarter",
    "lnpgp": "log of the destinations' GDP per head",
    "lngdp": "log of the destinations' GDP",
    "lnsdp": "log of the dispersion of export prices: information cost",
    "IMR": "inverse Mills ratio",
    "dpi": "imports digital products",
    "IUI": "log of internet users at the destinations, per 100",
    "INT": "share of the province's people who use the internet",
    "clearance": "days that goods wait at the firm's customs office",
    "ict": "imports information technology",
    "mac": "imports robots",
    "oct": "imports other digital products",
    "con": "imports digital consumer goods",
    "imd": "imports digital intermediate goods",
    "cap": "imports digital capital goods",
    "ME": "the mediated effect, β0·μ1",
    "stat:N": "number of observations",
    "stat:adj_r2": "adjusted R²",
    "stat:ACC LM": "Anderson's LM, whether the instrument moves lndig at all",
    "stat:CDW F": "Cragg and Donald's F, how strongly the instrument moves lndig",
}
"""What outcomes, regressors and statistics of the tables are, briefly."""
_METHODS = {
    "least squares": "Least squares",
    "probit": "Probit",
    "Heckman": "Least squares, second step of Heckman",
    "2SLS": "Two-stage least squares",
}
_ROWS = {"all firm-years": "all firms and years, exporters or not"}
_SAMPLES = {
    "all": "exporters, all years",
    "2002-2007": "exporters, 2002–2007",
    "2008-2015": "exporters, 2008–2015",
    "labour-intensive": "labour-intensive firms",
    "capital-intensive": "capital-intensive firms",
    "start-up": "start-ups, one or two years old",
    "established": "firms from their third year on",
}
EFFECT_NAMES = {"firm": "firm", "year": "year", "province^industry^year": "province–industry–year"}


def written_term(term: str) -> str:
    """Return a term as tables print it.

    Examples
    --------
    >>> [written_term(one) for one in ("lndig:dpi", "stat:adj_r2", "stat:N")]
    ['lndig×dpi', 'adj. R²', 'N']
    """
    name = term.removeprefix("stat:").replace(":", "×")
    return "adj. R²" if name == "adj_r2" else name


def meaning(term: str) -> str:
    """Say what a term is; a product is told by its second part, the moderator."""
    if term in MEANINGS:
        return MEANINGS[term]
    _, moderator = term.split(":")
    return f"how the effect of lndig changes with {moderator}, {MEANINGS[moderator]}"


def in_words(spec: Specification) -> str:
    """Say what a column estimates: method, outcome, regressors, effects, rows and clusters."""
    first = [written_term(name) for name in spec.regressors if name not in CONTROLS]
    controls = len(spec.regressors) - len(first)
    right = _listed([*first, *[f"{controls} controls"] * bool(controls)])
    how = f", with {_listed(list(spec.instruments))} as instrument" * bool(spec.instruments)
    effects = _listed([EFFECT_NAMES[name] for name in spec.effects])
    return (
        f"{_METHODS[spec.estimator]}: {spec.outcome}, {MEANINGS[spec.outcome]}, on {right}{how}; "
        f"{f'{effects} effects' if effects else 'no fixed effects'}. "
        f"Rows: {_ROWS.get(spec.unit) or _SAMPLES.get(spec.sample, spec.sample)}. "
        f"Errors clustered by {spec.cluster}."
    )


def _listed(names: list[str]) -> str:
    """Join names as a sentence does."""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
