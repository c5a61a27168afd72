"""The sheets of the layers: which formula stands where."""

import math
from typing import Any

import numpy as np

from course_utils.spreadsheet.page import TOP, Page, Values, area, fixed, read_me, scale

STEPS = {"linear": 1, "relu": 2, "softmax": 3}  # formulas for each output


def activation(layer: Any) -> str:
    """Name of the layer's activation ("linear" where it has none), "" where it is unknown."""
    import keras

    function = getattr(layer, "activation", keras.activations.linear)
    return next((name for name in STEPS if function is getattr(keras.activations, name)), "")


def formulas(layer: Any) -> int:
    """Number of formulas on the layer's sheet, without the watched outputs at its top."""
    copies = layer.input.shape[1] if type(layer).__name__ == "Dense" else 0
    return copies + STEPS[activation(layer)] * math.prod(layer.output.shape[1:])


def workbook(layers: list[Any], image: np.ndarray) -> Any:
    """An openpyxl workbook: the layers applied to `image` (height, width, channels)."""
    import keras
    from openpyxl import Workbook

    book = Workbook()
    book.properties.creator = "Convnets, Measured"
    book.calculation.fullCalcOnLoad = True
    result = "probability" if activation(layers[-1]) == "softmax" else "output"
    hint = f"Change a number in a blue frame and press Enter: the {result} below this line moves."
    pages = [Page(book, "input", f"Input: {_times(image.shape)}", hint)]
    values = pages[0].maps(np.moveaxis(image, -1, 0), image)
    array, x = image, image[None]
    for number, layer in enumerate(layers, 1):
        x = layer(x)
        array = keras.ops.convert_to_numpy(x)[0].astype("float64")
        name, heading, hint = _described(layer)
        heading = f"Layer {number}: {heading} → {_times(array.shape)}"
        pages.append(Page(book, f"{number} {name}", heading, hint))
        values = FILL[type(layer).__name__](pages[-1], layer, values, array)
    for page in pages:
        page.finish(values, array, result)
    read_me(book.worksheets[0], pages, result)
    return book


def _times(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))


def _described(layer: Any) -> tuple[str, str, str]:
    """Name of the layer's sheet, its heading, and a hint how its numbers are made."""
    kind, end = type(layer).__name__, activation(layer)
    then = {
        "linear": ".",
        "relu": "; relu is the sum, or 0 where it is negative.",
        "softmax": "; softmax is exp(sum − largest sum), divided by the total.",
    }[end]
    if kind == "Conv2D":
        filters = f"{layer.filters} filter{'s' * (layer.filters > 1)}"
        hint = f"A sum is a window of the sheet before times the weights, plus the bias{then}"
        size = _times(layer.kernel_size)
        return "convolution", f"convolution, {filters} of {size}, {end}", hint
    if kind == "Flatten":
        hint = "The same numbers in one column: the channel changes fastest, then the column."
        return "flatten", "flatten", hint
    if kind == "Dense":
        hint = f"A sum is every value times its weight for the unit, plus the bias{then}"
        return "dense" + " softmax" * (end == "softmax"), f"dense, {end}", hint
    short, what = ("max", "largest") if kind == "MaxPooling2D" else ("average", "mean")
    hint = f"A number is the {what} of a window of the sheet before."
    return f"{short} pool", f"{short} pooling, {_times(layer.pool_size)}", hint


def _convolution(page: Page, layer: Any, inputs: Values, array: np.ndarray) -> Values:
    kernel, *bias = layer.get_weights()
    height, width, channels, filters = kernel.shape
    maps = []
    for i in range(filters):
        page.text(page.row - 2, 1, f"filter {i}", "heading")
        sums = np.full(array.shape[:2], "=", object)
        for j in range(channels):
            name = f"weights, channel {j}" if channels > 1 else "weights"
            weights = page.map(name, kernel[..., j, i], scale(kernel))
            windows = inputs.windows(j, (height, width), (1, 1), array.shape)
            sums += ("+" if j else "") + "SUMPRODUCT(" + windows + f",{fixed(weights)})"
        for b in bias:
            sums += "+" + fixed(page.map("bias", b[i].reshape(1, 1), scale(b)))
        cells = page.map("sum", sums, scale(array))
        if activation(layer) == "relu":
            cells = page.map("relu", "=MAX(0," + cells + ")", scale(array))
        maps.append(cells)
        page.row, page.column = page.row + max(height, len(cells)) + 3, 3
    return Values(page.name, np.stack(maps, axis=-1), scale(array))


def _pooling(page: Page, layer: Any, inputs: Values, array: np.ndarray) -> Values:
    function = "MAX" if type(layer).__name__ == "MaxPooling2D" else "AVERAGE"
    maps = []
    for i in range(array.shape[2]):
        windows = inputs.windows(i, layer.pool_size, layer.strides, array.shape)
        maps.append(f"={function}(" + windows + ")")
    return page.maps(maps, array)


def _flatten(page: Page, layer: Any, inputs: Values, array: np.ndarray) -> Values:
    for row, position in enumerate(np.ndindex(inputs.cells.shape), TOP):
        page.text(row, 1, "row {}, column {}, channel {}".format(*position))
    cells = page.put(TOP, 2, inputs.copies()[:, None], scale(array))
    return Values(page.name, cells[:, 0], scale(array))


def _dense(page: Page, layer: Any, inputs: Values, array: np.ndarray) -> Values:
    kernel, *bias = layer.get_weights()
    count, units = kernel.shape
    for i, name in enumerate(["value", *(f"unit {i}" for i in range(units))], 2):
        page.text(TOP - 1, i, name, "heading", right=True)
    for i in range(count):
        page.text(TOP + i, 1, f"input {i}")
    shared = fixed(page.put(TOP, 2, inputs.copies()[:, None], inputs.scale))
    weights = page.put(TOP, 3, kernel, scale(kernel))
    page.row = TOP + count + 1
    columns = np.array([area(weights[:, i]) for i in range(units)], object)
    sums = f"=SUMPRODUCT({shared}," + columns + ")"
    for b in bias:
        sums += "+" + page.line("bias", b, scale(b))
    cells = page.line("sum", sums, scale(array))
    if activation(layer) == "relu":
        cells = page.line("relu", "=MAX(0," + cells + ")", scale(array))
    if activation(layer) == "softmax":
        cells = page.line("exp", "=EXP(" + cells + f"-MAX({fixed(cells)}))", 1.0)
        cells = page.line("softmax", "=" + cells + f"/SUM({fixed(cells)})", 1.0)
    return Values(page.name, cells, 1.0 if activation(layer) == "softmax" else scale(array))


FILL = {
    "Conv2D": _convolution, "MaxPooling2D": _pooling, "AveragePooling2D": _pooling,
    "Flatten": _flatten, "Dense": _dense,
}  # fmt: skip
