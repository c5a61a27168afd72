"""Predictions: the reader chooses before the run, the page answers after it, the end lists all.

What the reader chooses stays in the browser (`predictions.js`): a page without a kernel keeps it as
well, and no run depends on it.
"""

import html
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from course_utils import cards, config

# by chapter and question, in the order of the chapter
_made: dict[tuple[str | None, str], "Prediction"] = {}
_OWN_KEYS = 'data-lm-suppress-shortcuts="true"'  # JupyterLab leaves it the arrow keys


class Prediction:
    """A question with its choices, and its answer as soon as the chapter has measured it.

    Attributes
    ----------
    question, choices : as `predict` was given them
    answered, measured : the right choice and what was measured; "" until `answer` is called
    """

    def __init__(self, question: str, choices: list[str]) -> None:
        self.question, self.choices = question, choices
        self.answered = self.measured = ""

    def _ipython_display_(self) -> None:
        """Nothing: `predict` has shown it, also where it ends a cell."""

    def answer(self, choice: str, measured: str = "") -> None:
        """Show which choice was right, what was measured, and what the reader had said.

        Parameters
        ----------
        choice : one of the choices
        measured : what was measured, in a few words with its numbers

        Raises
        ------
        ValueError for another choice

        Examples
        --------
        >>> guess = predict("What is left at a shift of 4 pixels?", ["nearly all", "half"])
        Predict: What is left at a shift of 4 pixels? nearly all | half
        >>> guess.answer("half", f"{0.52:.0%} of the digits")
        Answer: half (52% of the digits)
        """
        if choice not in self.choices:
            raise ValueError(f"the answer {choice!r} is no choice: {', '.join(self.choices)}")
        self.answered, self.measured = choice, measured
        inside = f"<span data-said>Answer</span>: {self.page()} <span data-verdict></span>"
        page = f'<div {self.data("answer")} role="status">{cards.box("note", inside)}</div>'
        cards.show(self.text(), page + _script())

    def text(self) -> str:
        """The answer in one line; "" before it is known."""
        measured = f" ({self.measured})" if self.measured else ""
        return f"Answer: {self.answered}{measured}" if self.answered else ""

    def page(self) -> str:
        """The answer as HTML; "" before it is known."""
        measured = f" (<data>{html.escape(self.measured)}</data>)" if self.measured else ""
        return f"<strong>{html.escape(self.answered)}</strong>{measured}" if self.answered else ""

    def data(self, kind: str = "") -> str:
        """What the script has to know, as attributes of an element."""
        given = {
            "data-course": kind,
            "data-key": f"course/{config.chapter() or ''}/{self.question}",
            "data-choices": json.dumps(self.choices, ensure_ascii=False),
            "data-answer": "" if kind == "question" else self.answered,
        }
        return " ".join(f'{name}="{html.escape(v)}"' for name, v in given.items() if v)


def predict(question: str, choices: Sequence[str]) -> Prediction:
    """Ask the reader for a prediction, before the cells that measure it.

    Parameters
    ----------
    question : what to predict
    choices : two or more answers to choose from

    Returns
    -------
    Prediction
        Its `answer` says later which choice was right.

    Raises
    ------
    ValueError for a question without words, fewer than two choices or two alike

    Examples
    --------
    >>> guess = predict("Which one has more parameters?", ["LeNet-5", "the dense network"])
    Predict: Which one has more parameters? LeNet-5 | the dense network
    >>> guess.answer("the dense network")
    Answer: the dense network
    """
    choices = [choices] if isinstance(choices, str) else [*map(str, choices)]
    if not question.strip() or len({*choices}) < max(2, len(choices)) or "" in choices:
        raise ValueError("a prediction takes a question and two or more different choices")
    key = config.chapter(), question
    made = _made.get(key)
    if made is None or made.choices != choices:
        made = _made[key] = Prediction(question, choices)
    group = html.escape(f"prediction-{question}")
    shown = [html.escape(choice) for choice in choices]
    radios = "".join(
        '<label style="display: block; padding: 0.2em 0; cursor: pointer">'
        f'<input type="radio" {_OWN_KEYS} name="{group}" value="{choice}"> {choice}</label>'
        for choice in shown
    )
    page = (
        f"<fieldset {made.data('question')} "
        'style="border: 1px solid rgb(21, 101, 192); border-radius: 2px; padding: 0.4em 0.8em">'
        f"<legend><strong>Predict</strong>: {html.escape(question)}</legend>{radios}</fieldset>"
    )
    cards.show(f"Predict: {question} {' | '.join(choices)}", page + _script())
    return made


def surprises() -> None:
    """List every prediction of the chapter, with what the reader said and what was measured.

    Examples
    --------
    >>> predict("Is it faster?", ["yes", "no"]).answer("no", "1.3 times the seconds")
    Predict: Is it faster? yes | no
    Answer: no (1.3 times the seconds)
    >>> surprises()  # doctest: +ELLIPSIS
    Predictions:
    ...Is it faster? Answer: no (1.3 times the seconds)
    """
    mine = [made for (chapter, _), made in _made.items() if chapter == config.chapter()]
    lines, rows = ["Predictions:" if mine else "There are no predictions so far."], []
    for made in mine:
        lines.append(f"{made.question} {made.text() or 'not measured yet'}")
        cells = html.escape(made.question), "<span data-said>–</span>", made.page() or "–"
        shown = "".join(f'<td style="text-align: left">{cell}</td>' for cell in cells)
        rows.append(f"<tr {made.data()}>{shown}</tr>")
    heads = "".join(
        f'<th scope="col" style="text-align: left">{head}</th>'
        for head in ("prediction", "you said", "measured")
    )
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    page = f'<div data-course="surprises">{table}<p role="status"></p></div>{_script()}'
    cards.show("\n".join(lines), page if mine else html.escape(lines[0]))


@cache
def _script() -> str:
    return f"<script>{Path(__file__).with_suffix('.js').read_text(encoding='utf-8')}</script>"
