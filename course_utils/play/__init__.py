"""Figures that play in a browser without a kernel, made from numbers of this very run."""

from course_utils.play.augmentation import augmentation
from course_utils.play.confusion import confusion_matrix
from course_utils.play.convolution import convolution
from course_utils.play.descent import gradient_descent
from course_utils.play.digits import draw_digit
from course_utils.play.folds import folds
from course_utils.play.page import Playable
from course_utils.play.plane import train_in_plane
from course_utils.play.review import review_words

__all__ = [
    "Playable",
    "augmentation",
    "confusion_matrix",
    "convolution",
    "draw_digit",
    "folds",
    "gradient_descent",
    "review_words",
    "train_in_plane",
]
