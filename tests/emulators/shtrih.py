"""An emulated Shtrih-M register on TCP and on a pseudo-terminal.

python -m tests.emulators.shtrih --port 7778
"""

from __future__ import annotations

import argparse
import contextlib
import os
import select
import socket
import threading
import tty

from .shtrih_line import Device
from .shtrih_register import Register

#: seconds between two bytes of a frame (§1)
BYTE_TIMEOUT = 0.05


class ShtrihEmulator:
    """:param pty: a pseudo-terminal in place of TCP

    `cut_after` cuts the line when so many more bytes have gone over it in both directions, in the middle of whatever
    they belong to; what the register has received whole by then is executed. The next connection works again.
    """

    def __init__(self, register: Register | None = None, port: int = 0, pty: bool = False):
        self.register = register or Register()
        self.device = Device(self.register)
        self.lock = threading.Lock()
        self.cut_after: int | None = None
        self.cuts = 0
        self._end = threading.Event()
        self._wake, self._waker = os.pipe()
        self._pty = pty
        if pty:
            self._master, self._slave = os.openpty()
            tty.setraw(self._slave)
            self.address = os.ttyname(self._slave)
        else:
            self._server = socket.create_server(("127.0.0.1", port))
            self.address = f"127.0.0.1:{self._server.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def start(self):
        self._thread.start()
        return self

    def stop(self):
        self._end.set()
        os.write(self._waker, b"x")
        self._thread.join(10)
        for handle in (self._wake, self._waker):
            os.close(handle)
        if self._pty:
            os.close(self._master)
            os.close(self._slave)
        else:
            self._server.close()

    def _serve(self):
        while not self._end.is_set():
            if self._pty:
                self._talk(self._master, os.read, os.write)
                continue
            ready, _w, _x = select.select([self._server, self._wake], [], [])
            if self._wake in ready:
                return
            client, _address = self._server.accept()
            with client:
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with contextlib.suppress(OSError):
                    self._talk(client, lambda sock, size: sock.recv(size), lambda sock, data: sock.sendall(data))

    def _talk(self, channel, read, write):
        while not self._end.is_set():
            ready, _w, _x = select.select([channel, self._wake], [], [], BYTE_TIMEOUT if self.device.frame else None)
            if self._wake in ready:
                return
            if not ready:
                self.device.idle()
                continue
            data = read(channel, 4096)
            if not data:
                return
            with self.lock:
                come = self._passes(data)
                gone = self.device.feed(come)
                back = self._passes(gone) if len(come) == len(data) else b""
                cut = len(come) < len(data) or len(back) < len(gone)
                if cut:
                    self.cut_after, self.cuts = None, self.cuts + 1
            if back:
                write(channel, back)
            if cut and not self._pty:
                return

    def _passes(self, data: bytes) -> bytes:
        """As much of `data` as the line still carries."""
        if self.cut_after is None:
            return data
        part = data[: self.cut_after]
        self.cut_after -= len(part)
        return part


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=7778)
    emulator = ShtrihEmulator(port=parser.parse_args().port).start()
    with contextlib.suppress(KeyboardInterrupt):
        emulator._thread.join()


if __name__ == "__main__":
    main()
