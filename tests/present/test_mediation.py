"""Protects the tables and figures of mediation: ours and the paper's, each from its source."""

import re

import numpy as np
import pandas as pd
import pytest

from tradedig_book.present.evidence_figures import marginal_figure, moderation_figure
from tradedig_book.present.evidence_tables import four
from tradedig_book.present.mediation_tables import mediation_table, published_paths
from tradedig_helpers.estimation.mediation import mediate
from tradedig_helpers.estimation.moderation import marginal_effects
from tradedig_helpers.estimation.specifications import Specification, paper_column


@pytest.fixture(scope="module")
def mediations():
    """Return two mediations of noise: flex, printed in Table 5, and lntfp, printed in part."""
    rng = np.random.default_rng(8)
    names = list(paper_column(5, 8).numbers)
    frame = pd.DataFrame(rng.normal(size=(900, len(names))), columns=names)
    frame = frame.assign(
        firm=np.arange(900) // 6, year=np.arange(900) % 6, province="P", industry="I"
    )
    pairs = {
        "flex": (paper_column(5, 7), paper_column(5, 8)),
        "productivity": (paper_column(5, 1), paper_column(2, 6)),
    }
    return {label: mediate(*pair, frame) for label, pair in pairs.items()}


def test_table_sets_ours_beside_the_paper(mediations):
    """Published cells come from the CSV, ours from the mediation, counts from the sample."""
    laid = mediation_table(mediations, caption="Mediation, synthetic")
    rows = {row[0]: row[1:] for row in laid.rows}
    flex = mediations["flex"]
    assert rows["flex"][1] == "0.2673<sup>***</sup><br><small>(0.0314)</small>"
    assert rows["flex"][7] == "0.0007<sup>***</sup>"
    assert rows["productivity"][7] == "–"
    assert rows["flex"][6].startswith(four(float(flex.estimates["ME"])))
    assert f"({flex.std_errors['ME']:.4f})" in rows["flex"][6]
    fit = flex.fit
    counts = (fit.n, fit.singletons, fit.missing, fit.clusters)
    assert rows["flex"][-4:] == tuple(f"{count:,}" for count in counts)
    assert sum(span for _, span in laid.groups) == len(laid.header) == len(laid.rows[0])
    assert "Synthetic data" in laid.notes[0]
    assert "CRV1" in laid.notes[-1]


def test_a_table_needs_rows_and_a_caption(mediations):
    """An empty table or one without a caption is refused."""
    with pytest.raises(ValueError, match="has no mediation"):
        mediation_table({}, caption="Empty")
    with pytest.raises(ValueError, match="needs a caption"):
        mediation_table(mediations, caption=" ")


def test_published_paths_are_those_of_the_columns(mediations):
    """μ₁ of lntfp is printed in Table 2, column 6, and its ME nowhere."""
    frame = published_paths(list(mediations.values())).set_index("path")
    flex, productivity = frame.iloc[:4], frame.iloc[4:]
    assert flex["estimate"].tolist() == [0.2673, 0.0026, 0.0015, 0.0007]
    assert productivity["estimate"]["beta0"] == 0.0012
    assert productivity["estimate"].notna().tolist() == [True, True, True, False]


def test_marginal_figure_shows_the_band_and_the_sample():
    """The effect, its band, where the sample lies and what is marked must be drawn."""
    effects = pd.DataFrame({"moderator": [0.0, 1.0], "estimate": [0.1, 0.3]})
    effects = effects.assign(low=effects["estimate"] - 0.2, high=effects["estimate"] + 0.2)
    drawn = marginal_figure(
        effects,
        pd.Series(np.linspace(0, 1, 50)),
        marks={"mean": 0.5},
        xlabel="moderator (no unit)",
        ylabel="effect",
        caption="Effect, synthetic.",
        alt="A rising line.",
    )
    assert {"--td-now", "--td-line", "--td-pin"} <= set(re.findall(r"--td-\w+", drawn.svg))
    assert ">mean<" in drawn.svg


def test_moderation_figure_says_the_effects_at_its_ends():
    """The curve runs over the middle 98 per cent, and its ends are in words."""
    rng = np.random.default_rng(3)
    spec = Specification("QSY", ("lndig", "x", "lndig:x"), ("firm",), table=5, column=9)
    frame = pd.DataFrame(rng.normal(size=(600, 2)), columns=["lndig", "x"])
    frame = frame.assign(firm=np.arange(600) // 6, QSY=frame["lndig"] * (1 + frame["x"]))
    frame["QSY"] += rng.normal(size=600)
    middle = frame["x"].quantile([0.01, 0.99]).to_numpy()
    along = marginal_effects(spec, frame, "lndig:x", np.linspace(*middle, 41))
    drawn = moderation_figure(spec, frame, along, "x", "a trait")
    low, high = (
        f"{r.estimate:.4f} ({r.low:.4f} to {r.high:.4f}) at {r.moderator:.2f}"
        for r in marginal_effects(spec, frame, "lndig:x", middle).itertuples()
    )
    assert drawn.alt == f"The effect goes from {low} to {high}."
    assert "100 exporters, Table 5 column (9)" in drawn.caption
    assert "x, a trait" in drawn.svg
