"""Chapter 09 looks into networks that chapters 05, 07 and 08 have trained and saved."""

import notebook_tools as tools
import pytest
import slices
from nbformat.v4 import new_code_cell, new_notebook

CHAPTER = "09_what_the_network_sees"
LONGER = 'few["steps"] = 400'  # in its few quick steps that network learns nothing to look at
SAVED = {  # chapter: (the cell after which a network of it is made, how, the data)
    "05_lenet_mnist": ("fit", "kept = model", "mnist"),
    "07_cifar10_augmentation": ("three-run", 'kept = runs["deep"].model', "cifar10"),
    "08_transfer_learning": ("few-define", f"{LONGER}\nkept = alone(1_000).model", "pets"),
}


def saved(chapter, cell, made, file):
    """Train and save the chapter's network; returns what was printed: its number of weights."""
    sources = {one.id: one.source for one in tools.part(chapter, None).cells}
    before = list(sources)[: list(sources).index(cell) + 1]
    every = [unit for name in before for unit in slices.units(name, sources[name])]
    every += slices.units("save", made)
    needed = slices.needed(every, len(every) - 1, {"parameters", "setup"})
    cells = [*(unit.source for unit in needed), f"kept.save({file!r})"]
    cells.append('print(f"{kept.count_params():,} parameters")')
    training = new_notebook(cells=list(map(new_code_cell, cells)))
    tools.execute(training)
    return tools.text(training.cells[-1]).strip()


@pytest.mark.slow
@pytest.mark.parametrize("chapter", SAVED)
def test_it_looks_into_a_saved_network(chapter, monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_PROFILE", "quick")
    monkeypatch.setenv("COURSE_SOURCE", "synthetic")
    monkeypatch.setenv("COURSE_BUILD", str(tmp_path))
    cell, made, data = SAVED[chapter]
    file = (tmp_path / "small.keras").as_posix()
    size = saved(chapter, cell, made, file)
    looking = tools.part(CHAPTER, None, model_file=file, data_set=data)
    tools.execute(looking)
    printed = {cell.id: tools.text(cell) for cell in looking.cells}
    assert size.endswith("parameters") and size in printed["train"]
    assert printed["load-claim"].startswith("held: it is more accurate than")
