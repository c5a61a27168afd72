"""Images of the reader's own, in whatever form they come, as arrays that a network can take."""

import struct
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .errors import BadRequest

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_PIXELS = 100_000_000  # four times what a good camera makes; decoding more fills the memory
MOST_FILES = 60  # of a folder: what a figure can show


class _Refused(Exception):
    """A file that cannot be used; the message says why in a few words."""


def read_images(
    files: str | Path | Iterable[str | Path], size: tuple[int, int], *, gray: bool = False
) -> tuple[np.ndarray, list[str], dict[Path, str]]:
    """Read image files as bytes of one size; print a line for each that is refused.

    An image is turned as its EXIF data say, laid on white where it is transparent, cut to the
    middle part of that shape, and scaled.

    Parameters
    ----------
    files : a folder (its first 60 files, by name), a file, or a list of files; `~` is your home
    size : (height, width) in pixels
    gray : one channel in place of three

    Returns
    -------
    images : bytes (n, height, width, 3), with `gray` (n, height, width)
    names : the names of their files, without folders
    refused : path of each file that is no image, is empty, damaged or too large -> the reason

    Raises
    ------
    BadRequest, where there are no files, or none of them can be read

    Examples
    --------
    >>> from sklearn.datasets import load_sample_images
    >>> images, names, refused = read_images(load_sample_images().filenames, (32, 32))
    >>> images.shape, sorted(names), refused
    ((2, 32, 32, 3), ['china.jpg', 'flower.jpg'], {})
    """
    images, names, refused, paths = [], [], {}, _paths(files)
    for path in paths:
        try:
            images.append(_one(path, size, gray))
            names.append(path.name)
        except _Refused as reason:
            refused[path] = str(reason)
            print(f"{path.name}: {reason}, left out.")
    if not images:
        said = f" ({refused[paths[0]]})" if len(paths) == 1 else ""
        raise BadRequest(f"there is no image that can be read here, {len(paths):,} tried{said}")
    return np.stack(images), names, refused


def _paths(files: str | Path | Iterable[str | Path]) -> list[Path]:
    """The files meant; BadRequest, in one sentence, where there are none."""
    single = isinstance(files, str | Path)
    if single and "://" in str(files):
        raise BadRequest("images are read from files: download what the address shows first")
    try:
        given = [Path(file) for file in ([files] if single else files)]
        given = [path.expanduser() for path in given]
        if not single or given[0].is_file():
            return given
        path = given[0]
        found = sorted(one for one in path.iterdir() if not one.name.startswith("."))
    except TypeError:
        raise BadRequest(f"a folder or files are wanted, not {files!r:.60}") from None
    except (FileNotFoundError, RuntimeError):  # RuntimeError: of a home that nobody has
        raise BadRequest(f"there is no file or folder {given[0].name!r}") from None
    except OSError as error:
        raise BadRequest(f"{given[0].name!r} cannot be read ({error.strerror})") from None
    paths = [one for one in found if not one.is_dir()]
    if len(paths) > MOST_FILES:
        print(f"{len(paths):,} files in {path.name}: the first {MOST_FILES} are read.")
    return paths[:MOST_FILES]


def _one(path: Path, size: tuple[int, int], gray: bool) -> np.ndarray:
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        if path.is_dir():
            raise _Refused("this is a folder")
        if not path.stat().st_size:
            raise _Refused("the file is empty")
        path.open("rb").close()
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        reason = "there is no such file" if missing else f"it cannot be read ({error.strerror})"
        raise _Refused(reason) from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd metadata; large sizes are judged below
            with Image.open(path) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise _Refused(_large(f"it has {image.width:,} × {image.height:,} pixels"))
                image.load()
                upright = ImageOps.exif_transpose(image)
        fitted = ImageOps.fit(plain(upright, gray), size[::-1], Image.Resampling.LANCZOS)
    except Image.DecompressionBombError:
        raise _Refused(_large("it says that it holds hundreds of millions of pixels")) from None
    except UnidentifiedImageError:
        raise _Refused("this is no picture in a format that can be read") from None
    except (OSError, SyntaxError, EOFError, ValueError, struct.error) as error:
        raise _Refused("the picture is damaged or cut off") from error
    return np.asarray(fitted, np.uint8)


def _large(what: str) -> str:
    return f"the picture is too large, {what} and {MOST_PIXELS:,} are the most"


def plain(image: "Image", gray: bool) -> "Image":
    """The image as 8-bit gray or RGB, on white where it is transparent."""
    from PIL import Image

    if image.mode.startswith("I") or image.mode == "F":
        image = Image.fromarray(_to_bytes(np.asarray(image)))
    if image.mode in ("LA", "PA", "La", "RGBA", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("L" if gray else "RGB")


def _to_bytes(values: np.ndarray) -> np.ndarray:
    """Whole numbers of 16 bits (or as far as they go), or real ones over 0…1 or 0…255, as bytes."""
    highest = float(np.max(np.nan_to_num(values), initial=0))
    usual = (65_535.0,) if values.dtype.kind in "iu" else (1.0, 255.0)
    top = next((t for t in usual if highest <= t), highest)
    return np.rint(255 * np.clip(np.nan_to_num(values) / top, 0, 1)).astype(np.uint8)
