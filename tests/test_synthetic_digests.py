"""No bit of a synthetic set changes unnoticed: the digests of a few samples of each, for two seeds.

`python tests/test_synthetic_digests.py` prints new ones, where a change is wanted.
"""

import hashlib

import numpy as np
import pytest

from course_utils.ragged import Ragged
from course_utils.synthetic import GENERATED, STAND_INS, pets

COUNTS = ((12, 5, 0), (7, 3, 2**33 + 1))  # training samples, test samples, seed
DIGESTS = {
    "mnist": "d7a585c91816191c",
    "fashion_mnist": "7faf863a944371f5",
    "cifar10": "d26ff5767530f7c2",
    "imdb": "65101f04b067aedc",
    "reuters": "1e6b402dbd248120",
    "boston_housing": "804d2c4e2c41b8a8",
    "california_housing": "d306363c8896fb45",
    "cats_vs_dogs": "f3a3e86c714f7b74",
    "colours": "2e65b567cab4002e",
    "shapes": "a35c2106799feeca",
    "colours_shapes": "9b1f44e54eabdec4",
    "animals": "9aa8e5503a8f72f3",
    "pets": "8655d6610b1b8257",
}


def cats_vs_dogs(train: int, test: int, seed: int) -> dict:
    """What the files show: how it is compressed is the business of the machine's JPEG library."""
    counts = train, -(-train // 2), test
    return {str(part): pets.images(count, seed, part) for part, count in enumerate(counts)}


SETS = STAND_INS | GENERATED | {"cats_vs_dogs": cats_vs_dogs}


def _fold(value, digest) -> None:
    if isinstance(value, dict):
        for key in sorted(value):
            digest.update(key.encode())
            _fold(value[key], digest)
    elif isinstance(value, Ragged):
        for row in value:
            _fold(row, digest)
    else:
        array = np.asarray(value)
        digest.update(f"{array.shape}{array.dtype}".encode() + array.tobytes())


def digest_of(name: str) -> str:
    digest = hashlib.sha256()
    for counts in COUNTS:
        _fold(SETS[name](*counts), digest)
    return digest.hexdigest()[:16]


def test_every_set_is_pinned():
    assert DIGESTS.keys() == SETS.keys()


@pytest.mark.parametrize("name", SETS)
def test_no_bit_has_changed(name):
    assert digest_of(name) == DIGESTS[name]


def test_a_changed_bit_is_noticed(monkeypatch):
    changed = STAND_INS["boston_housing"](*COUNTS[0])
    changed["x_train"][3, 5] = np.nextafter(changed["x_train"][3, 5], 9)
    monkeypatch.setitem(SETS, "boston_housing", lambda *_: changed)
    assert digest_of("boston_housing") != DIGESTS["boston_housing"]


if __name__ == "__main__":
    for set_name in SETS:
        print(f'    "{set_name}": "{digest_of(set_name)}",')
