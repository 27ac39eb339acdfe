"""Frames and commands beside the vectors of §4, and under damage."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addons.fiscal_shtrih.protocol import answers, frames, tlv
from addons.fiscal_shtrih.protocol.commands import Commands

C = Commands(30)
CODE = bytes.fromhex("30 31 30 34 36 30 30 36 35 33 31 30 35 39 39 30 32 31 35 32 43 55 6E 71 1D 39 33 47 6B 33 30")

#: the note's bytes, and what makes them
COMMANDS = [
    ("02 05 10 1E 00 00 00 0B", C.short_status()),
    ("02 05 11 1E 00 00 00 0A", C.status()),
    ("02 01 FC FD", C.device_type()),
    ("02 02 F7 01 F4", C.parameters()),
    ("02 02 6B 58 31", C.words_of_error(0x58)),
    ("02 05 E0 1E 00 00 00 FB", C.open_shift()),
    ("02 06 8D 1E 00 00 00 00 95", C.open_receipt(0)),
    ("02 06 8D 1E 00 00 00 02 97", C.open_receipt(2)),
    ("02 06 8D 1E 00 00 00 80 15", C.open_receipt(0x80)),
    (
        "02 26 FF 46 1E 00 00 00 01 40 42 0F 00 00 00 BC 4D 00 00 00 FF FF FF FF FF FF FF FF FF FF 01 01 04 01 "
        "2F 2F D5 EB E5 E1 43",
        C.line(1, 1_000_000, 19900, None, 1, 1, 4, 1, "//Хлеб"),
    ),
    (
        "02 23 FF 46 1E 00 00 00 01 A0 25 26 00 00 00 10 27 00 00 00 A8 61 00 00 00 FF FF FF FF FF "
        "08 01 04 01 D1 FB F0 F1",
        C.line(1, 2_500_000, 10000, 25000, 8, 1, 4, 1, "Сыр"),
    ),
    ("02 0B FF 4D 1E 00 00 00 3C 08 01 00 00 92", C.line_tag(tlv.byte(2108, 0))),
    (
        "02 19 FF 0C 1E 00 00 00 F0 03 0F 00 62 75 79 65 72 40 73 68 6F 70 2E 74 65 73 74 0D",
        C.document_tag(tlv.text(1008, "buyer@shop.test", 64)),
    ),
    ("02 76 FF 45 1E 00 00 00 50 C3 00 00 00" + " 00" * 106 + " 01 40", C.close_receipt({0: 50000}, 1)),
    ("02 05 88 1E 00 00 00 93", C.cancel_receipt()),
    ("02 05 B0 1E 00 00 00 AB", C.continue_printing()),
    ("02 05 8C 1E 00 00 00 97", C.copy_of_last()),
    ("02 06 FF 01 1E 00 00 00 E6", C.storage_status()),
    ("02 06 FF 08 1E 00 00 00 EF", C.cancel_in_storage()),
    ("02 0A FF 0A 1E 00 00 00 D2 04 00 00 37", C.find_document(1234)),
    ("02 06 FF 35 1E 00 00 00 D2", C.begin_correction()),
    ("02 06 FF 39 1E 00 00 00 DE", C.exchange_status()),
    ("02 06 FF 40 1E 00 00 00 A7", C.shift_status()),
    ("02 09 1F 1E 00 00 00 0A 01 00 1D 1E", C.table_field(10, 1, 29)),
    ("02 09 1F 1E 00 00 00 06 0B 00 01 04", C.table_field(6, 11, 1)),
    ("02 09 1F 1E 00 00 00 11 01 00 11 09", C.table_field(17, 1, 17)),
    ("02 08 21 1E 00 00 00 0C 22 38 21", C.set_time(time(12, 34, 56))),
    ("02 08 22 1E 00 00 00 1D 0B 1A 38", C.set_date(date(2026, 11, 29))),
    ("02 06 25 1E 00 00 00 01 3C", C.cut()),
    ("02 06 28 1E 00 00 00 00 30", C.open_drawer()),
    ("02 29 FF 61 1E 00 00 00 01 00 1F 00" + CODE.hex() + "85", C.check_code(1, CODE)),
    ("02 07 FF 69 1E 00 00 00 01 8E", C.accept_code()),
]


@pytest.mark.parametrize(("vector", "command"), COMMANDS)
def test_commands(vector, command):
    data = bytes.fromhex(vector)
    assert command.data == data[2:-1]
    if vector.startswith("02 07 FF 69"):
        return  # the note's length byte of this one counts 7, its checksum fits
    assert frames.frame_1(command.data) == data


#: number, command, frame of the second framing
NUMBERED = [
    (6, "FC", "8F 03 00 06 00 FC ED 63"),
    (1, "10 1E 00 00 00", "8F 07 00 01 00 10 1E 00 00 00 1F AC"),
    (38, "10 01 00 00 00", "8F 07 00 26 00 10 01 00 00 00 E4 14"),
    (19, "8D 1E 00 00 00 02", "8F 08 00 13 00 8D 1E 00 00 00 02 60 2F"),
    (0x8F, "FC", "8F 03 00 9F 81 00 FC 26 C6"),
    (0x9F, "1F 8F 9F 00 00 06 0B 00 01", "8F 0B 00 9F 83 00 1F 9F 81 9F 83 00 00 06 0B 00 01 9C 85"),
]


@pytest.mark.parametrize(("number", "command", "vector"), NUMBERED)
def test_numbered(number, command, vector):
    data = bytes.fromhex(vector)
    assert frames.frame_2(number, bytes.fromhex(command)) == data
    assert frames.Reader().feed(data) == [(number, bytes.fromhex(command))]


def test_ping():
    assert bytes.fromhex("8F 00 00 0F 1D") == frames.PING
    assert frames.Reader().feed(bytes.fromhex("8F 02 00 00 00 A8 69")) == [(0, b"")]
    assert frames.crc(b"123456789") == 0x29B1


def test_answers():
    full = answers.full(
        bytes.fromhex(
            "1E 43 31 4A 86 0D 01 11 01 37 00 B2 02 02 00 00 4E 41 00 00 01 01 10 01 03 11 0D 2F 15 00 8F 10 00 00 "
            "09 00 00 00 00 00 AE A9 DB 56 01 00"
        )
    )
    assert (full.mode, full.submode, full.serial, full.document) == (2, 0, 0x108F, 0x37)
    short = answers.short(bytes.fromhex("1E B2 02 02 00 00 9F F8 00 00 00 75 08 00"))
    assert (short.mode, short.submode, short.operations) == (2, 0, 0)
    storage = answers.storage(bytes.fromhex("03 02 00 00 00 13 02 1A 12 0D") + b"9999078900001234" + b"\x88\0\0\0")
    assert (storage.life, storage.document, storage.last, storage.number) == (3, 2, 136, "9999078900001234")
    closed = answers.closed(bytes.fromhex("00 00 00 00 00 52 00 00 00 F2 BF 0B 3E"))
    assert (closed.number, closed.change, closed.moment) == (82, 0, None)


datas = st.binary(min_size=1, max_size=40)


@given(st.lists(st.tuples(st.integers(0, 0xFFFF), datas), max_size=5), st.data())
def test_what_is_whole_is_read_whatever_the_pieces(wanted, data):
    stream = b"".join(frames.frame_2(number, command) for number, command in wanted)
    reader, found = frames.Reader(), []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        found += reader.feed(stream[:size])
        stream = stream[size:]
    assert found == wanted


@given(datas, st.integers(0, 0xFFFF), st.data())
def test_what_is_damaged_is_never_another_answer(command, number, data):
    """Cut, doubled, changed at any byte: nothing but the frame itself is read."""
    frame = bytearray(frames.frame_2(number, command))
    at = data.draw(st.integers(0, len(frame) - 1))
    match data.draw(st.sampled_from(["cut", "double", "change"])):
        case "cut":
            del frame[at:]
        case "double":
            frame.insert(at, frame[at])
        case "change":
            frame[at] ^= data.draw(st.integers(1, 255))
    assert all(found == (number, command) for found in frames.Reader().feed(bytes(frame)))


@given(st.binary(max_size=300))
def test_noise_leaves_the_reader_able_to_read(noise):
    reader = frames.Reader()
    reader.feed(noise)
    assert reader.feed(frames.frame_2(7, b"\xfc"))[-1] == (7, b"\xfc")


@given(st.lists(st.tuples(st.integers(1000, 2200), st.binary(max_size=30)), max_size=6))
def test_tags_are_read_as_written(tags):
    assert tlv.parse(b"".join(tlv.tag(number, value) for number, value in tags)) == tags


def test_text_in_code_pages():
    assert tlv.text_866("Хлеб «Бородинский» – №1", 64).decode("cp866") == 'Хлеб "Бородинский" - №1'
    assert tlv.text_1251("Хлеб «Бородинский» ₽", 128).decode("cp1251") == "Хлеб «Бородинский» руб."
