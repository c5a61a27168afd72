"""The chapters in JupyterLab, in a real browser: Run All Cells, no error, pictures of every page.

Profile and data are quick and synthetic unless the environment says otherwise. The pictures land in
`screenshots/` of the build folder.
"""

import json
import math
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from unittest import mock

import nbformat
import notebook_tools as tools
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course_utils import config, jupyterlab

pytestmark = pytest.mark.browser

SETTINGS = {"notebook-extension/tracker": {"windowingMode": "none"}}  # every cell is in the page
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
MINUTES = {"quick": 8, "lesson": 20, "full": 480}  # patience, not a claim
PROFILE = os.environ.get("COURSE_PROFILE", "quick")  # read before tests are isolated
PAGE = {"width": 1280, "height": 1500}
PROMPTS = (  # those of folded cells are empty
    "() => [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')]"
    ".map(e => e.innerText).filter(text => text)"
)
ENDED = f"""() => {{
    const prompts = ({PROMPTS})();
    return prompts[0] !== '[ ]:' && !prompts.includes('[*]:');
}}"""
SCROLLER = """() => {
    const scrolls = e => e.scrollHeight > e.clientHeight
        && /auto|scroll/.test(getComputedStyle(e).overflowY);
    let box = document.querySelector('.jp-Notebook-cell');
    while (!scrolls(box) && box.parentElement) box = box.parentElement;
    return box;
}"""
EXTENT = """box => {
    const last = [...document.querySelectorAll('.jp-Notebook-cell')].at(-1);
    const below = last.getBoundingClientRect().bottom - box.getBoundingClientRect().top;
    return [below + box.scrollTop, box.clientHeight];
}"""


PYTHON = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
PLAYS = "<p id='plays'></p><script>document.getElementById('plays').textContent = 6 * 7</script>"
FIRST = new_notebook(
    metadata={"kernelspec": PYTHON, "language_info": {"name": "python"}},
    cells=[
        new_markdown_cell("# First chapter\n\n## Its section"),
        new_code_cell("folded = 1", metadata={"jupyter": {"source_hidden": True}}),
        new_code_cell("shown = 2", outputs=[new_output("display_data", {"text/html": PLAYS})]),
    ],
)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def prepared(nb):
    """A copy of `nb` as a learner gets it, without outputs."""
    nb = nbformat.from_dict(nb)
    for cell in tools.code(nb):
        cell.outputs, cell.execution_count = [], None
    return nb


@contextmanager
def server(root, scratch):
    """JupyterLab over the folder `root` as `make lab` starts it; yields its address."""
    for name, content in SETTINGS.items():
        file = scratch / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content))
    defaults = {"COURSE_PROFILE": "quick", "COURSE_SOURCE": "synthetic", "COURSE_STRICT": "1"}
    folders = {
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "IPYTHONDIR": "ipython",
    }
    env = defaults | os.environ | {k: str(scratch / v) for k, v in folders.items()}
    address = f"http://127.0.0.1:{free_port()}"
    with mock.patch.dict(os.environ, env | {"COURSE_BUILD": str(scratch / "build")}):
        options = jupyterlab.options(root)
    options += [
        f"--ServerApp.port={address.rsplit(':', 1)[1]}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=course",
        "--no-browser",
    ]
    log = scratch / "server.log"
    with log.open("w") as out:
        command = [sys.executable, "-m", "jupyterlab", *options]
        process = subprocess.Popen(command, env=env, stdout=out, stderr=out)
    try:
        wait_for(f"{address}/api?token=course", process, log)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_for(url, process, log, seconds=90):
    for _ in range(seconds * 2):
        assert process.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.URLError:
            time.sleep(0.5)
    raise TimeoutError(log.read_text())


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """(browser page, folder that JupyterLab serves, its address)."""
    from playwright.sync_api import sync_playwright

    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    chromium = next(filter(None, map(shutil.which, names)), None)
    if chromium is None:
        pytest.skip("no Chromium or Chrome on this machine")
    root, scratch = tmp_path_factory.mktemp("course"), tmp_path_factory.mktemp("lab")
    (root / "notebooks").mkdir()
    nbformat.write(FIRST, root / "notebooks" / "01_first.ipynb")
    with server(root, scratch) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS.split())
        page = browser.new_page(viewport=PAGE)
        page.set_default_timeout(90_000)
        yield page, root, address
        browser.close()


def run_all(lab, nb, stem, patience=240):
    """Open `nb`, run all its cells, save; returns the saved notebook and the pages' pictures."""
    page, root, address = lab
    path = root / f"{stem}.ipynb"
    nbformat.write(prepared(nb), path)
    page.goto(f"{address}/lab/tree/{path.name}?token=course&reset")
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    page.locator(".lm-MenuBar-itemLabel", has_text="Run").first.click()
    page.locator(".lm-Menu-itemLabel", has_text="Run All Cells").first.click()
    page.wait_for_function(ENDED, timeout=patience * 1000, polling=500)
    page.keyboard.press("Control+s")
    shown, saved = page.evaluate(PROMPTS), []
    for _ in range(60):
        try:
            nb = nbformat.read(path, as_version=4)
        except nbformat.reader.NotJSONError:  # JupyterLab is writing it
            saved = ["half a file"]
        else:
            cells = [c for c in tools.code(nb) if not c.metadata.get("jupyter")]  # not folded
            saved = [f"[{cell.execution_count or ' '}]:" for cell in cells]
        if saved == shown:
            return nb, pictures(page, stem)
        page.wait_for_timeout(500)
    raise TimeoutError(f"not saved: the file says {saved}, the page {shown}")


def screenshots():
    folder = config.build_folder() / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def pictures(page, stem):
    """Screenshots of the whole notebook, one window after the other."""
    folder = screenshots()
    for old in folder.glob(f"{stem}-*.png"):
        old.unlink()
    box = page.evaluate_handle(SCROLLER)
    height, window = page.evaluate(EXTENT, box)
    made = []
    for number in range(math.ceil(height / window)):
        page.evaluate("([box, y]) => box.scrollTo(0, y)", [box, number * window])
        page.wait_for_timeout(300)
        made.append(folder / f"{stem}-{number + 1:02d}.png")
        page.screenshot(path=made[-1])
    return made


def test_it_opens_on_the_first_chapter_beside_its_contents(lab):
    page, root, address = lab
    path = root / "notebooks" / "01_first.ipynb"
    before = path.read_bytes()
    page.goto(f"{address}/?token=course")
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    contents = page.locator("#table-of-contents:visible .jp-tocItem-heading")
    contents.nth(1).wait_for()
    assert contents.all_inner_texts() == ["First chapter", "Its section"]
    assert page.locator(".jp-CodeCell .jp-InputArea-editor:visible").all_inner_texts() == [
        "shown = 2"
    ]
    assert page.locator(".jp-InputPlaceholder").inner_text() == "folded = 1"
    page.locator("#plays", has_text="42").wait_for()  # as it came: a trusted chapter
    page.wait_for_timeout(3_000)
    assert page.get_by_text("Jupyter news").count() == 0
    assert page.locator(".jp-mod-dirty").count() == 0, "unsaved before a key was pressed"
    page.locator(".jp-CodeCell").last.click()
    page.keyboard.press("Shift+Enter")
    page.locator(".jp-mod-dirty").first.wait_for()  # now it is
    page.keyboard.press("Control+s")
    page.wait_for_function("() => !document.querySelector('.jp-mod-dirty')")
    saved = nbformat.read(path, as_version=4)
    assert path.read_bytes() != before and saved.metadata == FIRST.metadata


def test_a_widget_lives_on_when_its_notebook_is_opened_again(lab):
    page, _, address = lab
    cells = ["import ipywidgets\nipywidgets.IntSlider(7)"]
    nb = new_notebook(metadata=FIRST.metadata, cells=[*map(new_code_cell, cells)])
    run_all(lab, nb, "widget")
    for kernel in json.load(urllib.request.urlopen(f"{address}/api/kernels?token=course")):
        url = f"{address}/api/kernels/{kernel['id']}?token=course"
        urllib.request.urlopen(urllib.request.Request(url, method="DELETE"))
    page.goto(f"{address}/lab/tree/widget.ipynb?token=course&reset")
    page.locator(".widget-slider .widget-readout", has_text="7").wait_for()
    assert page.get_by_text("Error displaying widget").count() == 0


LONG = """\
import keras, numpy as np
from course_utils import training
x, y = np.eye(8, dtype="float32"), np.arange(8) % 2
build = lambda: keras.Sequential([keras.Input((8,)), keras.layers.Dense(2, "softmax")])
runs = training.measure(build, (x, y), (x, y), steps=1_000_000, label="a long one")"""


def test_a_training_is_watched_and_stopped_without_a_traceback(lab):
    page, root, address = lab
    path = root / "long.ipynb"
    nbformat.write(new_notebook(metadata=FIRST.metadata, cells=[new_code_cell(LONG)]), path)
    page.goto(f"{address}/lab/tree/long.ipynb?token=course&reset")
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    page.keyboard.press("Shift+Enter")
    page.locator(".jp-OutputArea svg[aria-label='accuracy so far'] polyline").wait_for()
    told = page.locator(".jp-OutputArea-output progress").get_attribute("aria-label")
    assert told.startswith("a long one · seed 0 · step ")
    page.screenshot(path=screenshots() / "progress.png")
    page.locator("[data-command='notebook:interrupt-kernel']").first.click()
    stopped = page.locator(".jp-OutputArea-output", has_text="Interrupted: ")
    stopped.wait_for()
    assert len(stopped.inner_text().strip().splitlines()) == 1
    assert page.locator(".jp-OutputArea-output progress").count() == 0
    assert page.locator(".jp-OutputArea-output").first.inner_text().startswith("Stopped after ")
    page.screenshot(path=screenshots() / "stopped.png")


@pytest.mark.parametrize("path", tools.NOTEBOOKS, ids=lambda path: path.stem)
def test_chapter_runs_in_the_browser(lab, path):
    nb = nbformat.read(path, as_version=4)
    patience = 60 * MINUTES[PROFILE]
    saved, pages = run_all(lab, nb, path.stem, patience)
    assert tools.outputs(saved) == []
    assert lab[0].locator(".jp-RenderedText[data-mime-type$='.stderr']").count() == 0
    folded = lab[0].locator("details > summary", has_text="Solution")
    assert folded.count() == len(tools.exercises(nb)) >= 2
    assert lab[0].locator("details[open]").count() == 0
    assert len(pages) > 1 and all(picture.stat().st_size > 10_000 for picture in pages)


def test_bars_and_figures_show_and_errors_are_seen(lab):
    """The harness itself: a bar, one picture a figure; an error ends the run and is found."""
    cells = [
        "from tqdm.notebook import tqdm\nfor i in tqdm(range(3)):\n    pass",
        "import numpy as np\nfrom course_utils import plots\n"
        "plots.images(np.eye(28)[None], title='One')",
        "1 / 0",
        "print('never')",
    ]
    nb = new_notebook(cells=[new_markdown_cell("# Harness"), *map(new_code_cell, cells)])
    nb.metadata.kernelspec = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
    saved, pages = run_all(lab, nb, "harness")
    assert [breach.split(": ")[1] for breach in tools.outputs(saved)] == [
        "stored error ZeroDivisionError",
        "execution count None, not 4",
    ]
    assert lab[0].locator(".jp-RenderedImage img").count() == 1
    assert lab[0].locator(".widget-hprogress, .jupyter-widgets.widget-inline-hbox").count() >= 1
    assert len(pages) == 1
