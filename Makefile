# Everything one needs: `make run` to use the portal, `make test` to check it.
.DEFAULT_GOAL := help
.PHONY: help run test prepare lint pytest drill format lock bench messages manage reset

PORT ?= 8000
HOST ?= 127.0.0.1
export PORT HOST

PYTHON ?= python3
BIN := .venv/bin
EMBEDDED := $(BIN)/python scripts/embedded.py
TESTBASE := $(EMBEDDED) --tests --
TESTENV := DJANGO_SETTINGS_MODULE=partenamut.settings.test
PYTEST_ARGS ?= -n auto --dist worksteal

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

run: ## set up what is missing, then serve the portal on PORT (8000) until Ctrl-C
	@$(PYTHON) scripts/prepare.py run
	@exec $(BIN)/python scripts/serve.py

test: lint ## all checks and all tests, browser journeys too
	@$(TESTBASE) $(BIN)/python -m pytest $(PYTEST_ARGS)

prepare: ## set up what tests and checks need
	@$(PYTHON) scripts/prepare.py test

lint: prepare ## style, types, architecture, templates, migrations, deployment checks
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/djlint templates --lint --quiet
	@$(TESTBASE) env $(TESTENV) $(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python scripts/production.py check --deploy --fail-level WARNING
	@for po in locale/*/LC_MESSAGES/*.po; do echo "msgfmt --check $$po"; msgfmt --check -o /dev/null $$po || exit 1; done

pytest: prepare ## tests only, for example: make pytest PYTEST_ARGS="-k money"
	@$(TESTBASE) $(BIN)/python -m pytest $(PYTEST_ARGS)

drill: prepare ## kill a thousand workers in the middle of monthly runs, and count what is left
	@$(TESTBASE) env DRILL_KILLS=$${DRILL_KILLS:-1000} $(BIN)/python -m pytest tests/protocol3/test_drill.py

format: prepare ## put the Python code into shape
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

lock: ## resolve the dependencies anew, with hashes (UPGRADE=1 takes newer versions)
	@sh scripts/lock.sh $(if $(UPGRADE),--upgrade)

bench: prepare ## measure; each script prints its figures
	@$(TESTBASE) sh -c 'for script in benchmarks/[a-z]*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done'

messages: prepare ## collect the texts into the catalogues
	@mkdir -p locale
	@env $(TESTENV) $(BIN)/python manage.py makemessages --locale fr --locale nl --locale de --no-obsolete --no-wrap --add-location file \
		--ignore .venv --ignore node_modules --ignore var --ignore tests

manage: ## a management command, for example: make manage ARGS="shell"
	@$(EMBEDDED) -- $(BIN)/python manage.py $(ARGS)

reset: ## throw the local data away; the next run starts anew
	rm -rf var
