"""Measurements and long runs on real Odoo workers: `make bench` and `make fuzz`. Not a part of `make test`."""
