"""What is shipped for running elsewhere: every metric, setting, file and command in it exists."""

import importlib.util
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from analytics.reports import prometheus
from settings import CHECKOUT, Settings

FOLDER = CHECKOUT / "deploy"
RULES = FOLDER / "prometheus" / "rules.yml"
DASHBOARD = json.loads((FOLDER / "grafana" / "dashboard.json").read_text(encoding="utf-8"))
UNIT = (FOLDER / "systemd" / "websocket-analytics.service").read_text(encoding="utf-8")
DOCKERFILE = (CHECKOUT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((CHECKOUT / "compose.yaml").read_text(encoding="utf-8"))
_help = re.compile(r"^# TYPE (\w+) (\w+)$", re.MULTILINE)
_metric = re.compile(r"(?<![\w:])wsmon_\w+")
_label = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)\s*\"")
SETTINGS = {name.upper() for name in Settings.__dataclass_fields__}
SECRETS = {f"{name}_FILE" for name in SETTINGS}


def exposed_names() -> set[str]:
    """The names of the samples of `/metrics`."""
    names: set[str] = set()
    for name, kind in _help.findall(prometheus.exposition([], []).decode()):
        ends = ("_bucket", "_sum", "_count") if kind == "histogram" else ("",)
        names |= {name + end for end in ends}
    return names


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def dashboard_expressions() -> Iterator[str]:
    for panel in DASHBOARD["panels"]:
        yield from (target["expr"] for target in panel["targets"])
    for variable in DASHBOARD["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["query"]["query"]


def test_every_metric_of_the_rules_is_exposed() -> None:
    named = {name for rule in rules() for name in _metric.findall(rule["expr"])}
    assert len(named) > 5
    assert named - exposed_names() == set()


def test_every_metric_of_the_dashboard_is_exposed_and_all_that_is_exposed_is_drawn() -> None:
    named = {name for text in dashboard_expressions() for name in _metric.findall(text)}
    assert named - exposed_names() == set()
    families = {re.sub(r"_(bucket|sum|count)$", "", name) for name in exposed_names()}
    drawn = {name.removesuffix("_bucket") for name in named}
    assert families - drawn == {"wsmon_messages_received_by_type_total"}


def test_labels_of_expressions_are_those_of_metrics() -> None:
    texts = [*dashboard_expressions(), *(rule["expr"] for rule in rules())]
    labels = {label for text in texts for label in _label.findall(text)}
    assert labels <= {"service", "app", "code", "job"}


def test_recorded_figures_are_used_by_the_rules_that_follow() -> None:
    recorded = [rule["record"] for rule in rules() if "record" in rule]
    alerts = [rule for rule in rules() if "alert" in rule]
    named = {name for rule in rules() for name in re.findall(r"service_app:[\w:]+", rule["expr"])}
    assert named == {*recorded}
    assert all({"summary", "description"} == rule["annotations"].keys() for rule in alerts)


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
@pytest.mark.parametrize(
    "check", [("check", "rules", "rules.yml"), ("test", "rules", "rules_test.yml")]
)
def test_promtool_agrees(check: tuple[str, ...]) -> None:
    result = subprocess.run(
        ["promtool", *check], cwd=RULES.parent, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_panels_of_the_dashboard_do_not_overlap_and_have_a_source_and_a_unit() -> None:
    cells: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        spot = panel["gridPos"]
        covered = {
            (spot["x"] + x, spot["y"] + y) for x in range(spot["w"]) for y in range(spot["h"])
        }
        assert not cells & covered, panel["title"]
        assert spot["x"] + spot["w"] <= 24
        cells |= covered
        assert panel["fieldConfig"]["defaults"]["unit"]
        assert {target["datasource"]["uid"] for target in panel["targets"]} == {"${datasource}"}
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len({*ids}) == len(ids) > 20


def test_the_image_starts_what_serve_starts() -> None:
    serve = (CHECKOUT / "scripts" / "serve").read_text(encoding="utf-8")
    entry = json.loads(re.search(r"^ENTRYPOINT (.+)$", DOCKERFILE, re.MULTILINE)[1])  # type: ignore[index]
    assert entry[-1] == "scripts.supervisor"
    assert f"serve {entry[-1]} " in serve
    assert importlib.util.find_spec(entry[-1]) is not None


def test_the_image_sets_settings_that_exist_and_runs_as_an_ordinary_user() -> None:
    environment = re.search(r"^ENV (.+?[^\\])$", DOCKERFILE, re.MULTILINE | re.DOTALL)
    assert environment is not None
    names = set(re.findall(r"(\w+)=", environment[1]))
    assert names - SETTINGS == {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
    instructions = [line.split()[0] for line in DOCKERFILE.splitlines() if line[:1].isupper()]
    assert instructions.index("USER") < instructions.index("ENTRYPOINT")
    assert instructions.count("FROM") == 1
    assert ":latest" not in DOCKERFILE
    assert re.findall(r"^COPY (\S+) ", DOCKERFILE, re.MULTILINE) == [
        "requirements-metrics.txt",
        ".",
    ]
    assert (CHECKOUT / "requirements-metrics.txt").exists()


def test_what_is_left_out_of_the_image_is_not_needed_to_run() -> None:
    left_out = (CHECKOUT / ".dockerignore").read_text(encoding="utf-8").split()
    floors = {"models", "analytics", "ingest", "dashboard", "scripts", "assets", "migrations"}
    assert not floors & {*left_out}
    assert {".git", ".env", ".data", "secrets"} <= {*left_out}


def test_the_services_are_configured_by_settings_that_exist() -> None:
    web = COMPOSE["services"]["web"]
    assert {*web["environment"]} - SETTINGS - SECRETS == set()
    assert {*web["depends_on"]} == COMPOSE["services"].keys() - {"web"}
    for service in COMPOSE["services"].values():
        assert {*service.get("secrets", [])} <= COMPOSE["secrets"].keys()
        named = {mount.split(":")[0] for mount in service.get("volumes", [])}
        assert named <= COMPOSE["volumes"].keys()
        assert not service.get("image", ":x").endswith(":latest")
    assert all(":127" not in port and port.startswith("127.") for port in web["ports"])


def test_the_unit_starts_serve_where_its_data_may_be_written() -> None:
    lines = dict(line.split("=", 1) for line in UNIT.splitlines() if "=" in line[1:])
    start = Path(lines["ExecStart"])
    assert (CHECKOUT / start.relative_to(lines["WorkingDirectory"])).is_file()
    assert lines["Environment"] == f"DATA_DIR=/var/lib/{lines['StateDirectory']}"
    assert int(lines["TimeoutStopSec"]) > 10


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_reads_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "websocket-analytics.service"
    unit.write_text(
        UNIT.replace("/opt/websocket-analytics", str(CHECKOUT)).replace("=wsmon", "=root")
    )
    result = subprocess.run(
        ["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")
