"""Faults that the test has planned for Odoo's processes: a folder with a file for each.

A process that comes to a point takes the first fault that is planned for it by renaming its file. So each strikes once,
in whichever process comes first, and is known to have struck even where that process did not survive it.
"""

import contextlib
import logging
import os
import signal
import threading
import time
from pathlib import Path

_logger = logging.getLogger(__name__)

FOLDER = os.environ.get("FISCAL_CHAOS") and Path(os.environ["FISCAL_CHAOS"])
#: a statement that PostgreSQL answers as it does when two transactions are in each other's way
CONFLICT = "DO $$ BEGIN RAISE EXCEPTION 'forced by the test' USING ERRCODE = 'serialization_failure'; END $$"


def kill(cr, value):
    """The process is gone, as by the kernel when memory is short."""
    os.kill(os.getpid(), signal.SIGKILL)


def kill_later(cr, value):
    """The process will be gone in `value` seconds, whatever it does then."""
    threading.Timer(float(value), kill, (cr, value)).start()


def conflict(cr, value):
    """A serialization failure, from PostgreSQL itself."""
    cr.execute(CONFLICT, log_exceptions=False)


def disconnect(cr, value):
    """PostgreSQL ends this connection, as an administrator or a failing server does."""
    cr.execute("SELECT pg_terminate_backend(pg_backend_pid())", log_exceptions=False)


def bug(cr, value):
    raise ZeroDivisionError("forced by the test")


def delay(cr, value):
    time.sleep(float(value))


ACTIONS = {function.__name__: function for function in (kill, kill_later, conflict, disconnect, bug, delay)}


def strike(point, register, cr):
    """Let the fault happen that is planned for `point` of the lane of `register` (a record), if there is one.

    File names are `<number>~<point>~<register id or 0>~<action>~<value>`.
    """
    planned = FOLDER / "planned"
    for name in sorted(os.listdir(planned)):
        __, where, which, action, value = name.split("~")
        if where != point or which not in ("0", str(register.id)):
            continue
        with contextlib.suppress(FileNotFoundError):
            (planned / name).rename(FOLDER / "struck" / name)
            # when, and on which register
            (FOLDER / "struck" / name).write_text(f"{time.time()} {register.id}")
            _logger.info("fault %s", name)
            ACTIONS[action](cr, value)
            return


def clock_offset():
    """Seconds by which the clock of this machine is wrong now."""
    try:
        return float((FOLDER / "clock").read_text() or 0)
    except FileNotFoundError:
        return 0.0


def mutation(register):
    """The name of what has been taken out of the engine for `register`, to show that the test notices."""
    try:
        return (FOLDER / "mutations" / str(register.id)).read_text()
    except FileNotFoundError:
        return ""
