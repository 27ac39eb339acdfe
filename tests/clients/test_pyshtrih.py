"""The emulated Shtrih-M register as a foreign client sees it: pyshtrih, on a pseudo-terminal.

It knows the first framing and the commands before FFD 1.05, so receipts are the addon's, in turn with it.
"""

import pytest

from addons.fiscal_base.tools.outcome import Kind
from addons.fiscal_shtrih.protocol import Link1, prepare, submit
from addons.fiscal_shtrih.transport import Session, open_line
from tests.emulators.shtrih import ShtrihEmulator
from tests.pure.fiscal_shtrih.samples import receipt, simple

pyshtrih = pytest.importorskip("pyshtrih", reason="`make clients` brings it")


@pytest.fixture
def emulator():
    emulator = ShtrihEmulator(pty=True).start()
    yield emulator
    emulator.stop()


@pytest.fixture
def client(emulator):
    device = pyshtrih.ShtrihM01F(emulator.address, 115200, 1, password=30)
    device.connect()
    yield device
    device.disconnect()


def ours(emulator, document):
    """A document by the addon, on the same line."""
    with open_line(emulator.address, 115200) as port:
        port.connect()
        return Session(port, Link1()).run(submit(prepare(document), 30)).outcome


def test_who_and_how_it_is(emulator, client):
    model = client.model()
    assert (model["Название устройства"], model["Модель устройства"]) == ("ШТРИХ-М-01Ф", 250)
    full = client.full_state()
    assert full["Заводской номер"] == 4239
    # it takes the number for big-endian, which published answers of registers are not
    assert full["ИНН"].to_bytes(6, "big") == (7707083893).to_bytes(6, "little")
    assert full["Дата"].year == emulator.register.clock().year
    assert client.state()["Режим ФР"].num == 4
    assert bytes(client.fs_state()["Номер ФН"]) == b"9999078902001234"
    assert client.fs_expiration_time()["Срок действия"].year == 2028
    assert (client.request_table_structure(6)["Название таблицы"]) == "Налоговые ставки"
    assert client.read_table(6, 11, 1, int)["Значение"] == 2200


def test_a_day(emulator, client):
    client.open_shift()
    assert client.fs_shift_params()["Номер смены"] == 1
    assert client.income(100000)["Сквозной номер документа"] == 2
    assert client.request_monetary_register(241)["Содержимое регистра"] == 100000
    client.outcome(40000)
    client.x_report()
    client.print_string("Hello")
    client.open_drawer()
    client.z_report()
    register = emulator.register
    assert [document.type for document in register.documents] == [2, 5]
    assert (register.tape[-1], register.drawer) == ("Hello", 1)


def test_errors(client):
    with pytest.raises(pyshtrih.Error) as refused:
        client.z_report()
    assert refused.value.code == 0x3D
    client.open_shift()
    with pytest.raises(pyshtrih.Error) as refused:
        client.outcome(1)
    assert refused.value.code == 0x46
    client.password = 29
    with pytest.raises(pyshtrih.Error) as refused:
        client.state()
    assert refused.value.code == 0x4F


def test_in_turn_with_the_addon(emulator, client):
    """It finds our receipt in the storage; the receipt that it leaves open is cancelled and ours registered."""
    client.open_shift()
    client.disconnect()
    sold = ours(emulator, receipt())
    assert sold.kind is Kind.DONE
    client.connect()
    found = client.fs_find_document_by_num(int(sold.data.number))
    assert found["Тип фискального документа"] == 3
    assert bytes(found["Данные фискального документа"])[9:13] == int(sold.data.sign).to_bytes(4, "little")
    client.open_check(0)
    assert client.state()["Режим ФР"].num == 8
    client.disconnect()
    assert ours(emulator, receipt()).data.number == "3"
    assert len(emulator.register.documents) == 3


def test_answer_that_it_has_not_taken(emulator, client):
    """It goes away before its answer: what waits in the register is not taken for ours."""
    client.open_shift()
    client.protocol.serial.write(bytes.fromhex("05 02 05 10 1E 00 00 00 0B"))
    client.disconnect()
    closed = ours(emulator, simple("cash_in", "1.00"))
    assert closed.kind is Kind.DONE
    assert emulator.register.cash == 100
