"""CSV text (see analytics.formatting.csv_text) as a download."""

from flask import Response

from analytics.formatting.csv_text import Cell, table

__all__ = ["Cell", "download", "table"]


def download(text: str, name: str) -> Response:
    """The text as the attachment `name`, which must be ASCII and not user input."""
    response = Response(text.encode("utf-8"), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
