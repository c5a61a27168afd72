"""Keras on TensorFlow, set up as the course needs it, without TensorFlow's start-up lines."""

import os
from typing import Any

from course_utils.choices import ChoiceError


def import_keras() -> Any:
    """Keras on TensorFlow, channels last, float32, whatever `KERAS_BACKEND` or keras.json say.

    Without TensorFlow's start-up lines (kept where the import fails). ChoiceError where Keras
    already runs on another backend.
    """
    import sys  # here, since results depend on what a function mentions, and not on sys.stderr
    import tempfile

    asked = os.environ.get("KERAS_BACKEND") or "tensorflow"
    if "keras" not in sys.modules:
        os.environ["KERAS_BACKEND"] = "tensorflow"  # goes before keras.json
        if asked != "tensorflow":
            print(f"The course runs Keras on TensorFlow: KERAS_BACKEND={asked} is not used.")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with tempfile.TemporaryFile() as aside:
        sys.stderr.flush()
        stderr = os.dup(2)
        os.dup2(aside.fileno(), 2)
        failed = True
        try:
            import keras

            failed = False
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            if failed:
                aside.seek(0)
                print(aside.read().decode(errors="replace"), file=sys.stderr)
    if keras.backend.backend() != "tensorflow":
        raise ChoiceError(
            f"Keras runs on {keras.backend.backend()} in this kernel and the course on TensorFlow:"
            " restart the kernel and run the first two cells first"
        )
    keras.config.set_image_data_format("channels_last")
    keras.config.set_floatx("float32")
    return keras
