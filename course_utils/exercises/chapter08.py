"""Checkers of the exercises of chapter 08."""

from typing import Any

import numpy as np

from course_utils.exercises.framework import Wrong, call, compare, judge, number

MEANS = np.array([103.939, 116.779, 123.68], "float32")  # blue, green, red (Simonyan, Zisserman)


def check_1(answer: Any) -> None:
    """Parameters of a dense layer of 256 units behind 5 × 5 × 1,024 numbers."""
    known = {
        256 * 5 * 5 * 1_024: "the weights are right; each of the 256 units has a bias too",
        256 * 5 * 5 * 1_024 + 1: "each of the 256 units has a bias of its own",
        256 * (1_024 + 1): "that would be so behind the mean of each channel; flattened, each of "
        "the 5 × 5 places comes in by itself",
        256 * (5 * 1_024 + 1): "there are 5 × 5 places, not 5",
        5 * 5 * 1_024: "these are the numbers that it reads; each unit has a weight for each, and "
        "a bias",
        256 * 5 * 5 * (1_024 + 1): "a unit has one bias, not one for each place",
        256 * (5 * 5 * 1_024 + 1) + 257: "the last unit is a layer of its own",
    }
    judge(answer, lambda value: number(value, 256 * (5 * 5 * 1_024 + 1), known))


def check_2(answer: Any) -> None:
    """Parameters of one unit, behind 512 means and behind 4 × 4 × 512 flattened numbers."""
    means = {
        512: "the weights behind the means are right; the unit has a bias too",
        4 * 4 * 512 + 1: "the means come first in the pair",
        512 + 4 * 4: "the mean of a channel is one number, however many places it had",
    }
    flat = {
        4 * 4 * 512: "the weights behind the flattened numbers are right; the unit has a bias too",
        4 * 512 + 1: "there are 4 × 4 places, not 4",
        4 * 4 * (512 + 1): "a unit has one bias, not one for each place",
    }

    def examine(pair: Any) -> None:
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise Wrong("a pair is asked for: behind the means, and behind the flattened numbers")
        number(pair[0], 512 + 1, means)
        number(pair[1], 4 * 4 * 512 + 1, flat)

    judge(answer, examine)


def check_3(answer: Any) -> None:
    """`answer(x)`: bytes (n, h, w, 3) RGB -> float32 BGR less the means, the input untouched."""

    def examine(for_vgg: Any) -> None:
        given = np.random.default_rng(8).integers(0, 256, (2, 4, 6, 3)).astype(np.uint8)
        before = given.copy()
        value = call(for_vgg, given)
        if not np.array_equal(given, before):
            raise Wrong("the pictures that were passed in are changed: work on a copy")
        if isinstance(value, np.ndarray) and value.dtype == np.uint8:
            raise Wrong("bytes have no negative numbers: go to float32 before you subtract")
        rgb = before.astype("float32")
        bgr = rgb[..., ::-1]
        known = {
            "blue comes first: reverse the channels": rgb - MEANS,
            "the channels are reversed, the means too: they stand in the order blue, green, red": (
                bgr - MEANS[::-1]
            ),
            "red comes first here, and the means fit: now reverse the channels": (
                rgb - MEANS[::-1]
            ),
            "the means are not taken off": bgr,
            "this divides by 255 or 127.5: VGG16 wants the full range": (bgr - MEANS) / 255,
            "that is MobileNet's way, from −1 to 1": rgb / 127.5 - 1,
            "add no means, take them off": bgr + MEANS,
        }
        compare("two pictures", value, bgr - MEANS, known)
        if np.asarray(value).dtype != np.float32:
            raise Wrong(f"the values are right; float32 is asked for, not {value.dtype}")

    judge(answer, examine)


def _normalises(name: str) -> bool:
    return "bn" in name or "norm" in name


def check_4(answer: Any) -> None:
    """`answer(names, cut)` -> names from `cut` on without those that normalise."""
    names = ["input", "conv1", "conv1_bn", "conv1_relu", "block2_conv1", "block2_norm1", "top_bn"]

    def examine(to_open: Any) -> None:
        for cut in ("conv1", "block2_conv1", "conv1_bn", "input"):
            late = names[names.index(cut) :]
            right = [name for name in late if not _normalises(name)]
            value = call(to_open, [*names], cut)
            if not isinstance(value, list):
                raise Wrong(f"a list is asked for, this is of type {type(value).__name__}")
            known = {
                "layers that normalise stay frozen": late,
                "the layer `cut` itself is to be opened, too": right[1:],
                "these are the layers in front of the cut": [
                    n for n in names[: names.index(cut)] if not _normalises(n)
                ],
                "some layers that normalise have `norm` in their name, not `bn`": [
                    n for n in late if "bn" not in n
                ],
                "some layers that normalise have `bn` in their name, not `norm`": [
                    n for n in late if "norm" not in n
                ],
                "these are the layers that stay frozen": [n for n in names if n not in right],
            }
            if value != right:
                slips = [message for message, wrong in known.items() if wrong == value]
                raise Wrong(f"cut at {cut!r}: {slips[0] if slips else f'{value} is not the list'}")
        _refuses_an_unknown_cut(to_open, names)

    judge(answer, examine)


def _refuses_an_unknown_cut(to_open: Any, names: list[str]) -> None:
    try:
        value = to_open([*names], "conv9")
    except ValueError:
        return
    except Exception as error:
        raise Wrong(f"an unknown cut is a ValueError, not a {type(error).__name__}") from error
    raise Wrong(f"an unknown cut is a ValueError; yours gives {value!r}")


def check_5(answer: Any) -> None:
    """`answer(labels, scenes)` -> weights (n,), equal in total for each pair, of mean 1."""
    rng = np.random.default_rng(5)
    cases = {
        "nine with the rule, one against it": ([0] * 6 + [1] * 4, [0] * 6 + [1] * 3 + [0]),
        "two pairs only": ([0, 0, 0, 1], [0, 0, 0, 1]),
        "three scenes": (rng.integers(0, 2, 60), rng.integers(0, 3, 60)),
    }

    def examine(fair_weights: Any) -> None:
        for case, columns in cases.items():
            labels, scenes = map(np.asarray, columns)
            same = (labels[:, None] == labels) & (scenes[:, None] == scenes)
            counts = same.sum(axis=1)
            right = 1 / counts / np.mean(1 / counts)
            by_label = 1 / (labels[:, None] == labels).sum(axis=1)
            by_scene = 1 / (scenes[:, None] == scenes).sum(axis=1)
            known = {
                "all weigh the same": np.ones(len(labels)),
                "the totals of the pairs are alike; the mean of all weights is to be 1": 1 / counts,
                "the totals are alike; scale them so that the mean, not the sum, is 1": (
                    right / len(labels)
                ),
                "this evens out the labels; it is the pairs of label and scene that count": (
                    by_label / by_label.mean()
                ),
                "this evens out the scenes; it is the pairs of label and scene that count": (
                    by_scene / by_scene.mean()
                ),
                "the frequent pairs weigh most: the other way round": counts / counts.mean(),
                "these are the counts of the pairs: a weight falls as the count rises": counts,
                "pairs that do not occur have no weight to share": (
                    len(labels) / (len(set(labels)) * len(set(scenes)) * counts)
                ),
            }
            value = call(fair_weights, labels.copy(), scenes.copy())
            compare(case, value, right, known)

    judge(answer, examine)
