"""Debian packages without installing them: apt with a state of its own, so that the machine's sources stay as they are.

The mirror is the one that the machine's own apt uses, in either of its two file formats. On Debian the suite is `sid`.
A mirror of Ubuntu has no `sid`; there Ubuntu's own development suite is asked instead, which takes most packages over
from it (not tried on every release of Ubuntu). DEBIAN_MIRROR names another mirror of Debian.
"""

import os
import platform
import re
import shutil
from pathlib import Path

from .console import run, stop

HELP = (
    "Set ODOO_HOME to an Odoo 19 that this machine already has, or DEBIAN_MIRROR to the address of a mirror of Debian."
)
KEYRINGS = {
    "debian": "/usr/share/keyrings/debian-archive-keyring.gpg",
    "ubuntu": "/usr/share/keyrings/ubuntu-archive-keyring.gpg",
}


# The machine's hooks and extra indexes belong to its own updates, and apt's own user cannot read a private folder.
SETTINGS = """\
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Post-Invoke;
#clear Acquire::IndexTargets::deb::DEP-11;
APT::Sandbox::User "root";
APT::Update::Error-Mode "any";
Acquire::Languages "none";
Acquire::Retries "3";
Dir::Etc::SourceList "{folder}/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::State::Lists "{folder}/lists";
Dir::Cache "{folder}";
"""


class Apt:
    """A private apt of one suite, kept in `folder`."""

    def __init__(self, folder: Path):
        if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
            stop(f"Odoo 19 comes from Debian's packages, and this machine has no apt-get. {HELP}")
        self.folder = folder
        (folder / "lists" / "partial").mkdir(parents=True, exist_ok=True)
        (folder / "archives" / "partial").mkdir(parents=True, exist_ok=True)
        (folder / "sources.list").write_text(source_line() + "\n")
        (folder / "apt.conf").write_text(SETTINGS.format(folder=folder))
        self.command = ["apt-get", "-qq", "-c", folder / "apt.conf"]

    def update(self) -> None:
        run([*self.command, "update"], log=self.folder / "update.log")

    def unpack(self, packages: list[str], target: Path) -> None:
        """Download packages and lay their files out under `target`."""
        debs = self.folder / "debs"
        shutil.rmtree(debs, ignore_errors=True)
        debs.mkdir()
        run([*self.command, "download", *packages], log=self.folder / "download.log", cwd=debs)
        for deb in sorted(debs.glob("*.deb")):
            run(["dpkg-deb", "-x", deb, target])
        shutil.rmtree(debs)


def source_line() -> str:
    """Return the one line of the private sources file."""
    mirror = os.environ.get("DEBIAN_MIRROR")
    name = "debian" if mirror else distribution()
    suite, component = ("devel", "universe") if name == "ubuntu" else ("sid", "main")
    mirror = mirror or machine_mirror(name)
    keyring = KEYRINGS[name]
    options = f"[signed-by={keyring}] " if Path(keyring).exists() else ""
    return f"deb {options}{mirror} {suite} {component}"


def distribution() -> str:
    """Return which of the two families of packages this machine uses."""
    release = platform.freedesktop_os_release()
    return "ubuntu" if "ubuntu" in [release["ID"], *release.get("ID_LIKE", "").split()] else "debian"


def machine_mirror(name: str) -> str:
    """Return the mirror in the machine's own apt settings that holds its own distribution."""
    codename = platform.freedesktop_os_release().get("VERSION_CODENAME")
    found = configured_sources()
    for uri, suites in found:
        if codename in suites:
            return uri
    for uri, _suites in found:
        if uri.rstrip("/").endswith(name):
            return uri
    stop(f"No mirror of {name.capitalize()} was found in this machine's apt settings. {HELP}")


def configured_sources(etc: Path = Path("/etc/apt")) -> list[tuple[str, list[str]]]:
    """Return every (address, suites) of the machine's apt, from `.list` and `.sources` files."""
    found = []
    for path in [etc / "sources.list", *sorted((etc / "sources.list.d").glob("*.list"))]:
        for line in path.read_text().splitlines() if path.exists() else []:
            match = re.match(r"deb\s+(?:\[[^]]*\]\s*)?(\S+)\s+(\S+)", line.strip())
            if match:
                found.append((match[1], [match[2]]))
    for path in sorted((etc / "sources.list.d").glob("*.sources")):
        text = re.sub(r"^#.*\n?", "", path.read_text(), flags=re.MULTILINE)
        for stanza in re.split(r"\n\s*\n", text):
            fields = dict(re.findall(r"^([\w-]+):[ \t]*(.*(?:\n[ \t].*)*)", stanza, re.MULTILINE))
            if "deb" in fields.get("Types", "deb").split() and fields.get("Enabled", "yes").strip() != "no":
                found += [(uri, fields.get("Suites", "").split()) for uri in fields.get("URIs", "").split()]
    return found
