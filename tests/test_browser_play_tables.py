"""Words of a review and folds in Chromium: played, by keyboard, on a phone, without a network."""

import keras
import numpy as np
import pytest
from keras import layers
from test_browser_play import PHONE, READY, chromium, opened

from course_utils import datasets, play

pytestmark = pytest.mark.browser
__all__ = ["chromium", "opened"]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The pages of both figures, on synthetic reviews and houses."""
    data = datasets.load("imdb", "synthetic", train=1000, test=6)

    def multi_hot(texts):
        x = np.zeros((len(texts), 2000), "float32")
        for row, numbers in zip(x, texts, strict=True):
            row[np.where(numbers < 2000, numbers, 2)] = 1
        return x

    keras.utils.set_random_seed(0)
    stack = layers.Dense(8, "relu"), layers.Dense(1, "sigmoid")
    net = keras.Sequential([keras.Input((2000,)), *stack])
    net.compile("adam", "binary_crossentropy")
    net.fit(multi_hot(data.x_train), data.y_train, epochs=8, verbose=0)
    reviews = [data.x_test[i] for i in range(5)]
    reviews.append(np.concatenate([data.x_test[i] for i in range(6)] * 3))
    folder = tmp_path_factory.mktemp("play")
    words = play.review_words(net, reviews, data.extras["words"], labels=data.y_test[:6])
    words.save(folder / "words.html")
    houses = datasets.load("boston_housing", "synthetic")
    names = houses.extras["feature_names"]
    play.folds(houses.x_train, houses.y_train, names=names).save(folder / "folds.html")
    return folder


def text(page, selector):
    return page.locator(selector).inner_text()


def probability(page):
    return float(text(page, "#probability").removeprefix("Probability of “positive”: ").strip("."))


def pressed(page):
    return page.eval_on_selector_all(
        "#words button", "all => all.map(b => b.getAttribute('aria-pressed') === 'true')"
    )


def words_page(opened, **options):
    page = opened("words.html", **options)
    page.wait_for_selector(READY)
    return page


def test_a_word_switched_off_moves_the_probability_as_the_list_says(opened):
    page = words_page(opened)
    assert all(pressed(page)) and "True class:" in text(page, "#change")
    before = probability(page)
    line = page.locator("#for tr").first
    word, change = line.locator("th").inner_text(), line.locator("td").inner_text()
    assert float(change.split(" → ")[0]) == before
    page.locator("#words").get_by_text(word, exact=True).first.click()
    after = probability(page)
    assert after == float(change.split(" → ")[1]) < before
    assert not all(pressed(page)) and f"As written {before:.3f}".rstrip("0") in text(
        page, "#change"
    )
    assert float(page.locator("#fill").evaluate("e => parseFloat(e.style.width)")) == pytest.approx(
        100 * after, abs=0.06
    )
    assert text(page, "#for th >> nth=0") != word
    page.locator("#all").click()
    assert probability(page) == before and text(page, "#change").startswith("True class")


def test_all_occurrences_of_a_word_go_together_and_only_one_is_left(opened):
    page = words_page(opened)
    page.locator("#choose").select_option("5")
    labels = page.locator("#words button").all_inner_texts()
    assert labels[-1].startswith("… and ") and len(labels) == 121
    twice = next(word for word in labels if 1 < labels.count(word) < 9 and word.isalpha())
    page.locator("#words").get_by_text(twice, exact=True).first.click()
    assert [not on for on in pressed(page)] == [word == twice for word in labels]
    page.locator("#only").click()
    assert pressed(page) == [word == twice for word in labels]
    page.locator("#none").click()
    assert not any(pressed(page)) and text(page, "#for") == "none"


def test_words_are_switched_by_keyboard_on_a_phone(opened):
    page = words_page(opened, viewport=PHONE)
    page.locator("#choose").select_option("2")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("#only").focus()
    page.keyboard.press("Tab")
    focused = "[...document.querySelectorAll('#words button')].indexOf(document.activeElement)"
    assert page.evaluate(focused) >= 0
    page.keyboard.press("Home")
    assert page.evaluate(focused) == 0
    page.keyboard.press("ArrowRight")
    assert page.evaluate(focused) == 1
    style = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(style) == "solid", "focus is visible"
    before = probability(page)
    page.keyboard.press("Enter")
    assert pressed(page)[1] is False and probability(page) != before
    page.keyboard.press("Space")
    assert all(pressed(page)) and probability(page) == before
    top = "document.activeElement.getBoundingClientRect().top"
    height = page.evaluate(top)
    page.keyboard.press("ArrowDown")
    assert page.evaluate(top) > height
    page.keyboard.press("ArrowUp")
    assert page.evaluate(top) == height
    page.keyboard.press("End")
    assert page.evaluate(focused) == len(pressed(page)) - 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "more", "one stop for the words"


def test_a_word_is_added_by_typing(opened):
    page = words_page(opened)
    offered = page.eval_on_selector_all("#list option", "all => all.map(o => o.value)")
    assert len(offered) == 300
    there = page.locator("#words button").all_inner_texts()
    word = next(word for word in offered if word not in there)
    before = probability(page)
    page.locator("#more").fill(word.upper())
    page.keyboard.press("Enter")
    assert page.locator("#words button").last.inner_text() == f"+ {word}"
    assert len(pressed(page)) == len(there) + 1 and probability(page) != before
    page.locator("#more").fill("xyzzy")
    page.locator("#add button").click()
    assert "“xyzzy” is not among the 300 words" in text(page, "#added")
    page.locator("#words button").last.click()
    assert probability(page) == before
    page.locator("#choose").select_option("1")
    page.locator("#choose").select_option("0")
    assert page.locator("#words button").all_inner_texts() == there


# --- folds ------------------------------------------------------------------------------------


def folds_page(opened, **options):
    page = opened("folds.html", **options)
    page.wait_for_selector(READY)
    return page


def circles(page):
    return page.locator("#plot circle").count()


def test_deals_add_to_the_histograms(opened):
    page = folds_page(opened)
    said = text(page, "#said")
    assert said.startswith("Deal 1 leaves the samples in their order: folds from")
    assert circles(page) == 4 + 4 + 1
    page.locator("#deal").click()
    assert text(page, "#said").startswith("Deal 2: folds from") and circles(page) == 4 + 8 + 2
    page.locator("#many").click()
    assert circles(page) == 4 + 88 + 22
    assert "In 22 deals single folds went from" in text(page, "#said")
    widths = page.eval_on_selector_all("#plot rect", "all => all.map(r => r.width.baseVal.value)")
    assert widths[0] > 2 * widths[1], "means move less than single folds"
    page.locator("#over").click()
    assert text(page, "#said") == said and circles(page) == 9


def test_a_seed_deals_alike_and_another_one_does_not(opened):
    page = folds_page(opened)

    def second(seed):
        page.locator("#seed").fill(str(seed))
        page.keyboard.press("Enter")
        page.locator("#over").click()
        page.locator("#deal").click()
        return text(page, "#said")

    assert second(5) == second(5) != second(6)
    assert second(0) == second(1), "seeds begin with 1"


def test_a_chosen_fold_is_the_strong_color(opened):
    page = folds_page(opened)
    buttons = page.locator("#scores button")
    alpha = """canvas => {
        const context = canvas.getContext('2d');
        const opaque = y => context.getImageData(5, y, 1, 1).data[3];
        return [opaque(5), opaque(canvas.height - 15)];
    }"""
    assert page.eval_on_selector("#samples", alpha)[0] == 255
    buttons.nth(3).click()
    first, last = page.eval_on_selector("#samples", alpha)
    assert first < 128 < last and "Fold 3 validates" in text(page, "#fold")
    assert buttons.nth(3).get_attribute("aria-pressed") == "true"


def test_folds_are_dealt_by_keyboard_on_a_phone(opened):
    page = folds_page(opened, viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    reached = []
    for _ in range(5):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid", "focus is visible"
    assert reached == ["deal", "many", "folds", "seed", "over"]
    page.locator("#folds").focus()
    page.keyboard.press("ArrowRight")
    assert text(page, "#k") == "5" and page.locator("#scores button").count() == 5
    page.keyboard.press("End")
    assert text(page, "#k") == "10" and circles(page) == 10 + 10 + 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("#deal").focus()
    page.keyboard.press("Enter")
    assert text(page, "#said").startswith("Deal 2")
    for _ in range(15):
        page.locator("#many").click()
    assert page.locator("#deal").is_disabled() and "In 300 deals" in text(page, "#said")
