# One word a habit. Each target sets up what it needs; `make demo` and `make test` work on a fresh machine.
PYTHON ?= python3
BIN := .venv/bin
CONFIG ?= config.toml

.PHONY: help install demo run test test-every check fmt chaos bench clean

help: ## what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

install: .venv/.installed ## .venv from the hashed requirements

.venv/.installed: requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@echo "Setting up .venv (once, about a minute) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

demo: install ## a school living in a browser page: no account needed
	@$(BIN)/python -m bot demo

run: install ## the real bot, from config.toml
	@$(BIN)/python -m bot run --config $(CONFIG)

test: install ## everything, on SQLite and on PostgreSQL
	@$(BIN)/python -m tests.run

test-every: install ## the same, with every story on both databases
	@EVERY_DATABASE=1 $(BIN)/python -m tests.run

check: install ## style, types, imports, translations, migrations
	@$(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet . && echo "style: fine"
	@$(BIN)/mypy --no-error-summary && echo "types: fine"
	@$(BIN)/lint-imports --no-logo >.import-report 2>&1 && rm .import-report && echo "imports: fine" || (cat .import-report; rm .import-report; exit 1)
	@$(BIN)/python -m bot.checks

fmt: install ## puts the code in shape
	@$(BIN)/ruff format --quiet . && $(BIN)/ruff check --fix --quiet .

chaos: install ## 200 kills of the bot, and every fault of the network
	@$(BIN)/python -m tests.chaos --kills 200

bench: install .venv-peers/.installed ## speed, beside the peers, as ratios
	@$(BIN)/python -m bench.relay
	@$(BIN)/python -m bench.roster
	@$(BIN)/python -m bench.digests
	@$(BIN)/python -m bench.visits
	@$(BIN)/python -m bench.rota
	@$(BIN)/python -m bench.evening
	@$(BIN)/python -m bench.flood
	@$(BIN)/python -m bench.flood_learned
	@$(BIN)/python -m bench.outbox
	@$(BIN)/python -m bench.matching
	@$(BIN)/python -m bench.city

.venv-peers/.installed: requirements/peers.txt
	@$(PYTHON) -m venv .venv-peers
	@.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/peers.txt
	@touch $@

clean: ## removes what the targets made
	rm -rf .venv .venv-peers .mypy_cache .ruff_cache .pytest_cache .hypothesis
