"""How far a training has come: a live line for somebody who watches, a line an epoch for a log."""

import os
import signal
import threading
import time
from types import FrameType
from typing import TYPE_CHECKING, Any

from course_utils import config

if TYPE_CHECKING:
    import keras


class Interrupted(KeyboardInterrupt):
    """A measurement that was stopped; a notebook shows its sentence without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [f"Interrupted: {self}"]


def in_browser() -> bool:
    """Whether somebody watches this kernel (JupyterLab, VS Code, Colab) and not a headless run."""
    watchers = ("JPY_SESSION_NAME", "VSCODE_PID", "COLAB_RELEASE_TAG")
    return any(name in os.environ for name in watchers) and not config.flag("COURSE_HEADLESS")


class Line:
    """One line of a cell's output that changes while something goes on, and stays as plain text.

    Plain text needs no widget: a notebook that was saved and opened again shows it.
    """

    def __init__(self, label: str, total: int, unit: str) -> None:
        self.label, self.total, self.unit = label.strip(" ·") or unit, total, unit
        self.done, self.began, self.shown = 0, time.monotonic(), 0.0
        self.handle: Any = None

    def advance(self, note: str = "") -> None:
        """One more of `total` is done; `note` says what came of it."""
        self.done += 1
        now = time.monotonic()
        if self.done < self.total and now - self.shown < 0.2:
            return
        self.shown, spent = now, now - self.began
        left = spent / self.done * (self.total - self.done)
        full = round(20 * self.done / self.total)
        self.show(f"{self.label}  {'█' * full}{'░' * (20 - full)}  {self.done}/{self.total} "
                  f"{self.unit}, {spent:.0f} s, about {left:.0f} s left  {note}")  # fmt: skip

    def end(self, note: str = "") -> None:
        """Leave one line that says how it ended."""
        spent = time.monotonic() - self.began
        self.show(f"{self.label}: {self.done} of {self.total} {self.unit} in {spent:.0f} s  {note}")

    def show(self, text: str) -> None:
        """Show `text` in place of what the line showed before."""
        from IPython.display import display

        content = {"text/plain": text.rstrip()}
        if self.handle is None:
            self.handle = display(content, raw=True, display_id=True)
        else:
            self.handle.update(content, raw=True)


def progress(label: str = "") -> "keras.callbacks.Callback":
    """Callback for `fit(..., verbose=0)`: a live line in the browser, else a line an epoch.

    Stopping the kernel (■ in JupyterLab, Ctrl-C) ends the training after the step in hand: `fit`
    returns as usual and the network keeps the weights that it has; a second stop interrupts at
    once. The callback's `interrupted` says whether that happened.

    Parameters
    ----------
    label : what the line begins with

    Returns
    -------
    keras.callbacks.Callback

    Examples
    --------
    >>> callback = progress("LeNet")
    >>> callback.interrupted
    False
    """
    import keras

    class Progress(keras.callbacks.Callback):
        interrupted = False

        def on_train_begin(self, logs: dict | None = None) -> None:
            self.epochs, self.done = self.params["epochs"], 0
            self.line = Line(label, self.epochs, "epochs") if in_browser() else None
            self.in_main = threading.current_thread() is threading.main_thread()
            if self.in_main:
                self.before = signal.signal(signal.SIGINT, self.stop)

        def stop(self, number: int, frame: FrameType | None) -> None:
            signal.signal(signal.SIGINT, self.before)
            if not _in_fit(frame, self.model):  # an exception ended it, the handler was left
                if callable(self.before):
                    self.before(number, frame)
                return
            self.interrupted = self.model.stop_training = True

        def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
            logs = logs or {}
            self.done = epoch + 1
            if self.line is not None:
                name = "val_accuracy" if "val_accuracy" in logs else "accuracy"
                self.line.advance(f"{name} {logs[name]:.4f}" if name in logs else "")
            else:
                values = "  ".join(f"{k} {v:.4f}" for k, v in logs.items())
                print(f"{label} epoch {epoch + 1}/{self.epochs}  {values}".strip())

        def on_train_end(self, logs: dict | None = None) -> None:
            if self.in_main:
                signal.signal(signal.SIGINT, self.before)
            if self.line is not None:
                self.line.end()
            if self.interrupted:
                print(
                    f"Stopped in epoch {self.done} of {self.epochs}: the weights so far are kept."
                )

    return Progress()


def measuring(label: str) -> list["keras.callbacks.Callback"]:
    """The callbacks of a training of `measure`: none headless; a stop by the reader ends all."""
    if not in_browser():
        return []
    import keras

    watch = progress(label)

    def stopped(logs: dict | None) -> None:
        if watch.interrupted:
            raise Interrupted("stopped while measuring: this network's figures are not used")

    return [watch, keras.callbacks.LambdaCallback(on_train_end=stopped)]


def _in_fit(frame: FrameType | None, model: Any) -> bool:
    """Whether the code in hand was called by this network's `fit`."""
    while frame is not None:
        if frame.f_code.co_name == "fit" and frame.f_locals.get("self") is model:
            return True
        frame = frame.f_back
    return False
