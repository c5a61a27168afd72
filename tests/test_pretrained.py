"""Weights of other people's networks: found, fetched, refused, or said to be missing."""

import pytest
from makers import keras_weights

from course_utils import datasets, pretrained
from course_utils.datasets import network

# Keras's own, while it writes weights.
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't:DeprecationWarning"
)
NAME = "mobilenet_2_5_128_tf_no_top.h5"


@pytest.fixture
def make():
    import keras

    def mobilenet():
        return keras.applications.MobileNet(
            weights="imagenet", include_top=False, input_shape=(128, 128, 3), alpha=0.25
        )

    return mobilenet


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A file of weights, and the sum of all its numbers."""
    import keras

    model = keras.applications.MobileNet(
        weights=None, include_top=False, input_shape=(128, 128, 3), alpha=0.25
    )
    path = tmp_path_factory.mktemp("weights") / NAME
    keras_weights(path, model)
    return path.read_bytes(), total(model)


def total(model):
    return sum(float(abs(w).sum()) for w in model.get_weights())


@pytest.fixture
def served(server, monkeypatch, home, good):
    from keras.src.applications import mobilenet

    monkeypatch.setattr(mobilenet, "BASE_WEIGHT_PATH", f"{server.url}/")
    monkeypatch.setitem(network._failures, "network", "")
    monkeypatch.delenv("COURSE_OFFLINE", raising=False)
    server.files[f"/{NAME}"] = good[0]
    return server


def test_weights_are_fetched_once(served, make, good, capsys):
    from keras.src.utils import file_utils

    before = file_utils.get_file
    assert total(pretrained.load_pretrained(make)) == pytest.approx(good[1])
    assert total(pretrained.load_pretrained(make)) == pytest.approx(good[1])
    assert served.gets == [f"/{NAME}"]
    assert "cannot be had" not in capsys.readouterr().out
    assert file_utils.get_file is before  # Keras's own is put back


def test_weights_in_the_cache_need_no_network(home, make, good, monkeypatch):
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    home.mkdir()
    (home / NAME).write_bytes(good[0])
    assert total(pretrained.load_pretrained(make)) == pytest.approx(good[1])


def test_no_network_is_said_in_one_line_and_nothing_is_asked(served, make, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    assert pretrained.load_pretrained(make) is None
    assert served.gets == []
    assert capsys.readouterr().out.splitlines()[-1] == (
        "The weights cannot be had: no network can be reached."
    )
    monkeypatch.setenv("COURSE_SOURCE", "real")
    with pytest.raises(datasets.NotReachable, match="not here: no network can be reached"):
        pretrained.load_pretrained(make)
    assert pretrained.load_pretrained(make, optional=True) is None


@pytest.mark.parametrize("way", ["missing", "login", "truncated", "stalled", "mute"])
def test_fault_download_that_fails_is_none_and_leaves_nothing_behind(
    served, make, good, home, tmp_path, monkeypatch, capsys, fault, way
):
    monkeypatch.setattr(network, "STALL_S", 0.5)
    monkeypatch.setattr(network, "OPEN_S", 0.5)
    served.faults[f"/{NAME}"] = way
    assert pretrained.load_pretrained(make) is None
    line = capsys.readouterr().out.splitlines()[-1]
    assert "The weights cannot be had: " in line
    fault("pretrained weights", f"server: {way}", line)
    assert not list(tmp_path.rglob(NAME))
    asked = len(served.gets)
    assert pretrained.load_pretrained(make) is None and len(served.gets) == asked
    network._failures.clear()  # as in another session
    monkeypatch.setitem(network._failures, "network", "")
    del served.faults[f"/{NAME}"]
    assert total(pretrained.load_pretrained(make)) == pytest.approx(good[1])


def test_absent_without_a_network_then_present(home, make, good, capsys):
    assert pretrained.load_pretrained(make) is None
    assert "no network can be reached" in capsys.readouterr().out
    home.mkdir()
    (home / NAME).write_bytes(good[0])
    assert total(pretrained.load_pretrained(make)) == pytest.approx(good[1])


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    """A file of weights that are another network's."""
    import keras

    layers = [keras.Input((4,)), keras.layers.Dense(2)]
    path = tmp_path_factory.mktemp("other") / NAME
    keras_weights(path, keras.Sequential(layers))
    return path.read_bytes()


WRONG = {
    "a login page": lambda good, other: b"<html>Please sign in</html>",
    "half a file": lambda good, other: good[: len(good) // 2],
    "an empty file": lambda good, other: b"",
    "another network's": lambda good, other: other,
}


@pytest.mark.parametrize("case", WRONG)
def test_fault_other_peoples_file_is_named_left_and_fetched_beside(
    served, make, good, other, home, monkeypatch, capsys, fault, case
):
    home.mkdir()
    bad = WRONG[case](good[0], other)
    (home / NAME).write_bytes(bad)
    assert total(pretrained.load_pretrained(make)) == pytest.approx(good[1])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{NAME} in the Keras cache") and "left there" in lines[0]
    assert [path.name for path in home.iterdir()] == [NAME] and (home / NAME).read_bytes() == bad
    fault("pretrained weights", f"in the Keras cache: {case}", lines[0])
    monkeypatch.setenv("COURSE_OFFLINE", "1")  # from now on ours is found
    assert total(pretrained.load_pretrained(make)) == pytest.approx(good[1])
    assert served.gets == [f"/{NAME}"]


@pytest.mark.parametrize("case", WRONG)
def test_fault_file_of_ours_is_set_aside(
    served, make, good, other, home, tmp_path, capsys, fault, case
):
    ours = tmp_path / "cache" / "models" / NAME
    ours.parent.mkdir(parents=True)
    ours.write_bytes(WRONG[case](good[0], other))
    assert total(pretrained.load_pretrained(make)) == pytest.approx(good[1])
    line = capsys.readouterr().out.splitlines()[0]
    assert f"set aside as {NAME}.broken" in line and ours.with_name(f"{NAME}.broken").exists()
    fault("pretrained weights", f"in the course folder: {case}", line)


def test_fault_offline_with_half_a_file(home, make, good, capsys, fault):
    home.mkdir()
    (home / NAME).write_bytes(good[0][:5000])
    assert pretrained.load_pretrained(make) is None
    said = " ".join(capsys.readouterr().out.split("\n"))
    assert NAME in said and "The weights cannot be had: no network" in said
    fault("pretrained weights", "half a file and no network", said)


def test_drawn_data_ask_for_nothing(served, make, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_SOURCE", "synthetic")
    assert pretrained.load_pretrained(make) is None
    assert served.gets == [] and "synthetic data are asked for" in capsys.readouterr().out


def test_an_error_that_is_not_the_networks_is_not_swallowed(home):
    def wrong():
        raise ValueError("no such layer")

    with pytest.raises(ValueError, match="no such layer"):
        pretrained.load_pretrained(wrong)
