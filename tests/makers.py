"""Small sets in the layouts of the real ones, and what the tests of data share."""

import io
from pathlib import Path

import numpy as np

from course_utils import synthetic

PARTS = ("x_train", "y_train", "x_test", "y_test")


def npz(**arrays) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def mnist(train=7, test=4, seed=0) -> dict[str, np.ndarray]:
    """Arrays of MNIST's shapes and dtypes, filled at random."""
    rng = np.random.default_rng(seed)
    arrays = {}
    for part, rows in (("train", train), ("test", test)):
        arrays[f"x_{part}"] = rng.integers(0, 256, (rows, 28, 28), np.uint8)
        arrays[f"y_{part}"] = rng.integers(0, 10, rows, np.uint8)
    return arrays


def texts(rows: int, seed: int, words: int = 50) -> np.ndarray:
    """Lists of word numbers of unequal length, as Keras keeps them."""
    rng = np.random.default_rng(seed)
    lists = np.empty(rows, object)
    lists[:] = [rng.integers(1, words, rng.integers(1, 9)).tolist() for _ in range(rows)]
    return lists


def same(data, arrays) -> bool:
    """Whether a Dataset holds exactly these arrays."""
    return all(np.array_equal(getattr(data, part), arrays[part]) for part in PARTS)


def stand_in(monkeypatch, name="mnist") -> None:
    """A stand-in that costs nothing in place of the drawn one."""
    monkeypatch.setitem(synthetic.STAND_INS, name, mnist)


def one_line(captured, *places) -> str:
    """The single line that `load` printed, which names no path of the machine."""
    lines = captured.out.splitlines()
    assert len(lines) == 1 and captured.err == "", captured
    assert not any(str(place) in lines[0] for place in places)
    return lines[0]


def keras_weights(path, network) -> None:
    """The weights of `network` in the layout of the files that keras.applications loads."""
    import h5py
    from keras.src.legacy.saving import legacy_h5_format

    with h5py.File(path, "w") as file:
        legacy_h5_format.save_weights_to_hdf5_group(file, network)


def left(cache: Path) -> list[str]:
    """What lies in the course folder, locks aside."""
    return sorted(path.name for path in cache.rglob("*") if path.suffix != ".lock")


def sentence(caught, tmp_path) -> str:
    text = str(caught.value)
    assert "\n" not in text and str(tmp_path) not in text
    return text


def ragged(prefix: str, *rows: list[int]) -> dict[str, np.ndarray]:
    offsets = np.cumsum([0, *map(len, rows)])
    return {
        f"{prefix}_tokens": np.concatenate(rows).astype(np.uint16),
        f"{prefix}_offsets": offsets,
    }


def text_arrays(**more) -> dict[str, np.ndarray]:
    return {
        **ragged("x_train", [1, 5, 6], [1, 4], [1, 7, 5, 4]),
        **ragged("x_test", [1, 6], [1, 5]),
        "y_train": np.array([0, 1, 1], np.uint8),
        "y_test": np.array([1, 0], np.uint8),
        "words": np.array(["<pad>", "<start>", "<unknown>", "<unused>", *"abcd"]),
        **more,
    }
