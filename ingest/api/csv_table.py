"""A CSV text as a download (see analytics.csv_text)."""

from flask import Response


def download(text: str, name: str) -> Response:
    """The text as a file called `name`, which is ours and plain ASCII."""
    response = Response(text.encode("utf-8"), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
