#!/usr/bin/env bash
# Python's xmlrpc.client, with which Odoo's documentation shows how to call it from outside, makes a call again by itself
# when the connection ends before the answer: `Transport.request` tries twice. The server has executed the first one by
# then. A program that creates invoices or payments in this way now and then creates two of them, and two receipts.
# Seen: Python 3.11.7, 29 November 2026. Only the standard library is used.
set -euo pipefail
python3 - <<'PYTHON'
import platform
import socket
import threading
import xmlrpc.client

print("Python", platform.python_version())
executed = []


def read_call(connection):
    data = b""
    while b"</methodCall>" not in data:
        data += connection.recv(65536)
    return xmlrpc.client.loads(data.partition(b"\r\n\r\n")[2])[0][0]


def serve():
    """Executes the first call and loses its answer, as a worker that is killed does; answers the second."""
    for answers in (False, True):
        connection, _address = server.accept()
        with connection:
            executed.append(read_call(connection))
            body = xmlrpc.client.dumps((len(executed),), methodresponse=True).encode()
            head = f"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            if answers:
                connection.sendall(head + body)


with socket.create_server(("127.0.0.1", 0)) as server:
    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    with xmlrpc.client.ServerProxy(f"http://127.0.0.1:{server.getsockname()[1]}/") as odoo:
        print("one call is answered with number", odoo.create("invoice"))
    thread.join(5)
print("the server has executed", executed)
assert executed == ["invoice", "invoice"], "the call is made once now"
PYTHON
