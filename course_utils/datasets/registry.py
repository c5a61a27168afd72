"""A card for each data set: what it is, where it comes from, what is known to be wrong with it."""

from dataclasses import dataclass

from ..synthetic.shapes import COLOURS, PAIRS, SHAPES

_KERAS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
_TOPICS = """cocoa grain veg-oil earn acq wheat copper housing money-supply coffee sugar trade
reserves ship cotton carcass crude nat-gas cpi money-fx interest gnp meal-feed alum oilseed gold
tin strategic-metal livestock retail ipi iron-steel rubber heat jobs lei bop zinc orange pet-chem
dlr gas silver wpi hog lead"""


@dataclass(frozen=True)
class Remote:
    """One canonical file: its name in a cache, address, checksum ("sha256:…"), size in bytes."""

    name: str
    url: str
    checksum: str
    size: int
    aliases: tuple[str, ...] = ()  # names that Keras gives it in its own cache
    optional: bool = False  # the set can be read without it


@dataclass(frozen=True)
class Card:
    """What is known of one set; `shape` and `dtype` are of one row, counts are upper bounds."""

    name: str
    title: str
    kind: str  # images, text, table, folder
    things: str
    train: int
    test: int
    shape: tuple[int, ...]
    dtype: str
    labels: str
    class_names: tuple[str, ...]
    files: tuple[Remote, ...]
    source: str
    licence: str
    problems: str
    feature_names: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes to download."""
        return sum(remote.size for remote in self.files)


def _keras(text: str) -> tuple[Remote, ...]:
    """Files that Keras publishes, from a table of name, size and checksum."""
    fields = text.split()
    rows = zip(fields[::3], fields[1::3], fields[2::3], strict=True)
    return tuple(
        Remote(name, _KERAS + name.rpartition("/")[2], checksum, int(size.replace(",", "")),
               optional=name.endswith("_word_index.json"))
        for name, size, checksum in rows
    )  # fmt: skip


# fmt: off
_ALL = (
    Card(
        name="mnist", title="MNIST", kind="images", things="images", train=60_000, test=10_000,
        shape=(28, 28), dtype="uint8", labels="digit, 0 to 9", class_names=tuple("0123456789"),
        files=_keras("""
            mnist.npz 11,490,434
            sha256:731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"""),
        source="LeCun, Cortes, Burges: handwritten digits from NIST's Special Databases 1 and 3; "
        "LeCun et al., Gradient-based learning applied to document recognition, Proc. IEEE, 1998.",
        licence="CC BY-SA 3.0, as stated by Keras; copyright Yann LeCun and Corinna Cortes.",
        problems="About 0.15 % of the test labels are wrong (Northcutt et al., 2021); "
        "training and test writers differ; the set is nearly solved.",
    ),
    Card(
        name="fashion_mnist", title="Fashion-MNIST", kind="images", things="images",
        train=60_000, test=10_000, shape=(28, 28), dtype="uint8", labels="kind of article, 0 to 9",
        class_names=("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt",
                     "Sneaker", "Bag", "Ankle boot"),
        files=_keras("""
            fashion-mnist/train-images-idx3-ubyte.gz 26,421,880
            sha256:3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84
            fashion-mnist/train-labels-idx1-ubyte.gz 29,515
            sha256:a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845
            fashion-mnist/t10k-images-idx3-ubyte.gz 4,422,102
            sha256:346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073
            fashion-mnist/t10k-labels-idx1-ubyte.gz 5,148
            sha256:67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"""),
        source="Zalando Research, product photographs; Xiao, Rasul, Vollgraf, arXiv:1708.07747.",
        licence="MIT, copyright Zalando SE.",
        problems="Shirt, T-shirt, pullover and coat overlap so that people confuse them too; "
        "the pictures are scaled product photographs on a plain ground.",
    ),
    Card(
        name="cifar10", title="CIFAR-10", kind="images", things="images", train=50_000, test=10_000,
        shape=(32, 32, 3), dtype="uint8", labels="kind of object, 0 to 9",
        class_names=("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse",
                     "ship", "truck"),
        files=(Remote(
            "cifar-10-python.tar.gz", "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
            "sha256:6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce", 170_498_071,
            aliases=("cifar-10-batches-py-target_archive", "cifar-10-batches-py.tar.gz")),),
        source="Krizhevsky, Learning multiple layers of features from tiny images, 2009.",
        licence="None stated; the pictures come from the withdrawn 80 Million Tiny Images.",
        problems="About 0.5 % of the test labels are wrong (Northcutt et al., 2021); about 3 % of "
        "the test images have near-duplicates in the training set (Barz and Denzler, 2020). "
        "Copies made from JPEG are lossy and may shift accuracies by about a point.",
    ),
    Card(
        name="boston_housing", title="Boston housing", kind="table", things="districts",
        train=404, test=102, shape=(13,), dtype="float64", class_names=(),
        labels="median value of a home in 1000 USD",
        feature_names=("CRIM", "ZN", "INDUS", "CHAS", "NOX", "RM", "AGE", "DIS", "RAD", "TAX",
                       "PTRATIO", "B", "LSTAT"),
        files=_keras("""
            boston_housing.npz 57,026
            sha256:f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5"""),
        source="StatLib; Harrison and Rubinfeld, Hedonic housing prices and the demand for clean "
        "air, 1978. Split as in Keras (seed 113).",
        licence="None stated.",
        problems="Column B encodes the share of Black residents and an assumption about "
        "segregation: use the set to discuss that, not as a model of prices. Values are cut off "
        "at 50. With 102 test rows, a single split says little.",
    ),
    Card(
        name="california_housing", title="California housing", kind="table", things="districts",
        train=16_512, test=4_128, shape=(8,), dtype="float32", class_names=(),
        labels="median value of a house in USD",
        feature_names=("longitude", "latitude", "housing_median_age", "total_rooms",
                       "total_bedrooms", "population", "households", "median_income"),
        files=_keras("""
            california_housing.npz 743,530
            sha256:1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f"""),
        source="StatLib, census of 1990; Pace and Barry, Sparse spatial autoregressions, 1997. "
        "Split as in Keras (seed 113).",
        licence="None stated.",
        problems="Values are cut off at 500,001 USD and ages at 52; totals (rooms, people) are "
        "sums over a district. Copies without the 207 rows that lack bedrooms have 16,346 + 4,087 "
        "rows and another split.",
    ),
    Card(
        name="imdb", title="IMDB reviews", kind="text", things="reviews", train=25_000, test=25_000,
        shape=(), dtype="word numbers", labels="0 negative, 1 positive",
        class_names=("negative", "positive"),
        files=_keras("""
            imdb.npz 17,464,789
            sha256:69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f
            imdb_word_index.json 1,641,221 md5:bfafd718b763782e994055a2d397834f"""),
        source="Maas et al., Learning word vectors for sentiment analysis, ACL 2011. Word numbers "
        "as in Keras: 0 padding, 1 start, 2 unknown, 3 unused.",
        licence="None stated; the reviews belong to their authors and IMDb.",
        problems="About 3 % of the test labels are doubtful (Northcutt et al., 2021); only clearly "
        "good or bad reviews; punctuation is lost. Word numbers of other copies differ. For "
        "the word list only Keras's MD5 is known.",
    ),
    Card(
        name="reuters", title="Reuters newswires", kind="text", things="newswires",
        train=8_982, test=2_246, shape=(), dtype="word numbers", labels="topic, 0 to 45",
        class_names=tuple(_TOPICS.split()),
        files=_keras("""
            reuters.npz 2,110,848
            sha256:d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916
            reuters_word_index.json 550,378 md5:4d44cc38712099c9e383dc6e5f11a921"""),
        source="Reuters-21578, newswires of 1987 (Lewis), as prepared for Keras. Word numbers as "
        "in imdb.",
        licence="Copyright Reuters; free for research.",
        problems="Two topics hold more than half of the newswires, some hold fewer than twenty; "
        "the split is random, not the ModApte split of the literature. Other copies number topics "
        "and words differently. For the word list only Keras's MD5 is known.",
    ),
    Card(
        name="cats_vs_dogs", title="Cats vs dogs", kind="folder", things="images",
        train=2_000, test=1_000, shape=(), dtype="JPEG files of any size", labels="0 cat, 1 dog",
        class_names=("cat", "dog"),
        files=(Remote(
            "kagglecatsanddogs_5340.zip", "https://download.microsoft.com/download/3/E/1/"
            "3E1C3F21-ECDB-4869-8368-6DEBA77B919F/kagglecatsanddogs_5340.zip",
            "sha256:b7974bd00a84a99921f36ee4403f089853777b5ae8d151c76a86e64900334af9",
            824_887_076),),
        source="Asirra; Elson, Douceur, Howell, Saul, Asirra: a CAPTCHA that exploits "
        "interest-aligned manual image categorization, CCS 2007. The first 1,000 readable images "
        "of each class by number train, the next 500 validate, the next 500 test.",
        licence="Microsoft's terms for the download; photographs from Petfinder.com.",
        problems="Some files are empty, truncated or no JPEG: they are left out, by name. A few "
        "pictures show both animals, people or neither.",
    ),
)
_OURS = {"kind": "images", "things": "images", "dtype": "uint8", "files": (),
         "source": "made by `course_utils/synthetic/shapes.py` from a seed, the same everywhere.",
         "licence": "CC BY 4.0, as the course's text."}
_DRAWN = _OURS | {
    "source": "made by `course_utils/synthetic/pets.py` from a seed, the same everywhere."}
_GENERATED = (
    Card(
        name="colours", title="Six colours", train=6_000, test=1_200, shape=(28, 28, 3),
        labels="colour, 0 to 5",
        class_names=COLOURS,
        problems="Hues stay within 25° of the colour's own, so that no picture lies between two; "
        "a thin line shows little of its colour.", **_OURS,
    ),
    Card(
        name="shapes", title="Five shapes", train=3_000, test=1_000, shape=(28, 28),
        labels="shape, 0 to 4", class_names=SHAPES,
        problems="Shapes are light on dark ground, tilted by at most 17° (lines in any direction) "
        "and hardly ever cut off, a corner's tip at most: real ones are none of that.", **_OURS,
    ),
    Card(
        name="colours_shapes", title="Three colours by three shapes", train=5_400, test=900,
        shape=(28, 28, 3), labels="3 · colour + shape, 0 to 8",
        class_names=PAIRS, problems="As of the two sets above.", **_OURS,
    ),
    Card(
        name="animals", title="Four drawn animals", train=8_000, test=1_000, shape=(32, 32, 3),
        labels="animal, 0 to 3", class_names=("bird", "deer", "frog", "horse"),
        problems="A few poses of each; drawn, not photographed; the scene behind is left to "
        "chance.", **_DRAWN,
    ),
    Card(
        name="pets", title="Drawn cats and dogs", train=4_000, test=2_000, shape=(32, 32, 3),
        labels="0 cat, 1 dog", class_names=("cat", "dog"),
        problems="As of the set above; `scene_train` and `scene_test` tell which are in a room (0) "
        "and which in a field (1), `box_train` and `box_test` where the animal is.", **_DRAWN,
    ),
)
# fmt: on
GENERATED: dict[str, Card] = {card.name: card for card in _GENERATED}
CARDS: dict[str, Card] = {card.name: card for card in _ALL}


def _describe(card: Card) -> str:
    shape = "×".join(map(str, card.shape)) + " " if card.shape else ""
    files = "\n".join(
        f"  - `{file.name}`, {file.size:,} bytes, {file.checksum.replace(':', ' ')}, <{file.url}>"
        for file in card.files
    )
    files = f"- Canonical files:\n{files}\n" if files else ""
    download = f"; {card.size / 1e6:,.1f} MB to download" if files else ""
    columns = f"\n- Columns: {', '.join(card.feature_names)}" if card.feature_names else ""
    classes = f"\n- Classes: {', '.join(card.class_names)}" if card.class_names else ""
    return (
        f"## {card.title} (`{card.name}`)\n\n- Source: {card.source}\n- Licence: {card.licence}\n"
        f"- Size: {card.train:,} + {card.test:,} {card.things}, each {shape}{card.dtype}"
        f"{download}\n- Labels: {card.labels}{classes}{columns}\n"
        f"{files}- Known problems: {card.problems}\n"
    )


def readme() -> str:
    """The text of `data/README.md`, which is written from the cards and from nothing else."""
    return (
        "# Data\n\nDownloads of the course land in this folder; git ignores all of it but this "
        "page and the results. `python -m course_utils fetch` downloads everything ahead of a "
        "class. A class's shared folder of ready files is named by `COURSE_DATA_DIR`: `NAME.npz` "
        "without pickles, `cats_vs_dogs/{train,validation,test}/{cats,dogs}/*.jpg`, or the "
        "canonical files below. A `SHA256SUMS` file beside ready files is honoured; without one "
        "they are called unverified copies. Where the real set cannot be had, the course draws a "
        "stand-in and says so. The sets at the end are the course's own.\n\n"
        "This page is written from `course_utils/datasets/registry.py` "
        "by its function `readme()`.\n\n" + "\n".join(map(_describe, (CARDS | GENERATED).values()))
    )
