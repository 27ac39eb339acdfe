#!/usr/bin/env bash
# requests returns an interim response (102 Processing, 103 Early Hints) as if it were the answer: `http.client` below it
# passes over 100 alone. The real answer, which comes after it on the same connection, is never read. A gateway in front
# of a fiscal service that sends hints so makes each registered receipt look unregistered.
# Seen: requests 2.32.5 and urllib3 2.5.0 from PyPI, Python 3.11, 29 November 2026.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check requests==2.32.5 urllib3==2.5.0
"$folder/venv/bin/python" - <<'PYTHON'
import socket
import threading

import requests
import urllib3

print("requests", requests.__version__, "urllib3", urllib3.__version__)
HINT = {
    100: b"HTTP/1.1 100 Continue\r\n\r\n",
    102: b"HTTP/1.1 102 Processing\r\n\r\n",
    103: b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n",
}
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nregistered"


def serve(hint):
    connection, _address = server.accept()
    connection.recv(65536)
    connection.sendall(hint + ANSWER)
    connection.close()


seen = {}
with socket.create_server(("127.0.0.1", 0)) as server:
    for status, hint in HINT.items():
        thread = threading.Thread(target=serve, args=(hint,))
        thread.start()
        response = requests.get(f"http://127.0.0.1:{server.getsockname()[1]}/", timeout=5)
        thread.join()
        seen[status] = (response.status_code, response.text)
        print(f"{status} before the answer: requests returns {response.status_code} {response.text!r}")
assert seen[100] == (200, "registered")
assert seen[102] == (102, "") and seen[103] == (103, ""), "interim responses are passed over now"
PYTHON
