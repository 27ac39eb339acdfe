#!/usr/bin/env bash
# python-stdnum 2.2 takes a tax number that consists of zeros alone for a valid one: the check digit of zeros is zero.
# That holds of the Russian ИНН (10 and 12 digits), the Ukrainian РНОКПП and the Ukrainian ЄДРПОУ. People type zeros where
# a field is obligatory and they do not know the number, and a fiscal register refuses the receipt, or prints it with a
# number that nobody has.
# Seen: python-stdnum 2.2 from PyPI, Python 3.11, 29 November 2026.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-stdnum==2.2
"$folder/venv/bin/python" - <<'PYTHON'
import stdnum
from stdnum.ru import inn
from stdnum.ua import edrpou, rntrc

print("python-stdnum", stdnum.__version__)
for module, length in ((inn, 10), (inn, 12), (rntrc, 10), (edrpou, 8)):
    number = "0" * length
    print(f"{module.__name__}: {number} is {'valid' if module.is_valid(number) else 'invalid'}")
    assert module.is_valid(number), "it is refused now"
assert not inn.is_valid("7707083890"), "a wrong check digit is refused"
PYTHON
