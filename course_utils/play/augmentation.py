"""One photograph under an affine transform: matrix, sampling points, what networks predict."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.play.network import names_of, written
from course_utils.play.page import LARGEST, Playable, assembled, bytes_of, packed, too_large
from course_utils.plots import style
from course_utils.plots.alt import describe
from course_utils.precision import as_float32

if TYPE_CHECKING:
    import keras

MOST_IMAGES, MOST_MODELS, LEAST_SIDE, LARGEST_SIDE = 8, 2, 8, 64
FEWEST = 6  # bits of each weight in the largest kernel
FILLS = ("reflect", "nearest", "constant")
# By how much at most: degrees, shares of the side, of the size. The second is the published one.
RECIPES = {
    "mild": {"flip": True, "rotation": 15, "shift": 0.1, "zoom": 0.15, "fill": "reflect"},
    "published": {"flip": True, "rotation": 40, "shift": 0.2, "zoom": 0.2, "fill": "nearest"},
}
# In the static twin.
POSITIONS: dict[str, dict[str, Any]] = {
    "no transform": {},
    "flip": {"flip": True},
    "shift 5 right": {"right": 5},
    "zoom out × 1.3": {"scale": 1.3},
    "rotation 20°": {"degrees": 20},
    "rotation 40°": {"degrees": 40},
    "rotation 90°": {"degrees": 90},
}


def augmentation(
    images: np.ndarray, titles: Sequence[str], *,
    models: "Mapping[str, keras.Model] | None" = None, class_names: Sequence[str] | None = None,
    fill: str = "reflect", recipes: Mapping[str, Mapping[str, Any]] = RECIPES,
) -> Playable:  # fmt: skip
    """Flip, zoom, rotate and shift a photograph; its matrix, and what networks predict for it.

    The page shows the points at which the output samples the input, the matrix and its factors.
    The transform is that of `keras.ops.image.affine_transform`: zoom and rotation have the signs
    of `RandomZoom` and `RandomRotation`, a zoom above 1 makes things smaller.

    Parameters
    ----------
    images : ndarray (n, h, w, 3)
        At most 8 photographs, bytes or numbers from 0 to 1.
    titles : sequence of str
        Their true classes; with `models`, each of them one of `class_names`.
    models : dict of str to keras.Model, optional
        One or two small networks, chains of layers that end in the probabilities of the classes.
        Their input is an image of bytes, 0 to 255. Augmentation layers in them do nothing here, as
        at inference. In the page their weights have as many bits as there is room for: about 11
        for two networks of 37,000 weights, about 8 for two of 50,000. A trained network of 50,000
        gave probabilities within 0.013 of its own with 10 bits, and within 0.032 with 8.
    class_names : sequence of str, optional
        Asked for with `models`.
    fill : {"reflect", "nearest", "constant"}
        What lies outside the photograph, at the start and in the static twin.
    recipes : dict, optional
        Name -> ranges of a random draw, a button each: flip, rotation, shift, zoom and fill, as in
        `course_utils.play.augmentation.RECIPES`.

    Returns
    -------
    Playable
        Jupyter shows it; `save` writes it as a page.

    Raises
    ------
    ValueError
        Says in one sentence what to change: a layer that cannot be played, too large a network.

    Examples
    --------
    >>> import keras
    >>> stack = [keras.layers.GlobalMaxPooling2D(), keras.layers.Dense(2, "softmax")]
    >>> net = keras.Sequential([keras.Input((32, 32, 3)), *stack])
    >>> photographs = np.zeros((1, 32, 32, 3), "uint8")
    >>> augmentation(photographs, ["cat"], models={"small": net}, class_names=["cat", "dog"])
    Playable figure: One photograph, many augmented images
    """
    images, titles = _checked(bytes_of(images), [*map(str, titles)], fill)
    models = dict(models or {})
    names, truth = _classes(models, images.shape[1:], titles, class_names)
    data = {
        "images": packed(_differences(images).tobytes()),
        "names": titles,
        "sides": images.shape[1:3],
        "fill": fill,
        "recipes": [[name, {**recipe}] for name, recipe in recipes.items()],
        "classes": names,
        "truth": truth.tolist(),
    }
    title = "One photograph, many augmented images"
    page = _page(title, data, models, images)
    versions = [augmented(images, fill=fill, **POSITIONS[name]) for name in POSITIONS]
    p = {
        name: [as_float32(model(x, training=False)) for x in versions]
        for name, model in models.items()
    }
    true = {name: [q[range(len(q)), truth] for q in each] for name, each in p.items()}
    said = "Seven transforms" + (" and the probability of the true class" if models else "")
    twin = _static(images[0], [x[0] for x in versions], titles[0], true, fill, title=said)
    return Playable(title, page, twin, 860)


def _checked(images: np.ndarray, titles: list[str], fill: str) -> tuple[np.ndarray, list[str]]:
    sides = images.shape[1:3]
    fits = images.ndim == 4 and images.shape[3] == 3 and len(images) <= MOST_IMAGES
    if not fits or not all(LEAST_SIDE <= side <= LARGEST_SIDE for side in sides):
        raise ValueError(
            f"at most {MOST_IMAGES} photographs (n, h, w, 3) of {LEAST_SIDE} to {LARGEST_SIDE} "
            f"pixels a side are asked for, not {images.shape}"
        )
    style.filled("photographs", images)
    if len(titles) != len(images):
        raise ValueError(f"{len(images)} photographs need as many titles, not {len(titles)}")
    if fill not in FILLS:
        raise ValueError(f"one of the fill modes {', '.join(FILLS)} is asked for, not {fill}")
    return images, titles


def _differences(images: np.ndarray) -> np.ndarray:
    """(3, n, h, w): from the pixel to the left, red and blue from green too; small when packed."""
    red, green, blue = np.moveaxis(np.diff(images, axis=2, prepend=np.uint8(0)), -1, 0)
    return np.stack([red - green, green, blue - green])


def _classes(
    models: dict[str, Any], shape: tuple[int, ...], titles: list[str],
    class_names: Sequence[str] | None,
) -> tuple[list[str], np.ndarray]:  # fmt: skip
    """The names of the classes, and the number of the true one of each photograph."""
    if not models:
        return [], np.zeros(len(titles), int)
    names = [*map(str, [] if class_names is None else class_names)]
    if len(models) > MOST_MODELS or not set(titles) <= {*names}:
        raise ValueError(
            f"at most {MOST_MODELS} networks and class_names with all titles ({', '.join(titles)}) "
            f"are asked for, not {len(models)} networks and the names {', '.join(names) or 'none'}"
        )
    for name, model in models.items():
        own = tuple(getattr(model, "input_shape", ())[1:])
        if own != shape:
            raise ValueError(
                f"the network {name} takes an input of {own} and the photographs have {shape}: "
                "give them one Input"
            )
    return names, np.array([names.index(title) for title in titles])


def _page(
    title: str, data: dict[str, Any], models: Mapping[str, "keras.Model"], images: np.ndarray
) -> str:
    """The page, its weights of as many bits as it has room for."""

    def with_models(written_ones: list[dict[str, Any]]) -> str:
        scripts = ("bytes", "network", "affine", "controls")
        return assembled(title, "augmentation", data | {"models": written_ones}, scripts)

    page, count = with_models([]), sum(model.count_params() for model in models.values())
    room = LARGEST - len(page.encode())
    for bits in range(int(min(16, max(FEWEST, 6.4 * room / max(count, 1)))), FEWEST - 1, -1):
        page = with_models([_model(*one, data, images, bits) for one in models.items()])
        if not too_large(page):
            return page
    raise ValueError(
        f"{too_large(page)}: the networks have {count:,} weights together, give smaller ones or "
        "fewer photographs"
    )


def _model(
    name: str, model: "keras.Model", data: dict[str, Any], images: np.ndarray, bits: int
) -> dict[str, Any]:
    network = written(model, images[:1], bits)
    names_of(network.volumes[-1], np.array(data["truth"]), data["classes"])
    return {"name": name, "layers": network.layers, "weights": packed(network.weights)}


def matrix(
    height: int, width: int, *,
    flip: bool = False, scale: float = 1.0, degrees: float = 0, right: float = 0, down: float = 0,
) -> np.ndarray:  # fmt: skip
    """(2, 3): from an output pixel (x, y, 1) to the point (x, y) at which it samples the input.

    Examples
    --------
    >>> matrix(32, 32, flip=True, right=3)
    array([[-1.,  0., 34.],
           [ 0.,  1.,  0.]])
    """
    angle, center = np.radians(degrees), np.array([(width - 1) / 2, (height - 1) / 2])
    cosine, sine = scale * np.cos(angle), scale * np.sin(angle)
    whole = np.diag([-1.0 if flip else 1.0, 1.0]) @ [[cosine, -sine], [sine, cosine]]
    return np.column_stack([whole, center - whole @ (center + np.array([right, down]))])


def augmented(images: np.ndarray, *, fill: str = "reflect", **settings: Any) -> np.ndarray:
    """`images` (n, h, w, 3), each under the transform `matrix(h, w, **settings)`, float32.

    Examples
    --------
    >>> images = np.arange(12.0).reshape(1, 2, 2, 3)
    >>> augmented(images, flip=True)[0, 0]
    array([[3., 4., 5.],
           [0., 1., 2.]], dtype=float32)
    """
    from scipy.ndimage import map_coordinates

    n, h, w, channels = images.shape
    y, x = np.mgrid[:h, :w].reshape(2, -1)
    x, y = matrix(h, w, **settings) @ [x, y, np.ones_like(x)]
    mode = "grid-constant" if fill == "constant" else fill
    flat = images.astype("float32").transpose(0, 3, 1, 2).reshape(-1, h, w)
    found = [map_coordinates(one, [y, x], order=1, mode=mode) for one in flat]
    return np.reshape(found, (n, channels, h, w)).transpose(0, 2, 3, 1)


@style.styled
def _static(
    image: np.ndarray, versions: Sequence[np.ndarray], name: str,
    true: Mapping[str, Sequence[np.ndarray]], fill: str, title: str = "",
) -> style.Figure:  # fmt: skip
    """The image in every position, where it is sampled, the probabilities of true classes.

    Examples
    --------
    >>> versions = [np.zeros((9, 9, 3))] * len(POSITIONS)
    >>> _static(versions[0], versions, "cat", {}, "reflect", title="A cat")
    Figure: A cat
    """
    low, side, start = 2.3 if true else 0.05, 0.96, 0.8  # inches
    figure = style.blank(style.WIDEST, low + 2.7, title)
    lefts = start + np.arange(len(POSITIONS)) * (style.WIDEST - start) / len(POSITIONS)
    for left, (what, settings), version in zip(lefts, POSITIONS.items(), versions, strict=True):
        axes = style.panel(figure, left, low + 1.2, side, side)
        axes.imshow(version.round().astype("uint8"))
        axes.set_title(what, fontsize=9)
        _points(style.panel(figure, left, low + 0.1, side, side), image, fill, settings)
    for text, at in (("output", low + 1.69), ("input with\nsampling\npoints", low + 0.59)):
        place = (start - 0.05) / style.WIDEST, at / figure.get_figheight()
        figure.text(*place, text, size=9, ha="right", va="center")
    said = [f"a photograph of class {name}: {', '.join(POSITIONS)}"]
    said.append("below each, the input with the frame of the output and its sampling points")
    if true:
        _bars(figure, lefts + side / 2, true)
    for model, each in true.items():
        means = ", ".join(f"{np.mean(p):.2f}" for p in each)
        said.append(f"probability of the true class in these positions, {model}: {means}")
    figure.alt = describe("Transforms of a photograph", title, said)
    return figure


def _points(axes: style.Axes, image: np.ndarray, fill: str, settings: dict[str, Any]) -> None:
    """The frame of the output and its sampling points, drawn over the input."""
    (h, w), margin = image.shape[:2], image.shape[0] // 4
    mode = {"reflect": "symmetric", "nearest": "edge", "constant": "constant"}[fill]
    wide = np.pad(image, ((margin, margin), (margin, margin), (0, 0)), mode=mode)
    inside = np.zeros((*wide.shape[:2], 1), bool)
    inside[margin:-margin, margin:-margin] = True
    ends = (-margin - 0.5, w + margin - 0.5, h + margin - 0.5, -margin - 0.5)
    axes.imshow(np.where(inside, wide, wide // 2 + 64), extent=ends)  # paler outside
    rows = matrix(h, w, **settings)
    y, x = np.mgrid[2:h:6, 2:w:6].reshape(2, -1)
    axes.scatter(*rows @ [x, y, np.ones_like(x)], s=3, color="white", edgecolors="black", lw=0.4)
    corners = np.array([[0, w, w, 0, 0], [0, 0, h, h, 0]]) - 0.5
    frame = rows @ [*corners, np.ones(5)]
    for color, width in (("black", 2.2), ("#FFB000", 1.2)):
        axes.plot(*frame, color=color, lw=width)
        axes.plot(*frame[:, :2], color=color, lw=1.8 * width)  # the upper edge
    axes.plot(*frame[:, 0], "o", ms=4, color="#FFB000", mec="black", mew=0.6)  # and left
    axes.set(xlim=ends[:2], ylim=ends[2:])


def _bars(figure: style.Figure, centers: np.ndarray, true: Mapping[str, Sequence[Any]]) -> None:
    """For each position and network: a dot a photograph, and their mean."""
    (width, height), span = figure.get_size_inches(), np.array([-0.5, 0.5]) * np.diff(centers)[0]
    ends = centers[[0, -1]] + span
    place = (
        ends[0] / width,
        0.62 / height,
        min(1, ends[1] / width) - ends[0] / width,
        1.5 / height,
    )
    axes, handles = figure.add_axes(place), []
    for i, (each, (color, marker)) in enumerate(zip(true.values(), style.looks(), strict=False)):
        at = centers + 0.38 * (i - (len(true) - 1) / 2)
        handles.append(axes.bar(at, [p.mean() for p in each], 0.34, color=color, alpha=0.45))
        for x, p in zip(at, each, strict=True):
            jitter = np.linspace(-0.11, 0.11, len(p)) if len(p) > 1 else 0
            axes.plot(x + jitter, p, marker, ms=3, color=color, clip_on=False)
    axes.set(xlim=ends, ylim=(0, 1), xticks=[], ylabel="probability of\nthe true class")
    axes.grid(axis="y")
    count = len(next(iter(true.values()))[0])
    many = f": mean of {count} photographs, a dot for each" if count > 1 else ""
    labels = [f"{name}{many}" for name in true]
    figure.legend(handles, labels, loc="lower center", ncols=1, frameon=False, fontsize=9)
