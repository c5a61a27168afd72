"""A filter to play with: choose a picture, choose, turn or rewrite a filter, see the answer."""

import base64
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from course_utils.plots.arrays import responses

OWN = "your own"


def explorer(
    pictures: Mapping[str, np.ndarray],
    filters: Mapping[str, np.ndarray],
    answer: Callable[[np.ndarray, np.ndarray], np.ndarray],
    turned: Callable[[np.ndarray, int], np.ndarray],
) -> Any:
    """Widgets around `plots.arrays.responses`, with one picture and one filter of 3 × 3 at a time.

    A menu of pictures, a menu of filters, a slider that turns the filter (`turned(filter,
    steps)`, steps of 45°) and nine fields to change it. Returns an ipywidgets box; its `picture`,
    `filter`, `turn`, `fields` and `shown` are the parts.
    """
    import ipywidgets as widgets

    class Explorer(widgets.HBox):
        def __repr__(self) -> str:
            return "Explorer of filters"

    picture = widgets.Dropdown(options=list(pictures), description="picture")
    filter_ = widgets.Dropdown(options=[*filters, OWN], description="filter")
    turn = widgets.IntSlider(0, 0, 7, description="turn (45°)", continuous_update=False)
    narrow = widgets.Layout(width="4.5em")
    fields = [widgets.FloatText(layout=narrow, step=0.5) for _ in range(9)]
    editor = widgets.GridBox(
        fields, layout=widgets.Layout(grid_template_columns="repeat(3, 5em)", margin="8px 0 0 90px")
    )
    shown = widgets.Image(format="png")
    busy = False

    def kernel() -> np.ndarray:
        return np.array([field.value for field in fields]).reshape(3, 3)

    def draw() -> None:
        is_turned = turn.value and filter_.value != OWN
        name = filter_.value + (f", turned by {45 * turn.value}°" if is_turned else "")
        one = responses({picture.value: pictures[picture.value]}, {name: kernel()}, answer)
        png = one._repr_mimebundle_()["image/png"]
        shown.value = base64.b64decode(png)

    def fill(*_: Any) -> None:
        nonlocal busy
        if busy or filter_.value == OWN:
            return
        busy = True
        for field, value in zip(
            fields, turned(filters[filter_.value], turn.value).flat, strict=True
        ):
            field.value = float(value)
        busy = False
        draw()

    def edited(*_: Any) -> None:
        nonlocal busy
        if not busy:
            busy = True
            filter_.value = OWN
            busy = False
            draw()

    picture.observe(lambda _: draw(), "value")
    filter_.observe(fill, "value")
    turn.observe(fill, "value")
    for field in fields:
        field.observe(edited, "value")
    fill()
    box = Explorer([widgets.VBox([picture, filter_, turn, editor]), shown])
    box.picture, box.filter, box.turn, box.fields, box.shown = picture, filter_, turn, fields, shown
    return box
