"""Small networks to write as spreadsheets, and a spreadsheet program's part: recalculating."""

from functools import cache

import numpy as np
import openpyxl


def sequential(shape, make):
    import keras

    return keras.Sequential([keras.Input(shape), *make(keras.layers)])


def chapter_04(k):
    return [
        k.Conv2D(1, 3, activation="relu"),
        k.MaxPooling2D(2),
        k.Flatten(),
        k.Dense(10, activation="relu"),
        k.Dense(2, activation="softmax"),
    ]


def every_kind(k):
    """Channels, linear layers, layers without bias, overlapping pools, windows of one cell."""
    return [
        k.Conv2D(3, (3, 2)),
        k.AveragePooling2D(2, strides=1),
        k.Conv2D(2, 1, activation="relu", use_bias=False),
        k.MaxPooling2D((2, 3), strides=(1, 2)),
        k.Conv2D(2, (2, 1)),
        k.MaxPooling2D(1),
        k.Flatten(),
        k.Dense(4, activation="relu", use_bias=False),
        k.Dense(3),
    ]


def maps_only(k):
    return [k.Conv2D(2, 2, activation="relu"), k.AveragePooling2D(2)]


NETWORKS = {
    "tiny": ((4, 4, 1), chapter_04),
    "every kind": ((6, 7, 2), every_kind),
    "maps only": ((4, 5, 1), maps_only),
}


@cache
def network(name):
    return sequential(*NETWORKS[name])


def fill(model, seed, scale=0.5):
    """Give `model` random weights, and return an image for it."""
    rng = np.random.default_rng(seed)
    weights = [rng.normal(0, scale, w.shape).astype("float32") for w in model.get_weights()]
    model.set_weights(weights)
    return rng.random(model.input_shape[1:]).astype("float32")


def tiny(seed=0):
    """The network of chapter 04 and an image; no relu is closed, so that every change counts."""
    model = network("tiny")
    image = fill(model, seed)
    *below, kernel, bias = model.get_weights()
    model.set_weights([*map(np.abs, below), kernel, bias])
    return model, image


def keras_says(model, image):
    return np.asarray(model(image[None])).ravel()


_models = {}


def recalculated(path):
    """{(sheet, cell): value} of every formula, computed from the numbers that stand in the file."""
    import formulas

    cells = cells_of(path)
    texts = {place: value for place, value in cells.items() if str(value).startswith("=")}
    key = path.name, *sorted(texts.items())
    if key not in _models:  # reading formulas is slow, computing them is not
        _models[key] = formulas.ExcelModel().loads(str(path)).finish()

    def name(place):
        return f"'[{path.name}]{place[0].upper()}'!{place[1]}"

    numbers = {name(p): value for p, value in cells.items() if not isinstance(value, str)}
    solution = _models[key].calculate(inputs=numbers)
    return {place: solution[name(place)].value[0, 0] for place in texts}


def watched(path, count, sheet="input", row=5):
    values = recalculated(path)
    return np.array([values[sheet, f"{'BCDEFGHIJK'[i]}{row}"] for i in range(count)], float)


def change(path, sheet, cell, value):
    book = openpyxl.load_workbook(path)
    assert isinstance(book[sheet][cell].value, float | int)
    book[sheet][cell] = value
    book.save(path)


def cells_of(path):
    """{(sheet, cell): content} of the cells that hold a number, a formula or other text."""
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in openpyxl.load_workbook(path)
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def formulas_of(path):
    return {place: text for place, text in cells_of(path).items() if str(text).startswith("=")}
