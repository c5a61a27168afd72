"""Playable figures in Chromium: from a file without a network, in pages, in JupyterLab."""

import shutil

import keras
import nbformat
import numpy as np
import pytest
from keras import layers
from nbformat.v4 import new_code_cell, new_notebook, new_output
from test_browser import FLAGS

from course_utils import datasets, play
from course_utils.runner import pages

pytestmark = pytest.mark.browser

READY = "body[data-ready=yes]"
SEVEN = [(50, 40), (160, 40), (95, 190)]
PHONE = {"width": 390, "height": 800}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The pages of both figures, of a small network trained on synthetic digits."""
    data = datasets.load("mnist", "synthetic", train=3000, test=300)
    keras.utils.set_random_seed(0)
    net = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(6, 5, activation="relu"),
            layers.MaxPooling2D(4),
            layers.Flatten(),
            layers.Dense(10, "softmax"),
        ]
    )
    net.compile("adam", "sparse_categorical_crossentropy")
    net.fit(data.x_train[..., None] / 255, data.y_train, epochs=4, verbose=0)
    p = net.predict(data.x_test[..., None] / 255, verbose=0)
    folder = tmp_path_factory.mktemp("play")
    draw = play.draw_digit(net, data.x_test, data.y_test)
    confusion = play.confusion_matrix(data.x_test, data.y_test, p, "0123456789")
    draw.save(folder / "draw.html")
    confusion.save(folder / "confusion.html")
    cell = new_code_cell("1", id="cell0")
    for figure in (draw, confusion):
        bundle, metadata = figure._repr_mimebundle_()
        cell.outputs.append(new_output("display_data", bundle, metadata=metadata))
    nbformat.write(new_notebook(cells=[cell]), folder / "both.ipynb")
    pages.page(folder / "both.ipynb", folder / "both.html")
    return folder


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.skip("no Chromium or Chrome on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS.split())
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium, files):
    """opened(name, …) is that page in a browser without a network; errors in it fail the test."""
    contexts, errors = [], []

    def open_page(name, formulas=False, **options):
        context = chromium.new_context(offline=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        if not formulas:  # whose script comes from the network
            page.on("console", lambda said: said.type == "error" and errors.append(said.text))
        page.goto((files / name).as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


def draw(page, points):
    """Draw a line with the mouse."""
    box = page.locator("#pad").bounding_box()
    (x, y), *others = [(box["x"] + x, box["y"] + y) for x, y in points]
    page.mouse.move(x, y)
    page.mouse.down()
    for x, y in others:
        page.mouse.move(x, y, steps=10)
    page.mouse.up()


def settled(page):
    """Wait until what was drawn is shown."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")


def widths(page):
    """Of the bars, in percent."""
    return page.eval_on_selector_all(
        ".bar > div", "bars => bars.map(b => parseFloat(b.style.width))"
    )


def seen(page):
    """The image that the network gets: ink 0…255."""
    script = """canvas => Array.from(
        canvas.getContext('2d').getImageData(0, 0, 28, 28).data.filter((_, i) => i % 4 === 0))"""
    return 255 - np.reshape(page.eval_on_selector("#input", script), (28, 28))


def said(page):
    return page.locator("#said").inner_text()


def test_a_seven_is_drawn_and_its_bar_moves(opened):
    page = opened("draw.html")
    page.wait_for_selector(READY)
    assert page.locator("#choose").input_value() == "0" and "True class:" in said(page)
    page.locator("#clear").click()
    settled(page)
    before = widths(page)
    assert said(page) == "Draw a digit, or choose a test digit." and seen(page).max() == 0
    draw(page, SEVEN)
    settled(page)
    after = widths(page)
    assert sum(after) == pytest.approx(100, abs=0.1)
    assert np.argmax(after) == 7 and after[7] > 50 > before[7]
    assert said(page).startswith("Predicted class: 7, probability 0.") or "1.000" in said(page)
    maps = page.locator("#maps canvas")
    assert maps.count() == 6
    assert [maps.nth(0).evaluate("c => [c.width, c.height]")] == [[24, 24]]


def test_without_centering_a_shift_is_seen(opened):
    page = opened("draw.html")
    page.wait_for_selector(READY)
    draw(page, [(40, 40), (80, 40), (60, 90)])
    settled(page)
    centered = seen(page)
    rows = np.flatnonzero(centered.max(axis=1) > 50)
    assert np.ptp(rows) + 1 in (19, 20, 21), "twenty pixels high"
    page.locator("#pad").focus()
    page.keyboard.press("ArrowRight")
    settled(page)
    assert np.array_equal(seen(page), centered), "centering undoes the shift"
    page.locator("#center").uncheck()
    settled(page)
    small = seen(page)
    assert np.ptp(np.flatnonzero(small.max(axis=1) > 50)) < 12
    page.locator("#pad").focus()
    for key in ("ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    settled(page)
    assert np.array_equal(seen(page)[1:, 1:], small[:-1, :-1])


def test_a_finger_draws_and_does_not_scroll(opened):
    page = opened("draw.html", viewport=PHONE, has_touch=True, is_mobile=True)
    page.wait_for_selector(READY)
    page.locator("#clear").tap()
    settled(page)
    box = page.locator("#pad").bounding_box()
    touch = page.context.new_cdp_session(page)
    for i in range(10):
        point = {"x": box["x"] + 112, "y": box["y"] + 180 - 15 * i}
        kind = "touchMove" if i else "touchStart"
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    settled(page)
    assert np.argmax(widths(page)) == 1 and page.evaluate("scrollY") == 0


def test_test_digits_are_chosen_by_keyboard_on_a_phone(opened, files):
    page = opened("draw.html", viewport=PHONE)
    page.wait_for_selector(READY)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    reached = []
    for _ in range(4):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid", "focus is visible"
    assert reached == ["pad", "clear", "center", "choose"]
    shown = []
    for _ in range(3):
        page.keyboard.press("ArrowDown")
        settled(page)
        shown.append((said(page), seen(page)))
    digits = datasets.load("mnist", "synthetic", train=3000, test=300)
    for i, (text, image) in enumerate(shown, 1):
        assert text.endswith(f"True class: {digits.y_test[i]}.")
        assert np.abs(image - digits.x_test[i].astype(int)).max() <= 1


def test_a_cell_shows_its_digits(opened):
    page = opened("confusion.html")
    page.wait_for_selector(READY)
    most = page.locator("button[aria-pressed=true]")
    assert most.count() == 1 and "wrong" in most.get_attribute("class"), "the most frequent error"
    counts = page.evaluate("DATA.counts")
    for row in range(10):
        page.locator(f"tbody tr:nth-child({row + 1}) td:nth-of-type({row + 1}) button").click()
        n = counts[row][row]
        assert f"True class {row}, predicted {row}: {n} of {sum(counts[row])}" in said(page)
        assert page.locator("#faces figure").count() == min(n, 8)
        text = page.locator("figcaption").first.inner_text()
        assert f"predicted {row}: 0." in text or f"predicted {row}: 1.00" in text
        assert "second " in text
    dark = page.eval_on_selector_all(
        "#faces canvas",
        "all => all.map(c => Math.min(...c.getContext('2d').getImageData(0, 0, 28, 28).data))",
    )
    assert max(dark) < 100, "each canvas shows ink"


def test_cells_are_chosen_by_arrow_keys_on_a_phone(opened):
    page = opened("confusion.html", viewport=PHONE)
    page.wait_for_selector(READY)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    counts = np.array(page.evaluate("DATA.counts"))
    wrong = np.where(np.eye(10), -1, counts)
    row, column = np.unravel_index(wrong.argmax(), (10, 10))
    page.keyboard.press("Tab")
    for key, down, right in (("ArrowDown", 1, 0), ("ArrowLeft", 0, -1), ("ArrowUp", -1, 0)):
        page.keyboard.press(key)
        row, column = (row + down) % 10, (column + right) % 10
        focused = page.evaluate("document.activeElement.getAttribute('aria-label')")
        assert focused == f"true class {row}, predicted {column}: {counts[row, column]}"
        assert said(page).startswith(f"True class {row}, predicted {column}:")
        assert page.locator("#faces figure").count() == min(counts[row, column], 8)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") != "BUTTON", "one stop for the table"


@pytest.mark.parametrize("viewport", [{"width": 1200, "height": 900}, PHONE])
def test_figures_play_in_a_page_of_the_runner(opened, viewport):
    page = opened("both.html", formulas=True, viewport=viewport)
    frames = [page.locator("iframe").nth(i) for i in range(2)]
    inside = [page.frame_locator("iframe").nth(i) for i in range(2)]
    for frame, content in zip(frames, inside, strict=True):
        content.locator(READY).wait_for()
        assert len(frame.get_attribute("title")) > 60
        height = content.locator("html").evaluate("html => html.offsetHeight")
        page.wait_for_function(
            "([f, h]) => f.offsetHeight === h", arg=[frame.element_handle(), height]
        )
        assert content.locator("html").evaluate("e => e.scrollWidth - e.clientWidth") == 0
    inside[0].locator("#choose").select_option("3")
    inside[0].locator("#said", has_text="True class").wait_for()
    inside[1].locator("button.correct").first.click()
    assert inside[1].locator("figure").count() > 0
    theme = "() => document.body.dataset.jpThemeLight = 'false'"
    page.evaluate(theme)
    inside[0].locator("body.dark").wait_for()
    assert (
        inside[0].locator("body").evaluate("b => getComputedStyle(b).backgroundColor")
        == "rgb(17, 17, 17)"
    )
