"""Serial ports and sockets behind one small interface, every call of it bounded in time."""

from __future__ import annotations

import contextlib
import fcntl
import glob
import hashlib
import os
import re
import select
import socket
import stat
import tempfile
import termios
import time
from typing import NamedTuple
from urllib.parse import urlsplit

import serial
from serial.tools import list_ports

from ..const import PORT

#: seconds for a connection over the network, and for a write
CONNECT, WRITE = 4.0, 5.0
#: what pyserial raises when a port is gone; `termios.error` is no OSError
GONE = (serial.SerialException, OSError, termios.error, NotImplementedError, ValueError)


class LineError(Exception):
    """The line failed; nothing more can be read from or written to it."""


class Busy(LineError):
    """Somebody else has the port."""


class Held:
    """A port held by this process, among all processes of this machine: a lock on a file named after it.

    A serial port is locked as well (TIOCEXCL and flock, by pyserial), but a socket has no lock, and a register talks to
    one program at a time.
    """

    def __init__(self, address: str):
        name = hashlib.sha256(os.path.realpath(address).encode()).hexdigest()[:16]
        folder = os.path.join(tempfile.gettempdir(), f"fiscal_shtrih.{os.getuid()}")
        os.makedirs(folder, mode=0o700, exist_ok=True)
        if os.stat(folder).st_uid != os.getuid():
            raise LineError(folder)
        flags = os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
        self._file = os.open(os.path.join(folder, name), flags, stat.S_IRUSR | stat.S_IWUSR)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._file)
            raise Busy(address) from error

    def release(self):
        os.close(self._file)


class SerialLine:
    """A serial port of this machine, or `rfc2217://` and the other schemes that pyserial knows."""

    def __init__(self, address: str, speed: int):
        options = {"exclusive": True, "write_timeout": WRITE}
        if address.startswith("rfc2217://"):
            options = {}  # it knows neither
        try:
            self._port = serial.serial_for_url(address, baudrate=speed, timeout=0, **options)
        except GONE as error:
            busy = getattr(error, "errno", None) in (11, 16)
            raise (Busy if busy else LineError)(str(error)) from error

    def send(self, data: bytes):
        try:
            self._port.write(data)
        except GONE as error:
            raise LineError(str(error)) from error

    def receive(self, count: int, timeout: float) -> bytes:
        """As `link.Read`."""
        try:
            if self._port.timeout != timeout:
                self._port.timeout = timeout
            return self._port.read(count)
        except GONE as error:
            raise LineError(str(error)) from error

    def drop(self):
        try:
            self._port.reset_input_buffer()
        except GONE as error:
            raise LineError(str(error)) from error

    def close(self):
        with contextlib.suppress(*GONE):
            self._port.close()


class SocketLine:
    """TCP. What came before a disconnection can still be read; nothing waits for a delayed ACK."""

    def __init__(self, host: str, port: int, timeout: float = CONNECT):
        try:
            self._socket = socket.create_connection((host, port), timeout)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except (OSError, OverflowError, UnicodeError) as error:
            raise LineError(str(error)) from error
        self._come = bytearray()

    def send(self, data: bytes):
        try:
            self._socket.settimeout(WRITE)
            self._socket.sendall(data)
        except OSError as error:
            raise LineError(str(error)) from error

    def receive(self, count: int, timeout: float) -> bytes:
        """As `link.Read`."""
        end = time.monotonic() + timeout
        while len(self._come) < count and self._receive(max(0.0, end - time.monotonic())):
            pass
        data = bytes(self._come[:count])
        del self._come[:count]
        return data

    def drop(self):
        while self._come or self._waiting():
            self._come.clear()
            if not self._receive(0):
                return
            self._come.clear()

    def close(self):
        self._socket.close()

    def _waiting(self) -> bool:
        return bool(select.select([self._socket], [], [], 0)[0])

    def _receive(self, timeout: float) -> bool:
        """Whether anything came within `timeout`. :raises LineError: where the other side is gone and all is read"""
        try:
            if not select.select([self._socket], [], [], timeout)[0]:
                return False
            data = self._socket.recv(4096)
        except OSError as error:
            raise LineError(str(error)) from error
        if not data:
            if self._come:
                return False
            raise LineError("the connection was closed")
        self._come += data
        return True


def parse(address: str) -> tuple[str, int] | None:
    """Host and port of an address in the network (`host`, `host:port`, `socket://host:port`); None for a serial port.

    :raises ValueError: where it is neither
    """
    text = address.strip()
    if text.startswith(("/", "rfc2217://", "loop://")) or re.fullmatch(r"(?i)COM\d+", text):
        return None
    if "://" in text and not text.startswith(("socket://", "tcp://")):
        raise ValueError(address)
    parts = urlsplit(text if "://" in text else f"tcp://{text}")
    if not parts.hostname or parts.path not in ("", "/") or parts.username or re.search(r"\s", text):
        raise ValueError(address)
    return parts.hostname, parts.port or PORT


def canonical(address: str) -> str:
    """One spelling for one port: the device behind a name by id, host and port of a socket. :raises ValueError:"""
    place = parse(address)
    return f"{place[0].lower()}:{place[1]}" if place else os.path.realpath(address.strip())


class open_line(contextlib.AbstractContextManager):
    """The port at `address`, held for this process; closed at the end of the block, or of `close`.

    :param speed: bauds of a serial port
    :raises Busy: where another process has it
    :raises LineError: where there is none
    """

    def __init__(self, address: str, speed: int):
        try:
            self._place = parse(address)
            self._held = Held(canonical(address))
        except (ValueError, OSError) as error:
            raise LineError(str(error)) from error
        self._address, self._speed, self._line = address.strip(), speed, None

    def __exit__(self, *details):
        self.close()
        self._held.release()

    def connect(self):
        """The line itself, new where the last one failed."""
        if self._line is None:
            self._line = SocketLine(*self._place) if self._place else SerialLine(self._address, self._speed)
        return self._line

    def close(self):
        if self._line is not None:
            self._line.close()
            self._line = None


class Port(NamedTuple):
    """A serial port of this machine. `text`: what it says of itself, and its VID:PID where it is on USB."""

    address: str
    text: str


def serial_ports() -> list[Port]:
    """The serial ports of this machine, those on USB first, each under its stable name (by id) where it has one."""
    named = {os.path.realpath(path): path for path in sorted(glob.glob("/dev/serial/by-id/*"))}
    ports = sorted(list_ports.comports(), key=lambda port: (port.vid is None, port.device))
    return [Port(named.get(os.path.realpath(port.device), port.device), _text(port)) for port in ports]


def _text(port) -> str:
    said = [port.description] if port.description and port.description != "n/a" else []
    if port.vid is not None:
        said.append(f"{port.vid:04X}:{port.pid:04X}")
    return ", ".join(said)
