"""Loads the OpenTelemetry SDK when it is first used: it is an extra, which most do without."""

from functools import lru_cache
from importlib import import_module
from types import ModuleType
from typing import NamedTuple

REQUIREMENTS = "analytics/otlp/requirements.txt"
MISSING = (
    "OTEL_EXPORTER_OTLP_ENDPOINT is set, but the OpenTelemetry SDK is not installed: "
    f"pip install -r {REQUIREMENTS}, then restart; ./scripts/serve installs it by itself"
)


class SdkMissing(Exception):
    """The extra is not installed. The text says how it is."""


class Sdk(NamedTuple):
    """The modules of the SDK that are used."""

    export: ModuleType
    instrumentation: ModuleType
    resources: ModuleType
    encoder: ModuleType


@lru_cache(maxsize=1)
def sdk() -> Sdk:
    """The modules. Raises `SdkMissing`."""
    try:
        return Sdk(
            import_module("opentelemetry.sdk.metrics.export"),
            import_module("opentelemetry.sdk.util.instrumentation"),
            import_module("opentelemetry.sdk.resources"),
            import_module("opentelemetry.exporter.otlp.proto.common.metrics_encoder"),
        )
    except ImportError as fault:
        raise SdkMissing(MISSING) from fault
