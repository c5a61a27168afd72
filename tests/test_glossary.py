"""The glossary: in order, each term used where it is said to be introduced."""

import re

import notebook_tools as tools
import pytest
from test_words import LIST, PATTERNS

GLOSSARY = tools.FOLDER / "glossary.md"
ROW = re.compile(r"\| (?P<term>.+?) \| (?P<gloss>.+?) \| (?P<chapter>.+?) \|(?P<also>.*)\|")


def terms(text: str) -> dict[str, re.Match[str]]:
    """The rows of the table by their terms."""
    lines = [line for line in text.splitlines() if line.startswith("|")][2:]
    rows = [ROW.fullmatch(line) for line in lines]
    assert all(rows), lines[rows.index(None)]
    assert len({row["term"] for row in rows}) == len(rows), "a term that stands there twice"
    return {row["term"]: row for row in rows}


def pattern(term: str) -> str:
    """The term in any spelling: hyphens or blanks or neither, British or American, inflected."""
    words = re.escape(term).replace(r"\ ", r"[\s_-]*").replace(r"\-", r"[\s_-]*")
    words = re.sub(r"i[sz](?=ation|e)", "i[sz]", words)
    words = re.sub(r"(?:y|ing|e)$", "", words)
    return rf"(?<![a-z]){words}(?:s|es|y|ies|e|ed|ing|d)?(?![a-z])"


def used(term: str, text: str) -> bool:
    return bool(re.search(pattern(term), text, re.IGNORECASE))


def introduced(term: str, text: str) -> bool:
    """Whether it stands there as italics or bold, which is how a text introduces a term."""
    return bool(re.search(rf"(?i)\*{pattern(term)}[.:,]?\*", text))


def breaches(rows: dict[str, re.Match[str]], notebooks: dict[str, str]) -> list[str]:
    """Terms that are used nowhere or introduced elsewhere than the glossary says."""
    found = []
    for term, row in rows.items():
        users = [name for name, source in notebooks.items() if used(term, source)]
        where = re.fullmatch(r"\[(.+?)\]\(\S+\)", row["chapter"])
        name = where[1] if where else ""
        # Where it stands as an introduction, or else where it is used first.
        first = [n for n in users if introduced(term, notebooks[n])][:1] + users[:1]
        if name not in first:
            found.append(f"{term}: {name or 'no chapter'}, not {' or '.join(first) or 'anywhere'}")
    return found


# --- the glossary itself --------------------------------------------------------------------------


def test_terms_stand_in_order_each_with_one_sentence():
    rows = terms(GLOSSARY.read_text(encoding="utf-8"))
    assert list(rows) == sorted(rows, key=str.lower) and len(rows) > 90
    for row in rows.values():
        assert re.fullmatch(r"[A-Z*(].{15,170}[.)]", row["gloss"]), row["gloss"]
        assert not [one.pattern for one in PATTERNS if one.search(row["gloss"])], row["gloss"]


def test_every_term_is_used_and_introduced_where_it_is_said_to_be():
    rows = terms(GLOSSARY.read_text(encoding="utf-8"))
    notebooks = {
        tools.known_as(path): "\n".join(cell.source for cell in tools.read(path).cells)
        for path in tools.NOTEBOOKS
    }
    paths = {tools.known_as(path): path for path in tools.NOTEBOOKS}
    for row in rows.values():
        name, target = re.fullmatch(r"\[(.+?)\]\((.+?)\)", row["chapter"]).groups()
        assert tools.FOLDER / target == paths[name], row["term"]
    coming = set(LIST["coming"])
    assert coming <= rows.keys(), "terms of chapters to come that the glossary lacks"
    assert not [term for term in coming if any(used(term, s) for s in notebooks.values())], (
        "used by now: take them out of `coming` in words.toml"
    )
    table = {term: rows[term] for term in rows.keys() - coming}
    assert breaches(table, notebooks) == []


NOTEBOOKS = {
    "01": "A **batch** is seen; `MaxPooling2D`; normalisation",
    "02": "the *batch*, the batches; *Normalization* is introduced",
}


@pytest.mark.parametrize(
    ("term", "chapter", "breach"),
    [
        ("batch", "01", ""),
        ("batch", "02", "batch: 02, not 01"),
        ("max pooling", "01", ""),
        ("max pooling", "02", "max pooling: 02, not 01"),
        ("normalization", "01", ""),
        ("normalization", "02", ""),
        ("logit", "01", "logit: 01, not anywhere"),
    ],
)
def test_a_wrong_chapter_is_named(term, chapter, breach):
    row = terms(f"| a |\n| - |\n| {term} | A thing. | [{chapter}](x.ipynb) | |")
    assert "".join(breaches(row, NOTEBOOKS)).partition(" or ")[0] == breach


@pytest.mark.parametrize(
    ("term", "text", "there"),
    [
        ("feature map", "Feature maps", True),
        ("feature map", "a feature is mapped", False),
        ("fine-tuning", "it is fine-tuned, finetune", True),
        ("initialization", "initialisation", True),
        ("optimizer", "optimiser=…", True),
        ("axis", "axes", False),
        ("relu", "reluctant", False),
        ("bias", "the biases", True),
        ("augmentation", "is augmented", False),
        ("misclassified", "misclassifieds", True),
        ("one-hot", "one_hot", True),
    ],
)
def test_a_term_is_found_in_every_form(term, text, there):
    assert used(term, text) == there
