#!/usr/bin/env bash
# Opens many WebSocket connections and says whether the server holds:
# ./test_websocket_load.sh light|medium|heavy|extreme [options]; --help lists them.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")/scripts
exec "$here/python" "$here/bootstrap.py" runtime scripts.load.command "$@"
