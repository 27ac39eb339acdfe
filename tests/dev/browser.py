"""Chromium for the tours: the machine's own, or Debian's package installed when this user may install packages."""

import os
import shutil
import subprocess

from .console import step
from .odoo_source import may_download

NAMES = ["google-chrome", "chromium", "chromium-browser", "google-chrome-stable"]


def browser() -> str | None:
    """Return a browser that Odoo's tests find by themselves, installing one when that is possible."""
    return found() or (install() and found()) or None


def found() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


def install() -> bool:
    """Try to install Chromium from the machine's own packages."""
    apt = shutil.which("apt-get")
    if not apt or not may_download():
        return False
    as_root = [] if os.getuid() == 0 else ["sudo", "-n"]
    if as_root and (not shutil.which("sudo") or subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode):
        return False
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive", apt, "-qq", "-y"]
    with step("Installing Chromium for the browser tests"):
        for words in (["update"], ["install", "--no-install-recommends", "chromium"]):
            done = subprocess.run([*as_root, *quiet, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode:
            print(done.stderr[-1000:])
    return not done.returncode
