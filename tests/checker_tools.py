"""What the tests of all exercise checkers share."""


def said(checker, *answers_and_capsys):
    """What `checker` prints of the answers; the last argument is pytest's `capsys`."""
    *answers, capsys = answers_and_capsys
    checker(*answers)
    return capsys.readouterr().out.strip()


def judged(checker, answer, message, capsys):
    """`checker` says `message` of the `answer`, and "right" only where that is the message."""
    out = said(checker, answer, capsys)
    assert message in out and (message == "right") == (out == "right"), out
