"""The servers of the client libraries, run by Node.js, and the libraries bundled for a page."""

import asyncio
import hashlib
import json
import subprocess
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from scripts.sdk import node_packages

HERE = Path(__file__).parent
OPTIONS = (
    *("--bundle", "--format=iife", "--target=es2020", "--define:global=globalThis"),
    "--log-level=warning",
)


def bundles() -> Path:
    """The folder of the pages' scripts, bundled once for each state of their sources."""
    sources = sorted((HERE / "pages").glob("*.js"))
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]
    folder = node_packages.install() / f"pages-{digest}"
    if not folder.exists():
        unfinished = folder.with_suffix(".part")
        bundler = str(node_packages.install() / "node_modules" / "esbuild" / "bin" / "esbuild")
        node_packages.run([bundler, *map(str, sources), *OPTIONS, f"--outdir={unfinished}"])
        unfinished.rename(folder)
    return folder


@asynccontextmanager
async def servers() -> AsyncIterator[dict[str, int]]:
    """The port of each library's server."""
    process = await asyncio.create_subprocess_exec(
        str(node_packages.NODE), str(HERE / "servers.cjs"),
        env=node_packages.environment(),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield json.loads(await process.stdout.readline())
    finally:
        process.stdin.close()
        await process.wait()


@contextmanager
def running_servers() -> Iterator[Mapping[str, int]]:
    """The port of each library's server, where no event loop runs."""
    with subprocess.Popen(
        [str(node_packages.NODE), str(HERE / "servers.cjs")], env=node_packages.environment(),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.communicate()
