"""`make i18n`: write the terms of every addon to `i18n/<addon>.pot`, and bring `ru.po` and `uk.po` in line with them.

Translations that are there are kept; what is new is left empty, and the test of translations names it.
"""

import sys

from . import database, environment, postgres
from .console import run, say, step
from .paths import ROOT, addons

LANGUAGES = {"ru": "Russian", "uk": "Ukrainian"}
#: rules of plural forms, as gettext writes them
PLURALS = "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"
#: lines of the header that change with every export and say nothing
NOISE = ("POT-Creation-Date", "PO-Revision-Date", "Last-Translator", "Language-Team", "Report-Msgid-Bugs-To")


def main() -> int:
    env = environment.enter()
    names = addons()
    with postgres.server():
        template = database.suite_template(env, only=names)
        template.build(env)
        with step("Exporting terms"):
            # Of the options only the path of addons is known to this command, and it has to come first.
            command = [option for option in env.odoo_command() if not option.startswith("--data-dir")]
            command += ["i18n", "export", "-d", template.name, *names]
            for name in names:
                (ROOT / name / "i18n").mkdir(exist_ok=True)
            run(command, env=env.variables(), log=database.logs() / "i18n.log")
    missing = 0
    for name in names:
        missing += bring_in_line(name)
    say(f"{missing} terms are not translated yet." if missing else "Every term is translated.")
    return 0


def bring_in_line(addon: str) -> int:
    """Merge the terms of `addon` into its translations; return how many of them lack one."""
    import polib

    folder = ROOT / addon / "i18n"
    template = polib.pofile(str(folder / f"{addon}.pot"), wrapwidth=0)
    template.metadata = {key: value for key, value in template.metadata.items() if key not in NOISE}
    template.save()
    missing = 0
    for code in LANGUAGES:
        path = folder / f"{code}.po"
        translation = polib.pofile(str(path), wrapwidth=0) if path.exists() else polib.POFile(wrapwidth=0)
        translation.merge(template)
        for entry in [*translation.obsolete_entries()]:
            translation.remove(entry)
        translation.metadata = {**template.metadata, "Language": code, "Plural-Forms": PLURALS}
        translation.sort(key=lambda entry: [template.find(entry.msgid).linenum])
        translation.save(str(path))
        missing += len(translation.untranslated_entries()) + len(translation.fuzzy_entries())
    return missing


if __name__ == "__main__":
    sys.exit(main())
