.DEFAULT_GOAL := help
.NOTPARALLEL:
.SUFFIXES:

BIN := .venv/bin
# The Python of .venv if it works, else the one given with PYTHON=…, else the first supported one.
FOUND := $(shell for python in $(BIN)/python $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null \
	&& echo $$python && break; done)
NO_PYTHON = Python 3.11, 3.12, 3.13 or 3.14 is needed and was not found: install it, or name it with PYTHON=/path/to/python
INSTALL := $(BIN)/python playbook/starting/installing.py
MANAGE := $(BIN)/python manage.py

.PHONY: help
help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s%s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

.PHONY: run
run: can-listen $(BIN)/.installed .env ## install requirements, prepare the database, serve the site
	@echo "Preparing the database and the static files …"
	@$(MANAGE) prepare
	@exec $(MANAGE) serve

.PHONY: dev
dev: export DEBUG = true
dev: can-listen $(BIN)/.installed-dev .env ## serve the site and reload it when the code changes
	@$(MANAGE) prepare
	@exec $(MANAGE) runserver $${HOST:-127.0.0.1}:$${PORT:-8000}

.PHONY: admin
admin: can-start $(BIN)/.installed .env ## create an administrator
	@$(MANAGE) prepare
	@$(MANAGE) createsuperuser

FILE := backups/$(shell date +%Y-%m-%dT%H-%M-%S).backup
.PHONY: backup
backup: can-start $(BIN)/.installed .env ## write all data to a file in backups/, or to FILE=…
	@mkdir -p -m 700 backups
	@$(MANAGE) backup $(FILE)

.PHONY: demo
demo: can-start $(BIN)/.installed .env ## add a learner with three weeks of study to an empty site
	@$(MANAGE) prepare
	@$(MANAGE) demo

.PHONY: install
install: can-start $(BIN)/.installed .env ## install the requirements and write .env
	@:

.PHONY: upgrade
upgrade: can-start ## back up, get the newest release, install and prepare it
	@$(FOUND) playbook/starting/upgrading.py

.PHONY: test
test: can-start $(BIN)/.installed-dev ## run every test: SQLite, PostgreSQL, browser, faults, cluster
	@$(BIN)/python -m tests.everything

.PHONY: test-quick
test-quick: export DATABASE_URL = sqlite:///playbook.sqlite3
test-quick: can-start $(BIN)/.installed-dev ## run the tests that need no server and no browser
	@$(BIN)/python -m pytest -q -m "not browser and not cluster and not faults"

.PHONY: test-faults
test-faults: export DATABASE_URL = sqlite:///playbook.sqlite3
test-faults: can-start $(BIN)/.installed-dev ## break what the served site depends on, and watch it
	@$(BIN)/python -m pytest -q tests/faults

.PHONY: cluster
cluster: can-start $(BIN)/.installed-dev ## serve the site from two nodes, with a replica, until Ctrl-C
	@exec $(BIN)/python -m tests.cluster

.PHONY: bench bench-quick
bench: can-start $(BIN)/.installed-dev ## measure how fast the site is, and write docs/performance.md
	@$(BIN)/python -m bench
bench-quick: can-start $(BIN)/.installed-dev ## check in two minutes that the benchmark works
	@$(BIN)/python -m bench --quick
.PHONY: lighthouse
lighthouse: can-start $(BIN)/.installed-dev ## measure the pages with Lighthouse, which needs Node
	@$(BIN)/python -m bench --only lighthouse

# Production settings with https, because the security checks depend on them.
.PHONY: lint
lint: export ENV_FILE = /dev/null
lint: export SECRET_KEY = only-for-the-checks-$(shell $(FOUND) -c 'import secrets; print(secrets.token_urlsafe(50))')
lint: export SITE_URL = https://playbook.example.org
lint: export DATABASE_URL = sqlite://:memory:
lint: can-start $(BIN)/.installed-dev ## check code, templates, imports and migrations
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy
	@find templates -name '*.html' -exec $(BIN)/djade --target-version 5.2 --check {} +
	@$(BIN)/lint-imports
	@$(MANAGE) makemigrations --check --dry-run
	@$(MANAGE) lintmigrations --settings tests.linting.settings
	@$(MANAGE) check --deploy --fail-level WARNING

COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --custom-compile-command "make lock" pyproject.toml
.PHONY: lock
lock: can-start $(BIN)/.installed-dev ## pin the newest requirements that fit pyproject.toml
	@$(COMPILE) --upgrade -o requirements.txt
	@$(COMPILE) --upgrade --group dev -c requirements.txt -o requirements-dev.txt

.PHONY: screenshots
screenshots: can-start $(BIN)/.installed-dev ## retake the pictures in docs/screenshots
	@$(BIN)/python -m docs.screenshots.make

# The reason why the site cannot start here, in one line; make prints it as its error.
FAULT = $(if $(FOUND),$(shell $(FOUND) playbook/starting/preflight.py $(1)),$(NO_PYTHON))
.PHONY: can-start can-listen
can-start:
	$(if $(call FAULT),$(error $(call FAULT)))
can-listen:
	$(if $(call FAULT,port),$(error $(call FAULT,port)))

ifneq ($(FOUND),$(BIN)/python)
.PHONY: $(BIN)/.installed $(BIN)/.installed-dev
endif
$(BIN)/.installed: requirements.txt
$(BIN)/.installed-dev: requirements-dev.txt
$(BIN)/.installed $(BIN)/.installed-dev:
	@test $(FOUND) = $(BIN)/python || rm -rf .venv
	@echo "Installing the packages of $< into .venv, which takes some minutes at first …"
	@$(FOUND) -m venv .venv
	@$(INSTALL) $<
	@touch $@

.env:
	@umask 077 && key="$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
		&& sed "s/^SECRET_KEY=.*/SECRET_KEY=$$key/" .env.example > .env.new && mv .env.new .env
