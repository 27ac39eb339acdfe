"""What the tests outside of Odoo share: pure code without Odoo, real servers on copies of the template database."""

import sys

import pytest

from tests.dev import pure

pure.make_importable()
sys.meta_path.insert(0, pure.NoOdoo())


@pytest.fixture(scope="session")
def template():
    """The name of a database with the whole suite installed, to be copied."""
    from tests.dev import database, environment, paths, postgres

    env = environment.prepare()
    with postgres.server():
        suite = database.suite_template(env, only=paths.addons())
        suite.build(env)
        yield suite.name


@pytest.fixture
def database(template):
    """The name of a database of this test alone."""
    from tests.dev.database import temporary

    with temporary(template) as name:
        yield name


@pytest.fixture
def odoo_server(database):
    """Start real Odoo servers on this test's database: `server = odoo_server(workers=2, variables={…})`.

    All of them are stopped at the end. A warning or error in the log of one of them fails the test, unless the test has
    announced how the message starts: `server.announce("Worker (")`.
    """
    from tests.dev.server import OdooServer

    servers = []

    def start(*options: str, **settings) -> OdooServer:
        server = OdooServer(database, *options, **settings)
        servers.append(server)
        return server.start()

    yield start
    for server in servers:
        server.stop()
    unannounced = [text for server in servers for text in server.unannounced()]
    assert not unannounced, "\n\n".join(unannounced)
