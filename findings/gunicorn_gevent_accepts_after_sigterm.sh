#!/usr/bin/env bash
# Gunicorn's gevent worker goes on accepting for up to a second after SIGTERM
#
# Believed: on SIGTERM a worker stops accepting at once and then finishes what is under way, so code
#   that closes its WebSockets on the signal ends them for good.
# True: the worker looks at its flag once a second; until then it accepts and answers as before. A
#   client that reconnects within that second lands on the worker that is about to end, and is
#   disconnected a second time. Who closes sockets on the signal must refuse upgrades from then on.
# Seen with gunicorn 27.0.1, gevent 26.9.0, Python 3.11, on 2026-11-28.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet gunicorn==27.0.1 gevent==26.9.0 packaging==26.3

cat > app.py <<'PY'
import os


def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Connection", "close")])
    return [str(os.getpid()).encode()]
PY

cat > run.py <<'PY'
import os, signal, socket, subprocess, sys, time, urllib.request

with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
command = [sys.executable, "-m", "gunicorn", "-k", "gevent", "-w", "1", "-b", f"127.0.0.1:{port}",
           "--log-level", "error", "app:app"]
master = subprocess.Popen(command)


def answering():
    try:
        return int(urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).read())
    except OSError:
        return None


def seconds_accepted():
    """For how long after SIGTERM new connections are answered by the worker that got it."""
    while (worker := answering()) is None:
        assert master.poll() is None, "gunicorn has ended"
        time.sleep(0.05)
    time.sleep(1.5)
    signalled, latest = time.monotonic(), 0.0
    os.kill(worker, signal.SIGTERM)
    while (time.monotonic() - signalled) < 2:
        began = time.monotonic() - signalled
        if answering() == worker:
            latest = began
        time.sleep(0.02)
    return latest


rounds = sorted(seconds_accepted() for _ in range(6))
master.terminate()
master.wait()
print("new connections answered after SIGTERM:", "yes" if rounds[-1] > 0.1 else "no", flush=True)
print("longest under 1.5 s:", "yes" if rounds[-1] < 1.5 else "no")
print("rounds, in s:", " ".join(f"{each:.2f}" for each in rounds), file=sys.stderr)
PY
venv/bin/python run.py | tee output

diff output - <<'OUT'
new connections answered after SIGTERM: yes
longest under 1.5 s: yes
OUT
