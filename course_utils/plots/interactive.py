"""A filter to play with: choose a picture, choose, turn or rewrite a filter, see the response."""

import html
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from course_utils.plots.arrays import responses

OWN = "your own"


def explorer(
    pictures: Mapping[str, np.ndarray], filters: Mapping[str, np.ndarray],
    respond: Callable[[np.ndarray, np.ndarray], np.ndarray],
    turned: Callable[[np.ndarray, int], np.ndarray],
) -> Any:  # fmt: skip
    """Widgets around `responses`, with one picture and one filter of 3 × 3 at a time.

    Where no kernel runs, the output is its first image alone.

    Parameters
    ----------
    pictures, filters : dict of name -> ndarray (h, w)
    respond : function of a picture and a filter, which returns an ndarray (h, w)
    turned : function of a filter and a number of steps of 45°, which returns a filter

    Returns
    -------
    ipywidgets.Box
        Its `picture`, `filter`, `turn`, `fields` and `shown` are the parts.

    Examples
    --------
    >>> respond, turned = lambda p, k: p * k.sum(), lambda k, steps: np.rot90(k, steps // 2)
    >>> explorer({"a line": np.eye(9)}, {"ones": np.ones((3, 3))}, respond, turned)
    Explorer of filters
    """
    import ipywidgets as widgets

    class Explorer(widgets.Box):
        def __repr__(self) -> str:
            return "Explorer of filters"

        def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
            data, metadata = self.figure._repr_mimebundle_()
            return data | super()._repr_mimebundle_(**kwargs), metadata

    cell = {"width": "auto", "min_width": "0"}  # as wide as there is room

    def part(kind: type, description: str, **options: Any) -> Any:
        look = {"layout": cell, "style": {"description_width": "6em"}}
        return kind(description=description, **look, **options)

    picture = part(widgets.Dropdown, "picture", options=list(pictures))
    filter_ = part(widgets.Dropdown, "filter", options=[*filters, OWN])
    turn = part(widgets.IntSlider, "turn by 45°", max=7)
    fields = [
        widgets.FloatText(layout=cell, step=0.5, tooltip=f"row {i // 3}, column {i % 3}")
        for i in range(9)
    ]
    columns = {"grid_template_columns": "repeat(3, minmax(3em, 6em))", "margin": "8px 0 0 6em"}
    controls = [picture, filter_, turn, widgets.GridBox(fields, layout=columns)]
    shown = widgets.HTML(layout={"flex": "2 1 16em", "min_width": "0"})
    left = widgets.VBox(controls, layout={"flex": "1 1 16em", "min_width": "0"})
    box = Explorer([left, shown], layout={"flex_flow": "row wrap"})
    base, busy = np.zeros((3, 3)), False

    def kernel() -> np.ndarray:
        return np.array([field.value for field in fields]).reshape(3, 3)

    def draw() -> None:
        name = filter_.value + (f", turned {45 * turn.value}°" if turn.value else "")
        box.figure = responses({picture.value: pictures[picture.value]}, {name: kernel()}, respond)
        data, metadata = box.figure._repr_mimebundle_()
        alt = html.escape(metadata["image/png"]["alt"])
        shown.value = (
            f'<img alt="{alt}" decoding="sync" style="max-width: 100%; height: auto" '
            f'src="data:image/png;base64,{data["image/png"]}">'
        )

    def react(change: Any = None) -> None:
        """Fill the fields and draw once, whichever part has changed."""
        nonlocal base, busy
        if busy:
            return
        busy, changed = True, change and change.owner
        try:
            if changed in fields or (changed is filter_ and filter_.value == OWN):
                base, filter_.value, turn.value = kernel(), OWN, 0
            elif filter_.value != OWN:
                base = filters[filter_.value]
            for field, value in zip(fields, turned(base, turn.value).flat, strict=True):
                field.value = float(value)
            draw()
        finally:
            busy = False

    react()
    for each in (picture, filter_, turn, *fields):
        each.observe(react, "value")
    box.picture, box.filter, box.turn, box.fields, box.shown = picture, filter_, turn, fields, shown
    return box
