"""Checkers of the exercises of chapter 08."""
# fmt: off

from typing import Any

import numpy as np

from course_utils.exercises import framework as ex
from course_utils.exercises.framework import Wrong

check_1 = ex.value("Parameters of 256 dense units.", *ex.parameters(256, 5 * 5 * 1_024), {
    256 * (1_024 + 1): "that would be so behind the mean of each channel; flattened, each of "
    "the 5 × 5 positions comes in by itself",
    256 * (5 * 1_024 + 1): "there are 5 × 5 positions, not 5",
    5 * 5 * 1_024: "these are its inputs; each unit has a weight for each, and a bias",
    256 * 5 * 5 * (1_024 + 1): "a unit has one bias, not one for each position",
    256 * (5 * 5 * 1_024 + 1) + 257: "the last unit is a layer of its own",
})


@ex.examined
def check_2(answer: Any) -> None:
    """Parameters of one unit, behind 512 means and behind 4 × 4 × 512 flattened numbers."""
    means, flat = ex.pair("behind the means, behind the flattened numbers", ex.whole)(answer)
    ex.match(means, 512 + 1, {
        512: "the weights behind the means are right; the unit has a bias too",
        4 * 4 * 512 + 1: "the means come first in the pair",
        512 + 4 * 4: "the mean of a channel is one number, however many positions it had",
    })
    ex.match(flat, 4 * 4 * 512 + 1, {
        4 * 4 * 512: "the weights behind the flattened numbers are right; the unit has a bias too",
        4 * 512 + 1: "there are 4 × 4 positions, not 4",
        4 * 4 * (512 + 1): "a unit has one bias, not one for each position",
    })


_MEANS = np.array([103.939, 116.779, 123.68], "float32")  # blue, green, red (Simonyan, Zisserman)


@ex.examined
def check_3(for_vgg: Any) -> None:
    """`answer(x)`: bytes (n, h, w, 3) RGB -> float32 BGR less the means, the input untouched."""
    pictures = np.random.default_rng(8).integers(0, 256, (2, 4, 6, 3)).astype(np.uint8)
    answer = ex.call(for_vgg, pictures, untouched=True)
    dtype, rgb = ex.as_array(answer).dtype, pictures.astype("float32")
    if dtype == np.uint8:
        raise Wrong("bytes have no negative numbers: go to float32 before you subtract")
    bgr = rgb[..., ::-1]
    ex.match(ex.real_numbers(answer), bgr - _MEANS, {
        "blue comes first: reverse the channels": rgb - _MEANS,
        "the channels are reversed, the means too: they stand in the order blue, green, red":
            bgr - _MEANS[::-1],
        "red comes first here, and the means fit: now reverse the channels": rgb - _MEANS[::-1],
        "the means are not subtracted": bgr,
        "this divides by 255: VGG16 wants the full range": (bgr - _MEANS) / 255,
        "this divides by 127.5: VGG16 wants the full range": (bgr - _MEANS) / 127.5,
        "that is MobileNet's way, from −1 to 1": rgb / 127.5 - 1,
        "do not add the means, subtract them": bgr + _MEANS,
    })
    if not isinstance(answer, list | tuple) and dtype != np.float32:
        raise Wrong(f"the values are right; float32 is asked for, not {dtype}")


_NAMES = ["input", "conv1", "conv1_bn", "conv1_relu", "block2_conv1", "block2_norm1", "top_bn"]


@ex.examined
def check_4(to_open: Any) -> None:
    """`answer(names, cut)` -> names from `cut` on without those of batch normalization."""
    for cut in ("conv1", "block2_conv1", "conv1_bn", "input"):
        with ex.in_case(f"{cut!r}"):
            found = ex.items(ex.call(to_open, _NAMES, cut), "a list of names")
            _check_names(found, _NAMES.index(cut))
    try:
        found = to_open([*_NAMES], "conv9")
    except ValueError:
        return
    except Exception as error:
        raise Wrong(f"an unknown cut is a ValueError, not a {type(error).__name__}") from error
    raise Wrong(f"an unknown cut is a ValueError; yours gives {ex.shown(found)}")


def _check_names(found: list, cut: int) -> None:
    if not all(isinstance(name, str) for name in found):
        raise Wrong(f"a list of names is asked for, this is {ex.shown(found)}")

    def without(names: list[str], *parts: str) -> list[str]:
        return [name for name in names if not any(part in name for part in parts)]

    late = _NAMES[cut:]
    right = without(late, "bn", "norm")
    known = {
        "batch-normalization layers stay frozen": late,
        "the layer `cut` itself is to be unfrozen, too": right[1:],
        "these are the layers in front of the cut": without(_NAMES[:cut], "bn", "norm"),
        "some batch-normalization layers have `norm` in their name, not `bn`": without(late, "bn"),
        "some batch-normalization layers have `bn` in their name, not `norm`":
            without(late, "norm"),
        "these are the layers that stay frozen": [n for n in _NAMES if n not in right],
    }
    if found != right:
        slips = [message for message, wrong in known.items() if wrong == found]
        raise Wrong(slips[0] if slips else f"{ex.shown(found)} is not the answer")


_RNG = np.random.default_rng(5)


@ex.function(
    (np.array([0] * 6 + [1] * 4), np.array([0] * 6 + [1] * 3 + [0])),
    (np.array([0, 0, 0, 1]), np.array([0, 0, 0, 1])),
    (_RNG.integers(0, 2, 60), _RNG.integers(0, 3, 60)),
    case="{0.size} pictures",
)
def check_5(labels: np.ndarray, scenes: np.ndarray) -> tuple:
    """`answer(labels, scenes)` -> weights (n,), equal in total for each pair, of mean 1."""
    same_label, same_scene = labels[:, None] == labels, scenes[:, None] == scenes
    counts = (same_label & same_scene).sum(axis=1)
    by_label, by_scene = 1 / same_label.sum(axis=1), 1 / same_scene.sum(axis=1)
    right = 1 / counts / np.mean(1 / counts)
    pairs = len(set(labels.tolist())) * len(set(scenes.tolist()))
    return right, {
        "all weigh the same": np.ones(len(labels)),
        "the totals of the pairs are alike; the mean of all weights is to be 1": 1 / counts,
        "the totals are alike; scale them so that the mean, not the sum, is 1": right / len(labels),
        "this evens out the labels; it is the pairs of label and scene that count":
            by_label / by_label.mean(),
        "this evens out the scenes; it is the pairs of label and scene that count":
            by_scene / by_scene.mean(),
        "the frequent pairs weigh most: the other way round": counts / counts.mean(),
        "these are the counts of the pairs: a weight falls as the count rises": counts,
        "pairs that do not occur have no weight to share": len(labels) / (pairs * counts),
    }


hint, score = ex.helpers(__name__, {
    1: ("Flattened, 5 × 5 × 1,024 are the inputs of each unit.",
        "Each of the 256 units has a weight for each input, and a bias."),
    2: ("The mean of each channel leaves one number for each of the 512 channels.",
        "One unit has a weight for each input, and one bias: 512 + 1 in the first case."),
    3: ("[..., ::-1] turns the order of the channels round.",
        "Subtract an array of the three means: broadcasting does it along the last axis. Mind the "
        "dtype."),
    4: ("names.index(cut) finds the place, and raises a ValueError by itself.",
        "names[names.index(cut) :], without those that have “bn” or “norm” in them."),
    5: ("Count each pair of label and scene that occurs: np.unique(…, axis=0, return_inverse=True,"
        " return_counts=True).",
        "A weight is proportional to 1 / the count of its pair; n / (pairs · count) makes the mean"
        " 1."),
})
