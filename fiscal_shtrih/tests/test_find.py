"""The search for registers: on a pseudo-terminal, whose speed is any, and over TCP."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models import fiscal_register_find
from ..transport import Port
from .common import ShtrihCase, ShtrihEmulator


@tagged("post_install", "-at_install")
class TestFind(ShtrihCase):
    def setUp(self):
        super().setUp()
        self.ports = []
        patcher = patch.object(fiscal_register_find, "serial_ports", lambda: self.ports)
        patcher.start()
        self.addCleanup(patcher.stop)

    def places(self):
        return self.register.action_shtrih_find()["params"]["places"]

    def find_at(self, address, speed):
        with self.enter_registry_test_mode():
            return self.register.shtrih_find_at(address, speed)

    def test_on_a_serial_port(self):
        for framing in ("1", "2"):
            self.over(ShtrihEmulator(pty=True), shtrih_address=False, state="disabled")
            if framing == "2":
                self.emulator.device.framing = 2
            self.ports = [Port(self.emulator.address, "USB register, 1FC9:0089")]
            first = self.places()[0]
            self.assertEqual(first["text"], "USB register, 1FC9:0089")
            found = self.find_at(first["address"], first["speed"])
            self.assertEqual(
                found, {"state": "found", "framing": framing, "name": "ШТРИХ-М-01Ф", "serial": "4239"}, framing
            )

    def test_speeds_and_addresses(self):
        self.register.shtrih_speed = "9600"
        self.ports = [Port("/dev/ttyUSB7", "")]
        places = [(place["address"], place["speed"]) for place in self.places()]
        self.assertEqual(places[0], ("/dev/ttyUSB7", 9600))
        self.assertEqual(len({speed for address, speed in places if address == "/dev/ttyUSB7"}), 7)
        self.assertEqual(places[-2:], [(self.emulator.address, 9600), ("192.168.137.111", 9600)])
        found = self.find_at(self.emulator.address, 9600)
        self.assertEqual((found["state"], found["serial"]), ("found", "4239"))

    def test_wrong_password(self):
        self.tape.password = 29
        found = self.find_at(self.emulator.address, 115200)
        self.assertEqual((found["state"], found["name"], found["serial"]), ("found", "ШТРИХ-М-01Ф", ""))

    def test_ports_of_others_are_left_alone(self):
        other = self.register.copy()
        other.write({"provider": "shtrih", "shtrih_address": "/dev/ttyUSB7"})
        self.ports = [Port("/dev/ttyUSB7", "")]
        self.assertNotIn("/dev/ttyUSB7", [place["address"] for place in self.places()])
        self.assertEqual(self.find_at("/dev/ttyUSB7", 115200), {"state": "closed"})

    def test_nobody_there(self):
        self.ports = [Port("/dev/no-such-port", "")]
        self.assertEqual(self.find_at("/dev/no-such-port", 115200), {"state": "closed"})
        self.emulator.device.byte = lambda byte: b""
        self.assertEqual(self.find_at(self.emulator.address, 115200), {"state": "silent"})

    def test_not_while_it_works(self):
        self.patch(self.env.registry["fiscal.register"], "_lock_lane", lambda register: False)
        with self.assertRaisesRegex(UserError, "at work"):
            self.find_at(self.emulator.address, 115200)
