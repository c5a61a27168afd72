"""Folds in parallel: the same numbers, errors with a name, no worker left behind.

Whatever TensorFlow computes runs in processes of its own: only there is it still free to start
with one thread.
"""

import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from course_utils import cross_validation

PREAMBLE = """
import os, json, sys, time
from course_utils import cross_validation, session, training
session.import_keras()
import keras, numpy as np
from keras import layers

rng = np.random.default_rng(0)
x = rng.normal(size=(43, 3)).astype("float32")
y = np.abs(x[:, 0]) + 0.1 * x[:, 1]

def build():
    return keras.Sequential([keras.Input((3,)), layers.Dense(8, activation="relu"),
                             layers.Dense(1)])

def parts(fold):
    held_out = np.array_split(np.arange(43), 4)[fold]
    others = np.setdiff1d(np.arange(43), held_out)
    return (x[others], y[others]), (x[held_out], y[held_out])

def validate(fold, seed, batch_size=5, **options):
    options |= {"batch_size": batch_size, "seed": seed}
    return cross_validation.train(build, *parts(fold), epochs=3, **options)

tasks = [{"fold": fold, "seed": seed} for seed in range(2) for fold in range(4)]
"""


def python(code, **environment):
    """What a fresh process that runs PREAMBLE and `code` prints last, as JSON."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PREAMBLE + code],
        capture_output=True,
        text=True,
        env=os.environ | environment,
        check=False,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_workers_and_one_process_agree_to_the_last_bit():
    """Also in another order, and where the environment asks for more threads."""
    code = """
cross_validation.one_thread()
numbers = lambda run: [run["mae"], run["val_mae"], run["predicted"]]
one = [numbers(run) for run in cross_validation.run(validate, tasks)]
two = [numbers(run) for run in cross_validation.run(validate, tasks, jobs=2)]
back = [numbers(run) for run in cross_validation.run(validate, tasks[::-1], jobs=2)]
pids = cross_validation.run(lambda fold, seed: os.getpid(), tasks, jobs=2)
threads = cross_validation.run(lambda **_: __import__("tensorflow").config.threading
                    .get_intra_op_parallelism_threads(), tasks, jobs=2)
print(json.dumps([one, two, back[::-1], os.getpid() in pids, threads]))
"""
    one, two, back, here, threads = python(code, TF_NUM_INTRAOP_THREADS="2")
    assert one == two == back
    assert len({json.dumps(run) for run in one}) == 8  # every fold and seed its own network
    assert not here and threads == [1] * 8


def test_training_takes_the_steps_of_fit():
    code = """
(rows, validation), errors = parts(1), []
for batch_size in (1, 5, 8):
    keras.utils.set_random_seed(3)
    model = build()
    model.compile(optimizer="rmsprop", loss="mse", metrics=["mae"])
    model.fit(*rows, batch_size=batch_size, epochs=3, shuffle=False, verbose=0)
    run = validate(1, 3, batch_size, shuffle=False)
    fits = [model.evaluate(*part, verbose=0)[1] for part in (rows, validation)]
    ours = [run["mae"][-1], run["val_mae"][-1]]
    predicted = model.predict(validation[0], verbose=0)[:, 0]
    errors.append([fits, ours, predicted.tolist(), run["predicted"], len(run["mae"])])
print(json.dumps(errors))
"""
    for fits, ours, predicted, again, epochs in python(code):
        assert ours == pytest.approx(fits, rel=1e-4)
        assert again == pytest.approx(predicted, rel=1e-3, abs=1e-4)
        assert epochs == 3


def test_each_training_starts_anew():
    """Fresh weights and a fresh optimiser, whatever was trained before on the traced network."""
    code = """
rate = keras.optimizers.schedules.CosineDecay(0.01, 21)
first = validate(0, 0, optimizer=keras.optimizers.Adam(rate))["val_mae"]
other = validate(3, 1, optimizer=keras.optimizers.Adam(rate))["val_mae"]
again = validate(0, 0, optimizer=keras.optimizers.Adam(rate))["val_mae"]
plain = validate(0, 0, optimizer=keras.optimizers.Adam(0.01))["val_mae"]
print(json.dumps([first, other, again, plain, len(cross_validation._traced_networks)]))
"""
    first, other, again, plain, traced = python(code)
    assert first == again != other
    assert plain != first and traced == 3  # 32 and 33 rows, and the constant rate


def test_a_network_with_two_outputs_is_refused():
    import keras

    def build():
        return keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])

    with pytest.raises(ValueError, match=r"one output, not the shape \(None, 2\)"):
        cross_validation.train(build, (), (), epochs=1)


def test_threads_that_have_started_are_an_error():
    code = """
import tensorflow as tf
tf.constant(1.0) + 1
try:
    cross_validation.one_thread()
except RuntimeError as error:
    print(json.dumps(str(error)))
"""
    assert "cannot be modified after initialization" in python(code)


def test_results_come_in_the_order_of_the_tasks():
    tasks = [{"fold": 2, "seed": 1}, {"fold": 0, "seed": 5}]
    assert cross_validation.run(lambda fold, seed: 10 * fold + seed, tasks) == [21, 5]


def fails(fold, seed):
    if fold == 2:
        raise ValueError("no rows")
    return fold


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_error_of_a_task_names_it(jobs):
    tasks = [{"fold": fold, "seed": 7} for fold in range(4)]
    with pytest.raises(cross_validation.FoldError, match=r"^fold=2, seed=7: ValueError: no rows$"):
        cross_validation.run(fails, tasks, jobs=jobs)


@pytest.mark.parametrize("jobs", [0, -1])
def test_fewer_than_one_process_is_an_error(jobs):
    with pytest.raises(ValueError, match=f"at least 1, not {jobs}"):
        cross_validation.run(fails, [], jobs=jobs)


def test_there_is_a_core():
    assert 1 <= cross_validation.cores() <= (os.cpu_count() or 1)


def test_an_interrupt_ends_the_workers(tmp_path):
    (started := tmp_path / "started").mkdir()
    code = f"""
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it

def job(fold):
    open(os.path.join({str(started)!r}, str(os.getpid())), "w").close()
    time.sleep(300)

try:
    cross_validation.run(job, [{{"fold": fold}} for fold in range(4)], jobs=2)
except KeyboardInterrupt:
    print("interrupted", flush=True)
    time.sleep(300)  # the workers end although this process goes on, as a notebook's does
"""
    command = [sys.executable, "-c", PREAMBLE + code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            pids = _wait(lambda: [int(p.name) for p in started.iterdir()], lambda v: len(v) == 2)
            process.send_signal(signal.SIGINT)
            assert process.stdout.readline() == "interrupted\n"
            assert _wait(lambda: _running(pids), lambda running: not running) == []
        finally:
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
            process.kill()


def _running(pids):
    return [
        pid
        for pid in pids
        if psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    ]


def _wait(ask, enough, seconds=120):
    until = time.monotonic() + seconds
    while not enough(value := ask()):
        assert time.monotonic() < until, value
        time.sleep(0.1)
    return value
