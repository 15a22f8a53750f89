# The only door: people, pre-commit and CI come in here.
#
#   make demo    sets up, and ranks the sample municipalities into demo_output/
#   make test    sets up, and runs everything that must hold
#   make docs    sets up, and builds the documentation to build/docs/site
#   make release sets up, builds what is published, and tries it
#   make test-services   the tests that need real servers, which it installs where it may
#   make test-qgis       the tests that open the files in QGIS, which it installs where it may
#   make bench   sets up, and measures speed and memory, in about ten minutes
#
# Needs Python 3.11 or newer, make, and access to the package index.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT ?= demo_output

.PHONY: demo install check types arch test test-services test-qgis soak fuzz notebooks docs release picture bench bench-full clean

demo: $(VENV)/installed
	$(BIN)/flexruimte demo --out $(OUT)
	@echo "Open $(OUT)/map/index.html in a browser, or $(OUT)/GM9001/locations.qgs in QGIS."

install: $(VENV)/developing

# What the library needs, and no more.
$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

# What its developers need.
$(VENV)/developing: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --editable ".[dev]"
	@touch $@

check: $(VENV)/developing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/developing
	$(BIN)/mypy

arch: $(VENV)/developing
	$(BIN)/lint-imports

# JavaScript maps for the browser tests, into a folder that is never committed; without npm those tests say why they skip.
.cache/js/installed: Makefile
	@mkdir -p .cache/js
	@if command -v npm > /dev/null; then npm install --silent --no-fund --no-audit --prefix .cache/js maplibre-gl@5 leaflet@1 axe-core@4 && touch $@ \
	|| echo "the maps could not be fetched: the browser tests will skip"; \
	else echo "npm is not here: the browser tests will skip"; fi

# A file of tests stays in one process, so that what it shares is made once.
test: check types arch .cache/js/installed
	$(BIN)/pytest -n auto --dist loadfile $(PYTEST)

# Real servers of open data and a database, started by the tests: PostgreSQL with PostGIS and MapServer from Debian's packages, where
# they can be installed, and pygeoapi with an environment of its own, as its dependencies are none of ours. What is absent, skips and says so.
SERVICES := .cache/services
.cache/services/installed: Makefile
	@if [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
	{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	postgresql postgresql-postgis cgi-mapserver; } > /dev/null 2>&1 || echo "the servers could not be installed"; \
	else echo "without root and apt-get, servers are not installed here"; fi
	@$(PYTHON) -m venv $(SERVICES) && $(SERVICES)/bin/python -m pip install --quiet pygeoapi psycopg2-binary geoalchemy2 \
	&& touch $@ || echo "pygeoapi could not be installed"

test-services: $(VENV)/developing .cache/services/installed
	$(BIN)/pytest tests/services

# QGIS without a screen, from Debian's packages, opens what is written for it. Where it is absent, the tests skip and say so.
.cache/qgis/installed: Makefile
	@mkdir -p .cache/qgis
	@if [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
	{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	python3-qgis; } > /dev/null 2>&1 && touch $@ || echo "QGIS could not be installed"; \
	else echo "without root and apt-get, QGIS is not installed here"; fi

test-qgis: $(VENV)/developing .cache/qgis/installed
	$(BIN)/pytest tests/qgis

# Exhaustive searches against which the layout is held; minutes, so not part of every run.
soak: $(VENV)/developing .cache/js/installed
	$(BIN)/pytest -m soak

# Thousands of corrupted files and studies: FUZZ="--first 2000 --count 500 --keep DIR" for others.
fuzz: $(VENV)/developing
	PYTHONPATH=tests $(BIN)/python -W ignore -m fuzz.driver $(FUZZ)

notebooks: $(VENV)/developing
	$(BIN)/pytest tests/test_notebooks.py

# The picture of the map in the README, from the sample study.
picture: $(VENV)/developing demo
	$(BIN)/python docs/picture.py $(OUT)

# The pages that people wrote and those that the program makes, as a site that asks nothing of the internet.
docs: $(VENV)/developing
	$(BIN)/flexruimte rules flexwonen-nl --format markdown > docs/rules.md
	PYTHONPATH=docs $(BIN)/python -m reference_pages build/docs/pages
	$(BIN)/zensical build --clean --strict --config-file mkdocs.yml
	@echo "Open build/docs/site/index.html in a browser."

# What is published, built and tried in an environment of its own, outside this folder; two minutes.
release:
	.ci/release $(PYTHON)

# Speed and memory; what these make stays in .cache/benchmarks. BENCH="--peers DIR --data DIR" adds other tools and towns.
bench: $(VENV)/developing
	$(BIN)/python benchmarks/run.py $(BENCH)

bench-full: $(VENV)/developing
	$(BIN)/python benchmarks/run.py --full --markdown docs/benchmarks.md $(BENCH)

clean:
	rm -rf $(VENV) .cache $(OUT) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
