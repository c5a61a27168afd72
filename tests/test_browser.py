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

import nbformat
import notebook_tools as tools
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_utils import config

pytestmark = pytest.mark.browser

SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "notebook-extension/tracker": {"windowingMode": "none"},  # every cell is in the page
}
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
MINUTES = {"quick": 8, "lesson": 20, "full": 480}  # patience, not a claim
PROFILE = os.environ.get("COURSE_PROFILE", "quick")  # read before tests are isolated
PAGE = {"width": 1280, "height": 1500}
PROMPTS = (
    "() => [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(e => e.innerText)"
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
    """JupyterLab over the folder `root`; yields its address, without the token's query."""
    for name, content in SETTINGS.items():
        file = scratch / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content))
    defaults = {"COURSE_PROFILE": "quick", "COURSE_SOURCE": "synthetic", "COURSE_STRICT": "1"}
    folders = {
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "IPYTHONDIR": "ipython",
    }
    env = defaults | os.environ | {k: str(scratch / v) for k, v in folders.items()}
    address = f"http://127.0.0.1:{free_port()}"
    options = [
        f"--ServerApp.root_dir={root}",
        f"--ServerApp.port={address.rsplit(':', 1)[1]}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=course",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--no-browser",
        *(["--allow-root"] if getattr(os, "geteuid", lambda: 1)() == 0 else []),
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
            saved = [f"[{cell.execution_count or ' '}]:" for cell in tools.code(nb)]
        if saved == shown:
            return nb, pictures(page, stem)
        page.wait_for_timeout(500)
    raise TimeoutError(f"not saved: the file says {saved}, the page {shown}")


def pictures(page, stem):
    """Screenshots of the whole notebook, one window after the other."""
    folder = config.build_folder() / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
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
