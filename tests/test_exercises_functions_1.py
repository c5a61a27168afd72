"""Exercises of chapters 01 to 03 that ask for a function: what is right, and each slip."""

import numpy as np
from exercise_tools import assert_says, rows

from course_utils.exercises import chapter02


def relu(x):
    return np.maximum(x, 0)


# --- chapter 01 -----------------------------------------------------------------------------------


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


def vector(text, words, start=(1,), unknown=(2,), count=False, lower=True):
    """The multi-hot vector of a text, with a mistake."""
    numbers = [*start]
    for word in (text.lower() if lower else text).split():
        numbers += [words.index(word)] if word in words else unknown
    found = np.bincount(numbers, minlength=len(words))[np.newaxis]
    return found if count else np.minimum(found, 1)


# --- chapter 03 -----------------------------------------------------------------------------------


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


def predict_price(scaled=lambda x, d: (d - x.mean(axis=0)) / x.std(axis=0), take=(0, 0)):
    def answer(model, x_train, district):
        z = np.asarray(scaled(x_train, district))
        predicted = model.predict(z[np.newaxis], verbose=0)
        return predicted[take]

    return answer


def in_place(model, x_train, district):
    district -= x_train.mean(axis=0)
    district /= x_train.std(axis=0)
    return float(model.predict(district[np.newaxis], verbose=0)[0, 0])


def honest(k=4, inside=True, select=True, sign=-1, mean=True):
    def answer(x, y):
        from sklearn.feature_selection import SelectKBest, f_regression
        from sklearn.linear_model import LinearRegression
        from sklearn.model_selection import KFold, cross_val_score
        from sklearn.pipeline import make_pipeline

        ten, linear = SelectKBest(f_regression, k=10), LinearRegression()
        table = x if inside or not select else ten.fit_transform(x, y)
        model = make_pipeline(ten, linear) if inside and select else linear
        scoring = "neg_mean_absolute_error"
        scores = sign * cross_val_score(model, table, y, cv=KFold(k), scoring=scoring)
        return scores.mean() if mean else scores

    return answer


def interval(of=np.mean, percent=(2.5, 97.5), replace=True, sign=1, paired=True):
    def answer(first, second):
        rng = np.random.default_rng(5)
        at, other = rng.integers(len(first), size=(2, 10_000, len(first)))
        if not replace:
            at = rng.permuted(np.array([np.arange(len(first))] * 10_000), axis=1)
        draws = first[at] - second[at if paired else other]
        return np.percentile(sign * of(draws, axis=1), percent)

    return answer


# fmt: off
@rows({
    "01.3": [
        (lambda x: np.moveaxis(x, -1, 1), "right"),
        (lambda x: x.reshape(2, 3, 4, 5), "the pictures are broken up"),
        (lambda x: x.swapaxes(1, 3), "height and width are exchanged"),
        (lambda x: np.moveaxis(x, -1, 0), "the axis of the samples stays first"),
        (lambda x: x, "as they were"),
        (lambda x: np.moveaxis(x, -1, 1) + 1, "120 of 120 values differ"),
        (lambda x: x[0], "the shape is (4, 5, 3), it should be (2, 3, 4, 5)"),
    ],
    "01.6": [
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
        (vector, "right"),
        (lambda text, words: vector(text, words).astype(float).tolist(), "right"),
        (lambda text, words: vector(text, words, start=()), "the start, is in every vector"),
        (lambda text, words: vector(text, words, count=True), "occurs twice leaves one 1"),
        (lambda text, words: vector(text, words, unknown=()), "leaves a 1 at number 2"),
        (lambda text, words: vector(text, words, lower=False),
         "for the text 'The film is bad': the list holds words in lower case"),
        (lambda text, words: vector(text, words)[0], "the shape is (10,), it should be (1, 10)"),
        (lambda text, words: [1, *map(words.index, text.split())], "these are the word numbers"),
        (lambda text, words: vector(text, words) * 2, "and should be 1"),
        (lambda text, words: text, "an array of numbers is asked for, this is 'the film is good'"),
    ],
    "02.7": [
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
    "03.3": [
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
    "03.4": [
        (predict_price(), "right"),
        (lambda *a: float(predict_price()(*a)), "right"),
        (in_place, "right"),
        (predict_price(lambda x, d: d), "the district was not standardized"),
        (predict_price(lambda x, d: d - x.mean(axis=0)), "divide by the standard deviation as"),
        (predict_price(lambda x, d: d / x.std(axis=0)), "subtract the mean of each feature as"),
        (predict_price(lambda x, d: (d - x.mean(axis=0)) / x.var(axis=0)), "not by the variance"),
        (predict_price(lambda x, d: (d - d.mean()) / d.std()), "with a mean of its own"),
        (predict_price(lambda x, d: (d - x.mean()) / x.std()), "one mean for all features"),
        (predict_price(take=0), "a number is asked for, this is an array of shape (1,)"),
        (predict_price(take=()), "a number is asked for, this is an array of shape (1, 1)"),
        (lambda model, x, district: 21.0, "for the district [5.5, -150.0, 0.12]: 21 is not"),
    ],
    "03.5": [
        (honest(), "right"),
        (lambda x, y: np.float32(honest()(x, y)), "right"),
        (honest(inside=False), "still chosen on all samples"),
        (honest(select=False), "no features are chosen"),
        (honest(sign=1), "has a minus"),
        (honest(k=5), "four folds are asked for"),
        (honest(mean=False), "these are the four folds: return their mean"),
        (lambda x, y: x[0], "a number is asked for, this is an array of shape (300,)"),
        (lambda x, y: 0.5, "0.5 is not the answer"),
    ],
    "03.6": [
        (interval(), "right"),
        (lambda a, b: interval()(a - b, 0 * b), "right"),
        (interval(percent=(5, 95)), "that is the 90 % interval"),
        (interval(of=np.median), "that is the interval of the median"),
        (interval(replace=False), "draw with replacement"),
        (interval(percent=(97.5, 2.5)), "low comes first"),
        (interval(paired=False), "drawn independently"),
        (interval(sign=-1), "the other way round: first minus second"),
        (lambda a, b: interval()(a, 0 * b), "the interval of the first model's MAE"),
        (lambda a, b: np.percentile(a - b, [2.5, 97.5]), "take the mean of each draw"),
        (lambda a, b: (0, 1), "(0, 1) is not the answer"),
        (lambda a, b: 3.0, "a pair (low, high) is asked for, this is 3.0"),
    ],
})
def test_a_right_function_and_each_slip_have_their_message(name, answer, message, capsys):
    assert_says(name, answer, message, capsys)
