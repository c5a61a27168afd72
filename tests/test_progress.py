"""The progress display: a picture for somebody who watches, a line an epoch headless, and stops."""

import os
import re
import signal
import threading
import time

import keras
import pytest
from bs4 import BeautifulSoup
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from test_training import blobs, small

from course_utils import cross_validation, progress, training
from course_utils.cache import Store, fingerprint
from course_utils.cache.fingerprints import _Look
from course_utils.display import Display


def compiled():
    model = small(keras)()
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return model


def test_headless_progress_is_one_line_an_epoch(capsys, monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    compiled().fit(*blobs(), epochs=3, verbose=0, callbacks=[progress.progress("net")])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in lines] == [f"net epoch {i}/3" for i in (1, 2, 3)]


def test_a_stop_by_the_reader_keeps_the_weights_so_far(capsys):
    model, watch = compiled(), progress.progress()
    before = signal.getsignal(signal.SIGINT)
    stop = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: epoch == 1 and os.kill(os.getpid(), signal.SIGINT)
    )
    start = model.get_weights()
    history = model.fit(*blobs(), epochs=50, verbose=0, callbacks=[watch, stop])
    assert watch.interrupted and len(history.history["loss"]) == 2
    assert "Stopped in epoch 2 of 50: the weights so far are kept." in capsys.readouterr().out
    assert any((a != b).any() for a, b in zip(start, model.get_weights(), strict=True))
    assert signal.getsignal(signal.SIGINT) is before


def test_a_second_stop_interrupts_at_once():
    model, watch = compiled(), progress.progress()

    def twice(epoch, logs):
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        model.fit(
            *blobs(),
            epochs=5,
            verbose=0,
            callbacks=[watch, keras.callbacks.LambdaCallback(on_epoch_begin=twice)],
        )


def test_progress_works_outside_the_main_thread(capsys):
    def train():
        compiled().fit(*blobs(), epochs=1, verbose=0, callbacks=[progress.progress()])

    thread = threading.Thread(target=train)
    thread.start()
    thread.join()
    assert capsys.readouterr().out.startswith("epoch 1/1")


@pytest.mark.parametrize(
    ("environment", "watched"),
    [
        ({}, False),
        ({"JPY_SESSION_NAME": "x.ipynb"}, True),
        ({"JPY_SESSION_NAME": "x.ipynb", "COURSE_HEADLESS": "1"}, False),
        ({"VSCODE_PID": "7"}, True),
    ],
)
def test_who_watches(environment, watched, monkeypatch):
    for name in ("JPY_SESSION_NAME", "VSCODE_PID", "COLAB_RELEASE_TAG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert progress.in_browser() is watched


class Shell:
    """What a display needs of IPython: the number of the cell, and its end."""

    def __init__(self):
        self.execution_count, self.shown, self.ends = 1, [], []
        self.events = self

    def register(self, event, act):
        assert event == "post_run_cell"
        self.ends.append(act)

    def unregister(self, event, act):
        self.ends.remove(act)

    def display(self, content, raw, display_id):
        self.shown.append([])
        self.update(content, raw)
        return self

    def update(self, content, raw):
        self.shown[-1].append(content)

    def end(self):
        """The cell ends; returns what stays of its displays."""
        for act in list(self.ends):
            act(None)
        self.execution_count += 1
        assert self.ends == []
        stays, self.shown = [display[-1] for display in self.shown], []
        return stays


@pytest.fixture
def shell(monkeypatch):
    import IPython.display

    shell = Shell()
    monkeypatch.setenv("JPY_SESSION_NAME", "x.ipynb")
    monkeypatch.setattr(IPython, "get_ipython", lambda: shell)
    monkeypatch.setattr(IPython.display, "display", shell.display)
    monkeypatch.setattr(progress, "PAUSE", 0)
    return shell


def test_all_trainings_of_a_cell_share_one_display_that_ends_as_plain_text(shell, monkeypatch):
    Store._memory.clear()
    options = {"batch_size": 8, "validation": blobs(40)}
    training.measure(
        small(keras), blobs(), blobs(), epochs=2, seeds=[0, 1], label="a < b", **options
    )
    training.measure(small(keras), blobs(), blobs(), steps=40, seeds=[0], **options)
    (live,) = shell.shown
    texts = [content["text/plain"] for content in live]
    assert any(t.startswith("a < b · network 2 of 2 · seed 1 · epoch 1 of 2  ████") for t in texts)
    steps = [t for t in texts if " of 40 " in t]
    assert {"step 8 of 40", "step 24 of 40"} <= {t.split(" · ")[1].split("  ")[0] for t in steps}
    assert any("60%" in t and "accuracy 0." in t for t in steps), "a budget of steps does not jump"
    drawn = [BeautifulSoup(content["text/html"], "html.parser") for content in live]
    assert any(one.progress["aria-label"].startswith("a < b · network 1") for one in drawn)
    assert max(len(one.select("circle")) for one in drawn) == 2, "a dot for each validation"
    lengths = [len(one.polyline["points"].split()) for one in drawn if one.polyline]
    assert max(lengths) > 5
    (stays,) = shell.end()
    assert set(stays) == {"text/plain"}, "a widget or a picture would be dead on opening"
    assert re.fullmatch(r"Trained 3 networks in \d+ s\.", stays["text/plain"])
    training.measure(small(keras), blobs(), blobs(), epochs=2, seeds=[1, 0], label="b", **options)
    (again,) = shell.end()
    trained, found = again["text/plain"].split(". Found ")
    assert trained.startswith("Trained 1 network in ") and "val_accuracy 0." in trained
    assert found == "1 result measured before.", "seed 1 again, for its weights"
    training.measure(small(keras), blobs(), blobs(), epochs=2, seeds=[1, 0], **options)
    assert shell.end() == [{"text/plain": "Found 2 results measured before."}]


def test_a_plain_fit_and_folds_have_the_same_display(shell):
    model = small(keras)()
    model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(*blobs(), epochs=2, verbose=0, callbacks=[progress.progress("net")])
    assert shell.shown[0][-1]["text/plain"].startswith("net  ████████████████████  100%")
    (stays,) = shell.end()
    last = f"accuracy {history.history['accuracy'][-1]:.4f}"
    assert re.fullmatch(rf"Trained 1 network in \d+ s: {last}\.", stays["text/plain"])
    for _ in range(2):
        assert cross_validation.run(lambda fold: fold, [{"fold": 1}, {"fold": 2}]) == [1, 2]
    (stays,) = shell.end()
    assert re.fullmatch(r"Trained 4 folds in \d+ s\.", stays["text/plain"])


def test_a_display_changes_at_most_five_times_a_second(shell, monkeypatch):
    monkeypatch.undo()
    assert progress.PAUSE == 0.2
    monkeypatch.setattr(progress, "_display", lambda: Display(shell))
    monkeypatch.setattr("IPython.display.display", shell.display)
    line = progress.Line("many", 1000, "folds")
    began = time.monotonic()
    for _ in range(1000):
        line.advance()
    assert len(shell.shown[0]) <= 1 + (time.monotonic() - began) / 0.2


def test_an_error_leaves_no_bar(shell):
    def fails(epoch, logs):
        raise RuntimeError("of the reader's")

    broken = keras.callbacks.LambdaCallback(on_epoch_begin=fails)
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(RuntimeError, match="of the reader's"):
        compiled().fit(*blobs(), epochs=2, verbose=0, callbacks=[progress.progress(), broken])
    signal.signal(signal.SIGINT, before)
    assert shell.end() == [{"text/plain": "Stopped after 0 s."}]


def test_a_long_curve_stays_short(shell):
    line = progress.Line("", 1, "networks")
    for i in range(100_000):
        line.add("loss", i, 1 / (i + 1))
    (points,) = line.curves.values()
    assert len(points) <= progress.MOST_POINTS and points[0] == (0, 1) and points[-1][0] == 99_999


def test_after_an_error_in_fit_a_stop_is_not_swallowed():
    """The handler that `fit` left behind finds no training, and the stop goes where it belongs."""

    def fails(epoch, logs):
        raise RuntimeError("an error of the reader's")

    before, watch = signal.getsignal(signal.SIGINT), progress.progress()
    try:
        with pytest.raises(RuntimeError, match="of the reader's"):
            broken = keras.callbacks.LambdaCallback(on_epoch_begin=fails)
            compiled().fit(*blobs(), epochs=2, verbose=0, callbacks=[watch, broken])
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
        assert not watch.interrupted
    finally:
        signal.signal(signal.SIGINT, before)


def test_the_display_is_no_part_of_what_a_training_depends_on(monkeypatch):
    """Neither another display nor another name for one has anything measured anew."""
    before = fingerprint(training._trained)
    assert "progress" not in _Look().see(training._trained)
    monkeypatch.setattr(training, "measuring", lambda seed: [])
    assert fingerprint(training._trained) == before
    monkeypatch.setattr(training, "accuracy", lambda model, x, y: 1.0)
    assert fingerprint(training._trained) != before


def test_fault_a_stopped_measure_says_so_in_a_sentence(shell, monkeypatch, fault):
    Store._memory.clear()
    fit, calls = keras.Model.fit, []
    stop = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: os.kill(os.getpid(), signal.SIGINT)
    )

    def stopped_fit(model, *args, callbacks, **options):
        calls.append(1)
        stops = [stop] if len(calls) == 2 else []
        return fit(model, *args, callbacks=[*callbacks, *stops], **options)

    monkeypatch.setattr(keras.Model, "fit", stopped_fit)
    with pytest.raises(progress.Interrupted) as stopped:
        training.measure(small(keras), blobs(), blobs(), epochs=3, seeds=[5, 6, 7])
    (sentence,) = stopped.value._render_traceback_()
    assert sentence.startswith("Interrupted: stopped after 1 of 3 networks; run the cell again")
    assert shell.end()[0]["text/plain"].startswith("Trained 1 network in ")
    fault("training", "stopped while measuring", sentence)
    training.measure(small(keras), blobs(), blobs(), epochs=3, seeds=[5, 6, 7])
    assert len(calls) == 4, "the stopped network was not kept, the one before it was"


KERNEL = """\
import os, signal, keras, numpy as np
from course_utils import training
x, y = np.eye(8, dtype="float32"), np.arange(8) % 2
build = lambda: keras.Sequential([keras.Input((8,)), keras.layers.Dense(2, "softmax")])
runs = training.measure(build, (x, y), (x, y), epochs=3, seeds=[0, 1])
===
stop = lambda model: os.kill(os.getpid(), signal.SIGINT)
training.measure(build, (x, y), (x, y), epochs=3, also=stop)
"""


def test_in_a_kernel_a_line_and_a_sentence_stay(monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "x.ipynb")
    nb = new_notebook(cells=[new_code_cell(source) for source in KERNEL.split("===\n")])
    NotebookClient(nb, allow_errors=True, kernel_name="python3").execute()
    shown = [[o for o in cell.outputs if o.output_type != "stream"] for cell in nb.cells]
    (line,), (_, error) = shown
    assert re.fullmatch(r"Trained 2 networks in \d+ s\.", line.data["text/plain"])
    assert set(line.data) == {"text/plain"}
    assert error.traceback == [f"Interrupted: {error.evalue}"]
    assert error.evalue.startswith("stopped after 0 of 1 network; ")
