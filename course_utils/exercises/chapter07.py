"""Checkers of the exercises of chapter 07."""

from typing import Any

import numpy as np

from course_utils.exercises.framework import Wrong, array, call, compare, judge, number


def check_1(answer: Any) -> None:
    """Parameters of the dense layer of 512 units if all four convolutions are padded."""
    known = {
        512 * (7 * 7 * 64 + 1): "that is the network as it stands; padded, the last convolution "
        "keeps 16 × 16, and the pool makes 8 × 8",
        512 * (8 * 8 * 64): "the weights are right; each of the 512 units has a bias too",
        512 * (8 * 8 * 64) + 1: "each of the 512 units has a bias of its own",
        512 * (16 * 16 * 64 + 1): "was the second pool forgotten? 16 × 16 become 8 × 8",
        512 * (8 * 8 * 32 + 1): "the last convolution has 64 filters",
        512 * (8 * 8 + 1): "each of the 64 channels comes in: 8 × 8 × 64 inputs",
        512 * (32 * 32 * 64 + 1): "were the pools forgotten? Each halves height and width",
        8 * 8 * 64: "these are the numbers that it reads; each unit has a weight for each, and a "
        "bias",
    }
    judge(answer, lambda value: number(value, 512 * (8 * 8 * 64 + 1), known))


def check_2(answer: Any) -> None:
    """Steps of 30 epochs with augmentation on 45,000 pictures in batches of 128."""
    known = {
        -(-45_000 // 128): "that is one epoch",
        45_000 // 128 * 30: "the last, smaller batch is a step too: round up",
        -(-45_000 * 30 // 128): "a batch ends with its epoch: round up first, then multiply",
        -(-50_000 // 128) * 30: "it learns from 45,000 pictures: a tenth is held out",
        -(-45_000 // 128) * 20: "with augmentation it is trained for 30 epochs, not 20",
        -(-45_000 // 128) * 30 * 16: "versions take the place of pictures, none is added: the "
        "steps stay the same",
        -(-45_000 // 128) * 30 * 2: "versions take the place of pictures, none is added: the "
        "steps stay the same",
        45_000 * 30: "these are pictures seen, not steps: divide by the batch size",
    }
    judge(answer, lambda value: number(value, -(-45_000 // 128) * 30, known))


def check_3(answer: Any) -> None:
    """`answer(side)` -> the eight numbers that turn a picture upside down (a mirror below it)."""

    def examine(upside_down: Any) -> None:
        for side in (32, 7):
            last = side - 1
            right = np.array([1, 0, 0, 0, -1, last, 0, 0], float)
            known = {
                "off by one: the last row is number side − 1": np.array(
                    [1, 0, 0, 0, -1, side, 0, 0]
                ),
                "that mirrors left to right: here y changes, and x stays": np.array(
                    [-1, 0, last, 0, 1, 0, 0, 0]
                ),
                "that turns by half a circle: x stays as it is": np.array(
                    [-1, 0, last, 0, -1, last, 0, 0]
                ),
                "old y = −y lies above the picture: add side − 1": np.array(
                    [1, 0, 0, 0, -1, 0, 0, 0]
                ),
                "that exchanges x and y, a transposed picture": np.array([0, 1, 0, 1, 0, 0, 0, 0]),
                "the order is a, b, c for x, then d, e, f for y": np.array(
                    [1, 0, 0, -1, 0, last, 0, 0]
                ),
                "this leaves the picture as it is": np.array([1, 0, 0, 0, 1, 0, 0, 0]),
            }
            compare(f"side {side}", call(upside_down, side), right, known)

    judge(answer, examine)


def check_4(answer: Any) -> None:
    """`answer(x)`: (n, 3, h, w) BGR from 0 to 1 -> (n, h, w, 3) RGB bytes, the input untouched."""

    def examine(as_bytes: Any) -> None:
        rng = np.random.default_rng(7)
        wanted = rng.integers(1, 255, (2, 4, 6, 3)).astype(np.uint8)
        between = wanted + rng.uniform(-0.4, 0.4, wanted.shape)
        given = (between[..., ::-1].transpose(0, 3, 1, 2) / 255).astype("float32")
        before = given.copy()
        value = call(as_bytes, given)
        if not np.array_equal(given, before):
            raise Wrong("the pictures that were passed in are changed: work on a copy")
        scaled = before * 255
        square = np.moveaxis(before, 1, 3)[..., ::-1]
        broken_up = np.rint(scaled).astype(np.uint8).reshape(wanted.shape)
        known = {
            "red and blue are exchanged: reverse the channels": wanted[..., ::-1],
            "`reshape` keeps the order of the numbers and breaks every picture up: axes are "
            "moved by `transpose` or `moveaxis`": broken_up,
            "`reshape` breaks every picture up: axes are moved by `transpose` or `moveaxis`": (
                broken_up[..., ::-1]
            ),
            "some are one too small: bytes cut off what follows the point, so round first": (
                np.moveaxis(scaled, 1, 3)[..., ::-1].astype(np.uint8)
            ),
            "the numbers are not scaled: 0 to 1 has to become 0 to 255": square.astype(np.uint8),
        }
        if isinstance(value, np.ndarray) and value.shape == (2, 6, 4, 3):
            raise Wrong("the pictures are transposed: height comes first, then width")
        array(value, wanted, known)

    judge(answer, examine)


def _holes(
    images: np.ndarray, corners: np.ndarray, size: int, begin: int = 0, end: int = 0
) -> np.ndarray:
    """Grey squares; a slice begins and ends no lower than `begin` and `end` (below 0 it wraps)."""
    cut = images.copy()
    for image, (top, left) in zip(cut, corners, strict=True):
        rows, columns = (slice(max(v, begin), max(v + size, end)) for v in (top, left))
        image[rows, columns] = 128
    return cut


def check_5(answer: Any) -> None:
    """`answer(images, corners, size)`: a grey square in each image, clipped at its edges."""

    def examine(cut_out: Any) -> None:
        images = np.random.default_rng(5).integers(0, 120, (5, 9, 11, 3)).astype(np.uint8)
        corners = np.array([[2, 5], [-2, 3], [4, -1], [7, 9], [-6, 2]])
        given = images.copy()
        value = call(cut_out, given, corners, 4)
        if not np.array_equal(given, images):
            raise Wrong("the images that were passed in are changed: work on a copy")
        shown = _holes(images, corners, 4)
        black = np.where(shown == 128, 0, shown)
        known = {
            "a corner above or left of the image is a negative number, and as the start of a slice "
            "that counts from the other end: begin at 0": _holes(images, corners, 4, begin=-9),
            "row and column are exchanged: a corner is (top, left)": _holes(
                images, corners[:, ::-1], 4
            ),
            "the square is one pixel too large: it ends before top + size": _holes(
                images, corners, 5
            ),
            "the square is one pixel too small": _holes(images, corners, 3),
            "the corner is taken for the middle of the square": _holes(images, corners - 2, 4),
            "the square is black; grey is 128": black,
            "all images have the hole of the first": _holes(images, corners[[0, 0, 0, 0, 0]], 4),
            "a square that was moved inside keeps its full size; here it is clipped": _holes(
                images, corners.clip(0), 4
            ),
            "a square wholly above the image cuts nothing: its end is a negative number "
            "too": _holes(images, corners, 4, end=-9),
            "nothing is cut out": images,
        }
        array(value, shown, known)

    judge(answer, examine)


def check_6(answer: Any) -> None:
    """`answer(labels, classes, share)` -> smoothed targets (n, classes)."""

    def examine(targets: Any) -> None:
        for labels, classes, share in (([2, 0, 2], 3, 0.3), ([4, 1], 5, 0.1), ([0], 2, 0.0)):
            labels = np.array(labels)
            one_hot = np.eye(classes)[labels]
            right = (1 - share) * one_hot + share / classes
            known = {
                "that shares among the *other* classes; the right one gets its part too": (
                    (1 - share) * one_hot + share / (classes - 1) * (1 - one_hot)
                ),
                "the share is taken from the right class and given to nobody: each row has the "
                "sum 1": (1 - share) * one_hot,
                "the share is added, but not taken from the right class": one_hot + share / classes,
                "every class gets the whole share: divide it": (1 - share) * one_hot + share,
                "these are one-hot targets without smoothing": one_hot,
                "classes are columns, samples rows": right.T,
            }
            case = f"labels {labels.tolist()}, {classes} classes, share {share}"
            compare(case, call(targets, labels, classes, share), right, known)

    judge(answer, examine)
