"""Gradient descent and the network in the plane, played in Chromium, without a network."""

import keras
import numpy as np
import pytest
from keras import layers
from test_browser_play import PHONE, READY, chromium, opened, said

from course_utils import play

pytestmark = pytest.mark.browser
__all__ = ["chromium", "opened"]  # fixtures

RNG = np.random.default_rng(0)
X = RNG.uniform(-1, 2, 20)
Y = 1.5 * X + RNG.normal(0, 0.4, 20)
BEST, CURVATURE = np.mean(X * Y) / np.mean(X**2), 2 * np.mean(X**2)
POINTS = RNG.normal(size=(120, 2))
LABELS = (np.hypot(*POINTS.T) > 1.1).astype(int)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("training")
    play.gradient_descent(X, Y, start=-1.0).save(folder / "descent.html")
    keras.utils.set_random_seed(0)
    stack = [layers.Dense(8, "tanh"), layers.Dense(4, "tanh"), layers.Dense(1, "sigmoid")]
    net = keras.Sequential([keras.Input((2,)), *stack])
    play.train_in_plane(net, POINTS, LABELS, learning_rate=0.5).save(folder / "plane.html")
    return folder


def text(page, name):
    return page.locator(name).inner_text().replace("−", "-")


def loss_of(page):
    return float(text(page, "#count").split("loss ")[1].split(",")[0].removeprefix("= "))


def weight(page):
    return float(text(page, "#count").split("w = ")[1].split(",")[0])


def test_a_step_is_the_one_that_is_written_out(opened):
    page = opened("descent.html")
    page.wait_for_selector(READY)
    rate = float(text(page, "#rate-value"))
    derivative = CURVATURE * (-1 - BEST)
    written = text(page, "#update")
    assert f"-1 - {rate:g} × ({derivative:.4g}) = " in written
    page.locator("#step").click()
    after = -1 - rate * derivative
    assert weight(page) == pytest.approx(after, abs=1e-3)
    assert float(written.split("= ")[-1]) == pytest.approx(after, abs=1e-3)
    assert loss_of(page) == pytest.approx(np.mean((after * X - Y) ** 2), rel=1e-3)
    assert page.locator("#curve .point").count() == page.locator("#losses .point").count() == 2


@pytest.mark.parametrize(("preset", "verdict"), [
    (0, "Converges, but slowly"), (1, "Converges."), (2, "Oscillates"), (3, "Diverges"),
])  # fmt: skip
def test_each_preset_does_what_its_verdict_says(opened, preset, verdict):
    page = opened("descent.html", reduced_motion="reduce")
    page.wait_for_selector(READY)
    page.locator("#presets button").nth(preset).click()
    first = loss_of(page)
    page.locator("#run").click()
    assert text(page, "#count").startswith("step 20:") and said(page).startswith(verdict)
    assert (loss_of(page) > first) == (preset == 3)
    assert (abs(weight(page) - BEST) < 1e-3) == (preset == 1)
    page.locator("#reset").click()
    assert text(page, "#count").startswith("step 0: w = -1,")


def test_a_run_is_paused_and_ends_by_itself(opened):
    page = opened("descent.html")
    page.wait_for_selector(READY)
    page.locator("#run").click()
    page.wait_for_function("document.getElementById('count').textContent.startsWith('step 2:')")
    page.locator("#run", has_text="Pause").click()
    halted = text(page, "#count")
    page.wait_for_timeout(400)
    assert text(page, "#count") == halted
    page.locator("#run", has_text="Run").click()
    page.wait_for_function("document.getElementById('count').textContent.startsWith('step 20:')")
    page.locator("#run", has_text="Run").wait_for()


def test_a_divergence_stops_before_numbers_overflow(opened):
    page = opened("descent.html", reduced_motion="reduce")
    page.wait_for_selector(READY)
    page.locator("#rate").fill(page.locator("#rate").get_attribute("max"))
    for _ in range(5):
        if page.locator("#run").is_enabled():
            page.locator("#run").click()
    assert page.locator("#run").is_disabled() and page.locator("#step").is_disabled()
    assert "Infinity" not in text(page, "main") and "NaN" not in page.content()


def test_the_start_is_dragged(opened):
    page = opened("descent.html", viewport={"width": 900, "height": 700})
    page.wait_for_selector(READY)
    page.locator("#step").click()
    box = page.locator("#curve").bounding_box()
    page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 60, steps=4)
    page.mouse.up()
    assert text(page, "#count").startswith("step 0:") and weight(page) > BEST
    assert page.locator("#start").evaluate("e => e.valueAsNumber") == pytest.approx(
        weight(page), abs=1e-2
    )


def tabbed(page):
    """The ids that Tab reaches, each with a visible focus."""
    reached = []
    while True:
        page.keyboard.press("Tab")
        one = page.evaluate("document.activeElement.id || document.activeElement.textContent")
        if page.evaluate("document.activeElement === document.body") or one in reached:
            return reached
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        reached.append(one)


def test_descent_by_keyboard_on_a_phone(opened):
    page = opened("descent.html", viewport=PHONE)
    page.wait_for_selector(READY)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    reached = tabbed(page)
    assert reached[:2] == ["rate", "start"] and reached[-3:] == ["step", "run", "reset"]
    page.locator("#rate").focus()
    before = float(text(page, "#rate-value"))
    page.keyboard.press("ArrowRight")
    assert float(text(page, "#rate-value")) > before
    assert page.locator("#rate").get_attribute("aria-valuetext") == text(page, "#rate-value")
    page.locator("#step").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    assert text(page, "#count").startswith("step 2:")


def test_a_network_is_trained_in_the_page(opened):
    page = opened("plane.html", viewport={"width": 900, "height": 800})
    page.wait_for_selector(READY)
    first = loss_of(page)
    image = "c => Array.from(c.getContext('2d').getImageData(0, 0, c.width, c.height).data)"
    before = page.locator("#heat").evaluate(image)
    page.locator("#speed").select_option("20")
    page.locator("#run").click()
    page.wait_for_function(
        "parseFloat(document.getElementById('count').textContent.split('accuracy ')[1]) > 0.9",
        timeout=60_000,
    )
    page.locator("#run", has_text="Pause").click()
    assert loss_of(page) < first / 2 and page.locator("#heat").evaluate(image) != before
    halted = text(page, "#count")
    page.wait_for_timeout(200)
    assert text(page, "#count") == halted
    assert page.locator("#plane .boundary").get_attribute("d")
    missed = int(halted.split(", ")[-1].split(" of")[0])
    assert page.locator("#plane .missed").count() == missed <= 12
    middle = "c => Array.from(c.getContext('2d').getImageData(28, 28, 1, 1).data)"
    red, _, blue, _ = page.locator("#heat").evaluate(middle)
    assert blue > red, "class 0 lies in the middle"
    page.locator("#reset").click()
    assert loss_of(page) == pytest.approx(first, abs=1e-4)
    assert page.locator("#heat").evaluate(image) == before


def test_steps_epochs_and_batches_are_counted(opened):
    page = opened("plane.html")
    page.wait_for_selector(READY)
    page.locator("#step").click()
    assert text(page, "#count").startswith("epoch 1, step 1:")
    page.locator("#batch").select_option("32")
    page.locator("#step").click()
    assert text(page, "#count").startswith("epoch 1, step 2:")
    page.locator("#epoch").click()
    assert text(page, "#count").startswith("epoch 2, step 5:")


def test_the_network_is_changed(opened):
    page = opened("plane.html")
    page.wait_for_selector(READY)
    assert said(page).startswith(
        "Network 2–8–4–1, 65 parameters, started from the notebook's weights"
    )
    assert page.locator("#maps canvas").count() == 12
    page.locator("#depth").select_option("3")
    page.locator("#units select").nth(2).select_option("2")
    page.locator("#activation").select_option("relu")
    assert said(page).startswith(
        "Network 2–8–4–2–1, 73 parameters, started from random weights, seed 1"
    )
    losses = [loss_of(page)]
    page.locator("#random").click()
    assert "seed 2" in said(page)
    losses.append(loss_of(page))
    assert losses[0] != losses[1]
    page.locator("#depth").select_option("0")
    assert (
        said(page).startswith("Network 2–1, 3 parameters") and page.locator("#hidden").is_hidden()
    )
    page.locator("#reset").click()
    assert said(page).startswith(
        "Network 2–8–4–1, 65 parameters, started from the notebook's weights"
    )
    assert page.locator("#activation").input_value() == "tanh"


def test_the_plane_by_keyboard_on_a_phone(opened):
    page = opened("plane.html", viewport=PHONE, color_scheme="dark")
    page.wait_for_selector(READY)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    reached = tabbed(page)
    assert reached[:5] == ["run", "step", "epoch", "reset", "random"]
    assert {"rate", "batch", "speed", "activation", "depth", "lines"} < set(reached)
    page.locator("#epoch").focus()
    page.keyboard.press("Enter")
    assert text(page, "#count").startswith("epoch 1, step 1:")
    page.locator("#lines").focus()
    page.keyboard.press("Space")
    assert page.locator("#plane .unit").get_attribute("d").count("M") == 8
