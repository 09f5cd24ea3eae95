"""The HTML document of the application; it loads nothing from another host."""

from dashboard.core.page_files import PageFiles

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
  <link rel="stylesheet" href="BASE[pages.css]">
  <script src="BASE[plotly.js]" async></script>
  {%css%}
</head>
<body>
  {%app_entry%}
  <noscript><p class="no-script">These pages draw in the browser and need JavaScript.</p></noscript>
  <footer>{%config%}{%scripts%}<script src="BASE[pages.js]"></script>{%renderer%}</footer>
</body>
</html>
"""


def index(files: PageFiles, prefix: str = "") -> str:
    """The document as Dash takes it, of an installation below `prefix`, such as `/monitor`. The
    drawing library loads while Dash starts, which else asks for it when the first chart is to be
    drawn."""
    text = _INDEX.replace("BASE", prefix)
    for name, file in files.items():
        text = text.replace(f"[{name}]", file.address)
    return text
