"""The emulated services that the demo's registers talk to, each a process of its own on the loopback address.

To add one, add a line to SERVICES. A module that is not there is left out.
"""

import contextlib
import importlib.util
import os
import subprocess
import sys
import time
from dataclasses import dataclass

from .console import stop
from .database import logs
from .paths import ROOT
from .ports import is_free


@dataclass(frozen=True)
class Service:
    title: str
    module: str
    port: int
    options: tuple[str, ...] = ()
    zone: str = "UTC"  # of the clock of its registers


SERVICES = [
    Service("KKM-Server", "tests.emulators.kkm_server", 5893, zone="Europe/Moscow"),
    Service("KKM-Server that calls", "tests.emulators.kkm_callback", 5895, zone="Europe/Moscow"),
    Service("Shtrih-M register", "tests.emulators.shtrih", 7778, zone="Europe/Moscow"),
    Service("Komtet Kassa", "tests.emulators.komtet", 8181, zone="Europe/Moscow"),
    Service("Vchasno.Kasa", "tests.emulators.vchasno", 3938, zone="Europe/Kyiv"),
    Service("Device Manager", "tests.emulators.vchasno_dm", 3939, zone="Europe/Kyiv"),
    Service("Checkbox", "tests.emulators.checkbox", 8790),
]


def available() -> list[Service]:
    """Return the services whose module is there."""
    return [service for service in SERVICES if present(service.module)]


def present(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


@contextlib.contextmanager
def running(services: list[Service]):
    """Run these services for as long as the block lasts."""
    processes = []
    try:
        for service in services:
            processes.append(start(service))
        yield
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def start(service: Service) -> subprocess.Popen:
    log = logs() / f"{service.module.rpartition('.')[2]}.log"
    command = [sys.executable, "-m", service.module, "--port", str(service.port), *service.options]
    with log.open("w") as output:
        # In a session of its own, so that Ctrl-C leaves it to us to end it after Odoo.
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"TZ": service.zone},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    deadline = time.monotonic() + 20
    while is_free(service.port):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            stop(f"{log.read_text()[-2000:]}\nThe emulated {service.title} did not start; its log is {log}.")
        time.sleep(0.1)
    return process
