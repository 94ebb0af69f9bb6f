"""Protects the doors of what looks at estimates: types do not matter, mistakes are named."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
import polars as pl
import pytest

from tradedig_book import audit
from tradedig_book.audit.cells import expected_cells
from tradedig_book.economy import simulate
from tradedig_book.present.stored import stored_results
from tradedig_book.published.load import published
from tradedig_book.truth.benchmark_truth import against_truth, quality_response
from tradedig_book.truth.curve_truth import joint_test, selection_bias
from tradedig_book.truth.scoreboard import agreement, scoreboard
from tradedig_book.truth.truth import true_effect
from tradedig_helpers.estimation.curve_summary import by_option, pairs, shares, standardised_curve
from tradedig_helpers.estimation.multiple import holm
from tradedig_helpers.estimation.results import StoredResults, load_results, save_results
from tradedig_helpers.estimation.specification_curve import specification_curve
from tradedig_helpers.estimation.specifications import paper_column
from tradedig_helpers.measure.panel import firm_panel
from tradedig_helpers.measure.quality import measure_quality

BENCHMARK = paper_column(2, 6)
FLEX = paper_column(5, 7), paper_column(5, 8)
Frame = pd.DataFrame


@pytest.fixture(scope="module")
def drawn():
    """Return a small economy, its panel and the results that are looked at."""
    economy = simulate(300, 5)
    panel = firm_panel(economy, ("QSY", "QBW", "QKL", "QLP", "QOP")).frame
    flows = measure_quality(economy.customs, economy.elasticities).flows
    curve = stored_results("curve").frame
    kept = {name: stored_results(name).frame for name in ("estimates", "columns")}
    board = scoreboard(kept["estimates"], kept["columns"])
    found = {"panel": panel, "truth": economy.truth, "flows": flows, "curve": curve} | kept
    return found | {"effects": standardised_curve(curve), "board": board, "published": published()}


def counted(panel: Frame) -> list[int]:
    """Return what chance makes of a panel."""
    return joint_test(panel, np.random.default_rng(1), 9).by_chance.tolist()


FUNCTIONS: dict[str, tuple[str, Callable[..., object]]] = {
    "against_truth, panel": (
        "panel",
        lambda frame, drawn: against_truth(BENCHMARK, frame, drawn["truth"], 0.2).truth,
    ),
    "against_truth, truth": (
        "truth",
        lambda frame, drawn: against_truth(BENCHMARK, drawn["panel"], frame, 0.2).truth,
    ),
    "true_effect, truth": ("truth", lambda frame, drawn: true_effect(drawn["panel"], frame).direct),
    "selection_bias, panel": (
        "panel",
        lambda frame, drawn: selection_bias(frame, drawn["truth"])["bias"].tolist(),
    ),
    "joint_test": ("panel", lambda frame, drawn: counted(frame)),
    "quality_response": ("flows", lambda frame, drawn: quality_response(frame)),
    "standardised": ("curve", lambda frame, drawn: standardised_curve(frame)["effect"].tolist()),
    "by_option": ("effects", lambda frame, drawn: by_option(frame)["median"].tolist()),
    "shares": ("effects", lambda frame, drawn: shares(frame)["alone"].tolist()),
    "pairs": ("effects", lambda frame, drawn: pairs(frame)["share"].tolist()),
    "scoreboard, estimates": (
        "estimates",
        lambda frame, drawn: scoreboard(frame, drawn["columns"])["ratio"].tolist(),
    ),
    "scoreboard, columns": (
        "columns",
        lambda frame, drawn: scoreboard(drawn["estimates"], frame)["problem"].tolist(),
    ),
    "agreement": ("board", lambda frame, drawn: agreement(frame, "table")["rms"].tolist()),
    "stars": ("published", lambda frame, drawn: audit.stars(frame)["verdict"].tolist()),
    "sample_sizes": ("published", lambda frame, drawn: audit.sample_sizes(frame)["lost"].tolist()),
    "cluster_factors": (
        "panel",
        lambda frame, drawn: audit.cluster_factors(*FLEX, frame)["factor"].tolist(),
    ),
}


def as_objects(frame: Frame) -> Frame:
    """Return numbers as objects, as a read of a spreadsheet may leave them."""
    return frame.astype(dict.fromkeys(frame.select_dtypes("number"), object))


FORMS: dict[str, Callable[[Frame], Frame]] = {
    "nullable": lambda frame: frame.convert_dtypes(),
    "pyarrow": lambda frame: frame.convert_dtypes(dtype_backend="pyarrow"),
    "objects": as_objects,
    "repeated index": lambda frame: frame.set_axis(np.arange(len(frame)) % 7),
    "columns in the index": lambda frame: frame.set_index(list(frame.columns[:2]), drop=False),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_types_and_index_do_not_matter(drawn, name, form):
    """The same numbers in another type, and rows under another index, are the same data."""
    which, function = FUNCTIONS[name]
    expected, given = function(drawn[which], drawn), FORMS[form](drawn[which])
    before = given.copy()
    found = function(given, drawn)
    pd.testing.assert_series_equal(pd.Series(found), pd.Series(expected), rtol=1e-9)
    pd.testing.assert_frame_equal(given, before)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_other_frames_are_refused_by_name(drawn, name):
    """A frame of another engine, or with a name twice, must be one clear sentence."""
    which, function = FUNCTIONS[name]
    with pytest.raises(TypeError, match="is a polars DataFrame; give a pandas DataFrame"):
        function(pl.DataFrame({"firm": [1]}), drawn)
    twice = pd.concat([drawn[which], drawn[which].iloc[:, :1]], axis=1)
    with pytest.raises(ValueError, match=f"more than one column named .'{twice.columns[0]}'"):
        function(twice, drawn)


def test_digital_is_missing_where_dig_is(drawn):
    """A firm whose level is unknown must not count as one without a technology."""
    panel = drawn["panel"].astype({"dig": float})
    panel.loc[::20, "dig"] = np.nan
    found = specification_curve(panel)
    rows = found[found["cluster"] == "firm"].groupby("index")["n"].max()
    known = panel["dig"].notna() & panel["QSY"].notna()
    assert rows["any technology"] <= known.sum() < rows["lndig"]


def test_one_cluster_is_named(drawn):
    """A panel of one province has no error by province, and must say so."""
    with pytest.raises(ValueError, match=r"column \d+: 1 cluster of 'province'; at least 2"):
        specification_curve(drawn["panel"].assign(province="P01"))
    with pytest.raises(ValueError, match=r"panel lacks the columns \['dig'\]"):
        specification_curve(drawn["panel"].drop(columns="dig"))


def test_truth_must_be_that_of_the_panel(drawn):
    """Firm-years without a known truth must be counted, and never left out in silence."""
    panel, truth = drawn["panel"], drawn["truth"]
    for ask in (partial(against_truth, BENCHMARK, response=1.0), true_effect, selection_bias):
        with pytest.raises(ValueError, match=rf"truth lacks .* of 1 of {len(panel)} rows"):
            ask(panel=panel, truth=truth[1:])
        with pytest.raises(ValueError, match="truth repeats the key"):
            ask(panel=panel, truth=pd.concat([truth, truth[:1]]))
        with pytest.raises(TypeError, match=r"panel\.firm holds int64 and truth\.firm str"):
            ask(panel=panel, truth=truth.astype({"firm": str}))
        with pytest.raises(ValueError, match=r"truth lacks the columns \['mediated'\]"):
            ask(panel=panel, truth=truth.drop(columns="mediated"))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda d: holm([0.1, None]), ValueError, "1 of 2 p-values are missing"),
        (lambda d: holm(pd.array([0.1, pd.NA])), ValueError, "1 of 2 p-values are missing"),
        (lambda d: holm(["0.1", "0.2"]), TypeError, "give p-values as numbers"),
        (lambda d: holm([[0.1, 0.2]]), ValueError, "p has 2 dimensions"),
        (lambda d: joint_test(d["panel"], np.random.default_rng(1), 0), ValueError, "draws = 0"),
        (lambda d: joint_test(d["panel"], 7), TypeError, "rng = 7; give a generator"),
        (
            lambda d: against_truth(BENCHMARK, d["panel"], d["truth"], np.nan),
            ValueError,
            "response = nan; give a finite number",
        ),
        (lambda d: shares(d["effects"], "quality"), ValueError, "give a list of"),
        (lambda d: shares(d["effects"], ["index", "index"]), ValueError, "name each once"),
        (lambda d: pairs(d["effects"], ["index"]), ValueError, "a pair needs two"),
        (lambda d: shares(d["curve"]), ValueError, r"the curve lacks \['effect'\]"),
        (lambda d: agreement(d["board"], "column"), ValueError, "by = 'column' is unknown"),
        (lambda d: stored_results("tables"), ValueError, "name = 'tables' is unknown"),
        (
            lambda d: scoreboard(d["estimates"].astype({"estimate": str}), d["columns"]),
            TypeError,
            r"estimates\.estimate has type str; convert it to numbers",
        ),
        (lambda d: audit.group_contrasts(d["published"], np.nan), ValueError, "level = nan"),
        (lambda d: audit.mediation_freedom(d["published"], np.nan), ValueError, "freedom = nan"),
        (lambda d: audit.instrument_counts(d["published"], 4, 0), ValueError, "n = 0; give a"),
        (lambda d: audit.instrument_error(d["published"], 4, np.nan), ValueError, "r2 = nan"),
        (lambda d: audit.most_cells(d["published"], np.inf, 9), ValueError, "absorbed = inf"),
        (lambda d: audit.left_out(1.0, 0.5, [np.nan]), ValueError, "share = .nan."),
        (lambda d: audit.rounded([0.1], -1), ValueError, "decimals = -1; give a whole"),
        (lambda d: expected_cells([9], 0, 1.0), ValueError, "groups = 0; give a whole"),
        (lambda d: expected_cells([9], 2, np.nan), ValueError, "steepness = nan"),
        (
            lambda d: audit.stars(d["published"].astype({"std_error": str})),
            TypeError,
            "published.std_error",
        ),
        (
            lambda d: quality_response(d["flows"].assign(log_quality=1.0)),
            ValueError,
            "flows.log_quality is the same in all flows of the product in",
        ),
    ],
)
def test_what_cannot_be_is_named(drawn, call, error, message):
    """An option or a column that makes no sense must be named with what to do."""
    with pytest.raises(error, match=message):
        call(drawn)


def test_columns_of_ones_own_leave_the_scoreboard_alone(drawn):
    """A column beside the paper's must not break the board, whose keys are then mixed."""
    mine = drawn["estimates"][:1].assign(table="mine")
    estimates = pd.concat([drawn["estimates"].astype({"table": object}), mine])
    pd.testing.assert_frame_equal(scoreboard(estimates, drawn["columns"]), drawn["board"])


def test_results_go_to_a_folder_named_by_text(drawn, tmp_path):
    """A path may be text, and a file that holds something else must be named."""
    kept = StoredResults("columns", drawn["columns"], "own data", "make it")
    save_results(kept, str(tmp_path / "mine"))
    again = load_results("columns", str(tmp_path / "mine"))
    pd.testing.assert_frame_equal(again.frame, kept.frame)
    (tmp_path / "estimates.csv").write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match=r"estimates\.csv holds no results: it lacks"):
        load_results("estimates", tmp_path)
