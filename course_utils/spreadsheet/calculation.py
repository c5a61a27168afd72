"""What the formulas of a workbook give, computed from its cells without a spreadsheet program."""

import ast
import math
import operator
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Sheets = dict[str, dict[str, Any]]
_CELL = re.compile(
    r"(?:(?:'([^']+)'|([A-Za-z]\w*))!)?\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?"
)
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "AVERAGE": np.mean,
    "EXP": math.exp,
    "MAX": lambda *parts: max(float(np.max(part)) for part in parts),
    "SUM": np.sum,
    "SUMPRODUCT": lambda *parts: np.sum(np.prod(parts, axis=0)),
}
_SIGNS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Div: operator.truediv}


def calculate(path: str | Path) -> Sheets:
    """Compute the formulas of a workbook that `write` has written, from what its cells hold now.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    dict
        Sheet -> address -> number, or text where a cell holds text.

    Raises
    ------
    ValueError
        Names the cell of a formula that is none of those `write` writes.

    Examples
    --------
    >>> import keras, tempfile
    >>> from course_utils.spreadsheet import write
    >>> model = keras.Sequential([keras.Input((2, 2, 1)), keras.layers.MaxPooling2D(2)])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = write(model, np.array([[1, 7], [3, 2]]), Path(folder) / "pool.xlsx")
    ...     calculate(path)["1 max pool"]["C10"]
    7.0
    """
    from openpyxl import load_workbook

    book = load_workbook(path)
    cells = {
        page.title: {c.coordinate: c.value for row in page for c in row if c.value is not None}
        for page in book.worksheets
    }
    done: Sheets = {title: {} for title in cells}

    def value(sheet: str, address: str) -> Any:
        if address not in done[sheet]:
            held = cells[sheet].get(address, 0.0)
            formula = isinstance(held, str) and held.startswith("=")
            done[sheet][address] = _computed(held, sheet, address, value) if formula else held
        return done[sheet][address]

    for title, held in cells.items():
        for address in held:
            value(title, address)
    return done


def _computed(formula: str, sheet: str, address: str, value: Callable[[str, str], Any]) -> float:
    """The number that `formula`, in that cell, gives."""
    from openpyxl.utils import get_column_letter
    from openpyxl.utils.cell import column_index_from_string as index

    ranges: list[Any] = []

    def taken(found: re.Match) -> str:
        quoted, plain, left, top, right, bottom = found.groups()
        rows = range(int(top), int(bottom or top) + 1)
        columns = [get_column_letter(i) for i in range(index(left), index(right or left) + 1)]
        of = [[value(quoted or plain or sheet, f"{c}{r}") for c in columns] for r in rows]
        ranges.append(np.array(of, float) if right else float(of[0][0]))
        return f"_{len(ranges) - 1}"

    def result(node: ast.AST) -> Any:
        match node:
            case ast.Constant(value=int() | float() as number):
                return number
            case ast.Name(id=name) if name[1:].isdigit():
                return ranges[int(name[1:])]
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _SIGNS:
                return _SIGNS[type(op)](result(left), result(right))
            case ast.Call(func=ast.Name(id=name), args=parts) if name in _FUNCTIONS:
                return _FUNCTIONS[name](*map(result, parts))
        raise SyntaxError

    try:
        return float(result(ast.parse(_CELL.sub(taken, formula[1:]), mode="eval").body))
    except SyntaxError:
        text = f"the formula in {sheet}!{address} cannot be computed: {formula}"
        raise ValueError(text) from None
