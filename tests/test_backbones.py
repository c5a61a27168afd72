"""Chapter 08 behind other backbones, and its thousand names, with weights made for the test."""

import keras
import notebook_tools as tools
import numpy as np
import pytest
from makers import keras_weights

from course_utils import pretrained

CHAPTER = "08_transfer_learning"
CELLS = ["parameters", "setup", "imports", "load", "read", "photographs", "steps", "animals"]
CELLS += ["eyes", "eyes-names", "eyes-train", "features", "few", "few-define", "backbones", "big"]
CELLS += ["store", "head", "head-run", "places", "places-run", "open", "tune", "through"]
CELLS += ["tune-claim"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["MobileNetV2", "VGG16", "InceptionV3", "EfficientNetB0"])
def test_every_backbone_goes_the_same_way_with_random_weights(name, monkeypatch):
    monkeypatch.setenv("COURSE_PROFILE", "quick")
    monkeypatch.setenv("COURSE_SOURCE", "synthetic")
    random = [
        ("big", "pretrained.load_pretrained(", "(lambda make: make())("),
        ("big", '"imagenet"', "None"),
    ]
    small = {"samples": 100, "test_samples": 100, "animals": 300}
    nb = tools.part(CHAPTER, CELLS, random, backbone=name, **small)
    nb.cells[-1].source = "cuts = BACKBONES[budget.backbone][1:]\n" + nb.cells[-1].source
    nb.cells[-1].source += "\nassert through().output_shape == (None, 1)"
    nb.cells[-1].source += "\nprint(base.name, big, len(by_place))"
    tools.execute(nb)
    printed = tools.text(nb.cells[-1])
    assert "held: the earlier one opens, the more weights move" in printed
    assert printed.endswith(f"{name} 160 5\n")


def test_weights_that_are_all_zero_are_refused_by_the_name_of_their_layer():
    layers = [keras.Input((8, 8, 3)), keras.layers.Conv2D(4, 3), keras.layers.Conv2D(2, 3)]
    network = keras.Sequential(layers, name="eyes")
    assert pretrained.complete(network) is network
    kernel, bias = layers[2].get_weights()
    layers[2].set_weights([0 * kernel, bias])
    with pytest.raises(ValueError, match=f"^eyes has .* all zero: {layers[2].name}$"):
        pretrained.complete(network)


@pytest.fixture
def thousand(home, monkeypatch):
    """A Keras cache with a whole MobileNet of random weights, and a thousand names."""
    from keras.src.applications import imagenet_utils

    home.mkdir()
    keras.utils.set_random_seed(0)
    network = keras.applications.MobileNet(weights=None)
    last = network.get_layer("conv_preds")
    last.set_weights([1e4 * last.get_weights()[0], np.random.default_rng(0).normal(size=1000)])
    keras_weights(home / "mobilenet_1_0_224_tf.h5", network)
    names = {str(i): [f"n{i:08d}", f"thing_{i}"] for i in range(1000)}
    monkeypatch.setattr(imagenet_utils, "CLASS_INDEX", names)
    return network


@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't:DeprecationWarning")
def test_five_names_of_a_thousand(thousand, monkeypatch, capsys):
    import inspect

    from keras import ops

    picture = np.random.default_rng(0).integers(0, 256, (176, 200, 3), dtype="uint8")
    given = {"np": np, "ops": ops, "inspect": inspect, "pretrained": pretrained}
    given |= {"network": keras.applications.MobileNet, "test_picture": picture}
    given["preprocess"] = keras.applications.mobilenet.preprocess_input
    cells = tools.part(CHAPTER, ["names", "names-run"]).cells
    exec("\n".join(cell.source for cell in cells), given)
    five, everything = given["answer"]
    assert everything.shape == (1000,)
    assert everything.sum() == pytest.approx(1, abs=1e-3)
    order = np.argsort(-everything)[:5]
    assert [name for name, _ in five] == [f"thing_{i}" for i in order]
    assert [p for _, p in five] == pytest.approx(list(everything[order]))
    scaled = keras.ops.image.resize(picture[np.newaxis].astype("float32"), (224, 224)) / 127.5 - 1
    assert everything == pytest.approx(thousand.predict(scaled, verbose=0)[0], abs=1e-4)
    many = np.sum(everything > 0.01)
    assert f"{many} of 1,000 above 0.01, all of them together" in capsys.readouterr().out
