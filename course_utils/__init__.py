"""Convnets, Measured: what would distract in a chapter (data, plots, checks, runs)."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from course_utils.claims import claim
    from course_utils.predictions import predict

__all__ = ["claim", "predict"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """`claim` and `predict`, loaded when a notebook asks for them."""
    if name == "claim":
        from course_utils.claims import claim

        return claim
    if name == "predict":
        from course_utils.predictions import predict

        return predict
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
