"""Every term of every addon of the suite exists in Russian and Ukrainian."""

import io
import re
from pathlib import Path

import polib

from odoo.modules.module import get_module_path
from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import trans_export

LANGUAGES = ("ru", "uk")
#: a button, field or page that a sentence names
NAMED = re.compile("“([^“”%]+)”")
#: what has the name of a term of ours, and is something else: logins of KKM Server, a button of Odoo's payment screen
OTHERS = {"User", "Cancel"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    def addons(self):
        modules = self.env["ir.module.module"].search([("name", "=like", "fiscal\\_%"), ("state", "=", "installed")])
        return [name for name in modules.mapped("name") if Path(get_module_path(name)).parent == self.suite()]

    def suite(self):
        return Path(get_module_path("fiscal_base")).parent

    def exported(self, addon):
        """The terms of the addon as it is now."""
        buffer = io.BytesIO()
        trans_export(False, [addon], buffer, "po", self.env)
        return polib.pofile(buffer.getvalue().decode())

    def test_every_term_is_translated(self):
        for addon in self.addons():
            folder = Path(get_module_path(addon)) / "i18n"
            terms = {entry.msgid for entry in self.exported(addon)}
            self.assertTrue(terms, addon)
            template = {entry.msgid for entry in polib.pofile(str(folder / f"{addon}.pot"))}
            self.assertEqual(terms - template, set(), f"{addon}: terms that are not in the .pot; run make i18n")
            self.assertEqual(template - terms, set(), f"{addon}: terms of the .pot that are gone; run make i18n")
            for language in LANGUAGES:
                with self.subTest(addon=addon, language=language):
                    translation = polib.pofile(str(folder / f"{language}.po"))
                    known = {entry.msgid: entry for entry in translation if not entry.obsolete}
                    self.assertEqual(terms - known.keys(), set(), "missing")
                    self.assertEqual([entry.msgid for entry in translation.fuzzy_entries()], [], "fuzzy")
                    self.assertEqual([entry.msgid for entry in translation.untranslated_entries()], [], "untranslated")
                    for msgid in terms:
                        self.assertEqual(
                            sorted(PLACEHOLDER.findall(msgid)),
                            sorted(PLACEHOLDER.findall(known[msgid].msgstr)),
                            f"placeholders of “{msgid}”",
                        )

    def test_a_sentence_names_a_button_as_the_button_is_called(self):
        for language in LANGUAGES:
            files = [polib.pofile(str(self.suite() / addon / "i18n" / f"{language}.po")) for addon in self.addons()]
            called = {}
            for entry in (entry for file in files for entry in file):
                called.setdefault(entry.msgid, set()).add(entry.msgstr.lower())
            for entry in (entry for file in files for entry in file):
                for name in set(NAMED.findall(entry.msgid)) & called.keys() - OTHERS:
                    with self.subTest(language=language, name=name, sentence=entry.msgid):
                        self.assertTrue(any(word in entry.msgstr.lower() for word in called[name]), entry.msgstr)

    def test_the_till_and_the_forms_speak_the_language(self):
        for lang, label in (("ru_RU", "Смена открывается"), ("uk_UA", "Зміна відкривається")):
            if not self.env["res.lang"]._get_code(lang):
                self.env["res.lang"]._activate_lang(lang)
                self.env.ref("base.module_fiscal_base")._update_translations([lang])
            field = self.env["fiscal.register"].with_context(lang=lang)._fields["shift_policy"]
            self.assertEqual(field._description_string(self.env(context={"lang": lang})), label)
