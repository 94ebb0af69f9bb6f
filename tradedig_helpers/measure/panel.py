"""The estimation panel: every measure, one row per firm and year."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache, partial
from os import PathLike
from typing import Any, Literal, Protocol

import narwhals as nw
import pandas as pd
from pandas.api.types import is_numeric_dtype

from tradedig_helpers.frames.engine import Frame, compute, materialize, unwrap, wrap
from tradedig_helpers.frames.ledger import Ledger
from tradedig_helpers.frames.options import require_names, require_option
from tradedig_helpers.frames.plain import plain
from tradedig_helpers.frames.reasons import Reasons, Unmeasured
from tradedig_helpers.measure.controls import (
    OF_ACCOUNTS,
    Control,
    accounts_needed,
    compute_control,
    with_productivity,
    without_bad_cells,
)
from tradedig_helpers.measure.destinations import (
    LOGS,
    check_destinations,
    compute_destinations,
    compute_dispersion,
    known_logs,
)
from tradedig_helpers.measure.digitization import (
    ADOPTIONS,
    TECHNOLOGIES,
    compute_digitization,
    digital_share,
)
from tradedig_helpers.measure.elasticities import Missing, Sigma, check_sigma
from tradedig_helpers.measure.flexibility import compute_flexibility
from tradedig_helpers.measure.flows import FIRM_YEAR, check_shipments, compute_flows, market_gaps
from tradedig_helpers.measure.groups import (
    ACCOUNTS,
    MOSTLY,
    NEEDED,
    compute_ordinary_share,
    group_needed,
    group_of,
    require_modes,
)
from tradedig_helpers.measure.imports import DIGITAL_IMPORTS, measure_imports
from tradedig_helpers.measure.instruments.demand import compute_firm_instrumented
from tradedig_helpers.measure.instruments.sample import Instrument
from tradedig_helpers.measure.intermediaries import check_register, without_intermediaries
from tradedig_helpers.measure.pairs import compute_pairs
from tradedig_helpers.measure.productivity.olley_pakes import (
    Options,
    amounts_needed,
    compute_productivity,
)
from tradedig_helpers.measure.quality import KNOWN_SIGMA, compute_firm_quality
from tradedig_helpers.schema.checks import (
    Needs,
    checked,
    checked_once,
    require_columns,
    require_key,
    require_same_kind,
)

PLACE = ["province", "industry"]
DIGITAL = [*TECHNOLOGIES, "dig", "lndig", "lndigs"]

Outcome = Literal["QSY", "QBW", "QKL", "QLP", "QOP"]
ONE_SIGMA = 4.0
"""The elasticity behind QKL."""
KEPT = " (all shipments are kept)"


class TradeData(Protocol):
    """Any object with these four frames, such as the synthetic economy or your own data.

    It may have more: ``register`` (to drop intermediaries), ``imports`` and
    ``digital_products``, ``provinces`` and ``elasticities_hs3``. ``customs``,
    ``destinations`` and the tables of elasticities are frames of one engine, the others
    pandas frames; all are declared in :mod:`tradedig_helpers.schema.tables`.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> import pandas as pd
    >>> customs = pd.DataFrame({"firm": [1, 1, 2], "year": 2004, "product": "85171210"})
    >>> customs = customs.assign(destination="US", mode="ordinary", quantity=10, value=[20, 60, 30])
    >>> firms = pd.DataFrame({"firm": [1, 2, 3], "year": 2004})
    >>> data = SimpleNamespace(customs=customs, firms=firms, destinations=None, elasticities=None)
    >>> firm_panel(data, unmeasured="report").frame[["firm", "year", "flex", "lncnpd"]].round(2)
       firm  year  flex  lncnpd
    0     1  2004  0.49     0.0
    1     2  2004   NaN     0.0
    """

    @property
    def customs(self) -> Any:
        """Shipments."""

    @property
    def firms(self) -> pd.DataFrame:
        """Firm-years of all firms, exporters or not: accounts and dates of adoption."""

    @property
    def destinations(self) -> Any:
        """Destination-years."""

    @property
    def elasticities(self) -> Any:
        """σ by HS4 group and destination."""


@dataclass(frozen=True, slots=True)
class Panel:
    """The estimation panel and the ledger of what was dropped or is missing on the way.

    Attributes
    ----------
    frame : one row for each firm-year that exports and has accounts: ``province``,
        ``industry``, the outcomes asked for, the digital measures, ``flex``, ``lncnpd``, the
        controls of Table 2, groups of firms, and what the optional tables allow
    ledger : shipments and flows dropped, then firm-years without a measure
    everyone : digital measures and controls of all firm-years, exporting or not, in the order
        of ``firms``
    unmeasured : why each column that could be in ``frame`` is not: a table or column that the
        data lack, or a measure that cannot be had
    notes : what was left out so that the others could be measured, if that was asked for:
        cells of ``firms`` by column, flows without σ by outcome; the ledger counts them, too

    Examples
    --------
    >>> panel = firm_panel(open_folder("data_sample"), outcomes=["QSY", "QKL"])
    >>> panel.frame.shape
    (20020, 41)
    >>> panel.frame[["QSY", "QKL", "lndig", "flex"]].mean().round(2)
    QSY      0.51
    QKL      0.49
    lndig    0.73
    flex     4.88
    dtype: float64
    >>> panel.ledger.frame[["rule", "before", "after"]].head(3)
                                    rule  before   after
    0                 firm is registered  554663  554663
    1  firm is no wholesaler or retailer  554663  524679
    2                    QSY: σ is known  257045  257045
    """

    frame: pd.DataFrame
    ledger: Ledger
    everyone: pd.DataFrame
    unmeasured: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)


def firm_panel(
    data: TradeData,
    outcomes: Sequence[Outcome] = ("QSY",),
    *,
    unmeasured: Unmeasured = "error",
) -> Panel:
    """Return the estimation panel of ``data``.

    Every firm-year that exports and has accounts is kept; a measure that is undefined for
    it is missing, and the ledger counts how often. TFP is estimated by Olley and Pakes on
    all firms.

    Rows of one table without a partner in another are counted in the ledger (exporters without
    accounts, firms that do not export, importers that are not in the panel) or refused
    (a destination or province and year without its row). A firm-year without a row in
    ``imports`` imports nothing; in a year that ``imports`` does not cover, that is not known.

    Parameters
    ----------
    data : see :class:`TradeData`
    outcomes : qualities to measure: QSY by (10) with σ of ``elasticities``, QBW with
        ``elasticities_hs3``, QKL with σ = 4; QLP and QOP by (11)
    unmeasured : whether a measure that cannot be had ends the panel with an error, or is left
        out, with its reason in ``unmeasured``, while the others go on. Shipments without their
        columns, accounts without firm and year, or firms without a name in common end it
        always. With ``"report"`` shipments that the register does not tell from those of
        intermediaries are kept, and reported under ``register``; accounts that cannot be
        (employees of 0, a founding year after that of the row) are missing in their rows, flows
        without σ are left out, and both are in ``notes``. Otherwise these end the panel.

    Raises
    ------
    TypeError, ValueError
        On an unknown outcome, a missing table, or bad columns or values in one.

    Examples
    --------
    >>> panel = firm_panel(open_folder("data_sample"))
    >>> panel.frame[["firm", "year", "QSY", "lndig", "flex"]].head(3).round(2)
       firm  year   QSY  lndig  flex
    0     3  2002  0.57    1.1  5.15
    1     3  2004  0.58    1.1  5.76
    2     3  2006  0.53    1.1  4.73
    """
    require_option(unmeasured, Unmeasured, "unmeasured")
    if isinstance(data, str | PathLike | Mapping | pd.DataFrame):
        raise TypeError(
            f"data is a {type(data).__name__}; give one object with all tables, such as "
            "open_folder(folder) or types.SimpleNamespace(customs=customs, firms=firms, ...)"
        )
    for outcome in require_names(outcomes, "outcomes"):
        require_option(outcome, Outcome, "outcome")
    ours, theirs = Reasons(unmeasured), Reasons(unmeasured)
    firms, repaired = _accounts(data, ours)
    gaps = [rule.split()[0] for rule, *_ in repaired.steps]
    with ThreadPoolExecutor(1) as beside:  # accounts and shipments have nothing in common
        accounts = beside.submit(_of_firms, firms, theirs, gaps)
        frame, ledger = _exporters(data, firms, outcomes, ours, gaps)
        everyone = accounts.result()
    reasons = Reasons(unmeasured, ours.found | theirs.found)
    frame = frame.merge(everyone, on=FIRM_YEAR, how="left")
    frame, counted = _with_optional(frame, data, reasons)
    frame = _with_share(frame, reasons)
    notes = _notes(repaired, ledger) if unmeasured == "report" else {}
    ledger = repaired.then(ledger).then(counted).then(_missing(frame, outcomes))
    return Panel(frame, ledger, everyone, reasons.found, notes)


def measure_firms(firms: pd.DataFrame) -> pd.DataFrame:
    """Return digital measures and controls of all firm-years, lntfp by Olley and Pakes.

    In the order of ``firms`` and with its index; see :func:`.measure_digitization`,
    :func:`.measure_controls` and :func:`.olley_pakes` for columns and errors.
    """
    accounts = plain(firms, "firms")
    require_key(accounts, FIRM_YEAR, "firms")
    return _of_firms(accounts, Reasons()).set_axis(firms.index)


def _notes(repaired: Ledger, flows: Ledger) -> dict[str, str]:
    """Return in words which cells of accounts, and which flows without σ, were left out."""
    notes = {}
    for rule, _, rows, good in repaired.steps:
        name, _, wanted = rule.partition(" ")
        notes[name] = (
            f"firms.{name} must be there: it {wanted} in {good} of {rows} rows; the others are "
            "missing for what is made of it; repair them"
        )
    for rule, unit, before, after in flows.steps:
        outcome, _, known = rule.partition(": ")
        if known == KNOWN_SIGMA and after < before:
            notes[outcome] = (
                f"σ is missing for {before - after} of {before} {unit}, which are left out; add "
                "them to the table of elasticities"
            )
    return notes


def _accounts(data: TradeData, reasons: Reasons) -> tuple[pd.DataFrame, Ledger]:
    """Return ``firms`` in plain form, with one row for each firm and year, and what is blanked."""
    firms = plain(_table(data, "firms"), "firms")
    needed = [*FIRM_YEAR, *PLACE, *ACCOUNTS] if reasons.unmeasured == "error" else FIRM_YEAR
    first, places = Needs(columns=needed, key=FIRM_YEAR), [Needs(columns=[one]) for one in PLACE]
    require = checked_once(firms, "firms", first, *places)
    require(first)
    if reasons.unmeasured == "error":
        return firms, Ledger()
    for name, place in zip(PLACE, places, strict=True):
        reasons.attempt([name], partial(require, place))
    return without_bad_cells(firms)


def _of_firms(firms: pd.DataFrame, reasons: Reasons, gaps: Collection[str] = ()) -> pd.DataFrame:
    """Return what :func:`measure_firms` does, or as much of it as can be had."""
    accounts = [accounts_needed(one.accounts, gaps) for one in OF_ACCOUNTS]
    amounts = amounts_needed(Options())
    require = checked_once(firms, "firms", ADOPTIONS, *accounts, amounts)

    def digital() -> pd.DataFrame:
        return unwrap(compute_digitization(require(ADOPTIONS)), firms, same_rows=True)

    def control(one: Control, needs: Needs) -> pd.Series:
        require(needs)
        return compute_control(firms, one)

    measured = reasons.attempt(DIGITAL, digital)
    parts: list[pd.DataFrame | pd.Series | None] = [
        firms[FIRM_YEAR] if measured is None else measured
    ]
    for one, needs in zip(OF_ACCOUNTS, accounts, strict=True):
        parts.append(reasons.attempt([one.name], partial(control, one, needs)))
    found = pd.concat([part for part in parts if part is not None], axis=1)

    def with_tfp() -> pd.DataFrame:
        require(amounts)
        return with_productivity(found, compute_productivity(firms, Options()).frame)

    joined = reasons.attempt(["lntfp"], with_tfp)
    return found if joined is None else joined


def _exporters(
    data: TradeData,
    firms: pd.DataFrame,
    outcomes: Sequence[Outcome],
    reasons: Reasons,
    gaps: Collection[str],
) -> tuple[pd.DataFrame, Ledger]:
    """Return the firm-years that export and have accounts, with what shipments show of them."""
    customs, ledger = _without_intermediaries(data, reasons)
    shipments = check_shipments(customs)
    flows = materialize(market_gaps(compute_flows(shipments)))
    frame, kept = _base(
        firms,
        plain(to_pandas(compute_flexibility(shipments)), "customs"),
    )
    groups = _groups(firms, frame, flows, reasons, gaps)
    measured, dropped = _of_flows(data, flows, outcomes, reasons)
    found = plain(compute(measured).to_pandas(), "customs")
    frame = frame.drop(columns=ACCOUNTS, errors="ignore").merge(found, on=FIRM_YEAR, how="left")
    return frame.merge(groups, on=FIRM_YEAR, how="left"), ledger.then(dropped).then(kept)


def _groups(
    firms: pd.DataFrame, frame: pd.DataFrame, flows: Frame, reasons: Reasons, gaps: Collection[str]
) -> pd.DataFrame:
    """Return what :func:`.measure_groups` does, or as much of it as can be had."""
    needs = {group: group_needed(group, gaps) for group in NEEDED}
    require = checked_once(frame, "firms", *needs.values())

    def made(group: str) -> pd.Series:
        if not set(NEEDED[group]) <= set(firms):
            require_columns(firms, NEEDED[group], "firms")
        require(needs[group])
        return group_of(frame, group)

    found = {group: reasons.attempt([group], partial(made, group)) for group in NEEDED}
    groups = frame[FIRM_YEAR].assign(
        **{name: flag for name, flag in found.items() if flag is not None}
    )

    def ordinary() -> pd.DataFrame:
        require_modes(flows)
        return plain(to_pandas(compute_ordinary_share(flows)), "flows")

    shares = reasons.attempt(["ordinary"], ordinary)
    if shares is None:
        return groups
    merged = groups.merge(shares, on=FIRM_YEAR, how="left", validate="1:1")
    return groups.assign(ordinary=merged["ordinary_share"] >= MOSTLY)


def _of_flows(
    data: TradeData, flows: Frame, outcomes: Sequence[Outcome], reasons: Reasons
) -> tuple[Frame, Ledger]:
    """Return by firm-year what is measured from flows, and what each quality drops."""
    measured = compute_pairs(flows).select(*FIRM_YEAR, "lncnpd")
    for served in _served(data, flows, reasons):
        measured = measured.join(served, on=FIRM_YEAR, how="left")
    # What it was made of is large, and let go of before quality is measured.
    measured = materialize(measured)
    ledger, missing = Ledger(), MISSING_SIGMA[reasons.unmeasured]

    @cache
    def sigma(name: str) -> Sigma:
        return check_sigma(_table(data, name))

    for outcome in outcomes:
        joined = reasons.attempt(
            [outcome], partial(_with_quality, measured, outcome, flows, sigma, missing)
        )
        if joined is not None:
            measured, ledger = joined[0], ledger.then(joined[1].about(outcome))
    return measured, ledger


def _served(data: TradeData, flows: Frame, reasons: Reasons) -> list[Frame]:
    """Return by firm-year what destinations are like: all at once, or each that can be had."""

    def served(names: Sequence[str], *, dispersion: bool) -> Frame:
        table = check_destinations(_table(data, "destinations"), names)
        return compute_destinations(flows, table, names, dispersion=dispersion)

    together = Reasons(reasons.unmeasured)
    found = together.attempt(
        [*LOGS], lambda: served(known_logs(_table(data, "destinations")), dispersion=True)
    )
    if found is not None:
        for name in set(LOGS) - set(found.collect_schema().names()):
            reasons.found[name] = f"destinations has no column {LOGS[name]!r}"
        return [found]
    each = [reasons.attempt([name], partial(served, [name], dispersion=False)) for name in LOGS]
    each.append(reasons.attempt(["lnsdp"], partial(compute_dispersion, flows)))
    return [one for one in each if one is not None]


def _with_quality(
    measured: Frame, outcome: Outcome, flows: Frame, sigma: Callable[[str], Sigma], missing: Missing
) -> tuple[Frame, Ledger]:
    quality, dropped = MEASURES[outcome](flows, sigma, missing)
    named = quality.select(*FIRM_YEAR, nw.col("quality").alias(outcome))
    return materialize(measured.join(named, on=FIRM_YEAR, how="left")), dropped


def to_pandas(frame: Frame) -> pd.DataFrame:
    """Return a frame of any supported engine as a pandas DataFrame."""
    return compute(frame).to_pandas()


def _without_intermediaries(data: TradeData, reasons: Reasons) -> tuple[Any, Ledger]:
    """Return shipments without those of intermediaries, if a register tells who they are."""
    customs, register = _table(data, "customs"), getattr(data, "register", None)
    require_columns(customs, FIRM_YEAR, "customs")
    if register is None:
        return customs, Ledger()
    frame = wrap(customs, "customs", ["firm", "value"])
    kept = _registered(frame, register, reasons)
    if kept is None:
        reasons.found["register"] += KEPT
        return customs, Ledger()
    shipments, ledger = kept
    if ledger.steps[-1][3] == 0:
        raise ValueError(
            f"no shipment of customs is left: {ledger.in_words}; see whether firms and sectors of "
            "register are right"
        )
    return shipments.to_native(), ledger


def _registered(customs: Frame, register: Any, reasons: Reasons) -> tuple[Frame, Ledger] | None:
    """Return shipments without those of intermediaries, or None where they cannot be told."""
    found = reasons.attempt(["register"], partial(check_register, register, key=False))
    if found is None:
        return None
    some = compute(customs.select(*FIRM_YEAR).head(1)).to_pandas()
    require_same_kind(plain(some, "customs"), found, ["firm"], "customs", "register")
    found = reasons.attempt(["register"], partial(check_register, found))
    if found is None:
        return None
    strict = Reasons(reasons.unmeasured)
    known = strict.attempt(["register"], partial(without_intermediaries, customs, found))
    if known is None:
        keep = partial(without_intermediaries, customs, found, "keep")
        known = reasons.attempt(["register"], keep)
        if known is not None:
            why = strict.found["register"].partition(", or use unregistered=")[0]
            reasons.found["register"] = f"{why} (their shipments are kept)"
    return known


MISSING_SIGMA: dict[Unmeasured, Missing] = {"error": "error", "report": "drop"}
"""What becomes of flows without σ."""
SigmaTables = Callable[[str], Sigma]
"""Gives a table of σ by its name, checked once."""


def _demand(table: str) -> Callable[[Frame, SigmaTables, Missing], tuple[Frame, Ledger]]:
    """Return the measure by (10) with σ of a table."""
    return lambda flows, sigma, missing: compute_firm_quality(flows, sigma(table), missing)


def _instrumented(
    name: Instrument,
) -> Callable[[Frame, SigmaTables, Missing], tuple[Frame, Ledger]]:
    """Return the measure by (11) with an instrument of the price."""
    return lambda flows, sigma, missing: compute_firm_instrumented(
        flows, sigma("elasticities"), name, missing
    )


MEASURES: dict[Outcome, Callable[[Frame, SigmaTables, Missing], tuple[Frame, Ledger]]] = {
    "QSY": _demand("elasticities"),
    "QBW": _demand("elasticities_hs3"),
    "QKL": lambda flows, _, missing: compute_firm_quality(flows, ONE_SIGMA, missing),
    "QLP": _instrumented("lagged price"),
    "QOP": _instrumented("other destinations"),
}
"""How each outcome is measured from flows that are known to be good, with its ledger."""


def _table(data: TradeData, name: str) -> Any:
    found = getattr(data, name, None)
    if found is None:
        raise ValueError(f"the data have no table {name!r}; add it, or leave out what needs it")
    return found


def _base(firms: pd.DataFrame, exporting: pd.DataFrame) -> tuple[pd.DataFrame, Ledger]:
    """Return the firm-years of ``firms`` that export, and how many were left on either side."""
    require_same_kind(firms, exporting, FIRM_YEAR, "firms", "customs")
    known = firms[[name for name in (*FIRM_YEAR, *PLACE, *ACCOUNTS) if name in firms]]
    frame = known.merge(exporting, on=FIRM_YEAR, validate="1:1")
    if frame.empty:
        raise ValueError(
            f"none of {len(exporting)} firm-years that export is among {len(firms)} of firms; "
            "give customs and firms the same firm numbers and years"
        )
    ledger = Ledger().record("exporter has accounts", "firm-years", len(exporting), len(frame))
    return frame, ledger.record("firm exports", "firm-years", len(firms), len(frame))


def _with_optional(
    frame: pd.DataFrame, data: TradeData, reasons: Reasons
) -> tuple[pd.DataFrame, Ledger]:
    """Return ``frame`` with what the optional tables allow: digital imports and INT."""
    ledger = Ledger()
    if _there(data, ("imports", "digital_products"), DIGITAL_IMPORTS, reasons):
        found = reasons.attempt(DIGITAL_IMPORTS, partial(_with_imports, frame, data))
        if found is not None:
            frame, ledger = found
    if _there(data, ("provinces",), ["INT"], reasons):

        def internet() -> pd.DataFrame:
            if "province" in reasons.found:
                require_columns(frame, ["province", "year"], "firms")
            return _with_internet(frame, plain(_table(data, "provinces"), "provinces"))

        placed = reasons.attempt(["INT"], internet)
        frame = frame if placed is None else placed
    return frame, ledger


def _there(
    data: TradeData, tables: Sequence[str], columns: Sequence[str], reasons: Reasons
) -> bool:
    """Tell whether the data have optional tables; if not, note which, for their columns."""
    if absent := [name for name in tables if getattr(data, name, None) is None]:
        why = f"the data have no table {', '.join(map(repr, absent))}"
        reasons.found.update(dict.fromkeys(columns, why))
    return not absent


def _with_imports(frame: pd.DataFrame, data: TradeData) -> tuple[pd.DataFrame, Ledger]:
    """Return ``frame`` with flags of digital imports, and which importers are not in it.

    No import of a firm-year means 0, but in a year that the imports do not cover nothing is
    known.
    """
    imports = plain(_table(data, "imports"), "imports")
    flags = measure_imports(imports, _table(data, "digital_products"))
    require_same_kind(frame, imports, FIRM_YEAR, "firms", "imports")
    merged = frame.merge(flags, on=FIRM_YEAR, how="left", validate="1:1")
    kinds = [str(name) for name in flags if name not in FIRM_YEAR]
    matched = int(merged["dpi"].notna().sum())
    if (
        not matched
        and frame[FIRM_YEAR].merge(imports[FIRM_YEAR].drop_duplicates(), on=FIRM_YEAR).empty
    ):
        raise ValueError(
            f"no firm-year of {len(imports)} imports is among the {len(frame)} that export and "
            "have accounts; give imports and firms the same firm numbers and years"
        )
    covered = frame["year"].isin(imports["year"].unique())
    merged[kinds] = merged[kinds].fillna(0).where(covered)
    if covered.all():
        merged[kinds] = merged[kinds].astype(int)
    rule = "importer of digital products exports and has accounts"
    return merged, Ledger().record(rule, "importer-years", len(flags), matched)


def _with_internet(frame: pd.DataFrame, provinces: pd.DataFrame) -> pd.DataFrame:
    """Return ``frame`` with INT, internet users per inhabitant of the firm's province.

    It is missing for a firm whose province is.
    """
    key = ["province", "year"]
    checked(provinces, "provinces", key=key, years=["year"], positive=["internet"])
    require_same_kind(frame, provinces, key, "firms", "provinces")
    found = provinces[[*key, "internet"]].rename(columns={"internet": "INT"})
    if not is_numeric_dtype(found["province"]):
        found = found.astype({"province": str})
    merged = frame.merge(found, how="left", on=key, validate="m:1")
    if missing := int((merged["INT"].isna() & frame["province"].notna().to_numpy()).sum()):
        ours, theirs = (table["province"].dropna().unique() for table in (frame, found))
        if len(ours) and not set(map(str, ours)) & set(map(str, theirs)):
            raise ValueError(
                f"no province of firms (such as {str(ours[0])!r}) is among those of provinces "
                f"(such as {str(theirs[0])!r}); give both the same names"
            )
        raise ValueError(
            f"provinces lacks the province and year of {missing} of {len(frame)} firm-years; "
            "add them"
        )
    return merged.astype({"province": frame["province"].dtype})


def _with_share(frame: pd.DataFrame, reasons: Reasons) -> pd.DataFrame:
    """Return ``frame`` with the share of digitized firms in each cell, if that can be had.

    It is missing for a firm whose province or industry is.
    """
    if lacking := [name for name in ("dig", *PLACE) if name in reasons.found]:
        reasons.found["dig_ivt"] = reasons.found[lacking[0]]
        return frame
    cells = frame.loc[frame[PLACE].notna().all(axis=1), [*PLACE, "year", "dig"]]

    def share() -> pd.DataFrame:
        if cells.empty:
            unknown = [f"firms.{name}" for name in PLACE if frame[name].isna().all()]
            raise ValueError(
                f"{' and '.join(unknown or ['firms.province or industry'])} missing in all of "
                f"{len(frame)} firm-years that export; fill in what says where they are"
            )
        return digital_share(cells)

    shares = reasons.attempt(["dig_ivt"], share)
    return frame if shares is None else frame.assign(dig_ivt=shares["dig_ivt"])


def _missing(frame: pd.DataFrame, outcomes: Sequence[Outcome]) -> Ledger:
    """Return a ledger of the firm-years in which a measure is undefined.

    Those that are undefined in most data are always there, others where they are undefined.
    """
    known = {str(name): int(frame[name].notna().sum()) for name in frame}
    always = [name for name in (*outcomes, "flex", "lntfp", "lnsdp") if name in frame]
    others = [name for name, defined in known.items() if defined < len(frame)]
    ledger = Ledger()
    for name in dict.fromkeys((*always, *others)):
        ledger = ledger.record(f"{name} is defined", "firm-years", len(frame), known[name])
    return ledger
