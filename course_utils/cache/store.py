"""Results by their fingerprints: in this process, and beyond `quick` on disk."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from course_utils import config
from course_utils.cache.fingerprints import fingerprint


class NotKeepable(TypeError):
    """A result that would not come back as it went in; the message says which part, and why."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


def encoded(value: Any, what: str = "the result") -> str:
    """`value` as JSON, NotKeepable where reading that text would give something else."""
    _check(value, what)
    return json.dumps(value)


def _check(value: Any, where: str) -> None:
    if value is None or type(value) in (bool, int, float, np.float64, str):
        return  # float64 comes back as a float of the same bits
    if type(value) is list:
        for i, one in enumerate(value):
            _check(one, f"{where}[{i}]")
    elif type(value) is dict:
        for key, one in value.items():
            if type(key) is not str:
                raise NotKeepable(f"{where} has the key {key!r}: keys must be text to be kept")
            _check(one, f"{where}[{key!r}]")
    else:
        advice = {np.ndarray: ".tolist()", tuple: "a list"}.get(
            type(value), "float(…) or int(…)" if isinstance(value, np.generic) else "plain values"
        )
        raise NotKeepable(
            f"{where} is of type {type(value).__name__}, which would not come back as it is: "
            f"make it numbers, text, lists and dictionaries (here: {advice})"
        )


class Store:
    """Results by key: plain numbers, text, lists and dictionaries, and perhaps weights.

    In this process they lie in memory; beyond the `quick` profile also in `build/cache/`, each
    file renamed into place, so that an interrupted run goes on. What is handed out is a copy. A
    file that cannot be read is set aside and counts as not there.
    """

    _memory: ClassVar[dict[str, tuple[str, list[np.ndarray] | None]]] = {}

    def find(self, key: str, *, weights: bool = False) -> dict[str, Any] | None:
        """The result under `key`, None without one; with `weights`, None without those too.

        Where weights were asked for, they are the result's `"weights"`, a list of arrays.
        """
        found = self._memory.get(key) or self._read(key)
        if found is None or (weights and found[1] is None):
            return None
        result = json.loads(found[0])
        if weights:
            result["weights"] = [array.copy() for array in found[1]]
        return result

    def put(self, key: str, result: dict[str, Any], weights: Sequence[np.ndarray] | None) -> None:
        """Keep `result` under `key`, and the network's weights, if given.

        Raises NotKeepable, in every profile, for what would not come back as it is.
        """
        text = encoded(result)
        arrays = None if weights is None else [np.array(array) for array in weights]
        self._memory[key] = text, arrays
        if _on_disk():
            path = _path(key)
            if arrays is not None:
                named = {f"w{i}": array for i, array in enumerate(arrays)}
                config.write_beside(path.with_suffix(".npz"), lambda p: np.savez(p, **named))
            config.write_beside(path, lambda p: p.write_text(text, encoding="utf-8"))

    def _read(self, key: str) -> tuple[str, list[np.ndarray] | None] | None:
        path = _path(key)
        if not (_on_disk() and path.is_file()):
            return None
        result = config.read_json(path)
        if result is None:
            return None
        arrays = config.read_arrays(path.with_suffix(".npz"))
        self._memory[key] = (
            json.dumps(result),
            arrays and [arrays[f"w{i}"] for i in range(len(arrays))],
        )
        return self._memory[key]


def _on_disk() -> bool:
    return config.profile() in ("lesson", "full")


def _path(key: str) -> Path:
    return config.build_folder() / "cache" / f"{key}.json"


def cached(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """`function(*args, **kwargs)`, computed once for all that it depends on.

    What it depends on is found by looking: the arguments, the function's code and what it
    mentions (other functions, networks, arrays, single budgets), versions and precision. A
    sentence, a figure or a claim is none of that.

    Parameters
    ----------
    function : returns a plain value: numbers, text, lists, dictionaries with text as keys
    *args, **kwargs : its arguments, whatever `fingerprint` can look into

    Returns
    -------
    the value, a copy of the caller's own each time.

    Raises
    ------
    FingerprintError where something cannot be looked into, NotKeepable for another value.

    Examples
    --------
    >>> cached(lambda n: [n, n**2], 3)
    [3, 9]
    """
    key, store = fingerprint(function, args, kwargs), Store()
    found = store.find(key)
    if found is None:
        store.put(key, {"value": function(*args, **kwargs)}, None)
        found = store.find(key)
    return found["value"]
