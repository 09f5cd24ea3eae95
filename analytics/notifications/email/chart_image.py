"""Draws a plot as a small PNG for a mail, in the colours of the pages, light or dark.

Shapes are drawn large and scaled down, which smooths their edges; words are written afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from analytics.notifications.email.plot import (
    Plot,
    extent,
    scale,
    segments,
    time_ticks,
    value_ticks,
)
from analytics.notifications.notice import HistoryPoint
from analytics.notifications.wording import amount
from settings import CHECKOUT

WIDTH, HEIGHT = 552, 176  # as shown; the picture has twice that in each direction
DENSITY = 2
FINER = 2  # shapes are drawn this much larger still
TEXT_SIZE = 12
LEFT, TOP, BOTTOM = 58, 10, 28
RIGHT, RIGHT_WITH_LIMIT = 12, 84
FONT = CHECKOUT / "assets/public/font/inter-latin-wght-normal.woff2"
COLOURS = 64  # enough for a few flat colours and their smoothed edges

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of the tokens."""

    surface: Colour
    ink: Colour
    line: Colour
    measured: Colour
    previous: Colour
    band: Colour
    bad: Colour
    bad_soft: Colour
    trouble: Colour


LIGHT = Theme(
    surface=(255, 255, 255),
    ink=(100, 106, 116),
    line=(229, 228, 223),
    measured=(31, 102, 168),
    previous=(133, 126, 113),
    band=(233, 234, 236),
    bad=(209, 68, 44),
    bad_soft=(253, 246, 244),
    trouble=(250, 231, 227),
)
DARK = Theme(
    surface=(22, 25, 29),
    ink=(140, 147, 158),
    line=(38, 42, 48),
    measured=(98, 174, 239),
    previous=(143, 135, 120),
    band=(43, 47, 52),
    bad=(240, 101, 74),
    bad_soft=(33, 26, 27),
    trouble=(58, 32, 30),
)


def draw(plot: Plot, theme: Theme) -> bytes:
    """The plot as PNG of 1104 x 352 pixels."""
    canvas = _Canvas(plot, theme)
    canvas.shapes()
    canvas.words()
    return canvas.png()


class _Canvas:
    """One picture being made; lengths are those shown, scaled where they are drawn."""

    def __init__(self, plot: Plot, theme: Theme) -> None:
        self._plot, self._theme = plot, theme
        self._right = WIDTH - (RIGHT_WITH_LIMIT if plot.limit_words else RIGHT)
        self._floor = HEIGHT - BOTTOM
        self._low, self._high = extent(plot)
        self._start, self._end = plot.points[0][0], plot.points[-1][0]
        self._y = scale(self._low, self._high, self._floor, TOP)
        self._x = scale(self._start.timestamp(), self._end.timestamp(), LEFT, self._right)
        self._grain = DENSITY * FINER
        size = (WIDTH * self._grain, HEIGHT * self._grain)
        self._image = Image.new("RGB", size, theme.surface)
        self._pen = ImageDraw.Draw(self._image)
        self._font = ImageFont.truetype(FONT, TEXT_SIZE * DENSITY)

    def shapes(self) -> None:
        """Everything but the words, from the back to the front."""
        theme, plot = self._theme, self._plot
        if plot.limit is not None:
            edge = TOP if plot.direction == "above" else self._floor
            self._box(LEFT, self._y(plot.limit), self._right, edge, theme.bad_soft)
        if plot.since is not None:
            began = max(self._x(plot.since.timestamp()), LEFT)
            self._box(min(began, self._right), TOP, self._right, self._floor, theme.trouble)
        if plot.usual is not None:
            low, high = map(self._y, plot.usual)
            self._box(LEFT, low, self._right, high, theme.band)
        for tick in value_ticks(self._low, self._high):
            self._stroke([(LEFT, self._y(tick)), (self._right, self._y(tick))], theme.line, 1)
        if plot.limit is not None:
            height = self._y(plot.limit)
            self._stroke([(LEFT, height), (self._right, height)], theme.bad, 1.25)
        self._dots(plot.previous)
        for segment in segments(plot.points):
            self._curve(segment)
        self._image = self._image.reduce(FINER)
        self._grain = DENSITY
        self._pen = ImageDraw.Draw(self._image)

    def words(self) -> None:
        """The labels of both axes and of the limit."""
        for tick in value_ticks(self._low, self._high):
            self._text((LEFT - 8, self._y(tick)), amount(tick, self._plot.unit), "rm")
        for at, words in time_ticks(self._start, self._end):
            self._text((self._x(at.timestamp()), self._floor + 14), words, "mm")
        if self._plot.limit is not None and self._plot.limit_words:
            height = self._y(self._plot.limit) - TEXT_SIZE * 0.6
            for line in self._plot.limit_words.splitlines():
                self._text((self._right + 8, height), line, "lm", self._theme.bad)
                height += TEXT_SIZE * 1.25

    def png(self) -> bytes:
        """The picture, in few colours and so in few bytes."""
        out = BytesIO()
        reduced = self._image.quantize(COLOURS, dither=Image.Dither.NONE)
        reduced.save(out, "PNG", optimize=True)
        return out.getvalue()

    def _curve(self, segment: Sequence[tuple[datetime, float]]) -> None:
        places = [(self._x(at.timestamp()), self._y(value)) for at, value in segment]
        if len(places) == 1:
            places = [(places[0][0] - 1, places[0][1]), (places[0][0] + 1, places[0][1])]
        self._stroke(places, self._theme.measured, 2)

    def _dots(self, points: Sequence[HistoryPoint]) -> None:
        for at, value in points:
            if value is not None:
                x, y, size = self._x(at.timestamp()), self._y(value), 1.25
                self._round(x, y, size, self._theme.previous)

    def _box(self, left: float, one: float, right: float, other: float, colour: Colour) -> None:
        top, bottom = sorted((one, other))
        corners = [place * self._grain for place in (left, top, right, bottom)]
        self._pen.rectangle(corners, fill=colour)

    def _stroke(self, places: list[tuple[float, float]], colour: Colour, width: float) -> None:
        fine = [(x * self._grain, y * self._grain) for x, y in places]
        self._pen.line(fine, fill=colour, width=round(width * self._grain), joint="curve")

    def _round(self, x: float, y: float, size: float, colour: Colour) -> None:
        corners = [place * self._grain for place in (x - size, y - size, x + size, y + size)]
        self._pen.ellipse(corners, fill=colour)

    def _text(
        self, place: tuple[float, float], words: str, anchor: str, colour: Colour | None = None
    ) -> None:
        fine = (place[0] * self._grain, place[1] * self._grain)
        plain = words.replace("\u202f", " ")
        self._pen.text(fine, plain, fill=colour or self._theme.ink, font=self._font, anchor=anchor)
