"""Playable figures in JupyterLab, in its light and its dark theme."""

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from test_browser import lab, run_all, screenshots

pytestmark = pytest.mark.browser
__all__ = ["lab"]
READY = "body[data-ready=yes]"


def test_figures_play_in_jupyterlab_light_and_dark(lab):
    setup = "import numpy as np, keras\nfrom course_utils import datasets, play\n"
    setup += "d = datasets.load('mnist', 'synthetic', train=1, test=50)\n"
    setup += "net = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten(),\n"
    setup += "                        keras.layers.Dense(10, 'softmax')])"
    cells = [setup, "play.draw_digit(net, d.x_test, d.y_test)"]
    cells.append("p = net.predict(d.x_test[..., None] / 255, verbose=0)\n"
                 "play.confusion_matrix(d.x_test, d.y_test, p, '0123456789')")  # fmt: skip
    cells.append("play.convolution(d.x_test, d.y_test)")
    nb = new_notebook(cells=[new_code_cell(source) for source in cells])
    nb.metadata.kernelspec = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
    run_all(lab, nb, "play")
    page = lab[0]
    inside = [page.frame_locator("iframe").nth(i) for i in range(3)]
    for theme in ("light", "dark"):
        for content in inside:
            content.locator(f"{READY}.{theme}").wait_for()
        inside[0].locator("#choose").select_option("1" if theme == "light" else "2")
        inside[0].locator("#said", has_text="True class").wait_for()
        inside[1].locator("button.correct").first.click()
        inside[2].locator("#preset").select_option("4" if theme == "light" else "7")
        inside[2].locator("#map").press("ArrowDown")
        page.screenshot(path=screenshots() / f"play-{theme}.png")
        if theme == "light":
            page.locator(".lm-MenuBar-itemLabel", has_text="Settings").first.click()
            page.locator(".lm-Menu-itemLabel", has_text="Theme").first.click()
            page.locator(".lm-Menu-itemLabel", has_text="JupyterLab Dark").first.click()
