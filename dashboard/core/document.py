"""The HTML document of the application; it loads nothing from another host."""

TITLE = "WebSocket Analytics"
INDEX = """<!doctype html>
<html lang="en" data-bs-theme="light">
<head>
  {%metas%}
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>{%title%}</title>
  <link rel="icon" href="/static/mark.svg" type="image/svg+xml">
  <link rel="preload" href="/static/font/inter-latin-wght-normal.woff2" as="font" type="font/woff2"
    crossorigin>
  <script src="/static/theme.js"></script>
  <link rel="stylesheet" href="/static/vendor/bootstrap.min.css">
  <link rel="stylesheet" href="/static/tokens.css">
  {%css%}
</head>
<body>
  {%app_entry%}
  <noscript><p class="no-script">These pages draw in the browser and need JavaScript.</p></noscript>
  <footer>{%config%}{%scripts%}{%renderer%}</footer>
</body>
</html>
"""
