"""The HTML document of the application; it loads nothing from another host."""

TITLE = "WebSocket Analytics"
_INDEX = """<!doctype html>
<html lang="en" data-bs-theme="light" data-base="BASE">
<head>
  {%metas%}
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>{%title%}</title>
  <link rel="icon" href="BASE/static/mark.svg" type="image/svg+xml">
  <link rel="preload" href="BASE/static/font/inter-latin-wght-normal.woff2" as="font"
    type="font/woff2" crossorigin>
  <script src="BASE/static/theme.js"></script>
  <link rel="stylesheet" href="BASE/static/vendor/bootstrap.min.css">
  <link rel="stylesheet" href="BASE/static/tokens.css">
  {%css%}
</head>
<body>
  {%app_entry%}
  <noscript><p class="no-script">These pages draw in the browser and need JavaScript.</p></noscript>
  <footer>{%config%}{%scripts%}{%renderer%}</footer>
</body>
</html>
"""


def index(prefix: str) -> str:
    """The document of an installation below `prefix`, such as `/monitor`; empty: at the root."""
    return _INDEX.replace("BASE", prefix)
