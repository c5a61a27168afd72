"""What cannot be written as a spreadsheet is refused by name, and no file is left half-written."""

import errno
from pathlib import Path

import numpy as np
import pytest
from spreadsheet_tools import NETWORKS, chapter_04, fill, formulas_of, network, sequential, tiny

from course_utils import spreadsheet
from course_utils.spreadsheet import NotWritten, write


def dense(**options):
    return lambda k: [k.Flatten(), k.Dense(3, **options)]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda k: [k.Conv2D(1, 3, padding="same")], "'conv2d.*Conv2D. has padding='same': only"),
        (lambda k: [k.Conv2D(1, 2, strides=2)], r"strides=\(2, 2\): only \(1, 1\)"),
        (lambda k: [k.Conv2D(1, 2, dilation_rate=2)], r"dilation_rate=\(2, 2\)"),
        (lambda k: [k.Conv2D(2, 2, groups=2)], "groups=2: only 1"),
        (lambda k: [k.Conv2D(2, 2, data_format="channels_first")], "data_format='channels_first'"),
        (lambda k: [k.MaxPooling2D(2, padding="same")], "MaxPooling2D. has padding='same'"),
        (lambda k: [k.AveragePooling2D(2, padding="same")], "AveragePooling2D. has padding"),
        (lambda k: [k.Conv2D(1, 3, activation="tanh")], "'tanh': only linear or relu here"),
        (lambda k: [k.Conv2D(1, 3, activation="softmax")], "'softmax': only linear or relu here"),
        (dense(activation="sigmoid"), "'sigmoid': only linear or relu or softmax here"),
        (dense(activation=lambda x: x * 2), "activation='<lambda>'"),
        (
            lambda k: [k.Flatten(), k.Dense(3, activation="softmax"), k.Dense(2)],
            "'dense.*Dense. has activation='softmax': only linear or relu here",
        ),
        (lambda k: [k.Dense(3), k.Flatten()], "Dense. must stand after a Flatten"),
        (lambda k: [k.Flatten(), k.Flatten()], "Flatten. must stand before a Flatten"),
        (
            lambda k: [k.Conv2D(1, 3), k.BatchNormalization()],
            "'batch_normalization.*BatchNormalization. cannot be written, only Conv2D, Max",
        ),
        (lambda k: [k.DepthwiseConv2D(3)], "DepthwiseConv2D. cannot be written"),
        (lambda k: [type("Conv2D", (k.Conv2D,), {})(1, 3)], "Conv2D. cannot be written"),
        (lambda k: [], "the network is not built"),
    ],
)
def test_fault_what_cannot_be_written_is_named(tmp_path, make, message, fault):
    model = sequential((4, 4, 2), make)
    with pytest.raises(ValueError, match=message) as error:
        write(model, np.zeros((4, 4, 2)), tmp_path / "net.xlsx")
    fault(
        "arithmetic",
        f"a workbook: {str(error.value).split(') ')[-1].split(':')[0]}",
        str(error.value),
    )
    assert not any(tmp_path.glob("*net*"))


def test_what_is_no_network_for_images_is_named(tmp_path):
    import keras

    unbuilt = keras.Sequential(chapter_04(keras.layers))
    x = keras.Input((4, 4, 1))
    cases = {
        "a Sequential network is asked for, this is Functional": keras.Model(x, x + 1),
        "this is int": 3,
        "the network is not built: begin it with keras.Input": unbuilt,
        r"is asked for, not for \(4,\)": sequential((4,), lambda k: [k.Dense(2)]),
        r"not for \(None, 4, 1\)": sequential((None, 4, 1), lambda k: [k.Conv2D(1, 3)]),
    }
    for message, model in cases.items():
        with pytest.raises(ValueError, match=message):
            write(model, np.zeros((4, 4)), tmp_path / "net.xlsx")


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_fault_values_that_are_not_finite_are_refused(tmp_path, value, fault):
    model, image = tiny()
    image[1, 1, 0] = value
    with pytest.raises(ValueError, match="the image has pixels that are not finite") as error:
        write(model, image, tmp_path / "net.xlsx")
    fault("arithmetic", f"a workbook of pixels that are {value}", str(error.value))
    *weights, bias = model.get_weights()
    model.set_weights([*weights, bias + value])
    with pytest.raises(ValueError, match=r"Dense. has weights that are not finite"):
        write(model, np.zeros((4, 4)), tmp_path / "net.xlsx")


@pytest.mark.parametrize("shape", [(4, 5, 1), (1, 4, 4), (4, 4, 3), (16,)])
def test_an_image_of_another_shape_is_refused(tmp_path, shape):
    with pytest.raises(ValueError, match=r"takes an image of shape \(4, 4, 1\), not"):
        write(tiny()[0], np.zeros(shape), tmp_path / "net.xlsx")


@pytest.mark.parametrize("name", NETWORKS)
def test_the_formulas_are_counted_beforehand(tmp_path, monkeypatch, name):
    model = network(name)
    image = fill(model, seed=0)
    texts = formulas_of(write(model, image, tmp_path / "net.xlsx"))
    count = sum(int(cell.strip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) >= 10 for _, cell in texts)
    monkeypatch.setattr(spreadsheet, "MAX_FORMULAS", count)
    write(model, image, tmp_path / "net.xlsx")
    monkeypatch.setattr(spreadsheet, "MAX_FORMULAS", count - 1)
    with pytest.raises(ValueError, match=rf"needs {count} formulas \(at most {count - 1}\)"):
        write(model, image, tmp_path / "net.xlsx")


def test_fault_a_network_too_large_is_refused_with_its_size(tmp_path, fault):
    model = sequential((28, 28, 1), lambda k: [k.Flatten(), k.Dense(512), k.Dense(10)])
    size = r"2,602 formulas .* 407,834 pixels and weights \(at mo"
    with pytest.raises(ValueError, match=size) as error:
        write(model, np.zeros((28, 28)), tmp_path / "net.xlsx")
    fault("arithmetic", "a workbook of a network that is too large", str(error.value))
    model = sequential((1, 1, 400), lambda k: [k.Conv2D(1, 1)])
    with pytest.raises(ValueError, match="more channels than one formula can hold"):
        write(model, np.zeros((1, 1, 400)), tmp_path / "net.xlsx")


def test_only_the_name_of_a_workbook_is_taken(tmp_path):
    with pytest.raises(ValueError, match=r"ends in \.xlsx, not 'net\.csv'"):
        write(*tiny(), tmp_path / "net.csv")


def test_the_path_comes_back_and_missing_folders_are_made(tmp_path):
    path = write(*tiny(), str(tmp_path / "new" / "net.xlsx"))
    assert path == tmp_path / "new" / "net.xlsx"
    assert [each.name for each in path.parent.iterdir()] == ["net.xlsx"]


def one_sentence(error, *places):
    said = error.value._render_traceback_()
    assert said == [f"NotWritten: {error.value}"] and isinstance(error.value, OSError)
    assert not any(str(place) in said[0] for place in places)
    return str(error.value)


def test_fault_a_file_open_elsewhere_is_left_as_it_was(tmp_path, monkeypatch, fault):
    path = tmp_path / "net.xlsx"
    path.write_text("the reader's own")

    def refuse(*_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(NotWritten) as error:
        write(*tiny(), path)
    assert one_sentence(error, tmp_path) == (
        "net.xlsx cannot be written (Permission denied): close it where it is open, or choose "
        "another folder"
    )
    assert path.read_text() == "the reader's own"
    fault("arithmetic", "a workbook that is open elsewhere", str(error.value))
    assert [each.name for each in tmp_path.glob("*net*")] == ["net.xlsx"]


def test_a_folder_that_cannot_be_is_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(NotWritten) as error:
        write(*tiny(), tmp_path / "file" / "net.xlsx")
    assert "net.xlsx cannot be written" in one_sentence(error, tmp_path)
