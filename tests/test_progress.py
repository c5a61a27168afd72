"""The progress display: a bar for somebody who watches, a line an epoch headless, and stops."""

import os
import signal
import threading

import keras
import pytest
from test_training import blobs, small

from course_utils import progress, training
from course_utils.cache import Store, fingerprint
from course_utils.cache.fingerprints import _Look


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


def test_in_the_browser_one_line_lives_and_stays_as_plain_text(monkeypatch):
    import IPython.display

    shown = []

    class Handle:
        def update(self, content, raw):
            shown.append(content)

    def display(content, raw, display_id):
        shown.append(content)
        return Handle()

    monkeypatch.setattr(IPython.display, "display", display)
    monkeypatch.setenv("JPY_SESSION_NAME", "x.ipynb")
    model = small(keras)()
    model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(*blobs(), epochs=2, verbose=0, callbacks=[progress.progress("net")])
    assert all(set(content) == {"text/plain"} for content in shown), "a widget is gone on reopening"
    during, end = shown[-2]["text/plain"], shown[-1]["text/plain"]
    assert "2/2 epochs" in during and f"accuracy {history.history['accuracy'][-1]:.4f}" in during
    assert end.startswith("net: 2 of 2 epochs in ")


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
    monkeypatch.setattr(training, "measuring", lambda label: [])
    assert fingerprint(training._trained) == before
    monkeypatch.setattr(training, "accuracy", lambda model, x, y: 1.0)
    assert fingerprint(training._trained) != before


def test_a_stopped_measure_says_so_and_keeps_nothing(monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "x.ipynb")
    monkeypatch.setattr(Store, "put", lambda *args: pytest.fail("kept"))

    fit = keras.Model.fit
    stop = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: os.kill(os.getpid(), signal.SIGINT)
    )

    def stopped_fit(model, *args, callbacks, **options):
        return fit(model, *args, callbacks=[*callbacks, stop], **options)

    monkeypatch.setattr(keras.Model, "fit", stopped_fit)
    with pytest.raises(progress.Interrupted, match="stopped while measuring"):
        training.measure(small(keras), blobs(), blobs(), epochs=3)
