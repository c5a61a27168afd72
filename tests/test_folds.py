"""Cross-validation of a network: the folds of scikit-learn, no leak, nothing is done twice."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from course_utils import config, events, folds

PROGRAM = """
import json
import numpy as np
from course_utils import cross_validation, folds, keras_setup
keras_setup.import_keras()
import keras
from keras import layers
from sklearn.model_selection import KFold

folds.one_thread()
rng = np.random.default_rng(0)
x = rng.normal(5, [1, 10, 0.1], size=(43, 3))
y = np.abs(x[:, 0]) + 0.1 * x[:, 1]

def build():
    return keras.Sequential([keras.Input((3,)), layers.Dense(8, activation="relu"),
                             layers.Dense(1)])

def adam(rate=0.01):
    return keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(rate, 30))

recipe = {"epochs": 3, "batch_size": 5}
by_hand = []
for train, val in KFold(4).split(x):
    inside, outside = folds.standardize(x[train], x[val])
    by_hand.append(cross_validation.train(build, (inside, y[train]), (outside, y[val]), seed=1,
                                          optimizer=adam(), **recipe))
scores = folds.cross_validate(build, x, y, seeds=[0, 1], optimizer=adam(), **recipe)
two = folds.cross_validate(build, x, y, seeds=[1, 2], optimizer=adam(), jobs=2, **recipe)
scaled = (x - x.mean(axis=0)) / x.std(axis=0)
as_they_are = folds.cross_validate(build, scaled, y, standardized=False, seeds=[1], **recipe)
whole = folds.train_test(build, (x, y), (x[:7], y[:7]), seeds=[1], **recipe)
inside, outside = folds.standardize(x, x[:7])
alone = cross_validation.train(build, (inside, y), (outside, y[:7]), seed=1, **recipe)
print(json.dumps({
    "by hand": [[one["val_mae"] for one in by_hand],
                sum((one["predicted"] for one in by_hand), [])],
    "ours": [scores.val_mae[1].tolist(), scores.predicted[1].tolist()],
    "elsewhere": [two.val_mae[0].tolist(), two.predicted[0].tolist()],
    "as they are": as_they_are.val_mae[0].tolist(),
    "shapes": [scores.mae.shape, scores.val_mae.shape, scores.predicted.shape],
    "each": [scores.each_seed.tolist(), scores.mean],
    "about": [scores.seeds, scores.epochs, scores.parameters, len(scores.seconds)],
    "whole": [whole.val_mae[0, 0].tolist(), whole.predicted[0].tolist(), whole.each_seed.tolist()],
    "alone": [alone["val_mae"], alone["predicted"], [alone["val_mae"][-1]]],
}))
"""


@pytest.fixture(scope="module")
def answers():
    """What PROGRAM finds in a fresh process: only there TensorFlow can start with one thread."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM],
        capture_output=True,
        text=True,
        env=os.environ | {"COURSE_PROFILE": "quick"},
        check=False,
        timeout=400,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_the_folds_are_those_of_scikit_learn_standardized_inside(answers):
    assert answers["ours"] == answers["by hand"]


def test_another_process_gives_the_same_to_the_last_bit(answers):
    assert answers["elsewhere"] == answers["ours"]


def test_standardized_with_all_samples_is_something_else(answers):
    assert answers["as they are"] != answers["ours"][0]


def test_what_the_scores_hold(answers):
    assert answers["shapes"] == [[2, 4, 3], [2, 4, 3], [2, 43]]
    (first, second), mean = answers["each"]
    assert second == pytest.approx(np.mean([fold[-1] for fold in answers["ours"][0]]))
    assert mean == pytest.approx((first + second) / 2)
    assert answers["about"] == [[0, 1], 3, 4 * 8 + 9, 2]


def test_the_final_training_takes_all_samples(answers):
    assert answers["whole"] == answers["alone"]


def linear():
    import keras

    return keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])


X = np.random.default_rng(0).normal(size=(12, 2))


def test_nothing_is_trained_twice_and_results_are_recorded(monkeypatch):
    monkeypatch.setattr(config, "profile", lambda: "quick")
    noted, tasks, run = [], [], folds.run
    monkeypatch.setattr(events, "result", lambda label, *_, **about: noted.append((label, about)))

    def counted(job, given, **options):
        tasks.append(len(given))
        return run(job, given, **options)

    monkeypatch.setattr(folds, "run", counted)
    first = folds.cross_validate(linear, X, X[:, 0], k=3, epochs=2, seeds=[4, 5])
    again = folds.cross_validate(linear, X, X[:, 0], k=3, epochs=2, seeds=[5, 6], label="linear")
    assert tasks == [6, 3]
    assert np.array_equal(first.val_mae[1], again.val_mae[0])
    ((label, about),) = noted
    assert (label, about["seeds"], about["epochs"], about["parameters"]) == ("linear", [5, 6], 2, 3)


@pytest.mark.parametrize("k", [1, 13])
def test_fault_another_number_of_folds(k, fault):
    with pytest.raises(ValueError, match="k must be from 2 to the number of samples, 12") as error:
        folds.cross_validate(linear, X, X[:, 0], k=k, epochs=1)
    fault("training", f"cross-validation with k = {k} on 12 samples", str(error.value))
