"""Figures of the course: each function returns one that Jupyter shows once, with an alt text."""

from course_utils.plots.animation import film
from course_utils.plots.arrays import matrices, matrix, responses, sliding
from course_utils.plots.charts import confusion, confusions, counts, dot_plot, histogram, scatter
from course_utils.plots.graph import model_graph
from course_utils.plots.pictures import images, kernels
from course_utils.plots.planes import descent, regions, sheet
from course_utils.plots.series import curves, lines, plot_with_range
from course_utils.plots.style import PALETTE, use_style
from course_utils.plots.tensors import tensors
from course_utils.plots.volumes import filter_volumes, volumes

__all__ = [
    "PALETTE", "confusion", "confusions", "counts", "curves", "descent", "dot_plot", "film",
    "filter_volumes", "histogram", "images", "kernels", "lines", "matrices", "matrix",
    "model_graph", "plot_with_range", "regions", "responses", "scatter", "sheet", "sliding",
    "tensors", "use_style", "volumes",
]  # fmt: skip
