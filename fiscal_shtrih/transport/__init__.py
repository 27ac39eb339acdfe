"""The line to a register: a serial port or a socket, held by one process, and the session that drives conversations."""

from .lines import Busy, LineError, open_line, serial_ports
from .session import Session

__all__ = ["Busy", "LineError", "Session", "open_line", "serial_ports"]
