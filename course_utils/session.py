"""Set up a chapter's run: its budget, quiet logs, the precision, a seed."""

import logging
import os
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from course_utils import choices as choose
from course_utils import config, events, precision, tables


def setup(
    profile: str | None = None,
    *,
    seed: int | None = None,
    dtype: str | None = None,
    own: Mapping[str, Any] | None = None,
    files: Mapping[str, Any] | None = None,
    choices: Mapping[str, tuple[Any, Sequence[Any]]] | None = None,
    least: Mapping[str, int] | None = None,
    **budgets: tuple[Any, Any, Any, Any],
) -> SimpleNamespace:
    """Check the reader's choices, prepare the kernel, print and return the budget of this run.

    With a choice of the reader's own (a budget, a file, a seed other than 0) a claim that fails
    does not stop the run.

    Parameters
    ----------
    profile : "quick", "lesson" or "full"; None: as `COURSE_PROFILE` says, else "lesson"
    seed : the base seed; None: as `COURSE_SEED` says, else 0
    dtype : "float32" or "bfloat16"; None: as `precision.choose` finds
    own : further choices by name, None where there is none
    files : names of files and folders (or lists of them), which have to be there
    choices : `name=(yours, allowed)`; the first one allowed is the default
    least : the smallest value of a budget, where that is more than 1
    **budgets : `name=(yours, quick, lesson, full)`; where `yours` is None the profile decides

    Returns
    -------
    a namespace with `profile`, `seed`, `dtype` and one attribute for each file, choice and budget.

    Raises
    ------
    ChoiceError, in one sentence, for a choice that cannot be and for a name in the `parameters`
    cell that the chapter does not know.

    Examples
    --------
    >>> budget = setup("quick", dtype="float32", epochs=(None, 3, 5, 12))
    Profile quick, seed 0, float32 as asked.
    budget  this run  quick  lesson  full
    epochs  3         3      5       12
    >>> setup("quick", epochs=([3], 3, 5, 12))
    Traceback (most recent call last):
    course_utils.choices.ChoiceError: epochs takes one whole number such as 3, not [3]
    """
    own, files, choices, least = (dict(given or {}) for given in (own, files, choices, least))
    choose.refuse_unknown({"profile", "seed", "dtype", *own, *files, *choices, *budgets})
    try:
        profile = config.choice(profile, "COURSE_PROFILE", config.PROFILES, "lesson")
        seed = choose.base_seed(seed)
        column = 1 + config.PROFILES.index(profile)
        chosen = {n: choose.budget(n, v, column, least.get(n, 1)) for n, v in budgets.items()}
        picked = {name: choose.one_of(name, *choice) for name, choice in choices.items()}
        found = {name: choose.files_there(name, value) for name, value in files.items()}
        keras = import_keras()
        dtype, why = precision.choose(dtype)
    except ValueError as error:
        raise choose.ChoiceError(str(error)) from None
    changed = [n for n, v in budgets.items() if v[0] is not None and chosen[n] != v[column]]
    changed += [n for n, v in (own | files).items() if v is not None]
    changed += [n for n, (_, allowed) in choices.items() if picked[n] != allowed[0]]
    config.note_run(profile, changed + ["seed"] * (seed != 0))

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
    return SimpleNamespace(profile=profile, seed=seed, dtype=dtype, **found, **picked, **chosen)


def _budget_table(budgets: dict[str, tuple], chosen: dict[str, Any]) -> str:
    def show(value: Any) -> str:
        values = value if isinstance(value, list | tuple) else [value]
        return " ".join(f"{v:,}" for v in values)

    rows = [["budget", "this run", *config.PROFILES]]
    rows += [[n, show(chosen[n]), *map(show, v[1:])] for n, v in budgets.items()]
    return tables.aligned(rows)


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
        raise choose.ChoiceError(
            f"Keras runs on {keras.backend.backend()} in this kernel and the course on TensorFlow:"
            " restart the kernel and run the first two cells first"
        )
    keras.config.set_image_data_format("channels_last")
    keras.config.set_floatx("float32")
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
