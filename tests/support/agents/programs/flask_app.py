"""An echo with flask-sock."""

import os
import sys

from flask import Flask, abort, request
from flask_sock import Sock

app = Flask(__name__)
app.config["SOCK_SERVER_OPTIONS"] = {"max_message_size": 65536}
sock = Sock(app)
if url := os.environ.get("SINK"):
    from wsmon_agent.flask_sock import monitor

    monitor(sock, url, token="t", service="flask", interval_seconds=600)


@app.before_request
def refuse():
    if request.path == "/refused":
        abort(403)


@sock.route("/")
def echo(ws):
    while True:
        data = ws.receive()
        if data == "raise":
            raise RuntimeError("as asked")
        if data == "return":
            return
        if data == "close":
            ws.close(4321)
            return
        ws.send(data)


if __name__ == "__main__":
    app.run(port=int(sys.argv[1]), threaded=True)
