#!/usr/bin/env bash
# pyserial's `socket://`: when a device sends an answer and closes the connection, `read` raises SerialException, and the
# bytes that had arrived before are lost. A converter in front of a fiscal register that closes after each answer (many
# do) so seems to be dead, although the register has printed. A plain socket gives the bytes first and the end after them.
# Seen: pyserial 3.5 from PyPI, Python 3.11, Linux, 29 November 2026.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pyserial==3.5
"$folder/venv/bin/python" - <<'PYTHON'
import socket
import threading

import serial

print("pyserial", serial.__version__)


def device():
    """A device that answers one request with two bytes and closes."""
    connection, _address = server.accept()
    connection.recv(1)
    connection.sendall(b"OK")
    connection.close()


def answered(ask):
    thread = threading.Thread(target=device)
    thread.start()
    try:
        return ask(server.getsockname()[1])
    finally:
        thread.join()


def by_pyserial(port):
    line = serial.serial_for_url(f"socket://127.0.0.1:{port}", timeout=2)
    line.write(b"?")
    try:
        return line.read(5)
    except serial.SerialException as error:
        return f"SerialException: {error}"


def by_socket(port):
    with socket.create_connection(("127.0.0.1", port), timeout=2) as line:
        line.sendall(b"?")
        found = b""
        while part := line.recv(5):
            found += part
        return found


with socket.create_server(("127.0.0.1", 0)) as server:
    plain, serial_answer = answered(by_socket), answered(by_pyserial)
print("a plain socket reads", plain)
print("pyserial says", serial_answer)
assert plain == b"OK"
assert str(serial_answer).startswith("SerialException"), "pyserial gives the answer now"
PYTHON
