"""The display of a cell in which networks are trained: a picture that lives, then a line."""

import html
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

WIDE, HIGH = 320, 56  # pixels of a curve
TRAINING, VALIDATION = "#0072B2", "#D55E00"  # legible on white and on black
Point = tuple[float, float]


def duration(seconds: float) -> str:
    """12 s, 3 min 20 s, 1 h 5 min.

    Examples
    --------
    >>> duration(12.3), duration(200), duration(3900)
    ('12 s', '3 min 20 s', '1 h 5 min')
    """
    minutes, whole = divmod(round(seconds), 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes} min {whole} s" if minutes else f"{whole} s"


def counted(number: int, what: str) -> str:
    """1 network, 1,200 networks."""
    return f"{number:,} {what[:-1] if number == 1 else what}"


class Display:
    """What one cell shows of its trainings: a picture that lives, then one line of plain text.

    However many trainings a cell has, they share it. Plain text needs no script and no widget: a
    notebook that was saved opens clean. Without a `shell`, of IPython, nothing is shown.
    """

    def __init__(self, shell: Any) -> None:
        self.shell, self.cell = shell, shell and shell.execution_count
        self.began, self.shown, self.handle = time.monotonic(), 0.0, None
        self.done: Counter[str] = Counter()
        self.found, self.note = 0, ""  # results measured before; the last training's numbers
        if shell:
            shell.events.register("post_run_cell", self.end)

    def show(self, text: str, picture: str = "") -> None:
        """Put `text` (and `picture`, in HTML) in the place of what was shown before."""
        if not self.shell:
            return
        from IPython.display import display

        content = {"text/plain": text.rstrip()} | ({"text/html": picture} if picture else {})
        self.shown = time.monotonic()
        if self.handle is None:
            self.handle = display(content, raw=True, display_id=True)
        else:
            self.handle.update(content, raw=True)

    def summary(self) -> str:
        """What was done, in one line; "" where nothing was."""
        spent = duration(time.monotonic() - self.began)
        done = " and ".join(counted(number, what) for what, number in self.done.items())
        number = self.note if self.done.total() == 1 else ""
        said = [f"Trained {done} in {spent}" + (f": {number}" if number else "")] if done else []
        said += [f"Found {counted(self.found, 'results')} measured before"] if self.found else []
        said += [f"Stopped after {spent}"] if not said and self.handle else []
        return " ".join(f"{sentence}." for sentence in said)

    def end(self, result: Any = None) -> None:
        """The cell has ended, by an error perhaps."""
        self.shell.events.unregister("post_run_cell", self.end)
        if said := self.summary():
            self.show(said)


def picture(
    head: str, share: float, pace: str, curves: Mapping[str, list[Point]], epochs: int
) -> str:
    """In HTML: what is trained, how far it is, and the curves of the training in hand."""
    head = html.escape(head)
    bar = f'<progress max="1" value="{share:.3f}" aria-label="{head}" style="width:{WIDE}px">'
    legend = " &nbsp; ".join(
        f'<span style="color:{_color(name)}">●</span> {html.escape(name)} {line[-1][1]:.4f}'
        for name, line in curves.items()
    )
    return (
        f'<div style="min-height:{HIGH + 70}px;font-variant-numeric:tabular-nums">'
        f"<div>{head}</div>{bar}</progress> {pace}<div>{_svg(curves, epochs)}</div>"
        f"<div>{legend}</div></div>"
    )


def _color(name: str) -> str:
    return VALIDATION if name.startswith("val_") else TRAINING


def _svg(curves: Mapping[str, list[Point]], epochs: int) -> str:
    """Each curve over the whole budget of epochs, a dot for each of its points of validation."""
    values = [y for line in curves.values() for _, y in line] or [0.0]
    low, span = min(values), max(values) - min(values) or 1.0

    def at(point: Point) -> tuple[str, str]:
        x, y = point[0] / epochs, 1 - (point[1] - low) / span
        return f"{(WIDE - 6) * x + 3:.1f}", f"{(HIGH - 6) * y + 3:.1f}"

    drawn = ""
    for name, line in curves.items():
        color, where = _color(name), " ".join(map(",".join, map(at, line)))
        drawn += f'<polyline points="{where}" fill="none" stroke="{color}" stroke-width="1.5"/>'
        for x, y in map(at, line) if color == VALIDATION else ():
            drawn += f'<circle cx="{x}" cy="{y}" r="2.5" fill="{color}"/>'
    label = html.escape(" and ".join(curves))
    size = f'width="{WIDE}" height="{HIGH}"'
    return f'<svg role="img" aria-label="{label} so far" {size}>{drawn}</svg>'
