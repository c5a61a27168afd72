"""One sheet of a workbook as a figure: its cells, and one formula above them."""

from pathlib import Path
from typing import Any

from course_utils.plots import style
from course_utils.plots.alt import describe
from course_utils.spreadsheet.calculation import calculate

ROW, COLUMN, EDGE = 0.2, 0.82, 0.3  # inches


@style.styled
def picture(path: str | Path, sheet: str, cell: str, title: str = "") -> style.Figure:
    """Draw a sheet as a spreadsheet program shows it, with the formula of one cell.

    Parameters
    ----------
    path : str or Path
        A workbook that `write` has written.
    sheet, cell : str
        The sheet's name, and the address of the cell whose formula stands above.

    Examples
    --------
    >>> import keras, numpy as np, tempfile
    >>> from course_utils.spreadsheet import write
    >>> model = keras.Sequential([keras.Input((2, 2, 1)), keras.layers.MaxPooling2D(2)])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = write(model, np.eye(2), Path(folder) / "pool.xlsx")
    ...     picture(path, "1 max pool", "C10", title="A sheet")
    Figure: A sheet
    """
    from openpyxl import load_workbook

    book, values = load_workbook(path), calculate(path)
    if sheet not in values or cell not in values[sheet]:
        raise ValueError(f"the workbook has no cell {sheet}!{cell}")
    page, formula = book[sheet], str(book[sheet][cell].value)
    first = 4  # the title and the hint above it are long
    rows = [*range(first, page.max_row + 1)]
    wide = [1.35 if i == 1 else COLUMN for i in range(1, page.max_column + 1)]
    shrink = min(1.0, (style.WIDEST - EDGE - 0.04) / sum(wide))
    wide = [width * shrink for width in wide]
    width, height = EDGE + sum(wide) + 0.04, ROW * (len(rows) + 3) + 0.04
    above = 0.28 if title else 0.0
    figure = style.blank(width, height + above, title)
    axes = style.panel(figure, 0, 0, width, height)
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.axis("off")
    bar = f"{cell}    fx  {formula}"
    size = min(9.0, 72 * width / (0.6 * len(bar)))
    axes.text(0.05, ROW * 0.75, bar, va="center", family="monospace", size=size)
    for i, number in enumerate(rows):
        axes.text(EDGE / 2, ROW * (i + 3.5), str(number), color=style.GREY, size=7, **style.MIDDLE)
    left = EDGE
    for column, one in enumerate(wide, 1):
        letter = page.cell(1, column).column_letter
        middle = left + one / 2, ROW * 2.5
        axes.text(*middle, letter, color=style.GREY, size=7, **style.MIDDLE)
        for i, number in enumerate(rows):
            _cell(axes, page.cell(number, column), values[sheet], (left, ROW * (i + 3), one), cell)
        left += one
    said = [f"cell {cell} holds {formula} and shows {values[sheet][cell]:.4g}"]
    figure.alt = describe(f"The sheet “{sheet}” of a workbook", title, said)
    return figure


def _cell(axes: Any, cell: Any, values: dict, at: tuple[float, float, float], chosen: str) -> None:
    """One cell: a number in its frame, blue where it may be changed, or a label."""
    from matplotlib.patches import Rectangle

    left, top, width = at
    value = values.get(cell.coordinate)
    if value is None:
        return
    if isinstance(value, str):
        axes.text(left + 0.03, top + ROW / 2, value, size=7, va="center")
        return
    framed = cell.border.left.style is not None
    formula = str(cell.value).startswith("=")
    color = "#BFBFBF" if formula or not framed else "#2457C5"
    look = {"fill": False, "edgecolor": style.VERMILION, "lw": 2.2, "zorder": 3}
    if cell.coordinate != chosen:
        look |= {"edgecolor": color, "lw": 0.8, "zorder": 2}
    if framed:
        axes.add_patch(Rectangle((left, top), width, ROW, **look))
    text = f"{value:.3f}".replace("-", "−") if framed else str(value)
    axes.text(left + width - 0.04, top + ROW / 2, text, size=7, ha="right", va="center")
