"""Results are found again by what they depend on, and come back as they went in."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils import config
from course_utils.cache import NotKeepable, Store, cached


@pytest.fixture(autouse=True)
def own_build_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_BUILD", str(tmp_path / "build"))
    Store._memory.clear()
    yield tmp_path / "build" / "cache"
    Store._memory.clear()
    config.note_run("quick", [])


def forget():
    """As in a fresh process."""
    Store._memory.clear()


numbers = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
values = st.recursive(
    numbers,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize("profile", ["quick", "full"])
def test_what_is_kept_comes_back_as_it_went_in(profile):
    config.note_run(profile, [])

    @given(values)
    @settings(max_examples=60, deadline=None)
    def keeps(value):
        found = cached(lambda: value)
        assert found == value and repr(found) == repr(value)
        forget()
        assert repr(cached(lambda: value)) == repr(value)

    keeps()
    assert math.isnan(cached(lambda: math.nan)) and cached(lambda: -math.inf) == -math.inf


@pytest.mark.parametrize("profile", ["quick", "lesson", "full"])
@pytest.mark.parametrize(
    ("value", "words"),
    [
        (np.float32(1), "is of type float32"),
        ([1, np.int64(2)], r"\[1\] is of type int64"),
        ((2, 3), "of type tuple"),
        ({1: 2}, "has the key 1"),
        ({"a": np.zeros(2)}, r"\['a'\] is of type ndarray"),
        ({1, 2}, "of type set"),
        (1j, "of type complex"),
    ],
)
def test_what_would_come_back_otherwise_is_refused_in_every_profile(profile, value, words):
    config.note_run(profile, [])
    with pytest.raises(NotKeepable, match=words):
        cached(lambda: value)


def test_what_is_handed_out_is_a_copy(own_build_folder):
    def compute():
        return {"curve": [1, 2]}

    first = cached(compute)
    first["curve"].append(3)
    assert cached(compute) == {"curve": [1, 2]}
    store, weights = Store(), [np.zeros(2)]
    store.put("k", {"a": [1]}, weights)
    weights[0] += 1
    store.find("k", weights=True)["weights"][0][:] = 7
    np.testing.assert_array_equal(store.find("k", weights=True)["weights"][0], [0, 0])


@pytest.mark.parametrize(("profile", "on_disk"), [("quick", 0), ("lesson", 1), ("full", 1)])
def test_beyond_quick_a_fresh_process_finds_it(profile, on_disk, own_build_folder):
    config.note_run(profile, [])
    calls = []

    def compute(x, calls_of=None):
        return x + 1

    counted = lambda x: calls.append(1) or compute(x)  # noqa: E731
    key = cached(compute, 1)
    assert key == 2 and len(list(own_build_folder.glob("*.json"))) == on_disk
    del counted
    for path in own_build_folder.glob("*.json"):
        path.write_text(json.dumps({"value": "from disk"}))
    forget()
    assert cached(compute, 1) == ("from disk" if on_disk else 2)


def test_a_change_of_what_is_said_computes_nothing_anew():
    """A docstring, a comment, a line number, an unused name: none of it is the experiment."""
    cell = "k = 2\n{}\ndef f(x):\n    '''{}'''\n    calls.append(1)\n    return x * k  # {}"

    def run(text):
        calls: list = []
        scope = {"__name__": "__main__", "calls": calls}
        exec(compile(cell.replace("{}", f"{text} = 0", 1).replace("{}", text), "c", "exec"), scope)
        scope["calls"] = calls
        return cached(scope["f"], 3), calls

    (one, first), (other, second) = run("a"), run("b")
    assert one == other == 6 and len(first) == 1 and second == []


@pytest.mark.parametrize("damage", [b"", b"{", b"\x00" * 40, b"\xff\xfe{}"])
@pytest.mark.parametrize("suffix", [".json", ".npz"])
def test_a_damaged_file_is_set_aside_and_made_anew(damage, suffix, own_build_folder, capsys):
    config.note_run("full", [])
    Store().put("k", {"a": 1}, [np.ones(3)])
    path = own_build_folder / f"k{suffix}"
    for n in (1, 2):
        path.write_bytes(damage)
        forget()
        assert Store().find("k", weights=True) is None
        assert f"k{suffix} is damaged" in capsys.readouterr().out
        assert len(list(own_build_folder.glob(f"k{suffix}.broken*"))) == n, "nothing is deleted"
        Store().put("k", {"a": 1}, [np.ones(3)])
    forget()
    np.testing.assert_array_equal(Store().find("k", weights=True)["weights"][0], np.ones(3))
