"""A real Odoo server in a process of its own, for tests from outside and for the demo.

with OdooServer(database, workers=2) as server:
    requests.get(server.url + "/web/login")
"""

import contextlib
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from . import environment, odoo_log
from .database import logs
from .paths import DEV
from .ports import free_ports


class OdooServer:
    """Odoo serving one database on the loopback address.

    `options` are further options of Odoo's command line, `variables` further environment variables. Without `port` a
    free one is taken at each start. The log of all starts is in `log`.
    """

    def __init__(
        self,
        database: str,
        *options: str,
        workers: int = 0,
        cron_threads: int = 2,
        port: int | None = None,
        interface: str = "127.0.0.1",
        variables: dict[str, str] | None = None,
        log: Path | None = None,
    ):
        self.environment = environment.prepare()
        self.database = database
        self.options = options
        self.workers = workers
        self.cron_threads = cron_threads
        self.chosen_port = port
        self.interface = interface
        self.variables = variables or {}
        self.log = log or logs() / f"server-{database}-{id(self):x}.log"
        self.log.unlink(missing_ok=True)
        self.announced: list[str] = []
        self.process: subprocess.Popen | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        return self.process.pid

    def start(self, timeout: float = 90) -> "OdooServer":
        """Start Odoo and wait until it answers."""
        self.port, gevent = free_ports(2)
        self.port = self.chosen_port or self.port
        command = self.environment.odoo_command(
            *("-d", self.database, "--no-database-list", f"--db-filter=^{self.database}$"),
            *(f"--http-interface={self.interface}", f"--http-port={self.port}", f"--gevent-port={gevent}"),
            *(f"--workers={self.workers}", f"--max-cron-threads={self.cron_threads}"),
            *self.options,
        )
        command[1:3] = [str(DEV / "odoo_bin.py")]
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                command,
                env={**self.environment.variables(), **self.variables},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + timeout
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-30:])
                raise RuntimeError(f"{tail}\nOdoo did not start; its log is {self.log}.")
            time.sleep(0.2)
        return self

    def answers(self) -> bool:
        try:
            # The first request of a process loads the whole registry.
            with urllib.request.urlopen(f"{self.url}/web/health", timeout=60) as answer:
                return answer.status == 200
        except (OSError, urllib.error.URLError):
            return False

    def stop(self, timeout: float = 30) -> None:
        """End Odoo as an administrator would; kill it when it does not go."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout)
        self.kill()

    def kill(self) -> None:
        """End Odoo and its workers at once, with no chance to tidy up: a crash."""
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def announce(self, *starts: str) -> None:
        """Say that warnings and errors whose message starts so belong to the test."""
        self.announced += starts

    def unannounced(self) -> list[str]:
        """Return each warning and error in the log that was not announced."""
        return odoo_log.read(self.log, self.announced).unannounced

    def __enter__(self) -> "OdooServer":
        return self.start()

    def __exit__(self, *_exc) -> None:
        self.stop()
