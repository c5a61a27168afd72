"""The workbook computes what Keras computes, before and after the reader changes it.

It is recalculated by the library `formulas`, which shares no code with what writes it.
"""

import zipfile

import numpy as np
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.formula import Tokenizer
from spreadsheet_tools import (
    NETWORKS,
    change,
    fill,
    formulas_of,
    keras_says,
    network,
    recalculated,
    sequential,
    tiny,
    watched,
)

from course_utils.spreadsheet import write

# Said by `formulas` where Python first compiles it.
pytestmark = pytest.mark.filterwarnings('ignore:"is.*literal:SyntaxWarning')
SHEETS = ["read me", "input", "1 convolution", "2 max pool", "3 flatten", "4 dense"]
SHEETS += ["5 dense softmax"]


@pytest.mark.parametrize("name", NETWORKS)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_sheets_compute_what_keras_computes(tmp_path_factory, name, seed):
    model = network(name)
    image = fill(model, seed)
    path = write(model, image, tmp_path_factory.mktemp("sheet") / "net.xlsx")
    expected = keras_says(model, image)[:10]
    np.testing.assert_allclose(watched(path, len(expected)), expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("image_type", ["float32", "float64", "uint8"])
def test_an_image_of_any_type_and_without_its_channel(tmp_path, image_type):
    model, _ = tiny()
    image = (np.arange(16).reshape(4, 4) / (1 if image_type == "uint8" else 16)).astype(image_type)
    path = write(model, image, tmp_path / "net.xlsx")
    expected = keras_says(model, image[..., None].astype("float32"))
    np.testing.assert_allclose(watched(path, 2), expected, atol=1e-6)


def test_a_changed_pixel_moves_the_probability_as_keras_says(tmp_path):
    model, image = tiny()
    path = write(model, image, tmp_path / "net.xlsx")
    before = watched(path, 2)
    change(path, "input", "D12", 3.5)  # row 2, column 1
    image[2, 1, 0] = 3.5
    after = watched(path, 2)
    np.testing.assert_allclose(after, keras_says(model, image), atol=1e-6)
    assert abs(after - before).max() > 0.01


@pytest.mark.parametrize(
    ("sheet", "cell", "which", "place"),
    [
        ("1 convolution", "C10", 0, (0, 0, 0, 0)),
        ("1 convolution", "E11", 0, (1, 2, 0, 0)),
        ("1 convolution", "G10", 1, (0,)),
        ("4 dense", "F10", 2, (0, 3)),
        ("4 dense", "L12", 3, (9,)),
        ("5 dense softmax", "D12", 4, (2, 1)),
        ("5 dense softmax", "C21", 5, (0,)),
    ],
)
def test_a_changed_weight_moves_the_probability_as_keras_says(tmp_path, sheet, cell, which, place):
    model, image = tiny(seed=1)
    path = write(model, image, tmp_path / "net.xlsx")
    before = watched(path, 2)
    change(path, sheet, cell, 2.25)
    weights = model.get_weights()
    weights[which][place] = 2.25
    model.set_weights(weights)
    after = watched(path, 2)
    np.testing.assert_allclose(after, keras_says(model, image), atol=1e-6)
    assert abs(after - before).max() > 1e-3


def test_every_sheet_shows_the_same_outputs_over_those_of_keras(tmp_path):
    model, image = tiny()
    path = write(model, image, tmp_path / "net.xlsx")
    expected = keras_says(model, image)
    values, book = recalculated(path), openpyxl.load_workbook(path)
    assert book.sheetnames == SHEETS
    for sheet in SHEETS[1:]:
        now = [values[sheet, "B5"], values[sheet, "C5"]]
        np.testing.assert_allclose(now, expected, atol=1e-6)
        assert [book[sheet]["B6"].value, book[sheet]["C6"].value] == expected.tolist()
        assert [book[sheet][cell].value for cell in ("A5", "B4", "C4", "D4")] == [
            "probability now", "class 0", "class 1", None
        ]  # fmt: skip


def test_the_flat_column_names_the_position_of_each_number(tmp_path):
    model = sequential((3, 4, 2), lambda k: [k.Conv2D(3, 2), k.Flatten(), k.Dense(1)])
    image = fill(model, seed=4)
    path = write(model, image, tmp_path / "net.xlsx")
    maps = np.asarray(model.layers[0](image[None]))[0]
    values, sheet = recalculated(path), openpyxl.load_workbook(path)["2 flatten"]
    for i, (place, expected) in enumerate(np.ndenumerate(maps), 10):
        assert sheet[f"A{i}"].value == "row {}, column {}, channel {}".format(*place)
        assert values["2 flatten", f"B{i}"] == pytest.approx(expected, abs=1e-6)


def test_the_softmax_is_stable(tmp_path):
    """Sums in the thousands: exp of them alone would overflow."""
    model, image = tiny()
    *below, bias = model.get_weights()
    model.set_weights([*below, np.array([4000, 3999], "float32") + 0 * bias])
    kernel = model.layers[-1].kernel
    kernel.assign(np.zeros(kernel.shape))
    path = write(model, image, tmp_path / "net.xlsx")
    np.testing.assert_allclose(watched(path, 2), [1 / (1 + np.exp(-1)), 1 / (1 + np.e)], rtol=1e-12)


def test_numbers_are_written_to_the_last_bit(tmp_path):
    model, image = tiny()
    path = write(model, image, tmp_path / "net.xlsx")
    book = openpyxl.load_workbook(path)

    def read(sheet, area):
        return [[cell.value for cell in row] for row in book[sheet][area]]

    kernel, bias, dense, *_ = model.get_weights()
    assert read("input", "C10:F13") == image[..., 0].tolist()
    assert read("1 convolution", "C10:E12") == kernel[..., 0, 0].tolist()
    assert book["1 convolution"]["G10"].value == bias[0]
    assert read("4 dense", "C10:L10") == dense.tolist()


def test_formulas_are_plain_to_read(tmp_path):
    texts = formulas_of(write(*tiny(), tmp_path / "net.xlsx"))
    assert texts["1 convolution", "J11"] == "=SUMPRODUCT(input!D11:F13,$C$10:$E$12)+$G$10"
    assert texts["1 convolution", "M11"] == "=MAX(0,J11)"
    assert texts["2 max pool", "C10"] == "=MAX('1 convolution'!L10:M11)"
    assert texts["3 flatten", "B10"] == "='2 max pool'!C10"
    assert texts["5 dense softmax", "B11"] == "='4 dense'!D14"
    assert texts["5 dense softmax", "D22"] == "=SUMPRODUCT($B$10:$B$19,D10:D19)+D21"
    assert texts["5 dense softmax", "D23"] == "=EXP(D22-MAX($C$22:$D$22))"
    assert texts["5 dense softmax", "D24"] == "=D23/SUM($C$23:$D$23)"
    assert texts["input", "C5"] == "='5 dense softmax'!D24"


@pytest.mark.parametrize("name", NETWORKS)
def test_only_functions_that_spreadsheet_programs_share(tmp_path, name):
    model = network(name)
    texts = formulas_of(write(model, fill(model, seed=0), tmp_path / "net.xlsx"))
    tokens = [token for text in texts.values() for token in Tokenizer(text).items]
    used = {t.value for t in tokens if t.type == "FUNC" and t.subtype == "OPEN"}
    assert used and used <= {"SUMPRODUCT(", "MAX(", "AVERAGE(", "EXP(", "SUM("}


def test_the_cells_to_change_are_framed_and_take_numbers_only(tmp_path):
    """Exactly the pixels, weights and biases; a sheet without any has no rule."""
    book = openpyxl.load_workbook(write(*tiny(), tmp_path / "net.xlsx"))
    areas = {
        "input": "C10:F13",
        "1 convolution": "C10:E12 G10",
        "2 max pool": None,
        "3 flatten": None,
        "4 dense": "C10:L10 C12:L12",
        "5 dense softmax": "C10:D19 C21:D21",
    }
    for name, area in areas.items():
        rules = book[name].data_validations.dataValidation
        assert [str(rule.sqref) for rule in rules] == ([area] if area else [])
        assert all(rule.type == "decimal" and rule.showErrorMessage for rule in rules)
        framed = {
            cell.coordinate
            for row in book[name].iter_rows()
            for cell in row
            if cell.border.top.color and cell.border.top.color.rgb == "002457C5"
        }
        cells = [c for a in (area or "").split() for c in np.ravel(np.array(book[name][a]))]
        assert framed == {cell.coordinate for cell in cells}
    with zipfile.ZipFile(tmp_path / "net.xlsx") as parts:
        assert b"dataValidation" not in parts.read("xl/worksheets/sheet4.xml")


def test_tables_are_colored_by_value(tmp_path):
    model, image = tiny()
    image[0, 0, 0] = 2
    sheet = openpyxl.load_workbook(write(model, image, tmp_path / "net.xlsx"))["input"]
    scales = {str(area.sqref): area.rules[0].colorScale for area in sheet.conditional_formatting}
    assert set(scales) == {"B5:C5", "B6:C6", "C10:F13"}
    assert [point.val for point in scales["C10:F13"].cfvo] == [-2, 0, 2]
    assert [point.val for point in scales["B5:C5"].cfvo] == [-1, 0, 1]


def test_the_read_me_says_what_to_do_and_leads_to_every_sheet(tmp_path):
    book = openpyxl.load_workbook(write(*tiny(), tmp_path / "net.xlsx"))
    assert book.active.title == "read me"
    said = [cell.value for cell in book["read me"]["A"] if cell.value]
    assert "change a pixel" in said[1] and "the probability above the image moves" in said[1]
    links = [cell.hyperlink.location for cell in book["read me"]["A"] if cell.hyperlink]
    assert links == [f"'{name}'!A1" for name in SHEETS[1:]]
    assert said[-5] == "Layer 1: convolution, 1 filter of 3 × 3, relu → 2 × 2 × 1"
    assert said[-1] == "Layer 5: dense, softmax → 2"


def test_without_a_softmax_outputs_are_watched(tmp_path):
    """The first ten, where there are more."""
    model = sequential((3, 3, 1), lambda k: [k.Flatten(), k.Dense(12)])
    image = fill(model, seed=2)
    path = write(model, image, tmp_path / "net.xlsx")
    sheet = openpyxl.load_workbook(path)["input"]
    assert sheet["A5"].value == "output now"
    assert [sheet.cell(4, i).value for i in (2, 11, 12)] == ["output 0", "output 9", None]
    np.testing.assert_allclose(watched(path, 10), keras_says(model, image)[:10], atol=1e-6)
