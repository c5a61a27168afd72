"""Predictions in Chromium: chosen by keyboard, answered, kept, listed; as a page, in JupyterLab."""

import nbformat
import notebook_tools as tools
import pytest
from nbformat.v4 import new_code_cell
from test_browser import lab, run_all  # noqa: F401 (a fixture)

from course_utils.runner import pages

pytestmark = pytest.mark.browser

DENIED = """Object.defineProperty(window, "localStorage", {
    get() { throw new DOMException("denied", "SecurityError"); }
});"""
CELLS = [
    "from course_utils import config, course, predict\n"
    "config.note_run('quick', [], '99')\n"
    "guess = predict('What is left at a shift of <4> pixels?', ['all', 'half', '\"none\"'])\n"
    "other = predict('Which has more parameters?', ['LeNet', 'the dense network'])",
    "guess.answer('half', '0.52 of the digits')",
    "other.answer('the dense network')",
    "predict('Is it ever measured?', ['yes', 'no'])\ncourse.surprises()",
]
ANSWER, SURPRISES = "[data-course=answer]", "[data-course=surprises]"


def notebook():
    nb = nbformat.v4.new_notebook(cells=[*map(new_code_cell, CELLS)])
    nb.metadata.kernelspec = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
    return nb


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The page of the executed notebook, its cells twice on it, as a file."""
    nb, folder = notebook(), tmp_path_factory.mktemp("page")
    tools.execute(nb)
    again = nbformat.from_dict(nb).cells
    for cell in again:
        cell.id += "-again"
    nb.cells += again
    nbformat.write(nb, folder / "page.ipynb")
    pages.page(folder / "page.ipynb", folder / "page.html")
    return (folder / "page.html").as_uri()


@pytest.fixture
def page(lab):  # noqa: F811
    """A page without a network, as wide as a phone; no script on it may fail."""
    size = {"width": 390, "height": 800}
    context = lab[0].context.browser.new_context(viewport=size, offline=True)
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(error))
    yield page
    context.close()
    assert errors == []


def choose(page, *keys):
    """Press keys on the first radio button of the first question."""
    page.locator("[data-course=question] input").first.focus()
    for key in keys:
        page.keyboard.press(key)


def texts(page, selector):
    return [" ".join(text.split()) for text in page.locator(selector).all_inner_texts()]


@pytest.mark.parametrize("storage", ["kept", "denied"])
def test_a_choice_by_keyboard_is_answered_and_listed(page, address, storage):
    if storage == "denied":
        page.add_init_script(DENIED)
    page.goto(address)
    assert texts(page, ANSWER)[0] == "○ Answer: half (0.52 of the digits)"
    assert "You have made no prediction yet." in texts(page, SURPRISES)[0]
    choose(page, "Space")
    said = "○ You said all · measured: half (0.52 of the digits) · a surprise"
    assert texts(page, ANSWER)[::2] == [said, said], "wherever the answer stands on the page"
    choose(page, "ArrowDown")
    said = "○ You said half · measured: half (0.52 of the digits) · as predicted"
    assert texts(page, ANSWER)[::2] == [said, said]
    assert "Surprises: 0 of 1 predictions." in texts(page, SURPRISES)[0]
    choose(page, "ArrowDown", "ArrowDown")
    page.get_by_label("the dense network").last.check()
    table = texts(page, SURPRISES)
    assert table[0] == table[1]
    assert '<4> pixels? "none" half (0.52 of the digits)' in table[0]
    assert "parameters? the dense network the dense network" in table[0]
    assert "ever measured? – –" in table[0]
    assert "Surprises: 1 of 2 predictions." in table[0]
    checked = page.locator("input:checked").evaluate_all("all => all.map(e => e.value)")
    assert checked == ['"none"', "the dense network"] * 2
    page.reload()
    kept = 'You said "none"' in texts(page, ANSWER)[0]
    assert kept == (storage == "kept")


def test_it_fits_the_width_of_a_phone_and_tells_what_it_is(page, address):
    page.goto(address)
    widths = page.locator("[data-course]").evaluate_all("all => all.map(e => e.scrollWidth)")
    assert len(widths) == 12 and max(widths) <= 390
    group = page.get_by_role("group", name="Predict: What is left at a shift of <4> pixels?").first
    assert [group.get_by_role("radio", name=n).count() for n in ("all", "half")] == [1, 1]


def test_in_jupyterlab_arrows_choose_and_cells_run_again(lab):  # noqa: F811
    saved, _ = run_all(lab, notebook(), "predictions")
    assert tools.outputs(saved) == []
    page = lab[0]
    choose(page, "ArrowDown", "ArrowDown")
    assert texts(page, ANSWER)[0].startswith('○ You said "none" · measured: half')
    assert "Surprises: 1 of 1 predictions." in texts(page, SURPRISES)[0]
    run_all(lab, notebook(), "predictions")
    assert texts(page, ANSWER)[0].startswith('○ You said "none" · measured: half')
    assert page.locator("input:checked").evaluate_all("all => all.map(e => e.value)") == ['"none"']
