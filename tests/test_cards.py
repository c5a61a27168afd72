"""A card tells in words and by an icon what its color tells, on light and on dark pages."""

import re
import subprocess
import sys

import pytest

from course_utils import cards

PAGES = {"white": (255, 255, 255), "JupyterLab's dark": (17, 17, 17)}
INK = {"white": (33, 33, 33), "JupyterLab's dark": (255, 255, 255)}


def luminance(color):
    parts = [c / 255 for c in color]
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one, other):
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("kind", cards.KINDS)
def test_a_card_is_legible_on_every_page(kind, page):
    _, shown = cards.card(kind, "word", "so it is")
    r, g, b, tint = re.search(r"rgba\((\d+), (\d+), (\d+), ([\d.]+)\)", shown).groups()
    border, share = (int(r), int(g), int(b)), float(tint)
    ground = [share * c + (1 - share) * p for c, p in zip(border, PAGES[page], strict=True)]
    assert "color: inherit" in shown and contrast(INK[page], ground) > 7
    assert contrast(border, PAGES[page]) >= 3


def test_each_kind_has_an_icon_of_its_own():
    shown = [cards.card(kind, "word")[1] for kind in cards.KINDS]
    assert len({re.sub(r"rgba?\([^)]*\)", "", page) for page in shown}) == len(cards.KINDS) == 3


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (("held",), "held"),
        (("held", "a < b"), "held: a < b"),
        (("held", "a < b", "(1 < 2)"), "held: a < b (1 < 2)"),
        (("held", "", "(1 < 2)", "and now?"), "held: (1 < 2)"),
    ],
)
def test_text_is_one_line_and_html_holds_all(parts, text):
    plain, page = cards.card("good", *parts)
    assert plain == text
    seen = re.sub(r"<[^>]+>", "", page).replace("&lt;", "<")
    assert all(part in seen for part in parts)
    assert page.count("&lt;") == text.count("<")


def test_without_ipython_the_text_is_printed():
    code = "import sys\nfrom course_utils import cards\ncards.show('held', '<b>held</b>')"
    code += "\nprint('IPython' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "held\nFalse\n"
