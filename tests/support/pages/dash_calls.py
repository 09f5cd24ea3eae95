"""A Dash application of its own for callbacks, called over HTTP as the browser calls it."""

import json
from collections.abc import Mapping
from typing import Any

import dash
from flask import Flask

from analytics.formatting.numbers import THIN

ADDRESS = "/admin/_dash-update-component"


def empty_application() -> dash.Dash:
    """An application without callbacks, at the address of the real one."""
    app = dash.Dash(
        "callbacks", server=Flask("callbacks"), url_base_pathname="/admin/",  # type: ignore[arg-type]  # its annotation forgets Flask
        assets_folder="no-assets", suppress_callback_exceptions=True, enable_mcp=False,
        add_log_handler=False,
    )  # fmt: skip
    app.layout = []
    return app


def call(
    app: dash.Dash, output: str, values: Mapping[str, Any], triggered: str = ""
) -> dict[str, Any]:
    """Run the callback whose outputs contain `output`; `values` by `id.property`, `None` for the
    others. Returns the changed properties by component."""
    (key,) = [key for key in app.callback_map if output in key]
    spec = app.callback_map[key]
    body = {
        "output": key,
        "outputs": _outputs(spec["output"], values),
        "inputs": [_control(control, values) for control in spec["inputs"]],
        "state": [_control(control, values) for control in spec["state"]],
        "changedPropIds": [triggered] if triggered else [],
    }
    response = app.server.test_client().post(ADDRESS, json=body)
    assert response.status_code in (200, 204), response.text
    changed: dict[str, Any] = response.json["response"] if response.status_code == 200 else {}
    return changed


def written(changed: Any) -> str:
    """Everything a callback returned, as one text."""
    return json.dumps(changed, ensure_ascii=False).replace(THIN, " ").replace("\\u202f", " ")


def _outputs(outputs: Any, values: Mapping[str, Any]) -> Any:
    """The changed components; those of a pattern are the ones in `values`."""
    if isinstance(outputs, list | tuple):
        return [_outputs(output, values) for output in outputs]
    name = outputs.component_property.partition("@")[0]
    if "ALL" not in outputs.component_id_str():
        return {"id": outputs.component_id, "property": name}
    matches = _control({"id": outputs.component_id_str(), "property": name}, values)
    return [{"id": match["id"], "property": match["property"]} for match in matches]


def _control(control: Mapping[str, Any], values: Mapping[str, Any]) -> Any:
    """An input or state; a pattern-matching one is a list of its components."""
    name = f"{control['id']}.{control['property']}"
    if "ALL" not in control["id"]:
        return {**control, "value": values.get(name)}
    matches = {key: value for key, value in values.items() if _matches(key, control)}
    return [
        {"id": json.loads(key.rpartition(".")[0]), "property": control["property"], "value": value}
        for key, value in matches.items()
    ]


def _matches(key: str, control: Mapping[str, Any]) -> bool:
    component_id, _, name = key.rpartition(".")
    if not component_id.startswith("{") or name != control["property"]:
        return False
    return bool(json.loads(component_id)["type"] == json.loads(control["id"])["type"])
