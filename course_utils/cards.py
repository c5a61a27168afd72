"""A colored card in a notebook, one line of text elsewhere: claims, exercises, predictions."""

import html
import sys

# Icon and the color of its border: each tells apart what the word says, too. The background is a
# tint and the text has the page's own color, so that light and dark pages are legible alike.
KINDS = {
    "good": ("✓", "46, 125, 50"),
    "bad": ("✗", "230, 81, 0"),
    "note": ("○", "21, 101, 192"),
}
_STYLE = (
    "border-left: 4px solid rgb({rgb}); background: rgba({rgb}, 0.12); color: inherit; "
    "padding: 0.4em 0.8em; margin: 0.25em 0; border-radius: 2px; overflow-wrap: anywhere"
)


def shown_as_page() -> bool:
    """Whether IPython takes what is displayed; without it there is only standard output."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and ipython.get_ipython() is not None


def show(plain: str, page: str) -> None:
    """Display one output that is `plain` as text and `page` as HTML; without IPython print it."""
    if not shown_as_page():
        print(plain)
        return
    from IPython.display import display

    display({"text/plain": plain, "text/html": page}, raw=True)


def box(kind: str, inside: str) -> str:
    """HTML of a card around `inside`, which is HTML already."""
    icon, rgb = KINDS[kind]
    style = _STYLE.format(rgb=rgb)
    return (
        f'<div class="course-card" style="{style}">'
        f'<span aria-hidden="true" style="font-weight: bold">{icon}</span> {inside}</div>'
    )


def card(
    kind: str, word: str, sentence: str = "", numbers: str = "", advice: str = ""
) -> tuple[str, str]:
    """A card as text and as HTML: its word, a sentence with its numbers, what to do next.

    Parameters
    ----------
    kind : "good", "bad" or "note"
    word : what the card says, such as "held"
    sentence, numbers, advice : plain text, each may be empty; the advice is on the card alone
    """
    rest = " ".join(filter(None, (sentence, numbers)))
    inside = f"<strong>{html.escape(word)}</strong>"
    if sentence:
        inside += f": {html.escape(sentence)}"
    if numbers:
        inside += f' <span class="course-numbers">{html.escape(numbers)}</span>'
    if advice:
        inside += f'<div style="margin-top: 0.25em">{html.escape(advice)}</div>'
    return f"{word}: {rest}" if rest else word, box(kind, inside)
