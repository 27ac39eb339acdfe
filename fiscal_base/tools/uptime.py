"""Time that nobody sets: how long ago something happened on this machine, whatever became of its clock meanwhile."""

import contextlib
import pathlib
import time
import uuid


def _boot():
    """An id of this run of the machine, the same in all its processes; where the system tells none, of this process."""
    with contextlib.suppress(OSError):
        return pathlib.Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return str(uuid.uuid4())


BOOT = _boot()


def stamp():
    """This moment, as `seconds_since` takes it: the id of this run of the machine, and its uptime in seconds."""
    return f"{BOOT} {time.monotonic():.2f}"


def seconds_since(moment):
    """Seconds since the `stamp` of `moment`; None where it is of another machine, or of this one before it was started
    again."""
    boot, __, uptime = (moment or "").partition(" ")
    return time.monotonic() - float(uptime) if boot == BOOT else None
