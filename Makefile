# Two commands matter: `make run` starts Footnote, `make test` checks everything. Both install what they need in .venv.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIND ?= 127.0.0.1:8000
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --quiet

.PHONY: help run test test-full lint audit sbom clean browser

help: ## What can be done here
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' $(MAKEFILE_LIST)

run: .venv/installed ## Start Footnote on http://127.0.0.1:8000 (BIND=host:port for another place)
	@exec $(BIN)/python manage.py up --bind $(BIND)

# Tests that start whole installations and harm them have the machine to themselves.
test: .venv/installed-dev browser lint ## Check the code, then run every test
ifdef TESTS
	$(BIN)/python -m pytest $(TESTS)
else
	$(BIN)/python -m pytest -n 2 --dist loadfile --ignore=tests/faults --ignore=tests/journeys
	$(BIN)/python -m pytest tests/faults tests/journeys
endif

test-full: .venv/installed-dev .venv/installed-full browser ## Acceptance at full size and a real language model: an hour
	$(BIN)/python -m pytest -m full $(TESTS)

lint: .venv/installed-dev ## Style, types, import rules, settings and migrations
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	@home=$$(mktemp -d) && trap 'rm -rf "$$home"' EXIT && export FOOTNOTE_HOME="$$home" && set -x && \
	  $(BIN)/python manage.py check && $(BIN)/python manage.py makemigrations --check --dry-run

audit: .venv-audit/installed ## Known holes in what is installed (asks the internet), bandit, our own rules in semgrep
	.venv-audit/bin/bandit -q -r accounts assistant config ingest knowledge -lll
	@command -v semgrep >/dev/null || { echo "Our own rules need semgrep: pipx install semgrep"; exit 1; }
	SEMGREP_SEND_METRICS=off semgrep scan --quiet --error --disable-version-check --config .ci/semgrep.yml \
	  accounts assistant config ingest knowledge
	for lock in requirements.lock requirements-torch.lock requirements-dev.lock; do \
	  .venv-audit/bin/pip-audit --strict --disable-pip --no-deps -r $$lock || exit 1; done

sbom: .venv/installed .venv-audit/installed ## What the installation is made of, as CycloneDX, in sbom.json
	.venv-audit/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible -o sbom.json $(BIN)/python

clean: ## Remove the environment and caches; var/ with your data stays
	rm -rf .venv .venv-audit sbom.json .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Footnote needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	@"$(PYTHON)" -m venv .venv || \
	  { rm -rf .venv; echo "The environment could not be made. On Debian: sudo apt-get install python3-venv"; exit 1; }

# Every file is checked against its hash. Only torch is pinned by version alone: its CPU build from a local place and the
# builds of PyPI are different files; what it brings beyond the lock comes with it.
.venv/installed: requirements.lock requirements-torch.lock | .venv/bin/python
	@echo "Installing what Footnote needs; the first time this takes some minutes."
	$(PIP) --require-hashes --no-deps -r requirements.lock
	$(PIP) -r requirements-torch.lock
	@touch $@

.venv/installed-dev: requirements-dev.lock .venv/installed
	$(PIP) --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

.venv/installed-full: requirements-full.lock .venv/installed-dev
	$(PIP) --no-deps -r requirements-full.lock
	@touch $@

.venv-audit/installed: requirements-audit.lock .venv/bin/python
	@"$(PYTHON)" -m venv .venv-audit
	.venv-audit/bin/python -m pip install --disable-pip-version-check --quiet --require-hashes --no-deps \
	  -r requirements-audit.lock
	@touch $@

browser:
	@command -v chromium >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing Chromium for the browser tests." && apt-get update -qq && apt-get install -y -qq chromium; \
	  else \
	    echo "The browser tests need Chromium. On Debian: sudo apt-get install chromium"; exit 1; \
	  fi; }
