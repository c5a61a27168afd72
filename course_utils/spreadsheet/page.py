"""How a sheet looks: headings, tables of numbers and formulas, colors, the watched outputs."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

MAX_TEXT = 8_192  # characters of one formula: Excel's limit
WATCHED = 10  # outputs shown above every sheet, at most
TOP = 10  # first row of a sheet's tables, below title, hint, watched outputs and headings
READ_ME = """\
On the sheet “input”, change a pixel (a number in a blue frame) and press Enter: every later sheet \
is computed anew, and the {result} above the image moves.
Weights and biases stand in blue frames, too: change one on the sheet of its layer and watch the \
same {result} at the top. The grey row below it keeps what Keras computed at first.
All other numbers are formulas: click one to read what it is made of. Orange cells are negative, \
blue ones positive; the deeper the color, the farther from 0.
If the results are empty, allow editing: they are computed when the file may be edited."""
LINE = 95  # characters of the read-me's lines, about
BLUE, ORANGE, WHITE = "9CCBEF", "F5B878", "FFFFFF"
FRAMES = {"formula": "BFBFBF", "number": "2457C5", "quiet": "BFBFBF"}
FONTS: dict[str, dict[str, Any]] = {
    "title": {"name": "Arial", "size": 15, "bold": True},
    "heading": {"name": "Arial", "size": 10, "bold": True},
    "formula": {"name": "Arial", "size": 10},
    "number": {"name": "Arial", "size": 10, "color": "173F99"},
    "quiet": {"name": "Arial", "size": 10, "color": "555555"},
    "link": {"name": "Arial", "size": 10, "color": "173F99", "underline": "single"},
}


class Values(NamedTuple):
    """Where an array stands: its sheet, its cells' addresses (height, width, channels) or (n,)."""

    sheet: str
    cells: np.ndarray
    scale: float  # where its colors are full

    def copies(self) -> np.ndarray:
        """Formulas that repeat its numbers, in the order of the array: texts (n,)."""
        return np.array([f"={self._at(cell)}" for cell in self.cells.flat], object)

    def windows(self, channel: int, size: Any, strides: Any, shape: Any) -> np.ndarray:
        """The range under the window of each output of `shape`: texts (height, width)."""
        ranges = np.empty(shape[:2], object)
        for i, j in np.ndindex(ranges.shape):
            top, left = i * strides[0], j * strides[1]
            under = self.cells[top : top + size[0], left : left + size[1], channel]
            ranges[i, j] = self._at(area(under))
        return ranges

    def _at(self, cells: str) -> str:
        return f"'{self.sheet}'!{cells}" if " " in self.sheet else f"{self.sheet}!{cells}"


def scale(array: np.ndarray) -> float:
    """The largest absolute value, where the colors are full."""
    return float(np.abs(array).max()) or 1.0


def area(cells: np.ndarray) -> str:
    """The range from the first to the last of neighbouring cells."""
    return f"{cells.flat[0]}:{cells.flat[-1]}" if cells.size > 1 else cells.item()


def fixed(cells: np.ndarray) -> str:
    """The range of a table, with $ as for what many formulas share."""
    from openpyxl.utils import absolute_coordinate

    return absolute_coordinate(area(cells))


class Page:
    """One sheet: title, hint, the watched outputs, and tables set from `row`, `column` on."""

    def __init__(self, book: Any, name: str, heading: str, hint: str) -> None:
        self.name, self.heading = name, heading
        self.sheet = book.create_sheet(name)
        self.row, self.column = TOP, 3
        self.text(1, 1, heading, "title")
        self.text(2, 1, hint, "quiet")
        self.changeable: list[str] = []  # ranges

    def text(
        self, row: int, column: int, text: str | int, font: str = "formula", right: bool = False
    ) -> None:
        """Write a label or an index."""
        from openpyxl.styles import Alignment, Font

        cell = self.sheet.cell(row, column, text)
        cell.font = Font(**FONTS[font])
        cell.alignment = Alignment(horizontal="right" if right else None)

    def put(
        self, row: int, column: int, contents: np.ndarray, full: float, font: str = "number",
        digits: int = 3,
    ) -> np.ndarray:  # fmt: skip
        """Write a table of numbers, or of formulas (texts); addresses of its cells, (h, w).

        `full`: the number from which its color, or that of its negative, is full.
        """
        from openpyxl.formatting.rule import ColorScaleRule
        from openpyxl.styles import Border, Font, Side

        font = "formula" if contents.dtype == object else font
        side, face = Side("thin", FRAMES[font]), Font(**FONTS[font])
        border, cells = Border(side, side, side, side), np.empty(contents.shape, object)
        for (i, j), content in np.ndenumerate(contents):
            cell = self.sheet.cell(row + i, column + j)
            cell.border, cell.font, cell.number_format = border, face, f"0.{'0' * digits}"
            cells[i, j] = cell.coordinate
            if font == "formula":
                cell.value = content
            else:  # as text, with all digits: openpyxl writes 16, and a float may need 17
                cell.value, cell.data_type = repr(float(content)), "n"
        if font == "formula" and max(map(len, contents.flat)) > MAX_TEXT:
            raise ValueError("the network has more channels than one formula can hold")
        if font == "number":
            self.changeable.append(area(cells))
        colors = ColorScaleRule("num", -full, ORANGE, "num", 0, WHITE, "num", full, BLUE)
        self.sheet.conditional_formatting.add(area(cells), colors)
        return cells

    def map(self, name: str, contents: np.ndarray, full: float) -> np.ndarray:
        """Write the next table to the right, with its name, row and column numbers."""
        height, width = contents.shape
        self.text(self.row - 2, self.column, name, "heading")
        if contents.size > 1:
            for i in range(width):
                self.text(self.row - 1, self.column + i, i, "quiet")
            for i in range(height):
                self.text(self.row + i, self.column - 1, i, "quiet")
        self.column += width + 1
        return self.put(self.row, self.column - width - 1, contents, full)

    def maps(self, channels: Sequence[np.ndarray], array: np.ndarray) -> Values:
        """Write the channels of `array` side by side."""
        full = scale(array)
        cells = [self.map(f"channel {i}", each, full) for i, each in enumerate(channels)]
        return Values(self.name, np.stack(cells, axis=-1), full)

    def line(self, name: str, contents: np.ndarray, full: float) -> np.ndarray:
        """Write the next row of a dense layer's sheet; addresses of its cells, (n,)."""
        self.text(self.row, 1, name, "heading")
        self.row += 1
        return self.put(self.row - 1, 3, contents[None], full)[0]

    def finish(self, outputs: Values, array: np.ndarray, result: str) -> None:
        """Set the watched outputs above the tables, over what Keras computed, and the looks."""
        from openpyxl.utils import get_column_letter
        from openpyxl.worksheet.datavalidation import DataValidation

        now, first = outputs.copies()[:WATCHED], array.ravel()[:WATCHED]
        for i in range(len(now)):
            name = "class" if result == "probability" else "output"
            self.text(4, 2 + i, f"{name} {i}", "heading", right=True)
        self.text(5, 1, f"{result} now", "heading")
        self.text(6, 1, "Keras, at first", "quiet")
        self.put(5, 2, now[None], outputs.scale, digits=6)
        self.put(6, 2, first[None], outputs.scale, "quiet", digits=6)
        self.sheet.freeze_panes = f"B{TOP - 2}"
        self.sheet.column_dimensions["A"].width = 24
        for i in range(2, self.sheet.max_column + 1):
            self.sheet.column_dimensions[get_column_letter(i)].width = 10
        if self.changeable:
            rule = DataValidation("decimal", "-1000000", "1000000", showErrorMessage=True)
            rule.error, rule.sqref = "A number is asked for.", " ".join(self.changeable)
            self.sheet.add_data_validation(rule)
        _lay_out(self.sheet)


def _lay_out(sheet: Any) -> None:
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def read_me(sheet: Any, pages: list[Page], result: str) -> None:
    """What to do and what to watch, and the sheets, each with a link."""
    from openpyxl.styles import Alignment, Font
    from openpyxl.worksheet.hyperlink import Hyperlink

    sheet.title = "read me"
    lines = ["A convolutional network in cells", *READ_ME.format(result=result).splitlines()]
    for row, line in enumerate(lines, 1):
        cell = sheet.cell(row, 1, line)
        cell.font = Font(**FONTS["title" if row == 1 else "formula"])
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.row_dimensions[row].height = 15 * -(-len(line) // LINE) + 9
    for row, page in enumerate(pages, len(lines) + 2):
        cell = sheet.cell(row, 1, page.heading)
        cell.hyperlink = Hyperlink(cell.coordinate, location=f"'{page.name}'!A1")
        cell.font = Font(**FONTS["link"])
    sheet.column_dimensions["A"].width = LINE
    _lay_out(sheet)
