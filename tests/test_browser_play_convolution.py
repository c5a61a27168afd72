"""The figure of a sliding filter in Chromium: played, drawn on, by keyboard, on a phone."""

import numpy as np
import pytest
from scipy.signal import correlate2d
from test_browser_play import PHONE, READY, chromium, opened, said, settled

from course_utils import datasets, play

pytestmark = pytest.mark.browser
__all__ = ["chromium", "opened"]

NAME = "convolution.html"
VERTICAL = np.array([[-1, 2, -1]] * 3)
NUMBER = r"−?[\d.]+"


@pytest.fixture(scope="module")
def digits():
    return datasets.load("mnist", "synthetic", train=1, test=120)


@pytest.fixture(scope="module")
def files(tmp_path_factory, digits):
    folder = tmp_path_factory.mktemp("play")
    play.convolution(digits.x_test, digits.y_test).save(folder / NAME)
    return folder


@pytest.fixture
def page(opened):
    """The page, ready, in a browser without a network."""
    page = opened(NAME, viewport={"width": 860, "height": 950})
    page.wait_for_selector(READY)
    return page


def hundredths(digits, i):
    return np.round(digits.x_test[i] / 2.55) / 100


def output(page):
    """The output map as it is computed in the page, whose size its heading tells."""
    h, w, values = page.evaluate("[result.map.h, result.map.w, Array.from(result.map.data)]")
    assert page.locator("#size-out").inner_text() == f"Output {h} × {w}"
    return np.reshape(values, (h, w))


def window(page):
    return page.evaluate("at")


def products(page):
    """What the cells of the window print: pixels × weights, and products."""
    texts = page.locator("#products > div").all_inner_texts()
    lines = [text.replace("−", "-").split("\n") for text in texts]
    factors = [[float(part) for part in first.split("×")] for first, _ in lines]
    return np.array(factors), np.array([float(second) for _, second in lines])


def total(page):
    """The last number of the sentence below the products."""
    return float(said(page).rstrip(".").split(" ")[-1].replace("−", "-"))


def choose(page, **settings):
    for name, value in settings.items():
        page.locator(f"#{name}").select_option(value)
    settled(page)


def test_it_starts_where_the_response_is_strongest_and_shows_every_product(page, digits):
    expected = correlate2d(hundredths(digits, 0), VERTICAL, "valid")
    assert np.allclose(output(page), expected, atol=1e-5)
    row, column = window(page)
    assert abs(expected[row, column]) == pytest.approx(np.abs(expected).max())
    factors, each = products(page)
    assert np.allclose(factors.prod(axis=1), each) and np.array_equal(
        factors[:, 1], VERTICAL.ravel()
    )
    patch = hundredths(digits, 0)[row : row + 3, column : column + 3]
    assert np.allclose(factors[:, 0], patch.ravel(), atol=1e-6)
    assert total(page) == pytest.approx(expected[row, column], abs=1e-4)
    assert f"Row {row}, column {column}: the 9 products" in said(page)
    end = f"{np.abs(expected).max():.2f}"
    assert [page.locator(f"#{side}").inner_text() for side in ("low", "high")] == [f"−{end}", end]


def test_zero_is_white_and_signs_have_colors(page):
    values = output(page)
    colors = np.reshape(
        page.evaluate("""Array.from(document.querySelector("#map canvas")
        .getContext("2d").getImageData(0, 0, result.map.w, result.map.h).data)"""),
        (-1, 4),
    )
    red, blue = colors[:, 0].astype(int), colors[:, 2].astype(int)
    values = values.ravel()
    assert (colors[values == 0, :3] == 255).all()
    assert (red > blue)[values > 0.1].all() and (blue > red)[values < -0.1].all()


def test_padding_stride_dilation_bias_relu_and_pooling(page):
    choose(page, padding="same", stride="2")
    page.locator("#bias").fill("0.5")
    assert output(page).shape == (14, 14)
    assert (
        page.locator("#formula").inner_text()
        == "Here: ⌊(28 + 0 + 1 − 1 · (3 − 1) − 1) / 2⌋ + 1 = 14"
    )
    assert page.locator("#size-in").inner_text() == "Input 28 × 28 + zeros"
    assert page.locator("#of-pooled").is_hidden()
    choose(page, dilation="2", pooling="average")
    assert "Keras refuses" in page.locator("#formula").inner_text()
    page.locator("#relu").check()
    settled(page)
    values = output(page)
    assert values.min() >= 0 and "+ bias 0.5 = " in said(page) and "; ReLU makes it " in said(page)
    row, column = window(page)
    assert total(page) == pytest.approx(values[row, column], abs=1e-4)
    assert page.locator("#size-pooled").inner_text() == "Average pooling: 7 × 7"
    *_, pooled = page.locator("#said-pooled").inner_text().split(" ")
    corner = values[row // 2 * 2 :, column // 2 * 2 :][:2, :2]
    assert float(pooled) == pytest.approx(corner.mean(), abs=1e-4)


def test_a_filter_is_written_cell_by_cell_resized_and_rotated(page, digits):
    cells = page.locator("#filter input")
    cells.nth(0).fill("1/4")
    assert page.locator("#preset").input_value() == "-1", "your own"
    cells.nth(1).fill("x")
    assert cells.nth(1).get_attribute("aria-invalid") == "true"
    settled(page)
    kernel = VERTICAL.astype(float)
    kernel[0, 0] = 0.25  # what is no number changes nothing
    image = hundredths(digits, 0)
    assert np.allclose(output(page), correlate2d(image, kernel, "valid"), atol=1e-5)
    page.locator("#flip").click()
    settled(page)
    assert np.allclose(output(page), correlate2d(image, kernel[::-1, ::-1], "valid"), atol=1e-5)
    assert page.locator("#operation").inner_text().startswith("Convolution, as in mathematics")
    choose(page, size="5")
    assert cells.count() == 25 and page.locator("#products > div").count() == 25
    around = np.pad(kernel, 1)[::-1, ::-1]
    assert np.allclose(output(page), correlate2d(image, around, "valid"), atol=1e-5)
    choose(page, preset="0")
    assert np.allclose(output(page), image[1:-1, 1:-1], atol=1e-6), "the identity"


def test_by_keyboard_alone(page, digits):
    reached = []
    for _ in range(9):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid", "focus is visible"
    expected = ["before", "choose", "after", "draw", "picture", "map", "back", "step", "run"]
    assert reached == expected
    page.locator("#map").focus()
    row, column = window(page)
    for key in ("ArrowDown", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    settled(page)
    assert window(page) == [row + 1, column + 2]
    page.locator("#step").press("Enter")
    page.locator("#back").press("Space")
    page.locator("#back").press("Space")
    settled(page)
    assert window(page) == [row + 1, column + 1]
    before = output(page)
    page.locator("#picture").press("ArrowRight")
    page.locator("#picture").press("ArrowUp")
    settled(page)
    assert np.allclose(output(page)[:-1, 1:], before[1:, :-1], atol=1e-6), "the map shifts, too"
    assert page.locator("#name").inner_text().endswith(", shifted 1 right, −1 down")
    page.locator("#choose").press("ArrowRight")
    settled(page)
    assert page.locator("#name").inner_text() == f"no. 1: {digits.y_test[1]}"
    expected = correlate2d(hundredths(digits, 1), VERTICAL, "valid")
    assert np.allclose(output(page), expected, atol=1e-5)
    for _ in range(2):
        page.locator("#before").press("Enter")
    settled(page)
    assert page.locator("#name").inner_text() == f"no. 99: {digits.y_test[99]}"


def test_it_runs_and_stops(page):
    page.locator("#map").focus()
    page.evaluate("at = [0, 0]")
    page.locator("#run").click()
    page.wait_for_function("at[0] === 1")
    shown = """document.querySelector("#map canvas").getContext("2d")
        .getImageData(0, result.map.h - 1, 1, 1).data[3]"""
    assert page.evaluate(shown) < 255, "what is to come is not shown yet"
    page.locator("#run").click()
    stopped = window(page)
    settled(page)
    page.wait_for_timeout(300)
    assert window(page) == stopped and page.locator("#run").inner_text() == "Run"
    assert page.evaluate(shown) == 255
    page.evaluate("at = [result.map.h - 1, result.map.w - 3]")
    page.locator("#run").click()
    page.wait_for_function("document.getElementById('run').textContent === 'Run'")
    assert window(page) == [25, 25], "the end"


def test_the_pointer_moves_the_window_on_both_images(page):
    box = page.locator("#map").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 4.5 / 26, box["y"] + box["height"] * 7.5 / 26)
    settled(page)
    assert window(page) == [7, 4]
    box = page.locator("#picture").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 10.5 / 28, box["y"] + box["height"] * 20.5 / 28)
    settled(page)
    assert window(page) == [19, 9], "the pixel is the middle of the window"


def test_a_drawing_is_filtered(opened):
    page = opened(NAME, viewport=PHONE, has_touch=True, is_mobile=True)
    page.wait_for_selector(READY)
    page.locator("#draw").tap()
    settled(page)
    assert np.abs(output(page)).max() == 0 and page.locator("#name").inner_text() == "your drawing"
    box = page.locator("#picture").bounding_box()
    touch = page.context.new_cdp_session(page)
    for i in range(10):
        point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] * (0.2 + 0.06 * i)}
        kind = "touchMove" if i else "touchStart"
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    settled(page)
    values = output(page)
    _, column = np.unravel_index(values.argmax(), values.shape)
    assert values.max() > 1 and column in (12, 13) and page.evaluate("scrollY") == 0
    choose(page, preset="2")
    assert output(page).max() < values.max(), "a horizontal line is not there"
    page.locator("#after").click()
    page.locator("#name", has_text="no. 1: ").wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_nothing_scrolls_sideways(opened, theme):
    page = opened(NAME, viewport=PHONE, color_scheme=theme)
    page.wait_for_selector(READY)
    for size in ("2", "5"):
        choose(page, size=size, padding="same", dilation="2", pooling="maximum")
        page.locator("#bias").fill("−0.25")
        settled(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    left, right = (page.locator(f"#{name}").bounding_box() for name in ("picture", "map"))
    assert left["x"] + left["width"] < right["x"], "side by side"
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == {"light": "rgb(255, 255, 255)", "dark": "rgb(17, 17, 17)"}[theme]
