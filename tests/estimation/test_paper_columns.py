"""Protects the names of the paper's columns: places in a declaration must not move them."""

import sys
from pathlib import Path
from types import ModuleType

import pytest

from tradedig_book.audit import SPLITS as PRINTED_SPLITS
from tradedig_book.audit.declared import MEDIATIONS
from tradedig_book.published import published
from tradedig_book.truth.calibrate import CONTRASTS, POOLED, QUALITY_COLUMNS, SINGLE
from tradedig_helpers.estimation import specifications
from tradedig_helpers.estimation.specifications import PAPER, TABLE_7, TABLE_7_SPLITS, paper_column

OPENING = "SAMPLES = {\n"
CHANGES = {
    "a sample in front": OPENING + '    "new": "year == 2004",\n',
    "a sample in the middle": (
        "SAMPLES = dict([*_SAMPLES.items()][:5] + [('new', 'small')] + [*_SAMPLES.items()][5:])\n"
    ),
    "the other way round": "SAMPLES = dict(reversed(_SAMPLES.items()))\n",
}


def declared_with(change: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the module of specifications as it would be with another ``SAMPLES``."""
    source = Path(specifications.__file__).read_text(encoding="utf-8")
    before, after = source.split(OPENING)
    if change.startswith(OPENING):
        source = before + change + after
    else:
        entries, rest = after.split("\n}\n", 1)
        source = f"{before}_{OPENING}{entries}\n}}\n{change}{rest}"
    module = ModuleType("specifications_with_other_samples")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(source, module.__name__, "exec"), module.__dict__)
    return module


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_samples_may_be_added_and_moved(change, monkeypatch):
    """A sample more, or another order, must not rename a column of Table 7."""
    other = declared_with(change, monkeypatch)
    assert list(other.SAMPLES) != list(specifications.SAMPLES)
    assert [str(spec) for spec in other.PAPER] == [str(spec) for spec in PAPER]


def test_table_7_stands_where_it_is_printed():
    """Each column must have the number, and each split the pair of groups, of the printed table."""
    assert [spec.column for spec in TABLE_7] == list(range(1, 17))
    ours = {split: list(samples.items()) for split, samples in TABLE_7_SPLITS.items()}
    for split, groups in PRINTED_SPLITS.items():
        for (group, column), (sample, first) in zip(groups.items(), ours.pop(split), strict=True):
            assert (first, sample.split()[0]) == (column, group.split()[0])
            assert {spec.sample for spec in TABLE_7 if spec.column in (first, first + 1)} == {
                sample
            }
    assert not ours
    for mediation in MEDIATIONS:
        first, second = (paper_column(*place[:2]) for place in (mediation.beta0, mediation.beta1))
        assert (first.outcome, second.mediator) == (mediation.mediator, mediation.mediator)
        assert first.sample.split()[0] == mediation.sample.split()[0]


def test_columns_are_found_by_their_printed_place():
    """Every column of the paper must be found, and no other."""
    assert all(paper_column(spec.table, spec.column) is spec for spec in PAPER)
    with pytest.raises(ValueError, match="the paper has no column 7 of a Table 2"):
        paper_column(2, 7)


def test_calibration_aims_at_columns_of_the_paper_by_name():
    """Each target must be the column that its name says, with the published figure."""
    assert (POOLED.table, POOLED.column, POOLED.regressors) == (2, 1, ("lndig",))
    assert {spec.outcome for spec in QUALITY_COLUMNS} == {"QSY"}
    found = {name: [(spec.table, spec.column) for spec in pair] for name, pair in CONTRASTS.items()}
    assert found == {
        "small": [(7, 1), (7, 3)],
        "capital_intensive": [(7, 7), (7, 5)],
        "startup": [(7, 9), (7, 11)],
        "ordinary": [(7, 13), (7, 15)],
        "late": [(5, 11), (5, 9)],
    }
    for outcome, (_, spec) in SINGLE.items():
        assert (spec.outcome, spec.sample) == (outcome, "all")
        assert "lndig" in set(published(spec.table, spec.column)["term"])
