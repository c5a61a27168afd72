"""What the formulas of a workbook give without a spreadsheet program, and one sheet drawn."""

import numpy as np
import openpyxl
import pytest
from spreadsheet_tools import NETWORKS, change, fill, keras_says, network, recalculated, tiny

from course_utils import spreadsheet

# Said by `formulas` where Python first compiles it.
pytestmark = pytest.mark.filterwarnings('ignore:"is.*literal:SyntaxWarning')


@pytest.mark.parametrize("name", NETWORKS)
def test_every_formula_gives_what_another_library_computes(tmp_path, name):
    model = network(name)
    path = spreadsheet.write(model, fill(model, 1), tmp_path / "net.xlsx")
    ours, theirs = spreadsheet.calculate(path), recalculated(path)
    assert len(theirs) > 10
    for (sheet, cell), value in theirs.items():
        assert ours[sheet][cell] == pytest.approx(value, rel=1e-9, abs=1e-12), (sheet, cell)


def test_what_the_reader_has_changed_counts(tmp_path):
    model, image = tiny()
    path = spreadsheet.write(model, image, tmp_path / "net.xlsx")
    change(path, "input", "D12", 3.5)  # row 2, column 1
    image[2, 1, 0] = 3.5
    now = spreadsheet.calculate(path)["input"]
    np.testing.assert_allclose([now["B5"], now["C5"]], keras_says(model, image), atol=1e-6)


@pytest.mark.parametrize("formula", ["=POWER(C10,2)", "=C10^2", "=__import__", "=C10 C11", "=("])
def test_fault_a_formula_of_another_kind(tmp_path, formula, fault):
    model, image = tiny()
    path = spreadsheet.write(model, image, tmp_path / "net.xlsx")
    book = openpyxl.load_workbook(path)
    book["input"]["H10"] = formula
    book.save(path)
    with pytest.raises(ValueError, match="the formula in input!H10 cannot be computed") as error:
        spreadsheet.calculate(path)
    fault("spreadsheet", f"a formula of another kind, {formula}", str(error.value))


def test_the_picture_shows_the_cells_and_the_formula(tmp_path):
    model, image = tiny()
    path = spreadsheet.write(model, image, tmp_path / "net.xlsx")
    figure = spreadsheet.picture(path, "1 convolution", "I10", title="A sheet")
    shown = [text.get_text() for text in figure.axes[0].texts]
    formula = "=SUMPRODUCT(input!C10:E12,$C$10:$E$12)+$G$10"
    assert f"I10    fx  {formula}" in shown and {"weights", "bias", "sum", "relu"} <= {*shown}
    values = spreadsheet.calculate(path)["1 convolution"]
    for cell in ("C10", "G10", "I10", "M11"):
        assert f"{values[cell]:.3f}".replace("-", "−") in shown
    assert formula in figure.alt and f"{values['I10']:.4g}" in figure.alt


def test_fault_a_cell_that_is_not_there(tmp_path, fault):
    path = spreadsheet.write(*tiny(), tmp_path / "net.xlsx")
    for sheet, cell in (("1 pool", "I10"), ("input", "ZZ9")):
        with pytest.raises(ValueError, match=f"has no cell {sheet}!{cell}") as error:
            spreadsheet.picture(path, sheet, cell)
        fault("spreadsheet", f"a picture of {sheet}!{cell}", str(error.value))
