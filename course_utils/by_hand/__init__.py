"""The arithmetic of convolutional networks by hand: NumPy alone, held against SciPy and Keras."""

from course_utils.by_hand.convolution import convolve, convolve_backward, convolve_loops
from course_utils.by_hand.layers import average_pool, max_pool

__all__ = ["average_pool", "convolve", "convolve_backward", "convolve_loops", "max_pool"]
