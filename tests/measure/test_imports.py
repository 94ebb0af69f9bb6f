"""Protects the flags of digital imports: what counts, and codes that could not match."""

import numpy as np
import pandas as pd
import pytest

from tradedig_book.economy import load_calibration
from tradedig_book.economy.simulate import simulate_block
from tradedig_book.economy.world import make_world
from tradedig_helpers.measure.imports import measure_imports

KEY = ["firm", "year"]
FLAGS = ["dpi", "ict", "mac", "oct", "cap", "con", "imd"]


@pytest.fixture
def products():
    """Return three digital products."""
    return pd.DataFrame(
        {
            "product": ["01000000", "02000000", "03000000"],
            "function": ["ict", "mac", "oct"],
            "end_use": ["con", "cap", "con"],
        }
    )


@pytest.fixture
def imports():
    """Return imports of two firms, the first of them of the first product twice."""
    return pd.DataFrame(
        {
            "firm": [1, 1, 1, 2, 2],
            "year": [2003, 2003, 2003, 2003, 2004],
            "product": ["01000000", "01000000", "02000000", "99000000", "03000000"],
            "value": 1,
        },
        index=[3, 3, 1, 0, 9],
    )


def test_flags_by_hand(imports, products):
    """A firm-year has every kind of each product; without a digital product it is not listed."""
    expected = pd.DataFrame(
        {
            "firm": [1, 2],
            "year": [2003, 2004],
            "dpi": [1, 1],
            "ict": [1, 0],
            "mac": [1, 0],
            "oct": [0, 1],
            "cap": [1, 0],
            "con": [1, 1],
        }
    )
    pd.testing.assert_frame_equal(measure_imports(imports, products), expected)


def test_flags_are_what_the_economy_drew(economy):
    """The measure and the generator compute the flags separately; they must agree."""
    block = simulate_block(5, 0, make_world(np.random.default_rng([5, 0])), load_calibration())
    makers = block.panel[block.panel["sector"] == "manufacturing"]
    found = measure_imports(economy.imports, economy.digital_products).set_index(KEY)
    drawn = makers.set_index(KEY)[FLAGS]
    drawn = drawn[drawn.index.isin(pd.MultiIndex.from_frame(economy.truth[KEY]))]
    every = found.reindex(drawn.index, fill_value=0)
    pd.testing.assert_frame_equal(every[FLAGS], drawn, check_dtype=False)
    assert found.index.isin(drawn.index).all()


def test_both_classifications_cover_the_same_imports(economy):
    """A digital import has one function and one end use, so each set of flags implies dpi."""
    found = measure_imports(economy.imports, economy.digital_products)
    for names in (["ict", "mac", "oct"], ["con", "imd", "cap"]):
        assert found[names].max(axis=1).eq(found["dpi"]).all()


def test_row_order_does_not_matter(imports, products):
    """Neither the order of the imports nor that of the list may move a flag."""
    shuffled = imports.sample(frac=1, random_state=1), products.iloc[::-1]
    pd.testing.assert_frame_equal(measure_imports(*shuffled), measure_imports(imports, products))


def test_index_and_types_do_not_matter(imports, products):
    """Firm and year in the index as well, or codes of another library, must change nothing."""
    indexed = imports.set_index(["firm", "year"], drop=False)
    arrow = imports.convert_dtypes(dtype_backend="pyarrow"), products.convert_dtypes()
    known = measure_imports(imports, products)
    pd.testing.assert_frame_equal(measure_imports(indexed, products), known)
    pd.testing.assert_frame_equal(measure_imports(*arrow), known)


def test_categories_and_text_are_alike(imports, products):
    """Codes as categories, as Parquet gives them, must match codes as text."""
    coded = imports.astype({"product": "category"}), products.astype("category")
    pd.testing.assert_frame_equal(measure_imports(*coded), measure_imports(imports, products))


def test_imports_leave_their_arguments_alone(imports, products):
    """A caller's frames must stay as they were."""
    before = imports.copy(deep=True), products.copy(deep=True)
    measure_imports(imports, products)
    pd.testing.assert_frame_equal(imports, before[0])
    pd.testing.assert_frame_equal(products, before[1])


def test_codes_that_lost_their_zeros_are_refused(imports, products):
    """As a number 01000000 is 1000000, which would match nothing and pass for no import."""
    with pytest.raises(TypeError, match="read both as text"):
        measure_imports(imports.astype({"product": int}), products)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"product": "010000"}, "none of the 3 products of digital_products is among the imports"),
        ({"product": None}, "imports.product is missing in 5 of 5 rows"),
        ({"year": np.nan}, "imports.year is missing in 5 of 5 rows"),
        (
            {"product": [*4 * ["01000000"], "1000000"]},
            "imports.product has codes of 7 and 8 digits",
        ),
    ],
)
def test_bad_imports_are_named(imports, products, change, message):
    """Imports that cannot be placed must be refused, not counted as none."""
    with pytest.raises(ValueError, match=message):
        measure_imports(imports.assign(**change), products)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"product": "01000000"}, r"digital_products repeats the key \['product'\] in 2 of 3"),
        ({"function": [None, "mac", "oct"]}, "digital_products.function is missing in 1 of 3"),
        ({"end_use": ["con", "mac", "con"]}, r"\['mac'\] cannot each name one column"),
        ({"function": ["dpi", "mac", "oct"]}, r"\['dpi'\] cannot each name one column"),
    ],
)
def test_bad_lists_are_named(imports, products, change, message):
    """A list that would lose a product or overwrite a column must be refused."""
    with pytest.raises(ValueError, match=message):
        measure_imports(imports, products.assign(**change))


def test_missing_columns_are_named(imports, products):
    """What is absent must be said."""
    with pytest.raises(ValueError, match=r"imports lacks the columns \['product'\]"):
        measure_imports(imports.drop(columns="product"), products)
    with pytest.raises(ValueError, match=r"digital_products lacks the columns \['end_use'\]"):
        measure_imports(imports, products.drop(columns="end_use"))
    with pytest.raises(ValueError, match="imports has no rows"):
        measure_imports(imports.iloc[:0], products)
