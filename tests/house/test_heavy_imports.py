"""What a web worker and the scheduler do without until they need it."""

import subprocess
import sys
from pathlib import Path

from settings import CHECKOUT

# The SDK of OpenTelemetry, where it is installed, is loaded by redis; what encodes is ours alone.
HEAVY = ("cmdstanpy", "matplotlib", "opentelemetry.exporter", "pandas", "prophet", "scipy")
START = f"""
import sys
from pathlib import Path
import scripts.scheduler
from settings import Settings
from wsgi import create_app

create_app(Settings(data_dir=Path(sys.argv[1]), database_url="postgresql://127.0.0.1:1/none"))
print(*(name for name in {HEAVY} if name in sys.modules))
"""


def test_no_process_loads_heavy_libraries_at_start(tmp_path: Path) -> None:
    completed = subprocess.run(
        [sys.executable, "-P", "-c", START, str(tmp_path)],
        cwd=CHECKOUT, env={"PYTHONPATH": str(CHECKOUT)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert completed.stdout.split() == []
