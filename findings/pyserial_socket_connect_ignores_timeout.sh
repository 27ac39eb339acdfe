#!/usr/bin/env bash
# pyserial's `socket://`: the timeout that it is given bounds reading and writing, not connecting. To a device that does
# not answer, opening takes 5 seconds (`POLL_TIMEOUT` of the module), however short the timeout. A till that looks at its
# register before each sale would stand still for so long.
# Seen: pyserial 3.5 from PyPI, Python 3.11, Linux, 29 November 2026. The device that does not answer is a listening
# socket of this machine whose queue of connections is full: Linux answers further ones with silence.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pyserial==3.5
"$folder/venv/bin/python" - <<'PYTHON'
import socket
import time

import serial

print("pyserial", serial.__version__)
server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(0)
waiting = []
for _ in range(4):
    client = socket.socket()
    client.setblocking(False)
    client.connect_ex(server.getsockname())
    waiting.append(client)
began = time.monotonic()
try:
    serial.serial_for_url(f"socket://127.0.0.1:{server.getsockname()[1]}", timeout=0.2, write_timeout=0.2)
except serial.SerialException as error:
    print("SerialException:", error)
took = time.monotonic() - began
print(f"with a timeout of 0.2 s, opening took {took:.1f} s")
assert took > 3, "the timeout bounds the connection now"
PYTHON
