"""The code blocks of the documents, and a site that serves them as pages."""

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web
from flask import Flask

from ingest.site import sdk
from scripts.sdk import node_packages
from tests.support.services import NO_SERVICES

from . import programs
from .site import JsonObject

METRICS, APP, APP_SOCKETS = (
    "https://metrics.example.com", "https://app.example.com", "wss://app.example.com",
)  # fmt: skip
OPTIONS = (
    *("--bundle", "--format=iife", "--jsx=automatic", "--define:global=globalThis"),
    *('--define:process.env.NODE_ENV="development"', "--log-level=error"),
    *("--define:__VUE_OPTIONS_API__=true", "--define:__VUE_PROD_DEVTOOLS__=false"),
    "--define:__VUE_PROD_HYDRATION_MISMATCH_DETAILS__=false",
)
_recipe = re.compile(r"<!-- recipe: ([\w .-]+) -->\n```(\w+)\n(.*?)\n```", re.DOTALL)


@dataclass(frozen=True)
class Recipe:
    """One code block of a document."""

    name: str
    language: str
    code: str

    @property
    def slug(self) -> str:
        """The name in an address."""
        return re.sub(r"\W+", "-", self.name)


def recipes(document: str) -> dict[str, Recipe]:
    """The marked code blocks by name."""
    return {name: Recipe(name, *block) for name, *block in _recipe.findall(document)}


def bundled(blocks: Sequence[Recipe], folder: Path) -> None:
    """Write `SLUG.js` of each block that imports packages into `folder`."""
    sources = [folder / f"{block.slug}.jsx" for block in blocks]
    for block, source in zip(blocks, sources, strict=True):
        source.write_text(block.code)
    bundler = str(node_packages.install() / "node_modules" / "esbuild" / "bin" / "esbuild")
    node_packages.run([bundler, *map(str, sources), *OPTIONS, f"--outdir={folder}"])


class Metrics:
    """This server as browsers of another origin see it: the script's files, and the collector."""

    def __init__(self) -> None:
        app = Flask("metrics")
        sdk.register(app, NO_SERVICES)
        self._client = app.test_client()
        self.reports: list[JsonObject] = []

    def application(self) -> web.Application:
        """The routes."""
        app = web.Application()
        app.router.add_get("/sdk/{path:.+}", self._script)
        app.router.add_post("/api/ws/client-metrics", self._collect)
        return app

    def of(self, app: str) -> list[JsonObject]:
        """The reports of an app."""
        return [report for report in self.reports if report["app"] == app]

    async def _script(self, request: web.Request) -> web.Response:
        response = self._client.get(request.path)
        headers = {name: value for name, value in response.headers if name != "Content-Length"}
        return web.Response(body=response.data, status=response.status_code, headers=headers)

    async def _collect(self, request: web.Request) -> web.Response:
        self.reports += json.loads(await request.read())["reports"]
        receipt = {"accepted": 1, "rejected": [], "server_time": "2026-03-02T12:00:00.000Z"}
        allowed = {"Access-Control-Allow-Origin": "*"}
        return web.json_response(receipt, status=201, headers=allowed)


class Pages:
    """Your site: a page for each recipe at `/SLUG`, and its script at `/SLUG.js`."""

    def __init__(self, blocks: Mapping[str, Recipe], folder: Path, metrics_url: str,
                 ports: Mapping[str, int]) -> None:  # fmt: skip
        self._recipes = {recipe.slug: recipe for recipe in blocks.values()}
        self._tag = blocks["plain page"].code.partition("</script>\n")[0] + "</script>"
        self._folder, self._metrics_url, self._ports = folder, metrics_url, ports

    def application(self) -> web.Application:
        """The routes."""
        app = web.Application()
        app.router.add_get("/{slug}.js", self._script)
        app.router.add_get("/{slug}", self._page)
        return app

    def adapted(self, recipe: Recipe, code: str) -> str:
        """Code with the addresses of this run, and the recipe's name as app."""
        names = {"socket.io": "socketio", "signalr": "signalr", "phoenix": "phoenix"}
        address = f"127.0.0.1:{self._ports[names.get(recipe.name, 'plain')]}"
        code = code.replace(METRICS, self._metrics_url).replace("portal", recipe.slug)
        return code.replace(APP_SOCKETS, f"ws://{address}").replace(APP, f"http://{address}")

    async def _page(self, request: web.Request) -> web.Response:
        recipe = self._recipes[request.match_info["slug"]]
        start, headers = '<!doctype html><link rel="icon" href="data:,"><div id="app"></div>', {}
        if recipe.language == "html":
            body = recipe.code
        elif recipe.name == "worker":
            body = f"<script>new Worker('/{recipe.slug}.js')</script>"
        else:
            body = f'{self._tag}<script src="/{recipe.slug}.js"></script>'
        if recipe.language == "http":
            name, value = self.adapted(recipe, recipe.code).split(": ", 1)
            headers[name] = value
            start = "<!doctype html>"
        text = self.adapted(recipe, start + body)
        return web.Response(text=text, content_type="text/html", headers=headers)

    async def _script(self, request: web.Request) -> web.Response:
        recipe = self._recipes[request.match_info["slug"]]
        bundle = self._folder / f"{recipe.slug}.js"
        code = bundle.read_text() if bundle.exists() else recipe.code
        if recipe.language == "http":
            code = self._recipes["plain-page"].code.rpartition("<script>")[2]
            code = code.removesuffix("</script>")
        if recipe.name == "worker":
            code += "\nsetTimeout(() => monitor.flush(), 1000)"
        text = self.adapted(recipe, code)
        return web.Response(text=text, content_type="text/javascript")


async def started(stack: AsyncExitStack, app: web.Application) -> str:
    """The address of an application that is served until the stack ends."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return f"http://127.0.0.1:{runner.addresses[0][1]}"


async def ports(stack: AsyncExitStack) -> Mapping[str, int]:
    """The ports of the libraries' servers, which run until the stack ends."""
    return await stack.enter_async_context(programs.servers())
