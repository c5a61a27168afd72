"""How far a training has come: a bar for somebody who watches, a line an epoch for a log."""

import os
from typing import TYPE_CHECKING, Any

from course_utils import settings

if TYPE_CHECKING:
    import keras


def in_browser() -> bool:
    """Whether somebody watches this kernel (JupyterLab, VS Code, Colab) and not a headless run."""
    watchers = ("JPY_SESSION_NAME", "VSCODE_PID", "COLAB_RELEASE_TAG")
    return any(name in os.environ for name in watchers) and not settings.flag("COURSE_HEADLESS")


def progress(label: str = "") -> "keras.callbacks.Callback":
    """Callback for `fit(..., verbose=0)`: a bar in the browser, at most a line an epoch headless.

    Stopping the kernel (■ in JupyterLab, Ctrl-C) ends the training after the step in hand: `fit`
    returns as usual and the network keeps the weights that it has; a second stop interrupts at
    once. The callback's `interrupted` says whether that happened.
    """
    import signal
    import threading

    import keras

    class Progress(keras.callbacks.Callback):
        interrupted = False

        def on_train_begin(self, logs: dict | None = None) -> None:
            self.epochs, self.bar = self.params["epochs"], None
            self.in_main = threading.current_thread() is threading.main_thread()
            if self.in_main:
                self.before = signal.signal(signal.SIGINT, self.stop)
            if in_browser():
                from tqdm.notebook import tqdm

                self.bar = tqdm(
                    total=self.epochs, desc=label or "epochs", unit="epoch", dynamic_ncols=True
                )

        def stop(self, *_: Any) -> None:
            signal.signal(signal.SIGINT, self.before)
            self.interrupted = self.model.stop_training = True

        def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
            logs = logs or {}
            if self.bar is not None:
                name = "val_accuracy" if "val_accuracy" in logs else "accuracy"
                self.bar.set_postfix_str(f"{name} {logs[name]:.4f}" if name in logs else "")
                self.bar.update()
            else:
                values = "  ".join(f"{k} {v:.4f}" for k, v in logs.items())
                print(f"{label} epoch {epoch + 1}/{self.epochs}  {values}".strip())
            self.done = epoch + 1

        def on_train_end(self, logs: dict | None = None) -> None:
            if self.in_main:
                signal.signal(signal.SIGINT, self.before)
            if self.bar is not None:
                self.bar.close()
            if self.interrupted:
                print(
                    f"Stopped in epoch {self.done} of {self.epochs}: the weights so far are kept."
                )

    return Progress()
