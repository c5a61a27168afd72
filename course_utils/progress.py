"""How far a training has come: one live display a cell for a reader, a line an epoch for a log."""

import functools
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from types import FrameType
from typing import TYPE_CHECKING, Any

from course_utils import config
from course_utils.display import Display, Point, counted, duration, picture

if TYPE_CHECKING:
    import keras

PAUSE = 0.2  # seconds between two pictures of a display
MOST_POINTS = 200  # of a curve


class Interrupted(KeyboardInterrupt):
    """A measurement that was stopped; a notebook shows its sentence without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [f"Interrupted: {self}"]


def in_browser() -> bool:
    """Whether somebody watches this kernel (JupyterLab, VS Code, Colab) and not a headless run."""
    watchers = ("JPY_SESSION_NAME", "VSCODE_PID", "COLAB_RELEASE_TAG")
    return any(name in os.environ for name in watchers) and not config.flag("COURSE_HEADLESS")


_now: dict[str, Any] = {}  # the display of the cell that runs, and the line of its `measure`


def _display() -> Display:
    """The display of the cell that runs; headless and in a worker one that shows nothing."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython and in_browser() else None
    shown = _now.get("display")
    if shown is None or (shown.shell, shown.cell) != (shell, shell and shell.execution_count):
        shown = _now["display"] = Display(shell)
    return shown


class Line:
    """A number of like things, one after the other, in the display of their cell."""

    def __init__(self, label: str, total: int, unit: str) -> None:
        self.label, self.total, self.unit = label.strip(" ·"), total, unit
        self.display, self.done, self.part = _display(), 0, 0.0
        self.began, self.where, self.epochs = time.monotonic(), "", 1
        self.curves: dict[str, list[Point]] = {}

    def advance(self, note: str = "") -> None:
        """One more of `total` is done; `note` says what came of it."""
        self.done, self.part, self.where = self.done + 1, 0.0, ""
        self.display.done[self.unit] += 1
        self.display.note = note or self.display.note
        self.draw(note)

    def end(self) -> None:
        """No more comes; the display stays until its cell ends."""
        self.draw(at_once=True)

    def within(self, part: float, where: str, logs: Mapping[str, float], x: float) -> None:
        """The training in hand is at `part` (0 to 1) and `where`, after `x` epochs."""
        self.part, self.where = part, where
        if time.monotonic() - self.display.shown < PAUSE:
            return
        for name in ("accuracy", "loss"):
            if name in logs:
                self.add(name, x, logs[name])
                break
        self.draw(_values(logs))

    def add(self, name: str, x: float, y: float) -> None:
        """A point more of a curve; of many points every other one goes."""
        points = self.curves.setdefault(name, [])
        points.append((x, float(y)))
        if len(points) > MOST_POINTS:
            del points[1:-1:2]

    def draw(self, note: str = "", *, at_once: bool = False) -> None:
        """Show how far it is, at most five times a second."""
        if not at_once and time.monotonic() - self.display.shown < PAUSE:
            return
        share = min(1.0, (self.done + self.part) / self.total) if self.total else 1.0
        spent = time.monotonic() - self.began
        number = min(self.done + 1, self.total)
        which = f"{self.unit[:-1]} {number} of {self.total}" if self.total > 1 else ""
        head = " · ".join(filter(None, (self.label, which, self.where)))
        left = duration(spent / share * (1 - share)) if 0 < share < 1 and spent >= 1 else ""
        pace = f"{share:.0%}, {duration(spent)}" + (f", about {left} left" if left else "")
        full = round(20 * share)
        text = f"{head}  {'█' * full}{'░' * (20 - full)}  {pace}  {note}"
        self.display.show(text, picture(head, share, pace, self.curves, self.epochs))


def _values(logs: Mapping[str, float]) -> str:
    """What a reader follows: the accuracies, else the losses."""
    names = [n for n in logs if n.endswith("accuracy")] or [n for n in logs if n.endswith("loss")]
    return ", ".join(f"{name} {float(logs[name]):.4f}" for name in names)


def measured(label: str, missing: int, found: int) -> Line:
    """The line of a `measure` that trains `missing` networks and found so many results."""
    line = _now["measured"] = Line(label, missing, "networks")
    line.display.found += found
    return line


def interruptible(measure: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator: where `measure` is stopped, one sentence says so."""

    @functools.wraps(measure)
    def in_a_sentence(*args: Any, **options: Any) -> Any:
        try:
            return measure(*args, **options)
        except KeyboardInterrupt:
            line = _now.get("measured")
            after = f" after {line.done} of {counted(line.total, line.unit)}" if line else ""
            again = "run the cell again and what is finished is found again"
            raise Interrupted(f"stopped{after}; {again}") from None
        finally:
            _now.pop("measured", None)

    return in_a_sentence


def measuring(seed: int) -> list["keras.callbacks.Callback"]:
    """The callbacks of one training of `measure`; none headless and in other processes."""
    line = _now.get("measured")
    return [_callback(f"seed {seed}", line)] if line and in_browser() else []


def progress(label: str = "") -> "keras.callbacks.Callback":
    """Callback for `fit(..., verbose=0)`: a live display in the browser, else a line an epoch.

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
    return _callback(label)


def _callback(label: str, line: Line | None = None) -> "keras.callbacks.Callback":
    """The callback of `progress`; within `line`, where the training is one of several."""
    import keras

    class Progress(keras.callbacks.Callback):
        interrupted = False

        def on_train_begin(self, logs: dict | None = None) -> None:
            self.epochs, self.steps, self.epoch = self.params["epochs"], self.params["steps"], 0
            self.line = line or (Line(label, 1, "networks") if in_browser() else None)
            self.last = ""
            if self.line is not None:
                self.line.curves, self.line.epochs = {}, self.epochs
                self.within(0, {})
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

        def within(self, step: int, logs: dict) -> None:
            epochs = self.epoch + (step / self.steps if self.steps else 0)
            where = f"epoch {min(self.epoch + 1, self.epochs)} of {self.epochs}"
            if self.epochs == 1 and self.steps:
                where = f"step {step:,} of {self.steps:,}"
            where = " · ".join(filter(None, (label if line else "", where)))
            self.line.within(epochs / self.epochs, where, logs, epochs)

        def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
            if self.line is not None:
                self.within(batch + 1, logs or {})

        def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
            logs = logs or {}
            self.epoch = epoch + 1
            if self.line is not None:
                for name in [n for n in ("val_accuracy", "val_loss") if n in logs][:1]:
                    self.line.add(name, self.epoch, logs[name])
                self.last = _values(logs)
                self.within(0, logs)
            else:
                values = "  ".join(f"{k} {v:.4f}" for k, v in logs.items())
                print(f"{label} epoch {epoch + 1}/{self.epochs}  {values}".strip())

        def on_train_end(self, logs: dict | None = None) -> None:
            if self.in_main:
                signal.signal(signal.SIGINT, self.before)
            if self.interrupted and line is not None:  # a part of a training measures nothing
                raise KeyboardInterrupt
            if self.line is not None:
                self.line.display.note = self.last
                if line is None:
                    self.line.advance(self.last)
            if self.interrupted:
                print(
                    f"Stopped in epoch {self.epoch} of {self.epochs}: the weights so far are kept."
                )

    return Progress()


def _in_fit(frame: FrameType | None, model: Any) -> bool:
    """Whether the code in hand was called by this network's `fit`."""
    while frame is not None:
        if frame.f_code.co_name == "fit" and frame.f_locals.get("self") is model:
            return True
        frame = frame.f_back
    return False
