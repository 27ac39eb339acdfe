#!/usr/bin/env bash
# reportlab 5 draws pictures only when the package rlPyCairo is there, which it does not ask for itself. Odoo 19 calls
# `createBarcodeDrawing(...).asString("png")` for /report/barcode and its requirements name no upper limit for reportlab on
# a new Python, so a fresh installation answers 500 there, and no document carries a QR code.
# Seen: reportlab 5.0.0 from PyPI, Python 3.11, 29 November 2026.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "reportlab==5.0.0"
"$folder/venv/bin/python" - <<'PYTHON'
import reportlab
from reportlab.graphics.barcode import createBarcodeDrawing

print("reportlab", reportlab.__version__)
barcode = createBarcodeDrawing("QR", value="t=20261129T1200&s=489.90", format="png", width=100, height=100)
try:
    picture = barcode.asString("png")
except Exception as error:
    print(f"{type(error).__name__}: {str(error).splitlines()[0]}")
else:
    raise SystemExit(f"it draws {len(picture)} bytes now")
PYTHON
