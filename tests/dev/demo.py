"""`make demo`: a shop with fiscal registers on this machine, with emulated services in place of the real ones.

The database is kept from one run to the next, and made anew when the addons have changed. PORT names another port.
"""

import contextlib
import os
import signal
import sys
import threading

from . import database, environment, postgres, services
from .console import say, step, stop
from .ports import is_free
from .server import OdooServer

DATABASE = "fiscal_demo"
READY = """
  Odoo is ready:   http://localhost:{port}

  Login            Password
  admin            admin        the administrator: every company, app and setting
  anna             anna         a cashier of the Russian shop, in Russian
  oksana           oksana       a cashier of the Ukrainian shop, in Ukrainian

  What to click    Point of Sale, then open a shop, sell something and press Validate: the receipt has the
                   fiscal number and the QR code of an emulated register. The menu of Fiscal registers shows
                   every register and operation. Your language is in the menu of your own name, top right.

  Running          {running}
  Log              {log}

  Ctrl-C stops all of it.
"""


def prepare_database(env: environment.Environment) -> None:
    """Make the demo's database, unless the one of the last run is of the same addons."""
    template = database.suite_template(env, demo=True)
    template.build(env)
    if database.exists(DATABASE):
        built_from = database.query(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", DATABASE
        )
        if built_from == [template.name] and database.filestore(DATABASE).exists():
            say(f"The database {DATABASE} of the last run is kept.")
            return
        say(f"The addons have changed, so the database {DATABASE} is made anew.")
        database.drop(DATABASE)
    with step(f"Making the database {DATABASE}"):
        database.copy(template.name, DATABASE)
        database.execute(f"COMMENT ON DATABASE {DATABASE} IS '{template.name}'")


def serve(port: int) -> None:
    """Run the emulated services and Odoo until somebody asks for the end."""
    end = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: end.set())
    wanted = services.available()
    server = OdooServer(DATABASE, port=port, log=database.logs() / "demo.log")
    with services.running(wanted), contextlib.ExitStack() as stack:
        with step("Starting Odoo"):
            stack.callback(server.stop)
            server.start()
        names = [f"emulated {service.title} on port {service.port}" for service in wanted]
        say(READY.format(port=port, running=", ".join(["Odoo", "PostgreSQL", *names]), log=server.log))
        while not end.wait(1):
            if server.process.poll() is not None:
                stop(f"Odoo has ended by itself; its log is {server.log}.")
        say("\nStopping …")


def main() -> int:
    env = environment.enter()
    port = int(os.environ.get("PORT") or 8069)
    if not is_free(port):
        stop(f"Port {port} is taken. Choose another one: make demo PORT={port + 1}")
    for service in services.available():
        if not is_free(service.port):
            stop(f"Port {service.port} is taken, and the emulated {service.title} needs it. Is a demo running already?")
    with postgres.server():
        prepare_database(env)
        serve(port)
    say("Stopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
