"""Decide whether this machine trains faster in bfloat16, and say so; out of it into NumPy."""

import json
import os
import platform
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from course_utils import config

if TYPE_CHECKING:
    import numpy as np

# Variables of the environment that decide which arithmetic a network is trained in.
DECIDING = ("ONEDNN_MAX_CPU_ISA", "TF_ENABLE_ONEDNN_OPTS", "OMP_NUM_THREADS")
WORTH_IT = 1.2  # times as fast as float32, below which bfloat16 is not taken


def choose(wanted: str | None = None) -> tuple[str, str]:
    """(dtype, why): "float32" or "bfloat16" for the layers of a network, and one clause saying why.

    `wanted`, else `COURSE_PRECISION`, overrules. Otherwise bfloat16 is taken where the processor's
    flags name it (or cannot be read, or a GPU is there) and a timing of one second, kept for the
    machine, finds the training step of a large convolution at least `WORTH_IT` times as fast.
    """
    allowed = ("auto", "float32", "bfloat16")
    chosen = config.choice(wanted, "COURSE_PRECISION", allowed, "auto")
    if chosen != "auto":
        return chosen, f"{chosen} as asked"
    flags = processor_flags()
    gpu = _has_gpu()
    if flags is not None and not gpu and not flags & {"amx_bf16", "avx512_bf16"}:
        return "float32", "float32 (this processor has no bfloat16 arithmetic)"
    ratio = _kept_ratio(gpu)
    if ratio >= WORTH_IT:
        return "bfloat16", "bfloat16 (this machine's convolutions run faster in it)"
    return "float32", "float32 (bfloat16 gains nothing on this machine)"


def as_float32(tensor: Any) -> "np.ndarray":
    """A tensor of any backend and precision as an array in float32; NumPy has no bfloat16.

    Examples
    --------
    >>> as_float32([0.5, 2]).dtype
    dtype('float32')
    """
    import keras

    return keras.ops.convert_to_numpy(keras.ops.cast(tensor, "float32"))


def processor_flags() -> set[str] | None:
    """The processor's feature flags, None where the system does not show them.

    `ONEDNN_MAX_CPU_ISA`, which hides features from the arithmetic library, hides them here too.
    """
    cpuinfo = Path("/proc/cpuinfo")
    if not cpuinfo.is_file():
        return None
    lines = (li for li in cpuinfo.read_text().splitlines() if li.startswith(("flags", "Features")))
    flags = set(next(lines, ":").split(":", 1)[1].split())
    limit = os.environ.get("ONEDNN_MAX_CPU_ISA", "").upper()
    if limit and "AMX" not in limit:
        flags -= {"amx_bf16"}
        if "BF16" not in limit:
            flags -= {"avx512_bf16"}
    return flags


def _has_gpu() -> bool:
    import tensorflow as tf

    return bool(tf.config.list_physical_devices("GPU"))


def _kept_ratio(gpu: bool) -> float:
    import tensorflow as tf

    limit = os.environ.get("ONEDNN_MAX_CPU_ISA", "")
    machine = f"{platform.processor() or platform.machine()}|{sorted(processor_flags() or [])}"
    key = f"{machine}|{gpu}|{limit}|{tf.__version__}|{os.cpu_count()}"
    path = config.machine_folder() / "precision.json"
    try:
        # One process at a time: chapters that start together would time each other's load.
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock"), timeout=30):
            kept = _known(path)
            if key not in kept:
                kept[key] = time_ratio()
                text = json.dumps(kept)
                config.write_beside(path, lambda p: p.write_text(text, encoding="utf-8"))
            return kept[key]
    except (OSError, Timeout) as error:
        reason = getattr(error, "strerror", None) or "another process is at it"
        print(f"The timing of this machine could not be kept ({reason}).")
        return time_ratio()


def _known(path: Path) -> dict[str, float]:
    """The ratios that were kept; whatever is no ratio is measured again."""
    kept = config.read_json(path)
    known = kept.items() if isinstance(kept, dict) else ()
    return {key: ratio for key, ratio in known if type(ratio) is float and ratio >= 0}


def time_ratio() -> float:
    """Time in float32 / time in bfloat16 of a convolution's training step (about a second).

    0 on a device that cannot compute it in bfloat16.
    """
    import numpy as np
    import tensorflow as tf

    def step_of(dtype: Any) -> Any:
        rng = np.random.default_rng(0)
        x = tf.constant(rng.normal(size=(128, 14, 14, 32)), dtype)
        w = tf.Variable(rng.normal(size=(5, 5, 32, 64)), dtype=dtype)

        @tf.function
        def step() -> Any:
            with tf.GradientTape() as tape:
                loss = tf.reduce_sum(tf.nn.relu(tf.nn.conv2d(x, w, 1, "SAME")))
            return tape.gradient(loss, w)

        step()
        return step

    try:
        steps = {dtype: step_of(dtype) for dtype in (tf.float32, tf.bfloat16)}
    except tf.errors.OpError:
        return 0.0
    times: dict[Any, list[float]] = {dtype: [] for dtype in steps}
    for _ in range(5):
        for dtype, step in steps.items():
            began = time.perf_counter()
            step().numpy()
            times[dtype].append(time.perf_counter() - began)
    return float(np.median(times[tf.float32]) / np.median(times[tf.bfloat16]))
