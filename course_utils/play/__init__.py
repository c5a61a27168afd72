"""Figures that play in a browser without a kernel, made from numbers of this very run."""

from course_utils.play.confusion import confusion_matrix
from course_utils.play.digits import draw_digit
from course_utils.play.page import Playable

__all__ = ["Playable", "confusion_matrix", "draw_digit"]
