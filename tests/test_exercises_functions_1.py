"""Exercises of chapters 01 to 03 that ask for a function: what is right, and each slip."""

import numpy as np
from exercise_tools import assert_says, rows

from course_utils.exercises import chapter02


def relu(x):
    return np.maximum(x, 0)


# --- chapter 01 -----------------------------------------------------------------------------------


def standardized(images, axes=(0, 1, 2), shift=True, divide=np.std):
    x = images - images.mean(axis=axes, keepdims=True) if shift else images
    return x / divide(images, axis=axes, keepdims=True) if divide else x


def standardized_in_place(images):
    images -= images.mean(axis=(0, 1, 2))
    images /= images.std(axis=(0, 1, 2))
    return images


def relu_in_place(x, w1, b1, w2, b2):
    b1 += x[0] @ w1  # what the checker compares with is another copy
    x[:] = 0
    return relu(x @ w1 + b1)[:1] @ w2 + b2


def gradients(relu=True, order=1, inner=True, factor=2, bias_too=False, zero=True):
    def gradient(w, b, x, y):
        z = w * x + b
        if zero and z <= 0:
            return 0.0, 0.0
        outer = factor * ((max(z, 0) if relu else z) - y)
        return (outer * (x if inner else 1), outer * (x if bias_too else 1))[::order]

    return gradient


# --- chapter 02 -----------------------------------------------------------------------------------


def softmax(outputs, axis=1):
    powers = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def softmax_of_all(outputs):
    powers = np.exp(outputs - outputs.max())
    return powers / powers.sum()


def overflowing(outputs):
    return np.exp(outputs) / np.exp(outputs).sum(axis=1, keepdims=True)


def keras_softmax(outputs):
    import keras

    return keras.ops.softmax(outputs)


def stops(losses, patience, late=0, until=None):
    """Early stopping; `late`: epochs more than the patience, `until`: epochs that count as best."""
    for epoch in range(1, len(losses) + 1):
        best = int(np.argmin(losses[:epoch])) + 1
        if epoch - best == patience + late:
            break
    return epoch, int(np.argmin(losses[: until or epoch])) + 1


def smoothed(true=lambda s, n: 1 - s + s / n, other=lambda s, n: s / n, after=lambda loss: loss):
    """The loss with these targets for the true class and the others."""

    def answer(y_true, y_pred, s):
        n = y_pred.shape[1]
        targets = np.where(np.eye(n)[y_true], true(s, n), other(s, n))
        return after(-(targets * np.log(y_pred)).sum(axis=1))

    return answer


# --- chapter 03 -----------------------------------------------------------------------------------


def bounds(n, k, fold):
    size, longer = divmod(n, k)
    first = fold * size + min(fold, longer)
    return first, first + size + (fold < longer) - 1


def scaled(by, part, constant=1.0):
    deviation = by.std(axis=0)
    return (part - by.mean(axis=0)) / np.where(deviation == 0, constant, deviation)


def centered_in_place(a, b):
    a -= a.mean(axis=0)
    return a, b


def out_of_fold(leak=False, shuffled=False, train_on_fold=False, unordered=False, other=0):
    def answer(fit, x, y, k):
        indices = np.arange(len(y))
        order = np.random.default_rng(0).permutation(indices) if shuffled else indices
        predicted, pieces = np.zeros(len(y)), []
        for fold in np.array_split(order, k):
            others = indices if leak else np.setdiff1d(indices, fold)
            others = fold if train_on_fold else others
            pieces.append(fit(x[others], y[others])(x[fold]))
            predicted[fold] = pieces[-1]
        return np.concatenate(pieces[::-1]) if unordered else predicted + other

    return answer


def interval(of=np.mean, percent=(2.5, 97.5), replace=True):
    def answer(errors):
        draws = np.array([errors] * 10_000)
        rng = np.random.default_rng(5)
        draws = rng.choice(errors, draws.shape) if replace else rng.permuted(draws, axis=1)
        return np.percentile(of(draws, axis=1), percent)

    return answer


# fmt: off
@rows({
    "01.3": [
        (standardized, "right"),
        (lambda x: standardized(x).astype("float32"), "right"),
        (lambda x: standardized(x).tolist(), "right"),
        (lambda x: standardized(x, (0, 1, 2, 3)), "for all channels together"),
        (lambda x: standardized(x, (0,)), "each position of the image by itself"),
        (lambda x: standardized(x, (1, 2)), "each image has been standardized by itself"),
        (lambda x: standardized(x, (3,)), "the channel is the last axis"),
        (lambda x: standardized(x, divide=np.var), "not by its square"),
        (lambda x: standardized(x, divide=None), "divide by the standard deviation as well"),
        (lambda x: standardized(x, shift=False), "the mean was not subtracted"),
        (standardized_in_place, "work on a copy"),
        (lambda x: x[..., 0], "the shape is (6, 5, 4), it should be (6, 5, 4, 3)"),
        (lambda x: x * 0, "360 of 360 values differ; the first, at [0, 0, 0, 0], is 0 and"),
    ],
    "01.4": [
        (lambda x, w1, b1, w2, b2: relu(x @ w1 + b1) @ w2 + b2, "right"),
        (lambda x, w1, b1, w2, b2: (x @ w1 + b1) @ w2 + b2, "there is no relu"),
        (lambda x, w1, b1, w2, b2: relu(relu(x @ w1 + b1) @ w2 + b2), "may be negative"),
        (lambda x, w1, b1, w2, b2: relu(x @ w1) @ w2 + b2, "bias of the first layer"),
        (lambda x, w1, b1, w2, b2: relu(x @ w1 + b1) @ w2, "bias of the second layer"),
        (lambda x, w1, b1, w2, b2: relu(x @ w1) @ w2, "both biases are missing"),
        (lambda x, w1, b1, w2, b2: (relu(x @ w1) + b1) @ w2 + b2, "relu comes after the bias"),
        (lambda x, w1, b1, w2, b2: relu(x @ w1.T + b1) @ w2 + b2, "not x @ w1.T"),
        (lambda x, w1, b1, w2, b2: relu(x @ w1 + b1), "the shape is (5, 4)"),
        (lambda x, w1, b1, w2, b2: w1 @ x, " with ValueError"),
        (relu_in_place, "the shape is (1, 3)"),
    ],
    "01.5": [
        (gradients(), "right"),
        (lambda *a: np.array(gradients()(*a)), "right"),
        (gradients(zero=False), "neither w nor b changes the loss"),
        (gradients(zero=False, relu=False), "neither w nor b changes the loss"),
        (gradients(order=-1), "the two are exchanged"),
        (gradients(inner=False), "multiply by it"),
        (gradients(factor=1), "twice its inside"),
        (gradients(factor=-2), "the sign is turned"),
        (gradients(bias_too=True), "the inner derivative in b is 1"),
        (lambda *_: (1, 2, 3), "a pair (derivative in w, in b) is asked for, these are 3"),
        (lambda *_: 3, "a pair (derivative in w, in b) is asked for, this is 3"),
        (lambda *_: ("a", "b"), "a number is asked for, this is 'a'"),
        (lambda *_: (5, 5), "for w=2.0, b=1.0, x=3.0, y=4.0: (5, 5) is not the answer"),
    ],
    "01.7": [
        (lambda x: np.moveaxis(x, -1, 1), "right"),
        (lambda x: x.reshape(2, 3, 4, 5), "the pictures are broken up"),
        (lambda x: x.swapaxes(1, 3), "height and width are exchanged"),
        (lambda x: np.moveaxis(x, -1, 0), "the axis of the samples stays first"),
        (lambda x: x, "as they were"),
        (lambda x: np.moveaxis(x, -1, 1) + 1, "120 of 120 values differ"),
        (lambda x: x[0], "the shape is (4, 5, 3), it should be (2, 3, 4, 5)"),
    ],
    "02.3": [
        (softmax, "right"),
        (lambda o: softmax(o).tolist(), "right"),
        (keras_softmax, "right"),
        (softmax_of_all, "the whole array adds to one"),
        (lambda o: softmax(o.T).T, "the columns add to one"),
        (lambda o: o / np.abs(o).sum(axis=1, keepdims=True), "shares of the absolute values"),
        (np.exp, "divide each row by its sum"),
        (lambda o: np.log(softmax(o)), "this is the logarithm of softmax"),
        (overflowing, "for [[ 1000. 999.] [-1000. -1000.]]: not finite: subtract the largest"),
        (lambda o: overflowing(np.clip(o, -500, 500)), "at [0, 0], is 0.5 and should be 0.7311"),
        (lambda o: softmax(o / 2), "and should be 0.8022"),
        (lambda o: softmax(o)[0], "the shape is (3,), it should be (2, 3)"),
        (lambda o: "rows", "an array of numbers is asked for, this is 'rows'"),
    ],
    "02.5": [
        (stops, "right"),
        (lambda x, p: list(stops(x, p)), "right"),
        (lambda x, p: np.array(stops(x, p)), "right"),
        (lambda x, p: stops(x, p)[::-1], "the stop first, then the best epoch"),
        (lambda x, p: np.subtract(stops(x, p), 1), "epochs count from 1"),
        (lambda x, p: stops(x, p)[:1] * 2, "not those of the last"),
        (lambda x, p: stops(x, p, until=len(x)), "a loss after the stop is never seen"),
        (lambda x, p: stops(x, p, late=1), "it stops one epoch too late"),
        (lambda x, p: (min(stops(x, p)[0] + 1, len(x)), stops(x, p)[1]), "one epoch too late"),
        (lambda x, p: (2, 2), "(2, 2) is not the answer"),
        (lambda x, p: (1, 2, 3), "a pair (stop, best) is asked for, these are 3"),
        (lambda x, p: 3, "a pair (stop, best) is asked for, this is 3"),
        (lambda x, p: ("last", "best"), "a whole number is asked for, this is 'last'"),
        (lambda x, p: (5.4, 3.4), "a whole number is asked for, this is 5.4"),
        (lambda x, p: "53", "a pair (stop, best) is asked for, this is '53'"),
        (lambda x, p: chapter02._stops(x, p, ties=True), "an equal loss is no better one"),
        (lambda x, p: stops(x, p) if len(set(x)) > 1 else (4, 4),
         "for losses [0.3, 0.3, 0.3, 0.3] and patience 2: "),
    ],
    "02.6": [
        (smoothed(), "right"),
        (smoothed(after=list), "right"),
        (smoothed(lambda s, n: 1, lambda s, n: 0), "cross-entropy without smoothing"),
        (smoothed(true=lambda s, n: 1 - s), "the true class gets s/n, too"),
        (smoothed(lambda s, n: 1 - s, lambda s, n: s / (n - 1)), "the true one included"),
        (smoothed(after=np.negative), "a loss is minus the logarithm"),
        (smoothed(after=lambda loss: loss / 3), "add over the classes, do not average"),
        (smoothed(after=np.mean), "the shape is (), it should be (4,): one number for the batch"),
        (smoothed(after=lambda loss: loss[:, np.newaxis]), "the shape is (4, 1)"),
        (smoothed(after=lambda loss: loss + 1), "at [0], is 1.52 and should be 0.5199"),
        (lambda t, p, s: smoothed()(t, p, 0.1), "for s=0.0: 4 of 4 values differ"),
        (lambda t, p, s: ["a"] * 4, "an array of numbers is asked for, this is ['a', 'a'"),
    ],
    "03.3": [
        (bounds, "right"),
        (lambda n, k, f: np.array_split(np.arange(n), k)[f][[0, -1]], "right"),
        (lambda n, k, f: (bounds(n, k, f)[0], bounds(n, k, f)[1] + 1), "not the one after it"),
        (lambda n, k, f: np.add(bounds(n, k, f), 1), "rows are counted from 0"),
        (lambda n, k, f: (f * (n // k), (f + 1) * (n // k) - 1), "are in no fold"),
        (lambda n, k, f: (f * (n // k), n - 1 if f == k - 1 else (f + 1) * (n // k) - 1),
         "not all to the last"),
        (lambda n, k, f: bounds(n, k, min(f + 1, k - 1)), "folds are counted from 0"),
        (lambda n, k, f: np.add(bounds(n, k, f), 0.5), "a whole number is asked for, this is"),
        (lambda n, k, f: (n, n), "for n=404, k=4, fold=3: (404, 404) is not the answer"),
        (lambda n, k, f: 3, "a pair (first, last) is asked for, this is 3"),
        (lambda n, k, f: (1, 2, 3), "a pair (first, last) is asked for"),
    ],
    "03.4": [
        (lambda a, b: (scaled(a, a), scaled(a, b)), "right"),
        (lambda a, b: [scaled(a, a).tolist(), scaled(a, b)], "right"),
        (lambda a, b: (scaled(a, a), scaled(b, b)), "`other` is scaled with its own mean"),
        (lambda a, b: tuple(scaled(np.vstack([a, b]), c) for c in (a, b)), "the other rows leak"),
        (lambda a, b: tuple((c - a.mean()) / a.std() for c in (a, b)), "one mean for the whole"),
        (lambda a, b: (a - a.mean(axis=0), b - a.mean(axis=0)), "the division by the deviation"),
        (lambda a, b: tuple((c - a.mean(0)) / a.var(0) for c in (a, b)), "not by the variance"),
        (lambda a, b: (scaled(a, a), b), "only the first part is scaled"),
        (lambda a, b: (scaled(a, a, 0.0), scaled(a, b, 0.0)), "divide that column by 1"),
        (centered_in_place, "work on a copy"),
        (lambda a, b: scaled(a, a), "a pair (both parts, standardized) is asked for"),
        (lambda a, b: (b, a), "the shape is (6, 3), it should be (20, 3)"),
    ],
    "03.5": [
        (out_of_fold(), "right"),
        (lambda *a: out_of_fold()(*a).tolist(), "right"),
        (out_of_fold(leak=True), "a model that was trained on it"),
        (out_of_fold(train_on_fold=True), "a model that was trained on it"),
        (out_of_fold(shuffled=True), "the folds follow the order of the rows"),
        (out_of_fold(unordered=True), "not in the order of the rows"),
        (out_of_fold(other=9), "not the predictions of the models that `fit` returned"),
        (lambda fit, x, y, k: fit(x, y)(x), "`fit` was called 1 times for k=4"),
        (lambda fit, x, y, k: fit(x[1:], y[:-1])(x), "not those of its rows"),
        (lambda fit, x, y, k: y[:3], "an array of 12 predictions is asked for"),
        (lambda fit, x, y, k: 3.0, "an array of 12 predictions is asked for"),
    ],
    "03.6": [
        (interval(), "right"),
        (lambda e: interval()(e - e.mean()) + e.mean(), "right"),
        (interval(percent=(5, 95)), "that is the 90 % interval"),
        (interval(of=np.median), "that is the interval of the median"),
        (interval(replace=False), "draw with replacement"),
        (interval(percent=(97.5, 2.5)), "low comes first"),
        (lambda e: np.percentile(e, [2.5, 97.5]), "take the mean of each draw"),
        (lambda e: (0, 1), "(0, 1) is not the answer"),
        (lambda e: 3.0, "a pair (low, high) is asked for, this is 3.0"),
    ],
})
def test_a_right_function_and_each_slip_have_their_message(name, answer, message, capsys):
    assert_says(name, answer, message, capsys)
