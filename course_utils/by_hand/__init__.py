"""The arithmetic of convolutional networks by hand: NumPy alone, forward and backward.

Convolution and pooling stand here twice: `…_loops` reads like the formula, the function of the
plain name gives the same fast.
"""

from course_utils.by_hand.convolution import (
    convolve,
    convolve_backward,
    convolve_backward_loops,
    convolve_loops,
)
from course_utils.by_hand.dense import (
    cross_entropy,
    cross_entropy_backward,
    dense,
    dense_backward,
    relu,
    relu_backward,
    sigmoid,
    softmax,
    softmax_backward,
    softmax_cross_entropy,
    softmax_cross_entropy_backward,
)
from course_utils.by_hand.network import forward
from course_utils.by_hand.pooling import (
    average_pool,
    average_pool_backward,
    average_pool_backward_loops,
    average_pool_loops,
    max_pool,
    max_pool_backward,
    max_pool_backward_loops,
    max_pool_loops,
)
from course_utils.by_hand.windows import add_windows, output_size, receptive_field, windows

__all__ = [
    "add_windows",
    "average_pool",
    "average_pool_backward",
    "average_pool_backward_loops",
    "average_pool_loops",
    "convolve",
    "convolve_backward",
    "convolve_backward_loops",
    "convolve_loops",
    "cross_entropy",
    "cross_entropy_backward",
    "dense",
    "dense_backward",
    "forward",
    "max_pool",
    "max_pool_backward",
    "max_pool_backward_loops",
    "max_pool_loops",
    "output_size",
    "receptive_field",
    "relu",
    "relu_backward",
    "sigmoid",
    "softmax",
    "softmax_backward",
    "softmax_cross_entropy",
    "softmax_cross_entropy_backward",
    "windows",
]
