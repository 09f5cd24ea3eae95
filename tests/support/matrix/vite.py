"""A page built by Vite, as `npm run build` of an application does it."""

import subprocess
from pathlib import Path

from scripts.sdk import node_packages

INDEX = """<!doctype html>
<html>
  <head><title>{title}</title>{head}<link rel="icon" href="data:,"></head>
  <body><div id="app"></div><script type="module" src="/main.jsx"></script></body>
</html>"""


def built(folder: Path, head: str, code: str) -> Path:
    """The folder to serve, of an application whose `main.jsx` is `code`; `head` stands in its
    index.html."""
    packages = node_packages.install() / "node_modules"
    (folder / "node_modules").symlink_to(packages)
    (folder / "index.html").write_text(INDEX.format(title=folder.name, head=head))
    (folder / "main.jsx").write_text(code)
    subprocess.run(
        [str(node_packages.NODE), str(packages / "vite" / "bin" / "vite.js"), "build"],
        cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    return folder / "dist"
