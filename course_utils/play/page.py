"""One HTML document with everything in it: style, script, numbers; Jupyter shows it in a frame."""

import base64
import html
import io
import json
import re
import zlib
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils import config

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LARGEST = 200_000  # bytes of a page
# Base 85 without the characters that HTML and JSON would write as several.
_PLAIN = bytes.maketrans(b"<>&", b",.:")
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
{style}</style></head><body>
{body}<script>
"use strict";
const DATA = {data};
{code}</script></body></html>
"""


class Playable:
    """A figure that plays without a kernel; where no page can be shown, its static twin.

    Its output in a notebook is marked `{"course": "playable"}`: notebooks are stored with the
    static twin alone.

    Parameters
    ----------
    title : str
    page : str
        A whole HTML document that needs nothing from outside.
    figure : matplotlib.figure.Figure
        The static twin, with an alternative text.
    height : int
        Pixels of the frame until the page has told its own height.

    Examples
    --------
    >>> from course_utils import plots
    >>> twin = plots.images(np.eye(9)[None], title="A line")
    >>> Playable("Draw a line", "<!doctype html>…", twin, 300)
    Playable figure: Draw a line
    """

    def __init__(self, title: str, page: str, figure: "Figure", height: int) -> None:
        self.title, self.page, self.figure, self.height = title, page, figure, height

    def __repr__(self) -> str:
        return f"Playable figure: {self.title}"

    def save(self, path: str | Path) -> None:
        """Write the page to the file `path`: any browser opens it, without a network."""
        page = self.page.encode()
        config.write_beside(Path(path), lambda beside: beside.write_bytes(page))

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, str], dict[str, Any]]:
        data, metadata = self.figure._repr_mimebundle_()
        frame = (
            f'<iframe title="{html.escape(metadata["image/png"]["alt"])}" '
            f'srcdoc="{html.escape(self.page)}" width="100%" height="{self.height}" '
            'style="border: 0"></iframe>'
        )
        texts = {"text/html": frame, "text/plain": repr(self)}
        return data | texts, metadata | {"course": "playable"}


def assembled(title: str, name: str, data: dict[str, Any], scripts: tuple[str, ...]) -> str:
    """The document: `name`.html and `name`.js of this folder, other scripts, `data` as DATA.

    A `name`.css, where there is one, follows the style of all pages.
    """
    code = "\n".join(_file(f"{one}.js") for one in ("frame", *scripts, name))
    code = re.sub(r"^ *(//.*\n)?", "", code, flags=re.MULTILINE)
    numbers = json.dumps(data, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    style = _file("style.css") + (_file(f"{name}.css") if _there(f"{name}.css") else "")
    parts = {"style": style, "body": _file(f"{name}.html"), "code": code}
    return _PAGE.format(title=html.escape(title), data=numbers, **parts)


def too_large(page: str) -> str:
    """By how much `page` is too large, the beginning of a sentence; "" where it is not."""
    size = len(page.encode())
    said = f"the page would have {size:,} bytes and {LARGEST:,} are the most"
    return said if size > LARGEST else ""


def _there(name: str) -> bool:
    return resources.files(__package__).joinpath(name).is_file()


def _file(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def packed(data: bytes) -> dict[str, Any]:
    """`data` deflated, as text for `unpacked` in bytes.js."""
    small = zlib.compress(data, 9)
    text = base64.b85encode(small, pad=True).translate(_PLAIN)
    return {"size": len(small), "text": text.decode()}


def bytes_of(images: np.ndarray) -> np.ndarray:
    """`images` as bytes 0…255; ValueError where they are neither bytes nor numbers from 0 to 1.

    Examples
    --------
    >>> bytes_of(np.array([0.0, 0.2, 1.0]))
    array([  0,  51, 255], dtype=uint8)
    """
    images = np.asarray(images)
    if images.dtype == np.uint8:
        return images
    if images.dtype.kind not in "fb" or not (images.min() >= 0 and images.max() <= 1):
        raise ValueError(
            "images are asked for as bytes (0 to 255) or as numbers from 0 to 1: give them as they "
            "were before they were standardized"
        )
    return np.round(images * 255.0).astype(np.uint8)


def sprite(images: np.ndarray, across: int) -> str:
    """Images of bytes, `across` in a row, in a data address: gray exactly, in color as JPEG."""
    from PIL import Image

    (count, h, w), rows = images.shape[:3], -(-len(images) // across)
    sheet = np.zeros((max(rows, 1) * h, across * w, *images.shape[3:]), np.uint8)
    for i in range(count):
        row, column = i // across * h, i % across * w
        sheet[row : row + h, column : column + w] = images[i]
    file = io.BytesIO()
    kind, quality = ("JPEG", {"quality": 90}) if sheet.ndim == 3 else ("PNG", {})
    Image.fromarray(sheet).save(file, kind, optimize=True, **quality)
    return f"data:image/{kind.lower()};base64," + base64.b64encode(file.getvalue()).decode()
