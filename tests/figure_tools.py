"""What a drawn figure says, and whether its texts overlap."""

import matplotlib.text
from matplotlib.backends.backend_agg import FigureCanvasAgg


def texts(figure):
    figure.draw_without_rendering()
    return [t.get_text() for t in figure.findobj(matplotlib.text.Text) if t.get_visible()]


def overlapping(figure):
    """Pairs of visible texts of one figure whose boxes share more than a pixel."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    found = [t for t in figure.findobj(matplotlib.text.Text) if t.get_visible() and t.get_text()]
    boxes = [(t.get_text(), t.get_window_extent(renderer)) for t in found]
    return [
        (a, b)
        for i, (a, one) in enumerate(boxes)
        for b, two in boxes[i + 1 :]
        if min(one.x1, two.x1) - max(one.x0, two.x0) > 1
        and min(one.y1, two.y1) - max(one.y0, two.y0) > 1
    ]
