"""Draws a plot as a small PNG for a mail, in the colours of the pages, light or dark.

Shapes are drawn enlarged and scaled down, which smooths their edges; text is drawn afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from analytics.notifications.email.plot import (
    Plot,
    extent,
    linear_scale,
    segments,
    time_ticks,
    value_ticks,
)
from analytics.notifications.notice import HistoryPoint
from analytics.notifications.wording import amount
from settings import CHECKOUT

WIDTH, HEIGHT = 552, 176  # CSS pixels; the image has `DENSITY` times as many
DENSITY = 2
OVERSAMPLING = 2  # extra enlargement of shapes, scaled down for antialiasing
TEXT_SIZE = 12
LEFT, TOP, BOTTOM = 58, 10, 28
RIGHT, RIGHT_WITH_LIMIT = 12, 84
FONT = CHECKOUT / "assets/public/font/inter-latin-wght-normal.woff2"
COLOURS = 64  # enough for a few flat colours and their antialiased edges

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Theme:
    """The RGB colours of a theme, as in the design tokens."""

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
    canvas.draw_shapes()
    canvas.draw_labels()
    return canvas.png()


class _Canvas:
    """An image being drawn; lengths are CSS pixels, scaled when drawn."""

    def __init__(self, plot: Plot, theme: Theme) -> None:
        self._plot, self._theme = plot, theme
        self._right = WIDTH - (RIGHT_WITH_LIMIT if plot.limit_label else RIGHT)
        self._bottom = HEIGHT - BOTTOM
        self._low, self._high = extent(plot)
        self._start, self._end = plot.points[0][0], plot.points[-1][0]
        self._y_of = linear_scale(self._low, self._high, self._bottom, TOP)
        self._x_of = linear_scale(self._start.timestamp(), self._end.timestamp(), LEFT, self._right)
        self._scale = DENSITY * OVERSAMPLING
        size = (WIDTH * self._scale, HEIGHT * self._scale)
        self._image = Image.new("RGB", size, theme.surface)
        self._pen = ImageDraw.Draw(self._image)
        self._font = ImageFont.truetype(FONT, TEXT_SIZE * DENSITY)

    def draw_shapes(self) -> None:
        """Draw everything except text, from back to front."""
        theme, plot = self._theme, self._plot
        if plot.limit is not None:
            edge = TOP if plot.direction == "above" else self._bottom
            self._box(LEFT, self._y_of(plot.limit), self._right, edge, theme.bad_soft)
        if plot.since is not None:
            began = max(self._x_of(plot.since.timestamp()), LEFT)
            self._box(min(began, self._right), TOP, self._right, self._bottom, theme.trouble)
        if plot.usual is not None:
            low, high = map(self._y_of, plot.usual)
            self._box(LEFT, low, self._right, high, theme.band)
        for tick in value_ticks(self._low, self._high):
            self._stroke([(LEFT, self._y_of(tick)), (self._right, self._y_of(tick))], theme.line, 1)
        if plot.limit is not None:
            height = self._y_of(plot.limit)
            self._stroke([(LEFT, height), (self._right, height)], theme.bad, 1.25)
        self._dots(plot.previous)
        for segment in segments(plot.points):
            self._curve(segment)
        self._image = self._image.reduce(OVERSAMPLING)
        self._scale = DENSITY
        self._pen = ImageDraw.Draw(self._image)

    def draw_labels(self) -> None:
        """Draw the labels of both axes and of the limit."""
        for tick in value_ticks(self._low, self._high):
            self._text((LEFT - 8, self._y_of(tick)), amount(tick, self._plot.unit), "rm")
        for at, label in time_ticks(self._start, self._end):
            self._text((self._x_of(at.timestamp()), self._bottom + 14), label, "mm")
        if self._plot.limit is not None and self._plot.limit_label:
            height = self._y_of(self._plot.limit) - TEXT_SIZE * 0.6
            for line in self._plot.limit_label.splitlines():
                self._text((self._right + 8, height), line, "lm", self._theme.bad)
                height += TEXT_SIZE * 1.25

    def png(self) -> bytes:
        """The image as PNG, quantized to few colours to be small."""
        out = BytesIO()
        reduced = self._image.quantize(COLOURS, dither=Image.Dither.NONE)
        reduced.save(out, "PNG", optimize=True)
        return out.getvalue()

    def _curve(self, segment: Sequence[tuple[datetime, float]]) -> None:
        points = [(self._x_of(at.timestamp()), self._y_of(value)) for at, value in segment]
        if len(points) == 1:
            points = [(points[0][0] - 1, points[0][1]), (points[0][0] + 1, points[0][1])]
        self._stroke(points, self._theme.measured, 2)

    def _dots(self, points: Sequence[HistoryPoint]) -> None:
        for at, value in points:
            if value is not None:
                x, y, size = self._x_of(at.timestamp()), self._y_of(value), 1.25
                self._disc(x, y, size, self._theme.previous)

    def _box(
        self, left: float, edge: float, right: float, opposite_edge: float, colour: Colour
    ) -> None:
        top, bottom = sorted((edge, opposite_edge))
        corners = [coordinate * self._scale for coordinate in (left, top, right, bottom)]
        self._pen.rectangle(corners, fill=colour)

    def _stroke(self, points: list[tuple[float, float]], colour: Colour, width: float) -> None:
        pixels = [(x * self._scale, y * self._scale) for x, y in points]
        self._pen.line(pixels, fill=colour, width=round(width * self._scale), joint="curve")

    def _disc(self, x: float, y: float, size: float, colour: Colour) -> None:
        corners = [
            coordinate * self._scale for coordinate in (x - size, y - size, x + size, y + size)
        ]
        self._pen.ellipse(corners, fill=colour)

    def _text(
        self, position: tuple[float, float], text: str, anchor: str, colour: Colour | None = None
    ) -> None:
        pixels = (position[0] * self._scale, position[1] * self._scale)
        printable = text.replace("\u202f", " ")
        self._pen.text(
            pixels, printable, fill=colour or self._theme.ink, font=self._font, anchor=anchor
        )
