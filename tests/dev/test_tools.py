"""Tests of the tools themselves, where a mistake would go unseen: counting, reading settings, choosing what to run."""

import pytest

from tests.dev import apt, core, odoo_log, paths, postgres, run_tests

STAMP = "2026-01-02 03:04:05,678 1 {} db {}: {}\n"
TEST = "odoo.addons.fiscal_x.tests.test_y"
TOTAL = STAMP.format("ERROR", "odoo.tests.result", "2 failed, 1 error(s) of 4 tests when loading database 'db'")


def read(tmp_path, *records):
    log = tmp_path / "odoo.log"
    log.write_text("Running as user 'root' is a security risk.\n" + "".join(STAMP.format(*r) for r in records) + TOTAL)
    return odoo_log.read(log)


def started(*names):
    return [("INFO", TEST, f"Starting {name} ...") for name in names]


def test_a_test_is_counted_once_however_often_it_fails(tmp_path):
    results = read(
        tmp_path,
        *started("TestA.test_good", "TestA.test_bad"),
        ("ERROR", TEST, "FAIL: Subtest TestA.test_bad (i=0)\nTraceback (most recent call last):\n  …"),
        ("ERROR", TEST, "FAIL: Subtest TestA.test_bad (i=1)\nTraceback (most recent call last):\n  …"),
    )
    assert (results.passed, results.failed, results.finished) == (1, 1, True)
    assert len(results.broken[f"{TEST}: TestA.test_bad"]) == 2


def test_a_class_that_cannot_be_set_up_fails(tmp_path):
    results = read(tmp_path, ("ERROR", TEST, f"ERROR: setUpClass ({TEST}.TestA)\nTraceback …"))
    assert (results.passed, list(results.broken)) == (0, [f"{TEST}: setUpClass ({TEST}.TestA)"])


def test_a_skipped_test_is_neither_passed_nor_failed(tmp_path):
    skipped = ("INFO", TEST, "skipped TestA.test_s : Chrome executable not found")
    results = read(tmp_path, *started("TestA.test_s"), skipped)
    assert (results.passed, results.failed) == (0, 0)
    assert results.skipped == {f"{TEST}: TestA.test_s": "Chrome executable not found"}


def test_a_warning_that_no_test_announced_fails_the_run(tmp_path):
    results = read(tmp_path, *started("TestA.test_a"), ("WARNING", "odoo.addons.fiscal_x", "of two\nlines"))
    assert (results.passed, results.failed) == (1, 1)
    assert results.unannounced == ["WARNING odoo.addons.fiscal_x: of two\nlines"]


def test_what_the_browser_of_a_failed_tour_says_is_not_counted_again(tmp_path):
    results = read(
        tmp_path,
        *started("TestA.test_tour"),
        ("ERROR", f"{TEST}.TestA.test_tour.browser", "FAILED: [1/2] Tour x"),
        ("ERROR", TEST, "FAIL: TestA.test_tour\nTraceback …"),
    )
    assert (results.failed, results.unannounced) == (1, [])


def test_a_log_that_breaks_off_is_seen(tmp_path):
    log = tmp_path / "odoo.log"
    log.write_text(STAMP.format("INFO", TEST, "Starting TestA.test_a ..."))
    assert not odoo_log.read(log).finished


def test_announced_messages_are_expected(tmp_path):
    log = tmp_path / "odoo.log"
    log.write_text(STAMP.format("ERROR", "odoo.service.server", "Worker (12) died"))
    assert odoo_log.read(log).unannounced
    assert not odoo_log.read(log, ["Worker ("]).unannounced


def test_both_formats_of_apt_sources_are_read(tmp_path):
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list").write_text(
        "# deb http://off.example/debian bookworm main\n"
        "deb-src http://source.example/debian bookworm main\n"
        "deb [arch=amd64 signed-by=/x.gpg] http://one.example/debian bookworm main contrib\n"
    )
    (tmp_path / "sources.list.d" / "a.sources").write_text(
        "Types: deb deb-src\n# a comment\nURIs: http://two.example/debian http://three.example/debian\n"
        "Suites: trixie trixie-updates\nComponents: main\n\n"
        "Enabled: no\nTypes: deb\nURIs: http://off.example/debian\nSuites: trixie\n"
    )
    assert apt.configured_sources(tmp_path) == [
        ("http://one.example/debian", ["bookworm"]),
        ("http://two.example/debian", ["trixie", "trixie-updates"]),
        ("http://three.example/debian", ["trixie", "trixie-updates"]),
    ]


def test_database_url():
    assert postgres.variables_of("postgresql://me:p%40ss@db.example:5433/any?sslmode=require") == {
        "PGHOST": "db.example",
        "PGPORT": "5433",
        "PGUSER": "me",
        "PGPASSWORD": "p@ss",
        "PGSSLMODE": "require",
    }
    assert postgres.variables_of("postgresql:///any?host=/run/postgresql") == {"PGHOST": "/run/postgresql"}
    with pytest.raises(SystemExit):
        postgres.variables_of("postgresql:///any")


def test_browser_tests_are_told_by_their_tag():
    found = run_tests.test_classes(
        "class Shared(HttpCase):\n    def help(self):\n        pass\n\n\n"
        '@tagged("post_install", "-at_install")\nclass TestOne(TransactionCase):\n    pass\n\n\n'
        '@tagged(\n    "post_install",\n    "fiscal_browser",\n)\nclass TestTwo(Shared):\n    pass\n\n\n'
        "class TestThree(TransactionCase):\n    def test_it(self):\n        pass\n"
    )
    assert found == [("TestOne", False), ("TestTwo", True), ("TestThree", False)]


def test_tags_of_single_tests():
    assert run_tests.addon_of("/fiscal_x/tests/test_y.py") == "fiscal_x"
    assert run_tests.addon_of("/fiscal_x:TestA.test_b") == "fiscal_x"
    assert core.tag("odoo.addons.pos_hr.tests.test_x: TestA.test_b") == "/pos_hr:TestA.test_b"
    assert (
        core.tag("odoo.addons.pos_hr.tests.test_x: setUpClass (odoo.addons.pos_hr.tests.test_x.TestA)")
        == "/pos_hr:TestA"
    )


def test_an_addon_that_binds_to_one_that_is_not_here_is_left_out(tmp_path, monkeypatch):
    for name, depends in {"fiscal_a": ["account"], "fiscal_contract": ["fiscal_a", "contract"]}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "__manifest__.py").write_text(repr({"name": name, "depends": depends}))
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setenv("FISCAL_CACHE", str(tmp_path / "cache"))
    assert (paths.addons(), paths.left_out()) == (["fiscal_a"], {"fiscal_contract": "contract"})
    (paths.foreign() / "contract").mkdir(parents=True)
    assert (paths.addons(), paths.left_out()) == (["fiscal_a", "fiscal_contract"], {})
