"""Weights of other people's networks: found, fetched, refused, or said to be missing."""

import pytest
from makers import keras_weights

from course_utils import datasets, pretrained
from course_utils.datasets import downloads

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
    monkeypatch.setattr(downloads, "_offline", False)
    monkeypatch.delenv("COURSE_OFFLINE", raising=False)
    server.files[f"/{NAME}"] = good[0]
    return server


def test_weights_are_fetched_once(served, make, good, capsys):
    assert total(pretrained.load_pretrained(make)) == pytest.approx(good[1])
    assert total(pretrained.load_pretrained(make)) == pytest.approx(good[1])
    assert served.gets == [f"/{NAME}"]
    assert "cannot be had" not in capsys.readouterr().out


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


@pytest.mark.parametrize("fault", ["missing", "login", "truncated", "stalled"])
def test_a_download_that_fails_is_none_and_leaves_nothing_behind(
    fault, served, make, good, home, monkeypatch, capsys
):
    monkeypatch.setattr(pretrained, "STALLED_S", 0.5)
    served.faults[f"/{NAME}"] = fault
    assert pretrained.load_pretrained(make) is None
    assert "The weights cannot be had: " in capsys.readouterr().out
    assert not (home / NAME).exists()
    del served.faults[f"/{NAME}"]
    assert total(pretrained.load_pretrained(make)) == pytest.approx(good[1])


def test_a_file_that_holds_no_weights_is_set_aside_and_fetched_again(
    served, make, good, home, capsys
):
    home.mkdir()
    (home / NAME).write_bytes(b"<html>Please sign in</html>")
    assert total(pretrained.load_pretrained(make)) == pytest.approx(good[1])
    assert f"{NAME} held no weights and is set aside." in capsys.readouterr().out
    assert (home / f"{NAME}.broken").read_bytes().startswith(b"<html>")


def test_drawn_data_ask_for_nothing(served, make, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_SOURCE", "synthetic")
    assert pretrained.load_pretrained(make) is None
    assert served.gets == [] and "synthetic data are asked for" in capsys.readouterr().out


def test_an_error_that_is_not_the_networks_is_not_swallowed(home):
    def wrong():
        raise ValueError("no such layer")

    with pytest.raises(ValueError, match="no such layer"):
        pretrained.load_pretrained(wrong)
