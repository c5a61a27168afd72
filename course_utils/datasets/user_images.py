"""Pictures of the reader's own, in whatever form they come, as arrays that a network can take."""

import struct
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from PIL.Image import Image

MOST = 100_000_000  # pixels: four times what a good camera makes; decoding more fills the memory


class NoPicture(Exception):
    """A file that cannot be used; the message says why in a few words."""


def read_pictures(
    paths: Iterable[str | Path], size: tuple[int, int], *, grey: bool = False
) -> tuple[np.ndarray, list[str], dict[str, str]]:
    """Read image files: pictures (n, height, width, 3), their names, and what was refused.

    `size`: (height, width) in pixels. A picture is turned as its EXIF data say, laid on white where
    it is transparent, cut to the middle part of that shape, and scaled. Any mode and depth becomes
    bytes, 0 to 255; `grey` gives (n, height, width). Names are the files' own, without folders.
    The last item maps the name of each file that is no picture, is empty, damaged or too large to
    the reason; the others are read all the same. Prints a line for each refusal.
    """
    pictures, names, refused = [], [], {}
    for path in map(Path, paths):
        try:
            pictures.append(_one(path, size, grey))
            names.append(path.name)
        except NoPicture as reason:
            refused[path.name] = str(reason)
            print(f"{path.name}: {reason}, left out.")
    shape = (0, *size) if grey else (0, *size, 3)
    return np.stack(pictures) if pictures else np.zeros(shape, np.uint8), names, refused


def _one(path: Path, size: tuple[int, int], grey: bool) -> np.ndarray:
    from PIL import Image, ImageOps, UnidentifiedImageError

    _look(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd metadata; large sizes are judged below
            with Image.open(path) as image:
                if image.width * image.height > MOST:
                    raise NoPicture(_large(f"it has {image.width:,} × {image.height:,} pixels"))
                image.load()
                upright = ImageOps.exif_transpose(image)
        fitted = ImageOps.fit(_plain(upright, grey), size[::-1], Image.Resampling.LANCZOS)
    except Image.DecompressionBombError:
        raise NoPicture(_large("it says that it holds hundreds of millions of pixels")) from None
    except UnidentifiedImageError:
        raise NoPicture("this is no picture in a format that can be read") from None
    except (OSError, SyntaxError, EOFError, ValueError, struct.error) as error:
        raise NoPicture("the picture is damaged or cut off") from error
    return np.asarray(fitted, np.uint8)


def _look(path: Path) -> None:
    """NoPicture where there is nothing to open."""
    try:
        if path.is_dir():
            raise NoPicture("this is a folder")
        if not path.stat().st_size:
            raise NoPicture("the file is empty")
    except FileNotFoundError:
        raise NoPicture("there is no such file") from None
    except OSError as error:
        raise NoPicture(f"it cannot be read ({error.strerror})") from None


def _large(what: str) -> str:
    return f"the picture is too large, {what} and {MOST:,} are the most"


def _plain(image: "Image", grey: bool) -> "Image":
    """The image as 8-bit grey or RGB, on white where it is transparent."""
    from PIL import Image

    if image.mode.startswith("I") or image.mode == "F":
        image = Image.fromarray(_to_bytes(np.asarray(image)))
    if image.mode in ("LA", "PA", "La", "RGBA", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("L" if grey else "RGB")


def _to_bytes(values: np.ndarray) -> np.ndarray:
    """Whole numbers of 16 bits (or as far as they go), or real ones over 0…1 or 0…255, as bytes."""
    highest = float(np.max(np.nan_to_num(values), initial=0))
    usual = (65_535.0,) if values.dtype.kind in "iu" else (1.0, 255.0)
    top = next((t for t in usual if highest <= t), highest)
    return np.rint(255 * np.clip(np.nan_to_num(values) / top, 0, 1)).astype(np.uint8)
