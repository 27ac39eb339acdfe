"""Odoo 19 itself: the one that ODOO_HOME names, or Debian's package of it unpacked into the cache."""

import os
import re
import shutil
from pathlib import Path

from .apt import HELP, Apt
from .console import stop
from .paths import cache

# Where Debian's package has Odoo.
PACKAGES = "usr/lib/python3/dist-packages"
# It takes fonts and JavaScript libraries from other packages, by relative links.
LINKED = [
    "fonts-font-awesome",
    "fonts-inconsolata",
    "fonts-montserrat",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
]
# Fonts whose file names moved since those links were made, and the file to use instead.
MOVED = {
    "fontawesome-webfont.woff2": "fa-solid-900.woff2",
    "fontawesome-webfont.woff": "fa-solid-900.woff2",
    "fontawesome-webfont": "fa-solid-900.ttf",
    "FontAwesome": "fa-solid-900.ttf",
    "Inconsolata": "Inconsolata-Regular.otf",
}
# Left out by Debian, and an error in the backend's bundle without it: the blurred background of a video call.
LEFT_OUT = "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"


def odoo_home() -> Path | None:
    """Return the folder with the `odoo` package of the user's own Odoo, or None when there is none."""
    chosen = os.environ.get("ODOO_HOME")
    if not chosen:
        return None
    folder = Path(chosen).expanduser().resolve()
    if not (folder / "odoo" / "release.py").exists():
        stop(f"ODOO_HOME is {folder}, and no Odoo is there: it must be the folder that holds the folder `odoo`.")
    check_version(folder)
    return folder


def may_download() -> bool:
    """Tell whether anything may be downloaded or installed: not for somebody who brings an Odoo."""
    return not os.environ.get("ODOO_HOME")


def unpacked_path() -> Path:
    """Return the folder of the `odoo` package in the cache, whether it is there yet or not."""
    return cache() / "odoo" / PACKAGES


def unpack() -> None:
    """Download Odoo and lay it out in the cache."""
    partial = cache() / "odoo.partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    apt = Apt(cache() / "apt")
    apt.update()
    apt.unpack(["odoo-19", *LINKED], partial)
    packages = partial / PACKAGES
    check_version(packages)
    mend_links(partial, packages)
    selfie = packages / LEFT_OUT
    selfie.parent.mkdir(parents=True, exist_ok=True)
    selfie.touch()
    partial.rename(cache() / "odoo")


def check_version(folder: Path) -> None:
    text = (folder / "odoo" / "release.py").read_text()
    match = re.search(r"^version_info = \((\d+), (\d+)", text, re.MULTILINE)
    if not match or match.groups() != ("19", "0"):
        found = ".".join(match.groups()) if match else "unknown"
        stop(f"The Odoo in {folder} is of version {found}; the addons are for 19.0. {HELP}")


def mend_links(root: Path, packages: Path) -> None:
    """Point the links that lead nowhere at the file that took the place of the one they meant."""
    fonts = {path.name: path for path in sorted((root / "usr/share").rglob("*.*")) if path.is_file()}
    for link in packages.rglob("*"):
        if not link.is_symlink() or link.exists():
            continue
        replacement = fonts.get(MOVED.get(link.name) or MOVED.get(link.stem, ""))
        if replacement:
            link.unlink()
            link.symlink_to(os.path.relpath(replacement, link.parent))
