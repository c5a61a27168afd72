"""Networks drawn as volumes, films of predictions, matrices side by side, logarithmic dots."""

import io

import numpy as np
import pytest
from PIL import Image

from course_utils import plots


@pytest.fixture(scope="module")
def lenet():
    import keras
    from keras import layers

    chain = [layers.Conv2D(20, 5, padding="same"), layers.MaxPooling2D(2), layers.Flatten()]
    return keras.Sequential([keras.Input((28, 28, 1)), *chain, layers.Dense(10)])


def test_volumes_tell_every_shape_and_count(lenet):
    figure = plots.volumes(lenet, "LeNet")
    texts = {text.get_text() for text in figure.axes[0].texts}
    assert {"Conv2D\n520 parameters", "28 × 28 × 20", "14 × 14 × 20", "3,920", "10"} <= texts
    assert "then MaxPooling2D 14 × 14 × 20, then Flatten 3,920, then Dense 10" in figure.alt
    assert figure.get_figwidth() < plots.style.WIDEST + 0.6


def test_boxes_are_as_high_as_the_images(lenet):
    fronts = [p.get_xy() for p in plots.volumes(lenet).axes[0].patches if p.get_alpha() == 0.55]
    heights = [np.ptp(front[:, 1]) for front in fronts]
    assert heights[:3] == pytest.approx([heights[0], heights[0], heights[0] / 2])


def test_fault_of_a_network_that_has_no_images(fault):
    import keras

    flat = keras.Sequential([keras.Input((8,)), keras.layers.Dense(2)])
    with pytest.raises(ValueError, match="a chain of layers on images") as error:
        plots.volumes(flat)
    fault("figures", "volumes of a network without images", str(error.value))


def frames_of(film):
    image = Image.open(io.BytesIO(film.png()))
    for i in range(image.n_frames):
        image.seek(i)
        yield np.asarray(image.convert("RGB"))


def test_a_film_has_a_frame_for_each_image_and_says_what_is_predicted():
    images = np.stack([np.eye(8) * i / 2 for i in range(3)])
    film = plots.film(images, np.eye(3), "abc", titles=["x", "y", "z"], title="Three")
    frames = [*frames_of(film)]
    assert len(frames) == 3 and len({frame.shape for frame in frames}) == 1
    assert (frames[0] != frames[2]).any()
    assert "x: a with probability 1.00" in film.alt and "z: c" in film.alt
    data, metadata = film._repr_mimebundle_()
    assert data["text/plain"] == "Figure: Three" and metadata["image/png"]["alt"] == film.alt
    assert plots.film(images, np.eye(3), "abc", alt="mine").alt == "mine"


@pytest.mark.parametrize(
    ("images", "p", "titles", "message"),
    [
        (np.zeros((2, 4, 4)), np.eye(3), None, "a film needs images"),
        (np.zeros((3, 4)), np.eye(3), None, "a film needs images"),
        (np.zeros((3, 4, 4)), np.eye(3), ["x"], "3 frames but 1 titles"),
        (np.zeros((0, 4, 4)), np.zeros((0, 3)), None, "nothing to draw"),
    ],
)
def test_fault_of_a_film_that_does_not_fit(images, p, titles, message, fault):
    with pytest.raises(ValueError, match=message) as error:
        plots.film(images, p, "abc", titles=titles)
    fault("figures", f"film of {images.shape}", str(error.value))


def test_confusion_matrices_side_by_side_count_each_classifier():
    figure = plots.confusions([0, 1, 1], {"A": [0, 1, 1], "B": [0, 0, 1]}, ["cat", "dog"], "Two")
    first, second = ([t.get_text() for t in axes.texts] for axes in figure.axes)
    assert (first, second) == (["1", "0", "0", "2"], ["1", "0", "1", "1"])
    assert "A: 3 of 3 samples" in figure.alt
    assert "B: 2 of 3 samples" in figure.alt and "1 of true class dog" in figure.alt
    with pytest.raises(ValueError, match="nothing to draw"):
        plots.confusions([0], {}, ["cat"])


def test_error_rates_on_a_logarithmic_axis():
    figure = plots.dot_plot({"a": [0.01, 0.02], "b": [0.1]}, "error rate", log=True)
    assert figure.axes[0].get_xscale() == "log"
    with pytest.raises(ValueError, match="a logarithmic axis has no place for 0"):
        plots.dot_plot({"a": [0.0]}, log=True)
