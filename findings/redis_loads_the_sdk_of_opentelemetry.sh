#!/usr/bin/env bash
# redis-py: `import redis` imports the OpenTelemetry SDK of metrics wherever that is installed
#
# Believed: a library that can be observed imports the OpenTelemetry API at most, and the SDK only once
#   an application asks for it; an extra that brings the SDK for one process costs the others nothing.
# True: redis.observability.providers imports opentelemetry.sdk.metrics at its top, within a try, and
#   `import redis` imports that module, although observability is off by default. Each process that
#   imports redis has the SDK in memory as soon as the package is installed, whether it exports or not;
#   a test that no worker loads the SDK at start fails when the extra is installed.
# Seen with redis 7.4.1 and opentelemetry-sdk 1.45.2 on Python 3.11, on 2026-11-29.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv environment
environment/bin/pip install -q --disable-pip-version-check redis==7.4.1

cat > loaded.py <<'PY'
import sys

import redis

names = [name for name in sys.modules if name.startswith("opentelemetry.sdk")]
print(f"redis {redis.__version__}: opentelemetry.sdk.metrics loaded:", "opentelemetry.sdk.metrics" in names)
PY
{
  environment/bin/python loaded.py
  environment/bin/pip install -q --disable-pip-version-check opentelemetry-sdk==1.45.2
  environment/bin/python loaded.py
} | tee seen
cat > expected <<'TEXT'
redis 7.4.1: opentelemetry.sdk.metrics loaded: False
redis 7.4.1: opentelemetry.sdk.metrics loaded: True
TEXT
diff expected seen && echo "As described."
