"""The line to a register: a serial port or a socket, held by one process, and the session that drives conversations."""

from .lines import Busy, LineError, Port, open_line, serial_ports
from .session import Session

__all__ = ["Busy", "LineError", "Port", "Session", "open_line", "serial_ports"]
