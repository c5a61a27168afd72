"""The figure of augmentation in Chromium: mouse, finger and keyboard, with and without networks."""

import keras
import numpy as np
import pytest
from keras import layers
from test_browser_play import PHONE, READY, chromium, opened, said, settled

from course_utils import datasets, play
from course_utils.play.augmentation import augmented, matrix

pytestmark = pytest.mark.browser
__all__ = ["chromium", "opened"]

PICTURES, SLIDERS = 4, ("scale", "degrees", "right", "down")


@pytest.fixture(scope="module")
def photographs():
    return datasets.load("cifar10", "synthetic", train=1, test=40)


@pytest.fixture(scope="module")
def nets():
    keras.utils.set_random_seed(0)

    def build():
        stack = [layers.Conv2D(4, 5, 2, activation="relu"), layers.MaxPooling2D(4)]
        stack += [layers.Flatten(), layers.Dense(10, "softmax")]
        return keras.Sequential([keras.Input((32, 32, 3)), layers.Rescaling(1 / 64), *stack])

    return {"without augmentation": build(), "with augmentation": build()}


@pytest.fixture(scope="module")
def files(tmp_path_factory, photographs, nets):
    folder = tmp_path_factory.mktemp("play")
    names = photographs.class_names
    images = photographs.x_test[:PICTURES]
    titles = [names[label] for label in photographs.y_test[:PICTURES]]
    figure = play.augmentation(images, titles, models=nets, class_names=names)
    figure.save(folder / "networks.html")
    play.augmentation(images, titles).save(folder / "bare.html")
    return folder


@pytest.fixture
def page(opened):
    """The page with networks, ready, in a browser without a network."""
    page = opened("networks.html", viewport={"width": 900, "height": 1000})
    page.wait_for_selector(READY)
    return page


def classified(page):
    """Wait until what the networks predict is shown."""
    settled(page)
    page.evaluate("() => new Promise(done => setTimeout(done, 50))")


def output(page):
    return np.reshape(page.evaluate("Array.from(augmented.data)"), (32, 32, 3))


def probabilities(page):
    """Of both networks, as the widths of the bars have them."""
    script = "bars => bars.map(b => parseFloat(b.style.width) / 100)"
    return np.reshape(page.eval_on_selector_all(".bar > div", script), (-1, 2)).T


def put(page, **values):
    for name, value in values.items():
        page.locator(f"#{name}").evaluate(
            "(e, v) => { e.value = v; e.dispatchEvent(new Event('input')); }", str(value)
        )
    classified(page)


def numbers(page, where):
    """The numbers of the matrices in an equation, one matrix after the other."""
    script = "boxes => boxes.map(b => [...b.children].map(c => c.textContent))"
    boxes = page.eval_on_selector_all(f"#{where} .matrix", script)
    return [[text.replace("−", "-") for text in box] for box in boxes]


def test_it_starts_without_a_transform(page, photographs, nets):
    assert np.array_equal(output(page), photographs.x_test[0])
    classified(page)
    expected = [np.asarray(net(photographs.x_test[:1]))[0] for net in nets.values()]
    assert np.abs(probabilities(page) - expected).max() < 1e-3
    truth = photographs.class_names[photographs.y_test[0]]
    assert page.locator("#name").inner_text() == f"no. 0: {truth}"
    assert page.locator("#table .true").first.inner_text() == f"▸ {truth}"
    for p, name in zip(expected, nets, strict=True):
        best = photographs.class_names[p.argmax()]
        assert f"{name.capitalize()}: predicted class {best}, " in said(page)
    assert numbers(page, "whole")[1] == ["1.00", "0.00", "0.00", "0.00", "1.00", "0.00"]


def test_sliders_change_picture_matrix_and_probabilities(page, photographs, nets):
    put(page, scale=1.3, degrees=-35, right=4.5, down=-3)
    page.locator("#flip").check()
    page.locator("#fill").select_option("nearest")
    classified(page)
    s = {"flip": True, "scale": 1.3, "degrees": -35, "right": 4.5, "down": -3}
    expected = augmented(photographs.x_test[:1], fill="nearest", **s)
    assert np.abs(output(page) - expected[0]).max() < 0.01
    rows = matrix(32, 32, **s)
    assert np.allclose(np.float64(numbers(page, "whole")[1]), rows.ravel(), atol=0.0051)
    _, flip, zoom, rotation, shift = numbers(page, "product")
    assert [flip, zoom] == [["-1.00", "0.00", "0.00", "1.00"], ["1.30", "0.00", "0.00", "1.30"]]
    assert rotation == ["0.82", "0.57", "-0.57", "0.82"]
    assert shift == ["x - 15.5 - 4.5", "y - 15.5 + 3"]
    theirs = [np.asarray(net(expected))[0] for net in nets.values()]
    assert np.abs(probabilities(page) - theirs).max() < 1e-3
    shown = [page.locator(f"#of-{name}").inner_text() for name in SLIDERS]
    assert shown == ["× 1.30, smaller", "35° clockwise", "4.5 pixels right", "3 pixels up"]
    page.locator("#reset").click()
    settled(page)
    assert np.array_equal(output(page), photographs.x_test[0])
    assert page.locator("#fill").input_value() == "reflect"


def test_the_canvas_shows_the_output_and_what_lies_outside_the_input(page, photographs):
    script = """canvas => [canvas.width, canvas.height, Array.from(
        canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data)]"""
    for fill, mode in (("reflect", "symmetric"), ("nearest", "edge"), ("constant", "constant")):
        page.locator("#fill").select_option(fill)
        settled(page)
        w, h, values = page.eval_on_selector("#picture canvas", script)
        assert (w, h) == (48, 48), "eight pixels on each side"
        wide = np.pad(photographs.x_test[0], ((8, 8), (8, 8), (0, 0)), mode=mode)
        assert np.array_equal(np.reshape(values, (48, 48, 4))[..., :3], wide)
    put(page, degrees=90)
    w, h, values = page.eval_on_selector("#output canvas", script)
    turned = np.rot90(photographs.x_test[0])
    assert np.abs(np.reshape(values, (h, w, 4))[..., :3] - turned.astype(int)).max() <= 1
    put(page, scale=2)
    w, *_ = page.eval_on_selector("#picture canvas", script)
    assert w > 64, "the frame of the output stays in view"


def centers(page):
    """Of the mark in the input and of the mark in the output."""
    script = "r => [r.x.baseVal.value + 0.5, r.y.baseVal.value + 0.5]"
    return [page.eval_on_selector(f"#{name} .mark", script) for name in ("picture", "output")]


def test_a_pixel_and_its_point(page):
    put(page, degrees=30, scale=0.8, right=2)
    box = page.locator("#output").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 20.5 / 32, box["y"] + box["height"] * 6.5 / 32)
    settled(page)
    rows = matrix(32, 32, degrees=30, scale=0.8, right=2)
    point, pixel = centers(page)
    assert pixel == [20, 6] and np.allclose(point, rows @ [20, 6, 1], atol=1e-3)
    x, y = rows @ [20, 6, 1]
    text = page.locator("#point").inner_text().replace("−", "-")
    assert text.startswith("Output pixel (20, 6): x′ = ")
    assert f" = {x:.2f}, y′ = " in text and f" = {y:.2f}." in text and "Outside" not in text
    page.locator("#output").press("ArrowRight")
    page.locator("#output").press("ArrowUp")
    settled(page)
    assert centers(page)[1] == [21, 5]
    put(page, degrees=0, scale=1, right=-16)
    text = page.locator("#point").inner_text()
    assert text.endswith("Outside the input: the fill mode reflect takes (26.00, 5.00) instead.")
    page.locator("#fill").select_option("constant")
    settled(page)
    assert page.locator("#point").inner_text().endswith("Outside the input: black.")


def test_by_keyboard_alone(page, photographs):
    reached = []
    for _ in range(PICTURES + 10):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid", "focus is visible"
    controls = ["output", "flip", *SLIDERS, "fill", "", "", "reset"]
    assert reached == [""] * PICTURES + controls
    for name, keys in (
        ("degrees", ["ArrowRight"] * 3),
        ("down", ["ArrowLeft"]),
        ("flip", ["Space"]),
    ):
        for key in keys:
            page.locator(f"#{name}").press(key)
    settled(page)
    expected = augmented(photographs.x_test[:1], degrees=3, down=-0.5, flip=True)[0]
    assert np.abs(output(page) - expected).max() < 0.01
    assert page.locator("#degrees").get_attribute("aria-valuetext") == "3° counterclockwise"
    page.locator("#choose button").nth(2).press("Enter")
    settled(page)
    expected = augmented(photographs.x_test[2:3], degrees=3, down=-0.5, flip=True)[0]
    assert np.abs(output(page) - expected).max() < 0.01, "the transform stays"
    pressed = page.eval_on_selector_all(
        "#choose button", "all => all.map(b => b.getAttribute('aria-pressed'))"
    )
    assert pressed == ["false", "false", "true", "false"]


def test_random_draws_move_the_sliders(page):
    seen = set()
    for _ in range(12):
        page.get_by_role("button", name="Random, published").click()
        settled(page)
        values = [float(page.locator(f"#{name}").input_value()) for name in SLIDERS]
        scale, degrees, *shifts = values
        assert 0.8 <= scale <= 1.2 and abs(degrees) <= 40 and np.abs(shifts).max() <= 6.5
        assert page.locator("#fill").input_value() == "nearest"
        seen.add(tuple(values))
    assert len(seen) > 9
    page.get_by_role("button", name="Random, mild").click()
    settled(page)
    assert page.locator("#fill").input_value() == "reflect"
    assert abs(float(page.locator("#degrees").input_value())) <= 15


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["networks", "bare"])
def test_on_a_phone(opened, name, theme):
    page = opened(
        f"{name}.html", viewport=PHONE, has_touch=True, is_mobile=True, color_scheme=theme
    )
    page.wait_for_selector(READY)
    put(page, scale=1.62, degrees=-128, right=-12.5, down=-15.5)
    page.locator("#flip").tap()
    classified(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    left, right = (page.locator(f"#{one}").bounding_box() for one in ("picture", "output"))
    assert left["x"] + left["width"] < right["x"], "side by side"
    x, y = right["x"] + right["width"] * 0.75, right["y"] + right["height"] / 2
    page.touchscreen.tap(x, y)
    settled(page)
    column, row = centers(page)[1]
    assert 23 <= column <= 24 and 15 <= row <= 16
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == {"light": "rgb(255, 255, 255)", "dark": "rgb(17, 17, 17)"}[theme]
    assert page.locator("#networks").is_visible() == (name == "networks")
    assert bool(said(page)) == (name == "networks")
    page.locator("#choose button").nth(3).tap()
    page.locator("#name", has_text="no. 3: ").wait_for()
