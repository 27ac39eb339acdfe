import subprocess
import sys

import pytest

from addons.fiscal_base.tools import uptime


def test_seconds_pass_whatever_the_clock_is_set_to(monkeypatch):
    sent = uptime.stamp()
    before = float(sent.split()[1])
    monkeypatch.setattr(uptime.time, "monotonic", lambda: before + 7)
    monkeypatch.setattr(uptime.time, "time", lambda: 0.0)
    assert uptime.seconds_since(sent) == pytest.approx(7)


def test_other_process_of_the_machine_counts_from_the_same_moment():
    program = f"import runpy; print(runpy.run_path({uptime.__file__!r})['stamp']())"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert 0 <= uptime.seconds_since(said.stdout.strip()) < 60


@pytest.mark.parametrize("moment", [None, False, "", "5f0c0b5e-6a1e-4e0e-9d3a-2d2d4b3f6a11 12.00"])
def test_another_machine_cannot_be_counted_from(moment):
    assert uptime.seconds_since(moment) is None
