"""Figures of the course. Each function returns a Matplotlib figure that Jupyter shows once."""

from course_utils.plots.charts import confusion, counts, curves, dot_plot, plot_with_range, scatter
from course_utils.plots.graph import model_graph
from course_utils.plots.pictures import images, kernels
from course_utils.plots.style import PALETTE, use_style

__all__ = [
    "PALETTE",
    "confusion",
    "counts",
    "curves",
    "dot_plot",
    "images",
    "kernels",
    "model_graph",
    "plot_with_range",
    "scatter",
    "use_style",
]  # fmt: skip
