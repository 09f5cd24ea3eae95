"""Figures on a wall, for a screen that nobody signs in to: links (`links`), and what they show
(`board`, `browsers`, `servers`, `figures`)."""
