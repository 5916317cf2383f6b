# Every task of this repository. `make help` lists them; `make up` and `make test` are all a fresh machine needs.
# GNU make 3.81 is enough.

SHELL := /bin/sh
VENV ?= .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
# Twice the two cores of a small machine: half of the time a test waits for a server that it started.
WORKERS ?= 4
TESTS ?=
SMOKE_ARGS ?=

.DEFAULT_GOAL := help

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z][a-z0-9-]*:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- Run ----------------------------------------------------------------------

.PHONY: up
up: venv ## run everything on this machine until Ctrl-C (RESET=1: with empty data)
	@exec $(PY) -m service local up $(if $(filter 1 true yes on,$(RESET)),--reset)

.PHONY: down
down: venv ## stop what `make up` started here, and nothing else
	@exec $(PY) -m service local down

.PHONY: smoke
smoke: venv ## walk the journey against a running API (SMOKE_BASE_URL=…, SMOKE_ADMIN_KEY=… and others)
	@exec $(PY) -m service local smoke $(SMOKE_ARGS)

.PHONY: smoke-local
smoke-local: venv ## start everything on free ports with empty data, walk the journey, stop
	@exec $(PY) -m service local smoke --fresh $(SMOKE_ARGS)

.PHONY: check-dev-all
check-dev-all: smoke-local ## up on free ports, smoke, down

.PHONY: seed
seed: venv ## add what is missing of the seed to the running local database
	@exec $(PY) -m service local exec $(PY) -m service seed

.PHONY: migrate
migrate: venv ## bring the running local database to this version's schema
	@exec $(PY) -m service local exec $(PY) -m service migrate

.PHONY: psql
psql: venv ## open the running local database
	@exec $(PY) -m service local psql

.PHONY: observe
observe: venv prometheus ## run everything with Prometheus, send a minute of traffic, show the dashboards' queries
	@exec $(PY) -m observability.observe

# --- Check --------------------------------------------------------------------

.PHONY: check
check: lint types prometheus contract test ## everything that needs no cluster

.PHONY: lint
lint: venv ## style and format of the code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

.PHONY: types
types: venv ## types of the code
	$(BIN)/mypy

.PHONY: test
test: venv ## every test that needs no cluster (TESTS='tests/auth -k refresh', WORKERS=4)
	$(BIN)/pytest -m 'not e2e' -n $(WORKERS) --dist worksteal $(TESTS)

.PHONY: test-chart
test-chart: venv ## the charts, rendered by Helm's own engine
	$(BIN)/pytest tests/chart $(TESTS)

.PHONY: test-e2e
test-e2e: venv ## install on the cluster of KUBECONFIG, walk the journey, uninstall
	$(BIN)/pytest -m 'e2e and not drill' tests/e2e $(TESTS)

.PHONY: drill
drill: venv ## the long trials on the cluster: upgrade and rollback under load, lost pods, scaling, restore, the gate
	$(BIN)/pytest -m 'e2e and drill' tests/e2e $(TESTS)

ROWS ?= 100000
ROUNDS ?= 3
PEER ?=
OUT ?=

.PHONY: bench
bench: venv ## speed as ratios (BASE=revision, PEER=http://127.0.0.1:4001, ROWS=100000, ROUNDS=3, OUT=FILE)
	@exec $(PY) -m tests.bench --rows $(ROWS) --rounds $(ROUNDS) --base '$(BASE)' --peer '$(PEER)' \
	  $(if $(OUT),--out '$(OUT)')

TREE ?= .

.PHONY: record
record: venv ## every operation's answers on the seeded data, to compare revisions by diff (OUT=FILE, TREE=checkout)
	@test -n "$(OUT)" || { echo 'make record needs a file: make record OUT=answers.txt' >&2; exit 2; }
	@exec $(PY) -m tests.recording '$(OUT)' --tree '$(TREE)'

# --- The staging gate -----------------------------------------------------------

GATE_ENV ?= staging
GATE_ARGS ?=

# In dev the evidence lies in the running local object store.
.PHONY: gate
gate: venv ## may this version go to staging? (GATE_ENV=dev, GATE_ARGS='--markdown --accept-waivers')
	@exec $(if $(filter dev,$(GATE_ENV)),$(PY) -m service local exec) $(PY) -m service gate check --env $(GATE_ENV) $(GATE_ARGS)

# --- The contract ---------------------------------------------------------------

BASE ?=
CASES ?= 20000
FUZZ_ARGS ?=

.PHONY: contract
contract: venv ## the contract is what the handlers declare, breaks no shipped app, and 2 000 generated requests agree
	$(PY) -m service openapi --check
	$(PY) -m service errors --check
	$(PY) -m tests.contract.control
	$(PY) -m tests.contract.gate
	$(PY) -m tests.contract.fuzzing --quiet --cases 2000 $(FUZZ_ARGS)

.PHONY: fuzz
fuzz: venv ## 20 000 generated requests to a running server (CASES=…, FUZZ_ARGS='--seed 7')
	@exec $(PY) -m tests.contract.fuzzing --cases $(CASES) $(FUZZ_ARGS)

.PHONY: clients
clients: venv ## TypeScript, Swift 6 and Kotlin clients: generated, searched, walked (CLIENTS='typescript swift')
	@exec $(PY) -m tests.contract.clients $(CLIENTS)

.PHONY: execution-lock
execution-lock: venv ## write docs/execution-lock.md from docs/execution-lock.yaml
	@exec $(PY) -m tests.contract.control --write

.PHONY: contract-gate
contract-gate: venv ## would today's contract break a shipped app? (BASE=docs/contracts/v0.1.0.yaml; default: the newest)
	@exec $(PY) -m tests.contract.gate $(if $(BASE),--base $(BASE))

.PHONY: contract-release
contract-release: venv ## keep today's contract as the released one of this version
	@exec $(PY) -m tests.contract.gate --release

# --- On a cluster ---------------------------------------------------------------

.PHONY: dev
dev: ## run everything on the local cluster with reload until Ctrl-C; the data stays (Skaffold)
	kubectl apply -f k8s/local/namespace.yaml
	kubectl apply -f k8s/local/gateway.yaml || echo 'No Gateway API here: reach the API by the port-forward to localhost:4000.' >&2
	exec skaffold dev --profile local --cleanup=false

.PHONY: secrets
secrets: ## make the Secrets that the cluster of KUBECONFIG lacks, once (SMTP_URL=… BACKUP_ACCESS_KEY=… and others)
	@exec k8s/secrets.sh

.PHONY: staging-deploy
staging-deploy: ## build and push the image, then upgrade both releases of staging with its digest (IMAGE=… builds nothing)
	@exec k8s/deploy.sh

.PHONY: staging-render
staging-render: ## print what staging-deploy would apply
	@exec k8s/deploy.sh render

.PHONY: restore
restore: ## replace all data on the cluster by a backup, after asking (FROM=postgres/….dump, CONFIRM=restore)
	@exec k8s/restore.sh

# --- Write --------------------------------------------------------------------

.PHONY: openapi
openapi: venv ## write docs/openapi-runtime-v0.yaml from the declared operations
	@exec $(PY) -m service openapi

.PHONY: errors
errors: venv ## write docs/errors.md from the error classes
	@exec $(PY) -m service errors

.PHONY: migration
migration: venv ## draft a migration from the models (name=add_review_reason)
	@test -n "$(name)" || { echo 'make migration needs a name: make migration name=add_review_reason' >&2; exit 2; }
	@exec $(BIN)/aerich migrate --offline --name $(name)

.PHONY: lock
lock: venv ## renew requirements.lock and requirements-dev.lock from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header -q -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header -q --group local --group dev -o requirements-dev.lock

.PHONY: dashboards
dashboards: venv ## write observability/dashboards/*.json from build.py
	@exec $(PY) -m observability.dashboards.build

# --- Prometheus ---------------------------------------------------------------

# Prometheus and promtool test the rules and the dashboards. Root on Debian gets them; elsewhere one line says how.
.PHONY: prometheus
prometheus:
	@if command -v prometheus >/dev/null 2>&1 && command -v promtool >/dev/null 2>&1; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	  echo 'Installing prometheus with apt-get, once …' >&2; \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends prometheus; } >/dev/null \
	    && exit 0; \
	fi; \
	echo 'prometheus and promtool are not installed: tests of rules and dashboards are skipped. Debian: apt-get install prometheus; macOS: brew install prometheus' >&2

# --- The virtual environment --------------------------------------------------

# A Python counts when it runs (a version manager's shim may exist and fail), has a fitting version and can make an
# environment with pip in it. PYTHON=/path/to/python chooses one by hand.
PYTHON ?=
FITS := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))

# The environment is made anew when its Python no longer runs or is not the chosen one, and filled again when the lock
# has changed. The file .installed says what it was filled from. The lock is all there is to install: `--no-deps` keeps pip
# from asking for what pyproject.toml leaves out on purpose.
.PHONY: venv
venv:
	@set -e; \
	lock="$$(cksum < requirements-dev.lock)"; \
	if [ -n "$(PYTHON)" ]; then \
	  "$(PYTHON)" -c '$(FITS)' 2>/dev/null || { echo '$(PYTHON) is no Python 3.11, 3.12 or 3.13 with venv and ensurepip.' >&2; exit 1; }; \
	  chosen="$$("$(PYTHON)" -c 'import platform; print(platform.python_version())')"; \
	  found="$$($(PY) -c 'import platform; print(platform.python_version())' 2>/dev/null || true)"; \
	  [ "$$chosen" = "$$found" ] || rm -f $(VENV)/.installed $(PY); \
	fi; \
	version="$$($(PY) -c '$(FITS)' 2>/dev/null && $(PY) -V 2>/dev/null || true)"; \
	if [ -n "$$version" ] && [ "$$(cat $(VENV)/.installed 2>/dev/null)" = "$$lock $$version" ]; then exit 0; fi; \
	if [ -z "$$version" ]; then \
	  python=''; \
	  for candidate in $(if $(PYTHON),"$(PYTHON)",python3.13 python3.12 python3.11 python3 python \
	      /opt/homebrew/bin/python3.1[123] /usr/local/bin/python3.1[123] /usr/bin/python3.1[123] \
	      "$$HOME"/.pyenv/versions/3.1[123].*/bin/python3); do \
	    if "$$candidate" -c '$(FITS)' >/dev/null 2>&1; then python="$$candidate"; break; fi; \
	  done; \
	  if [ -z "$$python" ]; then \
	    echo 'No Python 3.11, 3.12 or 3.13 with venv and ensurepip runs here: install one, or name it with PYTHON=/path/to/python.' >&2; \
	    exit 1; \
	  fi; \
	  "$$python" -m venv --clear $(VENV); \
	  version="$$($(PY) -V)"; \
	fi; \
	echo "Installing requirements-dev.lock into $(VENV) ($$version), once …" >&2; \
	PIP_DISABLE_PIP_VERSION_CHECK=1 $(PY) -m pip install --quiet --require-hashes --no-deps -r requirements-dev.lock >&2; \
	echo "$$lock $$version" > $(VENV)/.installed
