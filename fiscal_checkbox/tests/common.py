"""Tests against an emulated Checkbox over a real line. The emulator lies beside the addons, in tests/emulators."""

import sys
from pathlib import Path

from odoo import Command
from odoo.tests import tagged

from odoo.addons.fiscal_base.tests.common import FiscalCase

sys.path.append(str(Path(__file__).resolve().parents[2]))
from tests.emulators.checkbox import CheckboxEmulator

OPEN = ("queued", "sending", "waiting", "unknown")


def connect(register, emulator, employees, number=0):
    """Connect `register` to a register of the emulator, with `employees` as its cashiers.

    The first signs in with a PIN, the others with login and password.
    """
    register.write(
        {
            "provider": "checkbox",
            "checkbox_url": emulator.api,
            "checkbox_licence_key": emulator.organisation.registers[number].licence_key,
            "checkbox_account_ids": [
                Command.create(
                    {
                        "employee_id": employee.id,
                        "sign_in": "password" if index else "pin",
                        "pin_code": cashier.pin,
                        "login": cashier.login,
                        "password": cashier.password,
                    }
                )
                for index, (employee, cashier) in enumerate(
                    zip(employees, emulator.organisation.cashiers, strict=False)
                )
            ],
        }
    )
    register._checkbox_fetch_taxes()


def make_fiscal(register, emulated):
    """Make the register one that is not for tests, here and at the service."""
    emulated.is_test, emulated.licence_key = False, "0123456789abcdef01234567"
    register.write({"checkbox_licence_key": emulated.licence_key, "status_data": False})


def keep_what_is_kept(test):
    """In a test the cursors of the lane and of the token share a connection, so that the rollback after a call takes
    back what the other has committed. Write it again; `test_account.py` tests it on real cursors.
    """
    Account, Register = test.env.registry["fiscal.checkbox.account"], test.env.registry["fiscal.register"]
    keep, call, kept = Account._keep, Register._call, []

    def keep_and_note(account, vals):
        kept.append((account.ids, vals))
        return keep(account, vals)

    def call_and_write(register, document, method):
        outcome = call(register, document, method)
        while kept:
            ids, vals = kept.pop(0)
            register.env["fiscal.checkbox.account"].browse(ids).write(vals)
        return outcome

    test.patch(Account, "_keep", keep_and_note)
    test.patch(Register, "_call", call_and_write)


@tagged("post_install", "-at_install")
class CheckboxCase(FiscalCase):
    """A Ukrainian shop whose register is one of an emulated Checkbox."""

    country = "UA"

    def setUp(self):
        super().setUp()
        self.emulator = CheckboxEmulator(pace=False).start()
        self.addCleanup(self.emulator.stop)
        self.emulated = self.emulator.organisation.registers[0]
        self.second = self.shop.employees[1]
        connect(self.register, self.emulator, self.shop.employees)
        self.register.shift_policy = "first"
        self.emulator.requests.clear()
        keep_what_is_kept(self)

    def settle(self, times=12):
        """Run the lane with every pause over until nothing waits."""
        for __ in range(times):
            self.due()
            self.drain()
            if not self.register.document_ids.filtered(lambda document: document.state in OPEN):
                break

    def registered(self, *types):
        """What was registered, of these types."""
        return [receipt for receipt in self.emulator.receipts if receipt.type in types]

    def operation(self, operation, total=0.0, cashier=None):
        """Queue a document without lines."""
        event = f"test:{operation}:{len(self.register.document_ids)}"
        return self.register._enqueue_simple(operation, event, cashier or self.cashier, total)

    def sale(self, **vals):
        bread, coffee = self.shop.products["bread"], self.shop.products["coffee"]
        order = self.sell([(bread, 2), (coffee, 0.5)], [(self.shop.cash, 200)], **vals)
        return order, order.fiscal_document_ids

    def calls(self, *parts):
        """Requests whose address ends in one of `parts`."""
        return [request for request in self.emulator.requests if request.path.endswith(parts)]
