"""A sentence bound to a comparison of measured numbers."""

from course_utils import record, settings


class ClaimError(AssertionError):
    """A sentence of the chapter that this run's numbers do not bear out."""


def claim(sentence: str, holds: object, *, margin: float | None = None) -> None:
    """Print `sentence` and "held" if the comparison `holds`, else raise ClaimError.

    `margin`: the measured difference behind the comparison, kept in the run's record for those who
    ask how safe the claim is; never printed. Where the reader changed a budget, a sentence that
    does not hold is shown and the run goes on.
    """
    held = bool(holds)
    margin = None if margin is None else float(margin)
    record.note("claim", sentence=sentence, held=held, margin=margin)
    if held:
        print(f"held: {sentence}")
        return
    changed = settings.changed_budget()
    if not changed:
        raise ClaimError(f"this run does not bear out the sentence: {sentence}")
    print(f"did not hold with your {', '.join(changed)}: {sentence}")
