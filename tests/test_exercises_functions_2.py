"""Exercises of chapters 05 to 11 that ask for a function: what is right, and each slip."""

from fractions import Fraction

import numpy as np
from exercise_tools import assert_says, rows


def relu(x):
    return np.maximum(x, 0)


# --- chapters 05 and 06 ---------------------------------------------------------------------------


def shifted(images, down, right):
    _, h, w = images.shape
    padded = np.zeros((len(images), 3 * h, 3 * w), images.dtype)
    padded[:, h + down : 2 * h + down, w + right : 2 * w + right] = images
    return padded[:, h : 2 * h, w : 2 * w]


def shifted_in_place(images, down, right):
    images[:] = shifted(images, down, right)
    return images


def confused(diagonal=False, swap=False):
    def most_confused(y_true, y_pred):
        table = np.zeros((10, 10), int)
        np.add.at(table, (y_true, y_pred), 1)
        if not diagonal:
            np.fill_diagonal(table, 0)
        pair = np.unravel_index(table.argmax(), table.shape)
        return pair[::-1] if swap else pair

    return most_confused


def shares(kind="right"):
    def answer(y_true, y_pred, label):
        true, named = y_true == label, y_pred == label
        hits = np.sum(true & named)
        recall, precision = hits / true.sum(), hits / named.sum() if named.any() else 0.0
        return {
            "right": (recall, precision),
            "list": [recall, precision],
            "exchanged": (precision, recall),
            "of all": (hits / len(true), hits / len(true)),
            "accuracy": (np.mean(true == named), precision),
            "accuracy second": (recall, np.mean(true == named)),
            "numbers": (hits, hits),
            "recall": (recall, 0.123),
            "precision": (0.123, precision),
            "nothing named": (recall, precision if named.any() else 1.0),
            "one": recall,
            "three": (recall, precision, 0),
        }[kind]

    return answer


def flipped_images(axes=(2,), which=lambda flipped: flipped):
    def answer(images, flipped):
        copy = images.copy()
        copy[which(flipped)] = np.flip(images, axes)[which(flipped)]
        return copy

    return answer


def flipped_in_place(images, flipped):
    images[flipped] = images[flipped, :, ::-1]
    return images


def plateau(at_once=False, extra=0, afresh=True, last=False, equal=False, only_once=False):
    def answer(losses, start, factor, patience):
        in_force, rate, best, waited = [], start, float("inf"), 0
        for loss in losses:
            in_force.append(rate)
            if loss < best or (equal and loss == best):
                best, waited = loss, 0
            else:
                waited += 1
            best = loss if last else best
            if waited >= patience + extra:
                rate = start * factor if only_once else rate * factor
                waited = 0 if afresh else waited
            if at_once:
                in_force[-1] = rate
        return in_force

    return answer


def honest(held_out, test):
    best = int(held_out.mean(axis=1).argmax())
    return best + 1, test[best].mean()


# --- chapters 07 and 08 ---------------------------------------------------------------------------


def as_bytes(x, order=-1, scale=255, cut=np.rint, axes=(0, 2, 3, 1)):
    return cut(x.transpose(axes)[..., ::order] * scale).astype("uint8")


def scaled_in_place(x):
    x *= 255
    return as_bytes(x, scale=1)


def cut_out(images, corners, size, gray=128, first=max, end=max, copy=True, grow=0, flip=1):
    cut = images.copy() if copy else images
    for image, corner in zip(cut, corners, strict=True):
        top, left = corner[::flip]
        rows = slice(first(top, 0), end(top + size + grow, 0))
        image[rows, first(left, 0) : end(left + size + grow, 0)] = gray
    return cut


def targets(labels, classes, share, right=None, all_get=None):
    right = 1 - share if right is None else right
    all_get = share / classes if all_get is None else all_get
    return right * np.eye(classes)[labels] + all_get


BGR = np.array([103.939, 116.779, 123.68], "float32")


def vgg_in_place(x):
    x[:] = x[..., ::-1].copy()
    return x.astype("float32") - BGR


def unfrozen(names, cut, skip=("bn", "norm"), late=True, first=0):
    i = names.index(cut)
    part = names[i + first :] if late else names[:i]
    return [name for name in part if not any(word in name for word in skip)]


def counts(labels, scenes):
    return ((labels[:, None] == labels) & (scenes[:, None] == scenes)).sum(axis=1)


def fair(labels, scenes):
    w = 1 / counts(labels, scenes)
    return w / w.mean()


# --- chapters 09 to 11 ----------------------------------------------------------------------------


def weighted(maps, gradients):
    return maps * gradients.mean(axis=(0, 1))


def heat(maps, gradients):
    return relu(weighted(maps, gradients).sum(axis=-1))


def numeric(f, x, step, up=1.0, down=1.0):
    gradient = np.zeros(x.shape)
    for at in np.ndindex(x.shape):
        shift = np.zeros(x.shape)
        shift[at] = step
        gradient[at] = (f(x + up * shift) - f(x - down * shift)) / ((up + down) * step)
    return gradient


def numeric_in_place(f, x, step):
    gradient = numeric(f, x, step)
    x[:] += step
    return gradient


def mixed(images, weights, bias, stride):
    return relu(images[:, ::stride, ::stride] @ weights + bias)


def block_in_place(x, a, b):
    x += relu(x @ a) @ b
    return relu(x)


# fmt: off
@rows({
    "05.1": [
        (lambda n, b, e: -(-n // b) * e, "right"),
        (lambda n, b, e: n // b * e, "the last, smaller batch of an epoch is a step too"),
        (lambda n, b, e: -(-n * e // b), "round up first, then multiply"),
        (lambda n, b, e: n * e, "divide by the batch size"),
        (lambda n, b, e: -(-n // b), "for 300 samples in batches of 128, 4 epochs: that is one"),
        (lambda n, b, e: n / b * e, "a whole number is asked for"),
        (lambda n, b, e: True, "a whole number is asked for, this is True"),
        (lambda n, b, e: 7, "7 is not the answer"),
    ],
    "05.4": [
        (shifted, "right"),
        (lambda a, d, r: np.roll(a, (d, r), (1, 2)), "zeros should come in"),
        (lambda a, d, r: shifted(a, -d, -r), "down and right are positive"),
        (lambda a, d, r: shifted(a, r, d), "down and right are exchanged"),
        (shifted_in_place, "work on a copy"),
        (lambda a, d, r: shifted(a, d, r).astype(float), "is float64, it should be uint8"),
        (lambda a, d, r: shifted(a, d, r)[..., None], "the shape is (3, 6, 7, 1)"),
        (lambda a, d, r: a.tolist(), "an array is asked for, this is of type list"),
        (lambda a, d, r: np.zeros_like(a), "values differ"),
    ],
    "05.6": [
        (confused(), "right"),
        (lambda t, p: np.array(confused()(t, p)), "right"),
        (confused(swap=True), "the two are exchanged"),
        (confused(diagonal=True), "leave the diagonal out"),
        (lambda t, p: (7, 2), "(7, 2) is the error with the highest rate"),
        (lambda t, p: (3, 5), "(3, 5) is not the answer"),
        (lambda t, p: (4, 9), "the two are exchanged"),
        (lambda t, p: np.add(confused()(t, p), 0.4), "a whole number is asked for"),
        (lambda t, p: "49", "a pair (true, predicted) is asked for, this is '49'"),
    ],
    "06.3": [
        (shares(), "right"),
        (shares("list"), "right"),
        (shares("exchanged"), "the two are exchanged"),
        (shares("of all"), "not by all images"),
        (shares("accuracy"), "do not count as hits"),
        (shares("accuracy second"), "do not count as hits"),
        (shares("numbers"), "these are numbers of images: divide them"),
        (shares("recall"), "for class 6: the precision is not 0.123"),
        (shares("precision"), "for class 6: the recall is not 0.123"),
        (shares("nothing named"), "for class 9: no image is classified so"),
        (shares("one"), "a pair (recall, precision) is asked for"),
        (shares("three"), "a pair (recall, precision) is asked for"),
    ],
    "06.4": [
        (flipped_images(), "right"),
        (flipped_images(axes=(1,)), "upside down"),
        (flipped_images(axes=(1, 2)), "rotated by 180°"),
        (flipped_images(which=np.ones_like), "all images are flipped"),
        (flipped_images(which=np.logical_not), "the others are flipped"),
        (flipped_images(which=np.zeros_like), "nothing is flipped"),
        (lambda a, f: a[::-1], "the order of the images is reversed"),
        (flipped_in_place, "work on a copy"),
        (lambda a, f: flipped_images()(a, f)[f], "the shape is (2, 5, 6, 1)"),
        (lambda a, f: flipped_images()(a, f) / 255, "should be uint8"),
        (lambda a, f: a.tolist(), "an array is asked for, this is of type list"),
        (lambda a, f: np.zeros_like(a), "values differ"),
    ],
    "06.5": [
        (plateau(), "right"),
        (lambda *a: np.array(plateau()(*a)), "right"),
        (plateau(at_once=True), "from the *next* epoch on"),
        (plateau(extra=1), "one epoch too late"),
        (plateau(afresh=False), "the waiting starts afresh"),
        (plateau(last=True), "compare with the lowest loss so far"),
        (plateau(equal=True), "a loss as low as the best is not a new best"),
        (plateau(only_once=True), "falls again, not only at first"),
        (lambda lo, s, f, p: [s] * len(lo), "at [4], is 0.1 and should be 0.05"),
        (lambda *a: plateau()(*a)[1:], "the shape is (8,), it should be (9,)"),
        (lambda lo, s, f, p: s, "the shape is (), it should be (9,)"),
    ],
    "06.6": [
        (honest, "right"),
        (lambda h, t: list(honest(h, t)), "right"),
        (lambda h, t: honest(t, t), "best on the test set: it is optimistic"),
        (lambda h, t: honest(h, h), "the validation score is optimistic too"),
        (lambda h, t: (honest(h, t)[0] - 1, honest(h, t)[1]), "count the epochs from 1"),
        (lambda h, t: (5, honest(h, t)[1]), "the epoch is not 5: its score is right"),
        (lambda h, t: (3, t[2].mean()), "two epochs are equally good: take the first"),
        (lambda h, t: (2, t[2].mean()), "rows are counted from 0"),
        (lambda h, t: (len(t), t[-1].mean()), "that is the last epoch"),
        (lambda h, t: (1, 0.0), "epoch 1 with a score of 0.000 is not the answer"),
        (lambda h, t: 0.5, "a pair (epoch, score) is asked for, this is 0.5"),
    ],
    "07.3": [
        (lambda s: [1, 0, 0, 0, -1, s - 1, 0, 0], "right"),
        (lambda s: np.array([1, 0, 0, 0, -1, s - 1, 0, 0]), "right"),
        (lambda s: [1, 0, 0, 0, -1, s, 0, 0], "for side 32: off by one"),
        (lambda s: [1, 0, 0, 0, -1, 31, 0, 0], "for side 7: 1 of 8 values differ"),
        (lambda s: [-1, 0, s - 1, 0, 1, 0, 0, 0], "that flips left to right"),
        (lambda s: [-1, 0, s - 1, 0, -1, s - 1, 0, 0], "that rotates by 180°"),
        (lambda s: [1, 0, 0, 0, -1, 0, 0, 0], "lies above the picture"),
        (lambda s: [0, 1, 0, 1, 0, 0, 0, 0], "a transposed picture"),
        (lambda s: [1, 0, 0, -1, 0, s - 1, 0, 0], "the order is a, b, c for x"),
        (lambda s: [1, 0, 0, 0, 1, 0, 0, 0], "leaves the picture as it is"),
        (lambda s: [1, 0, 0, 0, -1, s - 1], "the shape is (6,), it should be (8,)"),
    ],
    "07.4": [
        (as_bytes, "right"),
        (lambda x: as_bytes(x, order=1), "red and blue are exchanged"),
        (lambda x: as_bytes(x, scale=1, cut=np.floor), "the numbers are not scaled"),
        (lambda x: as_bytes(x, cut=np.floor), "so round first"),
        (lambda x: np.rint(x * 255).astype("uint8").reshape(2, 4, 6, 3), "`reshape` keeps"),
        (lambda x: np.rint(x * 255).astype("uint8").reshape(2, 4, 6, 3)[..., ::-1],
         "`reshape` breaks every picture"),
        (lambda x: as_bytes(x, axes=(0, 3, 2, 1)), "the pictures are transposed"),
        (lambda x: as_bytes(x).astype("float32"), "the dtype is float32"),
        (lambda x: np.rint(x * 255).astype("uint8"), "the shape is (2, 3, 4, 6)"),
        (scaled_in_place, "work on a copy"),
        (lambda x: x.transpose(0, 9), "your code stops with"),
    ],
    "07.5": [
        (cut_out, "right"),
        (lambda x, c, s: cut_out(x, c, s, first=lambda a, b: a), "begin at 0"),
        (lambda x, c, s: cut_out(x, c, s, flip=-1), "row and column are exchanged"),
        (lambda x, c, s: cut_out(x, c, s, grow=1), "one pixel too large"),
        (lambda x, c, s: cut_out(x, c, s, grow=-1), "one pixel too small"),
        (lambda x, c, s: cut_out(x, c - s // 2, s), "taken for the middle"),
        (lambda x, c, s: cut_out(x, c, s, gray=0), "the square is black"),
        (lambda x, c, s: cut_out(x, c[[0] * 5], s), "all images have the hole of the first"),
        (lambda x, c, s: cut_out(x, c.clip(0), s), "keeps its full size"),
        (lambda x, c, s: cut_out(x, c, s, end=lambda a, b: a), "wholly above the image"),
        (lambda x, c, s: x.copy(), "nothing is cut out"),
        (lambda x, c, s: cut_out(x, c, s, copy=False), "work on a copy"),
        (lambda x, c, s: cut_out(x, c, s)[0], "the shape is (9, 11, 3)"),
        (lambda x, c, s: cut_out(x, c, s, gray=127), "is 127 and should be 128"),
    ],
    "07.6": [
        (targets, "right"),
        (lambda y, k, s: targets(y, k, s).tolist(), "right"),
        (lambda y, k, s: np.where(np.eye(k)[y] > 0, 1 - s, s / (k - 1)), "the *other* classes"),
        (lambda y, k, s: targets(y, k, s, all_get=0), "given to nobody"),
        (lambda y, k, s: targets(y, k, s, right=1), "not taken from the right class"),
        (lambda y, k, s: targets(y, k, s, all_get=s), "every class gets the whole share"),
        (lambda y, k, s: np.eye(k)[y], "one-hot targets without smoothing"),
        (lambda y, k, s: targets(y, k, s).T, "classes are columns, samples rows"),
        (lambda y, k, s: targets(y, 3, 0.3) if k == 3 else np.eye(k)[y], "5 classes"),
        (lambda y, k, s: targets(y, k, s)[0], "the shape is (3,), it should be (3, 3)"),
        (lambda y, k, s: targets(y, k + 1, s), "the shape is (3, 4)"),
    ],
    "08.3": [
        (lambda x: x[..., ::-1].astype("float32") - BGR, "right"),
        (lambda x: x[..., [2, 1, 0]] - BGR, "right"),
        (lambda x: (x[..., ::-1] - BGR).tolist(), "right"),
        (lambda x: x - BGR, "blue comes first"),
        (lambda x: x[..., ::-1] - BGR[::-1], "the means too"),
        (lambda x: x - BGR[::-1], "now reverse the channels"),
        (lambda x: x[..., ::-1].astype("float32"), "the means are not subtracted"),
        (lambda x: (x[..., ::-1] - BGR) / 255, "divides by 255: VGG16 wants the full range"),
        (lambda x: (x[..., ::-1] - BGR) / 127.5, "divides by 127.5: VGG16 wants the full range"),
        (lambda x: x / np.float32(127.5) - 1, "MobileNet's way"),
        (lambda x: x[..., ::-1] + BGR, "subtract them"),
        (lambda x: x[..., ::-1] - BGR.astype("uint8"), "bytes have no negative numbers"),
        (lambda x: x[..., ::-1].astype("float64") - BGR, "float32 is asked for, not float64"),
        (vgg_in_place, "work on a copy"),
        (lambda x: x[:1].astype("float32"), "the shape is (1, 4, 6, 3)"),
    ],
    "08.4": [
        (unfrozen, "right"),
        (lambda names, cut: tuple(unfrozen(names, cut)), "right"),
        (lambda names, cut: unfrozen(names, cut, skip=()), "layers stay frozen"),
        (lambda names, cut: unfrozen(names, cut, first=1), "is to be unfrozen, too"),
        (lambda names, cut: unfrozen(names, cut, skip=("bn",)), "have `norm` in their name"),
        (lambda names, cut: unfrozen(names, cut, skip=("norm",)), "have `bn` in their name"),
        (lambda names, cut: unfrozen(names, cut, late=False), "in front of the cut"),
        (lambda names, cut: [n for n in names if n not in unfrozen(names, cut)],
         "for 'conv1': these are the layers that stay frozen"),
        (lambda names, cut: unfrozen(names, cut) if cut in names else [],
         "an unknown cut is a ValueError; yours gives []"),
        (lambda names, cut: unfrozen(names, {n: n for n in names}[cut]), "not a KeyError"),
        (lambda names, cut: set(unfrozen(names, cut)), "a list of names is asked for"),
        (lambda names, cut: ["conv9"], "['conv9'] is not the answer"),
    ],
    "08.5": [
        (fair, "right"),
        (lambda y, s: fair(y, s).tolist(), "right"),
        (lambda y, s: 1 / counts(y, s), "the mean of all weights is to be 1"),
        (lambda y, s: fair(y, s) / len(y), "not the sum"),
        (lambda y, s: fair(y, y), "this evens out the labels"),
        (lambda y, s: fair(s, s), "this evens out the scenes"),
        (lambda y, s: counts(y, s) / counts(y, s).mean(), "the other way round"),
        (lambda y, s: counts(y, s), "these are the counts"),
        (lambda y, s: np.ones(len(y)), "all weigh the same"),
        (lambda y, s: len(y) / (len(set(y)) * len(set(s)) * counts(y, s)), "that do not occur"),
        (lambda y, s: fair(y, s)[1:], "the shape is (9,), it should be (10,)"),
        (lambda y, s: 2 * fair(y, s), "for 10 pictures: 10 of 10 values differ"),
    ],
    "09.3": [
        (lambda a: (a == 0).mean(axis=(0, 1, 2)), "right"),
        (lambda a: (a == 0).mean(), "one share for all channels"),
        (lambda a: (a > 0).mean(axis=(0, 1, 2)), "what is *not* zero"),
        (lambda a: (a == 0).sum(axis=(0, 1, 2)), "these are counts"),
        (lambda a: (a == 0).mean(axis=(1, 2, 3)), "keep the last axis, not the first"),
        (lambda a: (a == 0).mean(axis=0), "a picture has many positions"),
        (lambda a: np.full(3, 0.25), "3 of 3 values differ"),
    ],
    "09.4": [
        (heat, "right"),
        (lambda m, g: weighted(m, g).sum(axis=-1), "is left out: relu"),
        (lambda m, g: relu((m * g).sum(axis=-1)), "averaged over the positions first"),
        (lambda m, g: relu(m.sum(axis=-1)), "adds the maps as they are"),
        (lambda m, g: relu(weighted(m, g)).sum(axis=-1), "after the sum, not before"),
        (lambda m, g: relu(weighted(m, g)), "now add up the channels"),
        (lambda m, g: heat(m, g) / 5, "added up, not averaged"),
        (lambda m, g: heat(m, 12 * g), "means of the gradient, not sums"),
        (lambda m, g: heat(m, g) / heat(m, g).max(), "is not scaled here"),
        (lambda m, g: heat(m, g).T, "the shape is (4, 3), it should be (3, 4)"),
        (lambda m, g: heat(m, g) + 1, "12 of 12 values differ"),
    ],
    "09.5": [
        (numeric, "right"),
        (lambda f, x, s: numeric(f, x, s, down=0), "the difference up alone"),
        (lambda f, x, s: numeric(f, x, s, up=0), "the difference down alone"),
        (lambda f, x, s: 2 * numeric(f, x, s), "by two steps, not by one"),
        (lambda f, x, s: 2 * s * numeric(f, x, s), "divide by the two steps"),
        (lambda f, x, s: -numeric(f, x, s), "up minus down"),
        (numeric_in_place, "work on a copy"),
        (lambda f, x, s: numeric(f, x, s).ravel(), "the shape is (4,), it should be (2, 2)"),
        (lambda f, x, s: 3 * numeric(f, x, s), "4 of 4 values differ"),
    ],
    "10.4": [
        (mixed, "right"),
        (lambda x, w, b, s: mixed(x, w, b, s).tolist(), "right"),
        (lambda x, w, b, s: mixed(x, w, 0, s), "the bias is missing"),
        (lambda x, w, b, s: x[:, ::s, ::s] @ w + b, "the relu is missing"),
        (lambda x, w, b, s: mixed(x, w, 0, s) + b, "relu comes last"),
        (lambda x, w, b, s: np.moveaxis(mixed(x, w, b, s), -1, 1), "the filters are the last axis"),
        (lambda x, w, b, s: mixed(x, w, b, 1), "was the stride forgotten?"),
        (lambda x, w, b, s: mixed(x[:, s - 1 :, s - 1 :], w, b, s), "off by one"),
        (lambda x, w, b, s: mixed(x, w.T if len(w) == len(w.T) else w, b, s), "turned round"),
        (lambda x, w, b, s: mixed(x, w, b, s)[0], "the shape is (3, 5, 2), it should be (2, 3, 5"),
        (lambda x, w, b, s: mixed(x, w, b, s) + 1, "60 of 60 values differ"),
        (lambda x, w, b, s: x @ w.T + b, "your code stops with ValueError"),
    ],
    "10.5": [
        (lambda f, c: 1 - (1 - 0.5**c) ** f, "right"),
        (lambda f, c: np.array(1 - (1 - 0.5**c) ** f), "right"),
        (lambda f, c: 1 - (1 - Fraction(1, 2**c)) ** f, "right"),
        (lambda f, c: (1 - 0.5**c) ** f, "the probability that none is dead"),
        (lambda f, c: (0.5**c) ** f, "for 2 filters on 3 channels: that is the probability"),
        (lambda f, c: f * 0.5**c, "for 2 filters on 3 channels: chances of several"),
        (lambda f, c: 1 - 0.5**f, "all 3 weights of a filter must be negative"),
        (lambda f, c: 1 - (1 - 0.5 ** (c + 1)) ** f, "3 weights decide"),
        (lambda f, c: round(1 - (1 - 0.5**c) ** f, 3), "0.234 is close: give it unrounded"),
        (lambda f, c: 0.3, "for 1 filters on 3 channels: 0.3 is not the answer"),
        (lambda f, c: float("nan"), "a number is asked for, this is nan"),
    ],
    "11.4": [
        (lambda c, g, n: (c + n * g, c + (n - 1) * g), "right"),
        (lambda c, g, n: [c + n * g, c + (n - 1) * g], "right"),
        (lambda c, g, n: (c + (n - 1) * g, c + n * g), "the two are exchanged"),
        (lambda c, g, n: (c + n * g, c + n * g), "not its own"),
        (lambda c, g, n: (g, c + (n - 1) * g), "not the last layer's channels alone"),
        (lambda c, g, n: (n * g, (n - 1) * g), "the channels that came in stay"),
        (lambda c, g, n: (c + n * g, g), "reads everything before it"),
        (lambda c, g, n: (c + (n - 1) * g, c + (n - 2) * g), "one layer too few"),
        (lambda c, g, n: (c + (n + 1) * g, c + n * g), "one layer too many"),
        (lambda c, g, n: (c + n * g + 0.7, c + (n - 1) * g), "a whole number is asked for"),
        (lambda c, g, n: c + n * g, "a pair (channels out, channels into the last layer)"),
        (lambda c, g, n: (1, 1), "(1, 1) is not the answer"),
    ],
    "11.5": [
        (lambda x, a, b: relu(x + relu(x @ a) @ b), "right"),
        (lambda x, a, b: relu(relu(x @ a) @ b), "x is not added"),
        (lambda x, a, b: x + relu(x @ a) @ b, "at the very end is missing"),
        (lambda x, a, b: relu(x + x @ a @ b), "between the two is missing"),
        (lambda x, a, b: relu(x + relu(relu(x @ a) @ b)), "a relu too many"),
        (lambda x, a, b: relu(x) + relu(x @ a) @ b, "not on x alone"),
        (lambda x, a, b: relu(x - relu(x @ a) @ b), "is added, not subtracted"),
        (lambda x, a, b: x + x @ a @ b, "both relus are missing"),
        (block_in_place, "work on a copy"),
        (lambda x, a, b: relu(x)[..., :2], "the shape is (3, 4, 2)"),
    ],
})
def test_a_right_function_and_each_slip_have_their_message(name, answer, message, capsys):
    assert_says(name, answer, message, capsys)
