"""The committed files are what the pinned tools make of the modules, and small enough."""

import gzip
import re
from pathlib import Path

import pytest

from ingest.site import sdk
from scripts.sdk import build_command, node_packages

SIZE_IN_DOCUMENT = {
    sdk.NAME: r"A script of ([\d.]+) kB",
    f"{sdk.NAME}-core": r"without the readers of protocols \(([\d.]+) kB\)",
}
LARGEST_GZIPPED = {sdk.NAME: 14_900, f"{sdk.NAME}-core": 10_200}
MEMBER = r"^  (?:readonly )?(\w+)(?:<.*?>)?\??(?: \(|:)"
PROGRAM = """
import { WebSocketClientMonitor, type SocketOptions } from './websocket-client-monitor'
const options: SocketOptions = { messageId: (data, direction) => [data.id, direction], ping: true }
const monitor = new WebSocketClientMonitor({ app: 'portal', page: () => '/a', sampleRate: 0.5 })
const socket: WebSocket = monitor.install({ frames: true }).connect('/ws', options)
class Mine extends WebSocket {}
const mine: Mine = monitor.observe(new Mine('/ws'))
globalThis.webSocketClientMonitor?.roundTrip(12.5)
// @ts-expect-error a duration is a number
monitor.roundTrip('12')
export const all = [socket, mine, monitor.flush().then(() => monitor.stop())]
"""


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / build_command.version()
    build_command.build(folder)
    return folder


def test_the_committed_files_are_what_the_modules_give(rebuilt: Path) -> None:
    committed = {file.name: file.content for file in sdk.newest(sdk.built_files())}
    made = {path.name: path.read_bytes() for path in rebuilt.iterdir()}
    assert committed.keys() == made.keys()
    stale = [name for name in made if made[name] != committed[name]]
    assert stale == [], "run ./scripts/sdk/build and commit what it writes"


@pytest.mark.parametrize("suffix", [".js", ".mjs"])
@pytest.mark.parametrize("name", LARGEST_GZIPPED)
def test_a_build_is_as_small_as_the_document_says(name: str, suffix: str) -> None:
    (file,) = (file for file in sdk.newest(sdk.built_files()) if file.name == name + suffix)
    assert len(gzip.compress(file.content, 9)) <= LARGEST_GZIPPED[name]
    (documented,) = re.findall(SIZE_IN_DOCUMENT[name], build_command.DOCUMENT.read_text())
    assert float(documented) * 1000 == LARGEST_GZIPPED[name]


@pytest.mark.parametrize("suffix", [".js", ".mjs"])
@pytest.mark.parametrize("name", LARGEST_GZIPPED)
def test_names_that_are_declared_are_not_shortened(rebuilt: Path, name: str, suffix: str) -> None:
    declared = re.findall(MEMBER, (rebuilt / f"{name}.d.ts").read_text(), re.MULTILINE)
    script = (rebuilt / f"{name}{suffix}").read_text()
    assert {"flush", "sampleRate", "everyMs"} <= set(declared)
    assert [word for word in declared if not re.search(rf"\b{word}\b", script)] == []


def test_the_declarations_fit_a_program(rebuilt: Path) -> None:
    (rebuilt / "program.ts").write_text(PROGRAM)
    compiler = node_packages.install() / "node_modules" / "typescript" / "bin" / "tsc"
    options = ("--strict", "--noEmit", "--target", "es2022", "--lib", "es2022,dom")
    modules = ("--module", "esnext", "--moduleResolution", "bundler")
    assert node_packages.run([str(compiler), *options, *modules, str(rebuilt / "program.ts")]) == ""


def test_the_digests_of_the_documents_are_those_of_the_files() -> None:
    document = build_command.DOCUMENT.read_text()
    assert build_command.renewed(document, sdk.built_files()) == document


def test_a_digest_is_renewed_beside_its_address() -> None:
    file = sdk.newest(sdk.built_files())[0]
    tag = '<script src="https://x{}"\n  integrity="{}"></script> <b integrity="sha384-ab"></b>'
    stale, fresh = tag.format(file.path, "sha384-AAAA"), tag.format(file.path, file.integrity)
    assert build_command.renewed(stale, sdk.built_files()) == fresh
