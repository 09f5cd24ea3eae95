"""Names say what a thing is: words that say nothing are counted, and may only become fewer."""

import io
import keyword
import re
import tokenize
from collections import Counter
from pathlib import Path

from settings import CHECKOUT
from tests.support.source_tree import FLOORS, python_files

EMPTY_WORDS = frozenset(
    (
        *("found", "asked", "shown", "known", "whole", "told", "given", "chosen", "seen", "wanted"),
        *("kept", "said", "held", "place", "one", "around", "gone", "look", "rest"),
        *("answer", "words"),
    )
)
BUDGET = 70  # uses in identifiers, all but those of libraries and of reports; it may only fall
FOREIGN = frozenset({"scalar_one", "one_or_none", "scalar_one_or_none", "close_codes_given"})
_camel = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def test_empty_words_stay_within_their_budget() -> None:
    files = [*python_files(*FLOORS, "migrations", "tests"), *CHECKOUT.glob("*.py")]
    uses = Counter(word for path in files for word in empty_words(path))
    assert uses.total() < BUDGET, uses.most_common()


def test_the_parts_of_an_identifier_are_counted(tmp_path: Path) -> None:
    source = tmp_path / "sample.py"
    source.write_text("found_rows = KnownRule(told=WHOLE)  # asked\nif found_rows: pass\n")
    assert Counter(empty_words(source)) == {"found": 2, "known": 1, "told": 1, "whole": 1}


def empty_words(path: Path) -> list[str]:
    """Each empty word in each identifier of a file, every use once."""
    source = io.BytesIO(path.read_bytes())
    foreign = FOREIGN | ({"given"} if b"from hypothesis import" in source.getvalue() else set())
    names = (
        token.string
        for token in tokenize.tokenize(source.readline)
        if token.type == tokenize.NAME
        and not keyword.iskeyword(token.string)
        and token.string not in foreign
    )
    return [
        part for name in names for part in _camel.sub("_", name).lower().split("_")
        if part in EMPTY_WORDS
    ]  # fmt: skip
