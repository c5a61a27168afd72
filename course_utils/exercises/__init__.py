"""Claims that a chapter stands on, and the checkers of its exercises."""

from course_utils.claims import ClaimError, claim

__all__ = ["ClaimError", "claim"]
