"""Measuring over seeds: budgets, determinism, kept results, progress."""

import json
from functools import partial

import numpy as np
import pytest

from course_utils import config, training
from course_utils.cache import Store


@pytest.fixture(scope="module")
def keras():
    import keras

    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32")
    yield keras
    keras.config.set_dtype_policy(before)


@pytest.fixture(autouse=True)
def own_build_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_BUILD", str(tmp_path / "build"))
    config.note_run("quick", [])
    forget()
    yield
    config.note_run("quick", [])


def forget():
    """As in a fresh process: nothing measured yet (networks may be traced)."""
    Store._memory.clear()


def blobs(n=200, seed=0):
    """Two classes of 8×8 images: bright above or bright below, with noise."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, n).astype("int32")
    x = rng.normal(0, 0.5, (n, 8, 8, 1)).astype("float32")
    x[y == 0, :4] += 1
    x[y == 1, 4:] += 1
    return x, y


def small(keras, width=4, dropout=0.2):
    layers = keras.layers
    return lambda: keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(width, 3, activation="relu"),
            layers.Dropout(dropout),
            layers.Flatten(),
            layers.Dense(2, activation="softmax"),
        ]
    )


# --- measure -----------------------------------------------------------------------------------


def test_measure_learns_and_reports(keras):
    runs = training.measure(
        *(small(keras), blobs(), blobs(100, 1)),
        epochs=4,
        batch_size=8,
        seeds=[0, 1],
        validation=blobs(50, 2),
    )
    assert runs.accuracy.shape == (2,) and runs.mean > 0.8
    assert runs.parameters == 4 * 10 + 6 * 6 * 4 * 2 + 2
    assert [len(h["val_accuracy"]) for h in runs.histories] == [4, 4]
    assert all(s > 0 for s in runs.seconds)
    assert training.accuracy(runs.model, *blobs(100, 1)) == runs.accuracy[0]


def test_the_same_seed_gives_the_same_numbers_in_any_order(keras):
    forth = training.measure(small(keras), blobs(), blobs(100, 1), epochs=2, seeds=[0, 1, 2])
    forget()
    back = training.measure(small(keras), blobs(), blobs(100, 1), epochs=2, seeds=[2, 1, 0])
    assert [h["loss"] for h in forth.histories] == [h["loss"] for h in back.histories[::-1]]
    assert forth.histories[0] != forth.histories[1]
    np.testing.assert_array_equal(forth.accuracy, back.accuracy[::-1])


def test_a_fresh_network_and_a_reset_one_train_alike(keras):
    """The traced network is used again for another definition's run: nothing leaks over."""
    once = training.measure(small(keras), blobs(), blobs(100, 1), epochs=2, seeds=[3])
    training.measure(small(keras), blobs(90), blobs(100, 1), epochs=1, seeds=[4])
    forget()
    again = training.measure(small(keras), blobs(), blobs(100, 1), epochs=2, seeds=[3])
    forget()
    training._traced.clear()
    fresh = training.measure(small(keras), blobs(), blobs(100, 1), epochs=2, seeds=[3])
    assert once.histories == again.histories == fresh.histories


def test_two_networks_that_differ_are_traced_apart(keras):
    training._traced.clear()
    for width, optimizer in ((4, "adam"), (5, "adam"), (4, "sgd"), (4, "adam")):
        training.measure(
            small(keras, width), blobs(40), blobs(20, 1), epochs=1, optimizer=optimizer
        )
    assert len(training._traced) == 3


@pytest.mark.parametrize(("budget", "steps"), [({"steps": 11}, 11), ({"epochs": 7}, 14)])
def test_a_budget_is_spent_exactly(keras, budget, steps):
    training._traced.clear()
    runs = training.measure(small(keras), blobs(30), blobs(20, 1), batch_size=16, **budget)
    assert {"steps": runs.steps, "epochs": runs.epochs} == {
        **{"steps": None, "epochs": None},
        **budget,
    }
    model, _ = next(iter(training._traced.values()))
    assert int(model.optimizer.iterations) == steps


@pytest.mark.parametrize("budget", [{}, {"epochs": 1, "steps": 1}])
def test_measure_wants_one_budget(keras, budget):
    with pytest.raises(ValueError, match="give either epochs or steps"):
        training.measure(small(keras), blobs(), blobs(), **budget)


@pytest.mark.parametrize("name", ["epochs", "steps", "batch_size"])
def test_measure_refuses_a_budget_of_nothing(keras, name):
    budget = {"epochs": 1, name: 0} if name == "batch_size" else {name: 0}
    with pytest.raises(ValueError, match=f"{name} must be a whole number of at least 1, not 0"):
        training.measure(small(keras), blobs(), blobs(), **budget)


def test_a_full_run_continues_where_it_was_interrupted(keras, tmp_path, monkeypatch):
    config.note_run("full", [])
    fit, calls = keras.Model.fit, []

    def interrupted(*args, **options):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return fit(*args, **options)

    monkeypatch.setattr(keras.Model, "fit", interrupted)
    arguments = (small(keras), blobs(), blobs(100, 1))
    measured = {"epochs": 2, "seeds": [0, 1], "also": lambda model: [1.5]}
    with pytest.raises(KeyboardInterrupt):
        training.measure(*arguments, **measured)
    kept = list((tmp_path / "build" / "cache").glob("*.json"))
    assert len(kept) == 1
    seconds = json.loads(kept[0].read_text())["seconds"]
    forget()
    runs = training.measure(*arguments, **measured)
    assert len(calls) == 3 and runs.seconds[0] == seconds and runs.also == [[1.5], [1.5]]
    assert training.accuracy(runs.model, *blobs(100, 1)) == runs.accuracy[0]
    assert not list((tmp_path / "build" / "cache").glob(".*"))


@pytest.mark.parametrize("change", ["network", "data", "epochs", "optimizer"])
def test_a_kept_result_is_used_for_the_same_experiment_only(keras, tmp_path, change):
    config.note_run("full", [])
    base = {"train": blobs(), "epochs": 1, "optimizer": "adam"}
    training.measure(small(keras), test=blobs(50, 1), **base)
    network = small(keras, 5 if change == "network" else 4)
    other = {"train": blobs(seed=9), "epochs": 2, "optimizer": "sgd"}
    changed = {key: other[key] if key[:4] == change[:4] else base[key] for key in base}
    if change == "data":
        changed["train"] = other["train"]
    training.measure(network, test=blobs(50, 1), **changed)
    assert len(list((tmp_path / "build" / "cache").glob("*.json"))) == 2


def brighter(images, two, by=0.0):
    import tensorflow as tf

    return images + by * tf.random.stateless_uniform(tf.shape(images)[:1], two)[:, None, None, None]


def test_batches_are_changed_anew_in_each_epoch_and_repeat_from_the_seed(keras):
    x, y = blobs(12)

    def epochs(seed, by=1.0):
        stream = training.make_dataset((x, y), 4, seed, augment=partial(brighter, by=by))
        return [np.concatenate([batch.numpy() for batch, _ in stream]) for _ in range(2)]

    def added(images):
        """What was added to each image of `x`, found by its spread, which stays."""
        order = [int(np.argmin(abs(x.std((1, 2, 3)) - one.std()))) for one in images]
        assert sorted(order) == list(range(12))
        more = images - x[order]
        assert np.ptp(more.reshape(12, -1), axis=1).max() < 1e-5
        return {i: round(float(one.mean()), 5) for i, one in zip(order, more, strict=True)}

    first, second = epochs(3)
    assert len({*added(first).values(), *added(second).values()}) == 24
    again, other = epochs(3), epochs(4)
    np.testing.assert_array_equal(again, [first, second])
    assert not np.array_equal(other[0], first)
    assert not any(added(epochs(3, by=0.0)[0]).values())


def test_augmented_trainings_are_told_apart_by_function_and_arguments(keras):
    def loss(augment):
        arguments = (small(keras), blobs(60), blobs(20, 1))
        return training.measure(*arguments, epochs=1, augment=augment).histories[0]["loss"]

    plain, faint, strong = (
        loss(augment) for augment in (None, partial(brighter, by=0.1), partial(brighter, by=2.0))
    )
    assert plain != faint != strong != plain
    assert loss(partial(brighter, by=0.1)) == faint


def test_a_loss_may_be_a_function_known_by_its_source(keras):
    def distance(labels, outputs):
        return keras.ops.mean(keras.ops.square(outputs - keras.ops.one_hot(labels, 2)), axis=-1)

    def none_at_all(labels, outputs):
        return 0 * keras.ops.sum(outputs, axis=-1)

    arguments = {"epochs": 3, "batch_size": 8}
    measured = [
        training.measure(small(keras), blobs(), blobs(100, 1), loss=loss, **arguments)
        for loss in (distance, none_at_all)
    ]
    assert measured[0].mean > 0.8
    assert set(measured[1].histories[0]["loss"]) == {0}


def test_a_step_is_traced_once(keras, monkeypatch):
    traced, step = [], keras.Model.train_step

    def counted(model, data):
        traced.append(model)
        return step(model, data)

    monkeypatch.setattr(keras.Model, "train_step", counted)
    training._traced.clear()
    training.measure(small(keras), blobs(40), blobs(20, 1), epochs=2, batch_size=8, seeds=[0, 1])
    assert len(traced) == 1


def test_quick_runs_keep_nothing_on_disk(keras, tmp_path):
    training.measure(small(keras), blobs(50), blobs(20, 1), epochs=1)
    assert not (tmp_path / "build").exists()


def test_within_a_process_an_experiment_is_measured_once(keras, monkeypatch):
    fit, calls = keras.Model.fit, []
    monkeypatch.setattr(keras.Model, "fit", lambda *a, **k: calls.append(1) or fit(*a, **k))
    arguments = (small(keras), blobs(50), blobs(20, 1))
    for seeds in ([0, 1], [1, 0], [0]):
        runs = training.measure(*arguments, epochs=1, seeds=seeds)
        assert training.accuracy(runs.model, *blobs(20, 1)) == runs.accuracy[0]
    assert len(calls) == 3  # seed 1 again, for its weights, when it comes first


def test_traced_networks_are_bounded(keras):
    training._traced.clear()
    for width in range(1, training._MOST_TRACED + 3):
        training._compiled(small(keras, width), "adam", "mse", blobs(2))
    assert len(training._traced) == training._MOST_TRACED
    last = training._compiled(small(keras, width), "adam", "mse", blobs(2))[1]
    assert last is next(reversed(training._traced.values()))[0]


def test_what_was_measured_before_a_loss_is_changed_is_not_given_for_it(keras):
    def measured(sign):
        def loss(labels, outputs):
            return sign * keras.ops.sum(outputs, axis=-1)

        return training.measure(small(keras), blobs(50), blobs(20, 1), epochs=1, loss=loss)

    assert measured(1).histories != measured(0).histories
    losses = keras.losses.SparseCategoricalCrossentropy()
    assert training.measure(small(keras), blobs(50), blobs(20, 1), epochs=1, loss=losses)


def test_accuracy_of_one_output_unit(keras):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.set_weights([np.array([[1.0]]), np.array([0.0])])
    x, y = np.array([[0.9], [0.2], [0.7], [0.1]], "float32"), np.array([1, 0, 0, 0])
    assert training.accuracy(model, x, y) == 0.75
