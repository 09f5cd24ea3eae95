"""The guide: the few things to know, in the order in which one meets them."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.core import addresses


@dataclass(frozen=True, slots=True)
class Chapter:
    """A question, its paragraphs, and the page to go on with (text, address)."""

    title: str
    paragraphs: Sequence[str]
    link: tuple[str, str]


CHAPTERS = (
    Chapter(
        "Measure a page or a server",
        (
            "A page needs one script tag, before all other scripts; a Python server two lines and "
            "a token. The set-up page writes them with your address and shows what arrives, whom "
            "we refuse and why.",
        ),
        ("Set up", addresses.SETUP),
    ),
    Chapter(
        "Is it all right?",
        (
            "The first line of an overview says what is unusual, where, how much and since when. "
            "Every figure stands beside its usual: the grey band behind a line, the range under a "
            "value. Colour other than blue and grey is a verdict.",
            "n says how many single values a figure is made of. With few sessions there is no "
            "verdict, and no interval.",
        ),
        ("Client overview", addresses.CLIENT),
    ),
    Chapter(
        "Where is it worse, and for whom?",
        (
            "Filter by country, network, browser, release or page; compare with the period or week "
            "before, or with a baseline. Drag over a chart to zoom the page, double click to "
            "return. The address has the view: send it to others.",
        ),
        ("Regions", addresses.CLIENT_GEOGRAPHIC),
    ),
    Chapter(
        "Be told",
        (
            "A rule compares a figure with a threshold, or waits for an anomaly; it notifies by "
            "e-mail or webhook, and is quiet while acknowledged or silenced. Try a rule on past "
            "data before it is saved.",
        ),
        ("Alerts", addresses.SERVER_ALERTS),
    ),
    Chapter(
        "Take figures elsewhere",
        (
            "Every panel has its CSV under the three dots; rows are under Storage and jobs; all of "
            "it is in the API, with a token of the role analyst.",
        ),
        ("Storage and jobs", addresses.SERVER_STORAGE),
    ),
)
