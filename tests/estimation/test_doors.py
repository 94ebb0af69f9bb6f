"""Protects the door of estimation: whatever form data come in, the answer or a named error."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from tradedig_helpers.estimation import fit as fitting
from tradedig_helpers.estimation.demeaned import demean_all
from tradedig_helpers.estimation.fit import estimate, fit
from tradedig_helpers.estimation.heckman import heckman, probit
from tradedig_helpers.estimation.iv import estimate_iv, lagged
from tradedig_helpers.estimation.leave_out import leave_out
from tradedig_helpers.estimation.mediation import mediate
from tradedig_helpers.estimation.moderation import marginal_effects
from tradedig_helpers.estimation.power import errors_by_size
from tradedig_helpers.estimation.refits import by_cluster, jackknife
from tradedig_helpers.estimation.runner import run
from tradedig_helpers.estimation.specifications import Specification

SPEC = Specification("y", ("x", "x:m", "m"), ("firm", "place^year"), table="door", column=1)
CHOICE = Specification("e", ("x", "m", "x:m"), table="door", column=2)
IV = Specification("y", ("x", "m"), ("firm",), table="door", column=3)
FIRST = Specification("m", ("x",), ("firm",), table="door", column=4)
SECOND = Specification("y", ("x", "m"), ("firm",), table="door", column=5)
CORRECTED = Specification("y", ("x", "IMR"), ("firm",), table="door", column=6)


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    """Return firm-years of whole numbers, so that every type can hold them, in no order."""
    rng = np.random.default_rng(1)
    firm, year = np.divmod(rng.permutation(480), 6)
    place = np.array([11, 12, 13])[firm % 3]
    x, m, z, noise = rng.integers(0, 60, (4, 480))
    e = x + noise > 50
    y = (x + m + x * m // 50 + noise + firm % 5) // 4
    frame = pd.DataFrame({"firm": firm, "year": 2002 + year, "place": place, "e": e})
    return frame.assign(x=x, m=m, z=(z + x) // 2, y=y)


def joint(spec: Specification, frame: pd.DataFrame) -> pd.DataFrame:
    """Return coefficients as ``run`` estimates them."""
    return fit(spec, demean_all([spec], frame)).coefficients


def corrected(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the second step of Heckman's on the rows with e = 1."""
    panel = frame[frame["e"].fillna(0).astype(float) == 1]
    return heckman(frame, panel, CHOICE, CORRECTED).second.coefficients


def tidy(table: Any) -> pd.DataFrame:
    """Return estimates and errors."""
    return table[["estimate", "std_error"]].reset_index(drop=True)


def of_mediation(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the paths of a mediation with their errors."""
    found = mediate(FIRST, SECOND, frame)
    return pd.DataFrame({"estimate": found.estimates, "std_error": found.std_errors})


CALLS: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "estimate": lambda frame: estimate(SPEC, frame).coefficients,
    "fit": lambda frame: joint(SPEC, frame),
    "estimate, sample": lambda frame: (
        estimate(replace(SPEC, sample="2002-2007"), frame).coefficients
    ),
    "probit": lambda frame: probit(CHOICE, frame).coefficients,
    "heckman": corrected,
    "estimate_iv": lambda frame: estimate_iv(IV, frame, "x", ["z"]).fit.coefficients,
    "mediate": of_mediation,
    "marginal_effects": lambda frame: marginal_effects(SPEC, frame, "x:m", [0, 30]),
    "errors_by_size": lambda frame: errors_by_size(SECOND, frame, "x", [40, 80]),
    "leave_out": lambda frame: leave_out(SECOND, frame, "place").without,
    "jackknife": lambda frame: jackknife(by_cluster(SECOND, frame)).coefficients,
}
NUMBERS = ["x", "m", "z", "y"]
KINDS = (
    *("int8", "int16", "int32", "uint8", "uint64", "float32", "Int8", "Int64", "Float32"),
    *("int16[pyarrow]", "double[pyarrow]", "object", "category"),
)
TYPES: dict[str, Callable[[pd.Series], pd.Series]] = {
    name: lambda values, name=name: values.astype(name) for name in KINDS
} | {"Decimal": lambda values: values.map(Decimal)}


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("call", CALLS)
def test_types_of_numbers_do_not_matter(call: str, kind: str, data: pd.DataFrame) -> None:
    """Products of narrow whole numbers wrap round unless double precision takes over."""
    changed = {name: TYPES[kind](data[name]) for name in NUMBERS}
    if kind not in ("int8", "uint8", "Int8"):
        changed |= {name: TYPES[kind](data[name]) for name in ("firm", "year", "place")}
    right, found = CALLS[call](data), CALLS[call](data.assign(**changed))
    np.testing.assert_allclose(tidy(found), tidy(right), rtol=1e-9)


MISSING: dict[str, Callable[[pd.Series], pd.Series]] = {
    "NaN": lambda values: values.astype(float),
    "NA": lambda values: values.astype("Int64"),
    "null": lambda values: values.astype("int64[pyarrow]"),
    "None": lambda values: values.astype(object),
    "NA among objects": lambda values: values.astype(object),
}


@pytest.mark.parametrize("kind", MISSING)
@pytest.mark.parametrize("call", CALLS)
def test_every_missing_value_is_left_out(call: str, kind: str, data: pd.DataFrame) -> None:
    """Rows with a missing variable are those without: NA is neither true nor false."""
    holes = np.arange(len(data)) % 9 == 4
    nothing = None if kind == "None" else pd.NA if kind != "NaN" else np.nan
    changed = {name: MISSING[kind](data[name]).where(~holes, nothing) for name in ("x", "m")}
    right, found = CALLS[call](data[~holes]), CALLS[call](data.assign(**changed))
    np.testing.assert_allclose(tidy(found), tidy(right), rtol=1e-9)


FORMS: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "order": lambda frame: frame.sample(frac=1, random_state=3),
    "repeated index": lambda frame: frame.set_axis([0] * len(frame)),
    "firm and year in the index too": lambda frame: frame.set_index(["firm", "year"], drop=False),
    "more columns": lambda frame: frame.assign(**{"a b": "text", "other": pd.NA}),
    "flags as numbers": lambda frame: frame.assign(e=frame["e"].astype("int8")),
    "flags that may be missing": lambda frame: frame.assign(e=frame["e"].astype("boolean")),
    "flags as objects": lambda frame: frame.assign(e=frame["e"].astype(object)),
    "text firms": lambda frame: frame.assign(firm=[f"{firm:03d}" for firm in frame["firm"]]),
    "categories of text": lambda frame: frame.assign(
        firm=pd.Categorical([f"{firm:03d}" for firm in frame["firm"]])
    ),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("call", CALLS)
def test_order_index_and_names_do_not_matter(call: str, form: str, data: pd.DataFrame) -> None:
    """Only what the rows say may count, and firms may have any names."""
    before = data.copy()
    right, found = CALLS[call](data), CALLS[call](FORMS[form](data))
    np.testing.assert_allclose(tidy(found), tidy(right), rtol=1e-9)
    pd.testing.assert_frame_equal(data, before)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda f: f.assign(x=f["x"].astype(str)), TypeError, r"panel\.x has type str"),
        (
            lambda f: f.assign(x=pd.Categorical(f["x"].astype(str))),
            TypeError,
            r"panel\.x has type category",
        ),
        (
            lambda f: f.assign(x=pd.to_datetime(f["x"], unit="D")),
            TypeError,
            r"panel\.x has type datetime",
        ),
        (
            lambda f: f.assign(firm=f["firm"].astype(object).mask(f.index % 2 == 0, "3")),
            TypeError,
            r"\.firm holds text in",
        ),
        (lambda f: pl.from_pandas(f), TypeError, "is a polars DataFrame; give a pandas DataFrame"),
        (lambda f: pd.concat([f, f["x"]], axis=1), ValueError, r"column named \['x'\]"),
        (lambda f: f.assign(x=1e160 * f["x"]), ValueError, r"panel\.x reaches 5\.9e\+161"),
        (lambda f: f.assign(x=1e-160 * f["x"]), ValueError, r"panel\.x reaches 5\.9e-159"),
        (
            lambda f: f.assign(x=np.where(f["x"] == 5, np.inf, f["x"])),
            ValueError,
            r"\['x'\] hold inf",
        ),
        (
            lambda f: f.assign(firm=f["firm"].astype(float).replace(3, np.inf)),
            ValueError,
            "infinite",
        ),
    ],
)
def test_bad_input_is_a_named_error(
    call: str, change: Callable[[pd.DataFrame], Any], error: type[Exception], words: str, data
) -> None:
    """Every estimator must say the same of the same fault, with the column."""
    if call == "heckman" and "polars" in words:
        with pytest.raises(error, match=words):
            heckman(change(data), data, CHOICE, CORRECTED)
        return
    with pytest.raises(error, match=words) as caught:
        CALLS[call](change(data))
    if "give a pandas" not in words and "column named" not in words and "firm" not in words:
        assert "door, column" in str(caught.value)


def test_stata_bytes_by_hand() -> None:
    """The slope of a product of bytes is that of the product, and not of its last eight bits."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"firm": rng.integers(0, 120, 600), "year": rng.integers(2002, 2008, 600)})
    age, size = rng.integers(0, 60, (2, 600)).astype("int8")
    frame = frame.assign(age=age, size=size, y=0.5 * age.astype(float) * size + age)
    spec = Specification(
        "y", ("age:size", "age", "size"), ("firm", "year"), table="bytes", column=1
    )
    for found in (estimate(spec, frame).coefficients, joint(spec, frame)):
        np.testing.assert_allclose(found["estimate"], [0.5, 1.0, 0.0], atol=1e-9)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"regressors": "lpop"}, ValueError, "regressors = 'lpop'; give a list"),
        ({"effects": "firm"}, ValueError, "effects = 'firm'; give a list"),
        ({"instruments": "z"}, ValueError, "instruments = 'z'; give a list"),
        ({"also": "z"}, ValueError, "also = 'z'; give a list"),
        ({"regressors": ("x", "x")}, ValueError, r"regressors names \['x'\] more than once"),
        ({"effects": ("firm", "firm")}, ValueError, r"effects names \['firm'\] more than once"),
        ({"instruments": ("z", "z")}, ValueError, r"instruments names \['z'\] more than once"),
        ({"regressors": ("x:m", "m:x")}, ValueError, "'x:m' and 'm:x' are the same"),
        ({"effects": ("a^b", "b^a")}, ValueError, r"'a\^b' and 'b\^a' are the same"),
        ({"regressors": ("x:",)}, ValueError, "'x:' lacks a part"),
        ({"effects": ("^firm",)}, ValueError, r"'\^firm' lacks a part"),
        ({"regressors": (1,)}, ValueError, r"holds \[1\]"),
        ({"regressors": ("x", "y")}, ValueError, "'y' is the outcome and a regressor"),
        ({"mediator": "z"}, ValueError, "the mediator 'z' is no regressor"),
        ({"outcome": ("y",)}, TypeError, "outcome = .*give the name of one column"),
        ({"cluster": ""}, TypeError, "cluster = ''; give the name of one column"),
        ({"estimator": "logit"}, ValueError, "estimator = 'logit' is unknown; choose one of"),
        ({"unit": "firm"}, ValueError, "unit = 'firm' is unknown; choose one of"),
    ],
)
def test_a_specification_checks_itself(
    change: dict[str, Any], error: type[Exception], words: str
) -> None:
    """A slip of the pen must be said where it is made, before it reaches any library."""
    with pytest.raises(error, match=f"door, column 3: .*{words}|door, column 3: {words}"):
        replace(IV, **change)


def test_a_specification_needs_an_outcome_and_regressors_alone(data: pd.DataFrame) -> None:
    """Without a table it is called by what it says, in errors and in tables of results."""
    spec = Specification("y", ("x", "m"), effects=("firm",))
    assert spec.name == "y on x and 1 more"
    assert Specification("y", ("x",)).name == "y on x"
    assert fitting.tidy([estimate(spec, data)])["table"].unique().tolist() == [spec.name]
    found = run([spec], {"firm-year": data})
    assert found.columns["table"].tolist() == [spec.name]
    assert set(found.estimates["table"]) == {spec.name}
    with pytest.raises(ValueError, match=r"y on x and 1 more needs the columns \['m'\]"):
        estimate(spec, data.drop(columns="m"))
    with pytest.raises(TypeError, match="Specification: outcome = 2; give the name"):
        Specification(2, 1, "y", ("x",))  # as it was before tables had a default
    with pytest.raises(ValueError, match="Specification: regressors = 'x'; give a list"):
        Specification("y", "x")


def test_lists_serve_as_well_as_tuples(data: pd.DataFrame) -> None:
    """A list is what people write; the specification stays hashable."""
    listed = replace(SPEC, regressors=list(SPEC.regressors), effects=list(SPEC.effects))
    assert listed == SPEC
    assert hash(listed) == hash(SPEC)


def test_names_may_be_anything(data: pd.DataFrame) -> None:
    """Spaces, signs, and words that the formula of a library reads as its own must not matter."""
    names = {"x": "ln (size)", "m": "C", "y": "质量 + 1", "firm": "class", "place": "a b"}
    spec = Specification(
        "质量 + 1",
        ("ln (size)", "ln (size):C", "C"),
        ("class", "a b^year"),
        "class",
        table="names",
        column=1,
    )
    right, named = estimate(SPEC, data).coefficients, data.rename(columns=names)
    for found in (estimate(spec, named).coefficients, joint(spec, named)):
        np.testing.assert_allclose(tidy(found), tidy(right), rtol=1e-7)
        assert found["term"].tolist() == list(spec.regressors)


def test_a_square_is_a_product(data: pd.DataFrame) -> None:
    """``x:x`` must be what a column of squares is."""
    spec = replace(SPEC, regressors=("x", "x:x"))
    right = estimate(replace(SPEC, regressors=("x", "s")), data.assign(s=data["x"] ** 2))
    for found in (estimate(spec, data).coefficients, joint(spec, data)):
        np.testing.assert_allclose(tidy(found), tidy(right.coefficients), rtol=1e-7)


def test_effects_alike_under_two_names_do_not_end_python(data: pd.DataFrame) -> None:
    """One effect in two columns is one effect: slopes stay, and the process lives."""
    twice = replace(SECOND, effects=("firm", "twin"))
    frame = data.assign(twin=data["firm"] + 1000)
    right = estimate(SECOND, data).coefficients["estimate"]
    for found in (estimate(twice, frame).coefficients, joint(twice, frame)):
        np.testing.assert_allclose(found["estimate"], right, rtol=1e-9)


UNITS = [1e-60, 1e-12, 1e-6, 1e6, 1e12, 1e60]


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("effects", [(), ("firm",), SPEC.effects], ids=len)
@pytest.mark.parametrize("call", [lambda s, f: estimate(s, f).coefficients, joint])
def test_units_of_measurement_do_not_matter(call, effects, unit: float, data: pd.DataFrame) -> None:
    """A slope in other units is the slope times the ratio of the units, from 1e-60 to 1e60."""
    spec = replace(SECOND, effects=effects)
    terms = [*spec.regressors, *([] if effects else ["Intercept"])]
    right = call(spec, data).set_index("term").loc[terms]
    for name in ("x", "y"):
        found = call(spec, data.assign(**{name: data[name] * unit})).set_index("term").loc[terms]
        size = pd.Series(unit if name == "y" else 1.0, index=terms)
        size["x"] /= unit if name == "x" else 1.0
        np.testing.assert_allclose(found["estimate"] / size, right["estimate"], rtol=1e-7)
        np.testing.assert_allclose(found["std_error"] / size, right["std_error"], rtol=1e-7)


@pytest.mark.parametrize("effects", [(), ("firm",), SPEC.effects], ids=len)
@pytest.mark.parametrize("call", [lambda s, f: estimate(s, f).coefficients, joint])
def test_zero_may_be_far_away(call, effects, data: pd.DataFrame) -> None:
    """A variable moved by 1e9 has the same slope, and a constant that makes up for it."""
    spec = replace(SECOND, effects=effects)
    right = call(spec, data).set_index("term")
    far = call(spec, data.assign(x=data["x"] + 1e9, y=data["y"] + 1e9)).set_index("term")
    slopes = list(spec.regressors)
    np.testing.assert_allclose(tidy(far.loc[slopes]), tidy(right.loc[slopes]), rtol=1e-6)
    if not effects:
        moved = 1e9 - 1e9 * right.loc["x", "estimate"]
        expected = right.loc["Intercept", "estimate"] + moved
        assert far.loc["Intercept", "estimate"] == pytest.approx(expected, rel=1e-9)
        error = 1e9 * right.loc["x", "std_error"]
        assert far.loc["Intercept", "std_error"] == pytest.approx(error, rel=1e-6)


@pytest.mark.parametrize("call", [estimate, joint], ids=["estimate", "fit"])
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"m": lambda f: f["x"] + 1e-6 * f["z"]}, "'m' is collinear with"),
        ({"m": lambda f: 7.0}, "'m' does not vary in 480 rows"),
        ({"m": lambda f: f["firm"] * 2.5}, "'m' is spanned by the effects"),
        ({"m": lambda f: 1e-12 * (f["firm"] + 1e-6 * f["z"])}, "'m' is spanned by the effects"),
        ({"y": lambda f: 7.0}, "the outcome 'y' does not vary in 480 rows"),
        ({"y": lambda f: f["firm"] / 3}, "the outcome 'y' is spanned by the effects"),
        ({"place": lambda f: 1}, "1 cluster of 'place'; at least 2 needed"),
    ],
)
def test_both_paths_refuse_alike(call, change: dict[str, Any], words: str, data) -> None:
    """One threshold of collinearity, and one sentence, whichever path estimates."""
    spec = replace(SECOND, cluster="place")
    frame = data.assign(**{name: make(data) for name, make in change.items()})
    with pytest.raises(ValueError, match=f"door, column 5: {words}"):
        call(spec, frame)
    wider = data.assign(m=data["x"] + 1e-3 * data["z"])
    np.testing.assert_allclose(
        tidy(estimate(SECOND, wider).coefficients), tidy(joint(SECOND, wider)), rtol=1e-5
    )


@pytest.mark.parametrize("call", [joint, lambda s, f: estimate(s, f).coefficients])
def test_an_unknown_sample_flag_is_a_missing_variable(call, data: pd.DataFrame) -> None:
    """Rows whose flag is missing are in neither sample, and are counted."""
    flag = pd.Series(data["x"] > 20).astype("boolean").where(data["m"] > 5)
    frame = data.assign(small=flag)
    for sample, rows in (
        ("small and micro firms", flag.eq(True)),
        ("medium and large firms", ~flag),
    ):
        spec = replace(SECOND, sample=sample)
        chosen = data[rows.fillna(False).to_numpy(dtype=bool)]
        np.testing.assert_allclose(tidy(call(spec, frame)), tidy(call(SECOND, chosen)), rtol=1e-9)
        found = estimate(spec, frame)
        assert found.missing == int(flag.isna().sum())
        assert found.rows == found.n + found.missing + found.singletons
    with pytest.raises(ValueError, match=r"panel\.small must be true or false"):
        call(spec, data.assign(small=2.0))
    with pytest.raises(TypeError, match=r"panel\.small has type str"):
        call(spec, data.assign(small="yes"))


SEEDED = """
import numpy as np, pandas as pd
from tradedig_helpers.estimation.fit import estimate
from tradedig_helpers.estimation.iv import estimate_iv
from tradedig_helpers.estimation.specifications import Specification
rng = np.random.default_rng(5)
firm, year = np.divmod(np.arange(600), 6)
z, x, y = rng.normal(size=(3, 600))
frame = pd.DataFrame({"firm": firm, "year": year, "place": rng.integers(0, 9, 600)})
frame = frame.assign(z=z, x=x + z, y=y + x)
for effects in (("firm", "year"), ("firm", "place^year"), ("year", "place")):
    for cluster in ("firm", "place"):
        spec = Specification("y", ("x",), effects, cluster)
        found = [estimate(spec, frame), estimate_iv(spec, frame, "x", ["z"]).fit]
        print(*(f"{one.coefficients['std_error'][0]:.10g}" for one in found))
"""


def test_errors_do_not_depend_on_the_hash_seed() -> None:
    """The library picks nested effects in the order of a set: ours must not follow it."""
    running = [
        subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", SEEDED],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in ("1", "2")
    ]
    one, other = (process.communicate()[0] for process in running)
    assert one == other
    assert len(one.split()) == 12


def test_formulas_have_spaces_around_the_plus() -> None:
    """Without them the errors of pyfixest 0.60 change from run to run."""
    spec = replace(SPEC, effects=("firm", "year"))
    assert spec.formula == "y ~ x + x:m + m | firm + year"


@pytest.mark.parametrize(
    ("change", "name", "error", "words"),
    [
        (
            lambda f: f.assign(firm=f["firm"].astype(str)),
            "x",
            TypeError,
            "panel.firm holds int64 and",
        ),
        (lambda f: f.assign(year=f["year"] * 100 + 1), "x", ValueError, "source.year is no year"),
        (lambda f: pd.concat([f, f]), "x", ValueError, "source repeats the key"),
        (lambda f: f.assign(x=f["x"].astype(str)), "x", TypeError, "source.x has type String"),
        (lambda f: f, "year", ValueError, "'year' is a part of the key"),
        (lambda f: f, "firm", ValueError, "'firm' is a part of the key"),
        (lambda f: f, "absent", ValueError, "absent"),
        (pl.from_pandas, "x", TypeError, "source is a polars DataFrame"),
    ],
)
def test_lags_that_cannot_be_looked_up(change, name, error, words, data: pd.DataFrame) -> None:
    """Keys that never meet, and years that are none, must be said."""
    with pytest.raises(error, match=words):
        lagged(data, name, change(data))


@pytest.mark.parametrize("form", ["repeated index", "firm and year in the index too"])
def test_lags_keep_the_index(form: str, data: pd.DataFrame) -> None:
    """An index is of no account, and comes back as it was; so do the types."""
    frame = FORMS[form](data.astype({"x": "int8", "year": "Int16"}))
    found, _ = lagged(frame, "x")
    pd.testing.assert_frame_equal(found.drop(columns="x_l1"), frame)
    known = data.set_index(["firm", "year"])["x"]
    before = [
        known.get((firm, year - 1), np.nan)
        for firm, year in zip(data["firm"], data["year"], strict=True)
    ]
    np.testing.assert_array_equal(found["x_l1"].to_numpy(dtype=float), before)


def test_steps_meet_in_their_keys(data: pd.DataFrame) -> None:
    """Firms as numbers here and text there are nobody's exporters."""
    panel = data[data["e"]]
    with pytest.raises(TypeError, match=r"panel\.firm holds str and choice\.firm int64"):
        heckman(data, panel.assign(firm=panel["firm"].astype(str)), CHOICE, CORRECTED)


@pytest.mark.parametrize(
    ("outcome", "regressors", "named"),
    [
        (lambda f: f["x"] > 30, ("x", "m"), "'x' can tell"),
        (lambda f: (f["z"] > 52) | f["e"], ("m", "top"), "'top' can tell"),
        (lambda f: f["x"] + f["m"] > 60, ("x", "m", "z"), r"\['x', 'm'\] together can tell"),
    ],
)
def test_separation_names_what_separates(outcome, regressors, named, data: pd.DataFrame) -> None:
    """A researcher must know what to take out: one regressor, or one of several."""
    frame = data.assign(e=outcome(data), top=data["z"] > 52)
    with pytest.raises(ValueError, match=f"door, column 2: .*{named} .*separation"):
        probit(replace(CHOICE, regressors=regressors), frame)


def test_a_probit_far_from_zero_is_no_separation(data: pd.DataFrame) -> None:
    """A regressor moved by 1e9 has the same slope."""
    right = probit(CHOICE, data).coefficients.set_index("term")
    plain = replace(CHOICE, regressors=("x", "m"))
    near, far = (
        probit(plain, data.assign(x=data["x"] + away)).coefficients.set_index("term")
        for away in (0.0, 1e9)
    )
    np.testing.assert_allclose(tidy(far.loc[["x", "m"]]), tidy(near.loc[["x", "m"]]), rtol=1e-6)
    own = data.assign(both=data["x"] * data["m"])
    by_column = probit(replace(CHOICE, regressors=("x", "m", "both")), own).coefficients
    np.testing.assert_allclose(tidy(right), tidy(by_column), rtol=1e-9)


def test_names_of_two_kinds_are_names_where_none_meets_another(data):
    """Groups called 1 and "A" are two; a firm called 3 here and "3" there is refused above."""
    named = data.assign(firm=data["firm"].astype(object).mask(data["firm"] == 3, "A"))
    expected = estimate(SPEC, data).coefficients
    for found in (estimate(SPEC, named).coefficients, joint(SPEC, named)):
        pd.testing.assert_frame_equal(found, expected, rtol=1e-9)
