import re

from odoo.tests import TransactionCase, tagged

from ..compose.problem import CODES
from ..texts import PROBLEMS


@tagged("post_install", "-at_install")
class TestComposeTexts(TransactionCase):
    def test_each_problem_of_the_composer_has_its_sentence(self):
        """And the sentence names nothing that the problem does not know."""
        self.assertEqual(set(PROBLEMS), set(CODES))
        for code, sentence in PROBLEMS.items():
            text = self.env._(sentence)
            named = set(re.findall(r"%\((\w+)\)s", text))
            self.assertLessEqual(named, set(CODES[code]), code)
            self.assertTrue(text % dict.fromkeys(CODES[code], "1"))
