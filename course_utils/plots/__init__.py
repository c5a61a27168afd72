"""Figures of the course. Each function returns a Matplotlib figure that Jupyter shows once."""

from course_utils.plots.charts import against, confusion, counts, curves, ladder, scatter
from course_utils.plots.graph import model_graph
from course_utils.plots.pictures import images, kernels
from course_utils.plots.style import PALETTE, use_style

__all__ = [
    "PALETTE", "against", "confusion", "counts", "curves", "images", "kernels", "ladder",
    "model_graph", "scatter", "use_style",
]  # fmt: skip
