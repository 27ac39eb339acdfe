# make demo    a demo shop with fiscal registers on this machine
# make test    every check and test; ONLY=<addon or path> runs a part
.PHONY: demo test lint i18n test-core test-upgrade chaos chaos-shtrih clients bench bench-hand-over fuzz

PYTHON ?= python3

demo:
	@PORT="$(PORT)" exec $(PYTHON) -m tests.dev.demo

test:
	@ONLY="$(ONLY)" exec $(PYTHON) -m tests.dev.run_tests

lint:
	@ONLY="$(ONLY)" exec $(PYTHON) -m tests.dev.lint

# terms of all addons into their .pot, .po files brought in line with them
i18n:
	@exec $(PYTHON) -m tests.dev.i18n

# The long run of the chaos test: DOCS documents while workers are killed and answers dropped, MINUTES at most.
chaos:
	@DOCS="$(DOCS)" SEED="$(SEED)" MINUTES="$(MINUTES)" exec $(PYTHON) -m tests.chaos

# COUNT receipts in each of the two framings on an emulated Shtrih-M register whose line is cut, whose power and paper
# fail; SEED repeats the choices of an earlier run.
chaos-shtrih:
	@COUNT="$(or $(COUNT),5000)" SEED="$(SEED)" ONLY="tests/pure/fiscal_shtrih/test_conversations.py::test_chaos" exec $(PYTHON) -m tests.dev.run_tests

# Clients that others have written, against the emulators: pyshtrih, which is downloaded for it.
clients:
	@exec $(PYTHON) -m tests.clients

# How fast Odoo answers the KKM Servers that call it, with a million documents in the database. DOCUMENTS, SERVERS,
# DURATION and CALLS change that.
bench:
	@DOCUMENTS="$(DOCUMENTS)" SERVERS="$(SERVERS)" DURATION="$(DURATION)" CALLS="$(CALLS)" exec $(PYTHON) -m tests.bench

# How long one transaction takes while COUNT sales go from a register out of reach to its backup.
bench-hand-over:
	@COUNT="$(COUNT)" exec $(PYTHON) -m tests.bench.hand_over

# COUNT calls to Odoo that no KKM Server would make; SEED repeats those of an earlier run.
fuzz:
	@COUNT="$(COUNT)" SEED="$(SEED)" exec $(PYTHON) -m tests.bench.fuzz

# Odoo's own tests of the point of sale and of payments, without the suite and with it. Takes an hour; TAGS=account runs
# those of payments, TAGS=<tags> any part.
test-core:
	@TAGS="$(TAGS)" exec $(PYTHON) -m tests.dev.core

# A database of the version before secrets had rows of their own, updated with today's code. Needs the history of git.
test-upgrade:
	@exec $(PYTHON) -m tests.dev.upgrade
