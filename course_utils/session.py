"""Set up a chapter's run: its budget, quiet logs, the precision, a seed."""

import logging
import os
from types import SimpleNamespace
from typing import Any

from course_utils import config, events, precision
from course_utils.config import whole


def setup(
    profile: str | None = None,
    *,
    seed: int | None = None,
    dtype: str | None = None,
    own: dict[str, Any] | None = None,
    **budgets: tuple[Any, Any, Any, Any],
) -> SimpleNamespace:
    """Prepare the kernel and resolve the budget of this run.

    Each further keyword is one budget: `name=(yours, quick, lesson, full)`, where `yours` is the
    reader's own value and None means *as the profile says*. The profile is the argument, else
    `COURSE_PROFILE`, else `lesson`; `dtype` ("float32" or "bfloat16") overrules the precision that
    `precision.choose` would take. `own`: the reader's other choices by name (a network, a file),
    None where there is none; with one, as with a budget of the reader's, a claim that fails does
    not stop the run. Prints what was chosen and the budget as a small table.
    Returns a namespace with `profile`, `seed`, `dtype` and one attribute for each budget.
    Raises ValueError for an unknown profile, a seed or a budget that cannot be.
    """
    profile = config.choice(profile, "COURSE_PROFILE", config.PROFILES, "lesson")
    seed = int(os.environ.get("COURSE_SEED", "0")) if seed is None else seed
    whole("seed", seed, least=0)
    column = 1 + config.PROFILES.index(profile)
    chosen = {name: v[column] if v[0] is None else v[0] for name, v in budgets.items()}
    for name, value in chosen.items():
        for one in value if isinstance(value, list | tuple) else [value]:
            whole(name, one, least=1)
    changed = [n for n, v in budgets.items() if v[0] not in (None, v[column])]
    changed += [n for n, v in (own or {}).items() if v is not None]
    config.note_run(profile, changed)

    keras = import_keras()
    dtype, why = precision.choose(dtype)
    keras.config.set_dtype_policy("float32" if dtype == "float32" else "mixed_bfloat16")
    keras.utils.set_random_seed(seed)
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    import tensorflow as tf

    # In `quick`, to improve a graph takes longer than its few steps gain.
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": profile == "quick"})
    if config.flag("COURSE_STRICT"):
        _warnings_are_errors()
    from course_utils import plots

    plots.use_style()
    events.note("setup", profile=profile, seed=seed, precision=dtype, **chosen)
    print(f"Profile {profile}, seed {seed}, {why}.")
    print(_budget_table(budgets, chosen))
    return SimpleNamespace(profile=profile, seed=seed, dtype=dtype, **chosen)


def _budget_table(budgets: dict[str, tuple], chosen: dict[str, Any]) -> str:
    def show(value: Any) -> str:
        values = value if isinstance(value, list | tuple) else [value]
        return " ".join(f"{v:,}" for v in values)

    rows = [["budget", "this run", *config.PROFILES]]
    rows += [[n, show(chosen[n]), *map(show, v[1:])] for n, v in budgets.items()]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ("  ".join(cell.ljust(w) for cell, w in zip(r, widths, strict=True)) for r in rows)
    return "\n".join(line.rstrip() for line in lines)


def import_keras() -> Any:
    """Keras, imported without TensorFlow's start-up lines (kept where the import fails)."""
    import sys
    import tempfile

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
    return keras


def _warnings_are_errors() -> None:
    import warnings

    warnings.simplefilter("error")
    # Not the course's to mend: sockets that ipykernel leaves to the garbage collector, and what
    # it says while the kernel shuts down.
    warnings.filterwarnings("ignore", category=ResourceWarning)
    warnings.filterwarnings("ignore", "For consistency across", PendingDeprecationWarning)
    # Keras's own, from the callback that lowers the rate.
    warnings.filterwarnings("ignore", "__array__ implementation doesn't", DeprecationWarning)
