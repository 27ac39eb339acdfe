#!/usr/bin/env bash
# Werkzeug's development server, which Odoo without workers serves by, sends `100 Continue` twice to a POST that asks for
# it: once by the handler of Python's http.server, and once by its own. Programs in .NET send `Expect: 100-continue` with
# each POST by default, among them such as report to Odoo what a fiscal register has printed.
# Seen: Werkzeug 3.0.6 from PyPI, Python 3.11, 29 November 2026.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check werkzeug==3.0.6
"$folder/venv/bin/python" - <<'PYTHON'
import socket
import threading
from importlib.metadata import version

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

print("Werkzeug", version("werkzeug"))


class Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"  # as Odoo's own handler has it

    def log(self, *_):
        pass


@Request.application
def echo(request):
    return Response(request.get_data())


server = make_server("127.0.0.1", 0, echo, request_handler=Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
with socket.create_connection(server.server_address, timeout=5) as line:
    line.sendall(
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
    )
    line.sendall(b"OK")
    answer = b""
    while part := line.recv(65536):
        answer += part
server.shutdown()
print(answer.decode())
assert answer.endswith(b"OK")
assert answer.count(b"100 Continue") == 2, "it is sent once now"
PYTHON
