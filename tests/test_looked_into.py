"""Chapter 09 looks into networks that chapters 05, 07 and 08 have trained and saved."""

import notebook_tools as tools
import pytest

CHAPTER = "09_what_the_network_sees"
EYES = ["imports", "load", "animals", "eyes", "eyes-names", "eyes-train", "features", "few"]
SAVED = {  # chapter: (cells that train the network, its name, the pictures it is asked about)
    "05_lenet_mnist": (
        ["load", "prepare", "frame", "lenet", "adam", "compile", "fit"],
        *("model", "mnist"),
    ),
    "07_cifar10_augmentation": (
        ["load", "split", "frame", "small", "study-budget", "study", "depth-run"],
        *("plain.model", "cifar10"),
    ),
    "08_transfer_learning": ([*EYES, "few-define"], "alone(1_000).model", "pets"),
}


@pytest.mark.slow
@pytest.mark.parametrize("chapter", SAVED)
def test_it_looks_into_a_saved_network(chapter, monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_PROFILE", "quick")
    monkeypatch.setenv("COURSE_SOURCE", "synthetic")
    monkeypatch.setenv("COURSE_BUILD", str(tmp_path))
    cells, network, data = SAVED[chapter]
    file = (tmp_path / "small.keras").as_posix()

    training = tools.part(chapter, ["parameters", "setup", *cells])
    training.cells[-1].source += f"\nkept = {network}\nkept.save({file!r})"
    training.cells[-1].source += '\nprint(f"{kept.count_params():,} parameters")'
    tools.execute(training)
    size = tools.text(training.cells[-1]).splitlines()[-1]

    named = [
        ("parameters", f"{name} = None", f"{name} = {value!r}")
        for name, value in (("model_file", file), ("data_set", data))
    ]
    looking = tools.part(CHAPTER, None, named)
    tools.execute(looking)
    printed = {cell.id: tools.text(cell) for cell in looking.cells}
    assert size in printed["train"]
    assert printed["load-claim"].startswith("held: it names more than guessing")
