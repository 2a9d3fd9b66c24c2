# make run    articles → release → dashboard on http://localhost:8501
# make test   everything that must hold
SHELL := /bin/bash
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8501
ARTICLES ?= data/articles
RELEASES ?= data/releases
PY := .venv/bin/python

.PHONY: help setup run release test evaluate faults bench check docs browser lock licences audit sbom clean

help:  ## what each command does
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: .venv/ready  ## .venv with the pinned requirements; nothing to do when they have not changed

.venv/ready: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit("Torkham needs Python 3.11 or newer; name one: make setup PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	test -x $(PY) || $(PYTHON) -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	touch $@

release: setup  ## code the articles into a release (skipped when nothing changed)
	$(PY) -m etl run --articles $(ARTICLES) --out $(RELEASES)

run: release  ## release, then the dashboard; PORT=, HOST=, ARTICLES=
	TORKHAM_RELEASES=$(RELEASES) $(PY) -m streamlit run dashboard/app.py --server.port $(PORT) --server.address $(HOST) --server.headless true

test: setup browser check  ## all tests, a real browser among them
	$(PY) -m pytest

check: setup  ## style, types, reference tables, known weaknesses, and that the docs say what the code does
	$(PY) -m ruff check etl dashboard tests
	$(PY) -m etl check-reference
	$(PY) -m mypy
	$(PY) -m tests.audit
	$(PY) -m pytest tests/test_docs.py

docs: setup  ## write the generated parts of the docs anew
	$(PY) docs/generate.py

browser:
	@if command -v chromium >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "chromium is missing: installing it"; apt-get update -qq && apt-get install -y -qq chromium >/dev/null; \
	else echo "chromium is missing; get it with: sudo apt-get install chromium (its tests are left out)"; \
	  [ -z "$$CI" ] || exit 1; fi

evaluate: setup  ## accuracy on the labelled articles of data/gold
	$(PY) -m etl evaluate

faults: setup  ## the disagreements with the labels, by kind
	$(PY) -m etl evaluate --faults

bench: setup  ## timings as ratios within one run
	$(PY) -m etl bench

lock:  ## resolve pyproject.toml into requirements.txt anew (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --extra dev --no-emit-index-url --custom-compile-command "make lock" -q pyproject.toml -o requirements.txt

licences: setup  ## write the licences of all requirements into docs/licences.csv anew
	$(PY) -m piplicenses --with-system --from=mixed --order=name --format=csv --output-file docs/licences.csv

audit: setup  ## known weaknesses of the requirements; fails where one could not be looked up
	$(PY) -m pip_audit --strict --disable-pip --require-hashes -r requirements.txt

sbom: setup  ## the list of all requirements with their licences, as CycloneDX, into sbom.json
	$(PY) -m cyclonedx_py environment .venv --pyproject pyproject.toml --output-reproducible -o sbom.json

clean:  ## remove the releases built in data/releases, and all caches
	rm -rf data/releases data/cache .pytest_cache .mypy_cache .ruff_cache .hypothesis
