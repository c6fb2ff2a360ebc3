# docgen: everything a developer runs. `make demo` and `make test` do their own set-up.
.PHONY: help demo test lint format bench golden docs gallery schemas lock system-demo system-test system-bench clean
BIN := .venv/bin
PYTEST_WORKERS ?= 2

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.venv/ready: pyproject.toml requirements.lock
	@tools/setup python

system-demo:
	@tools/setup system demo

system-test:
	@tools/setup system test

system-bench: system-test
	@tools/setup system bench

demo: .venv/ready system-demo ## make invoices, contracts and a newsletter for an invented company
	@$(BIN)/python tools/demo.py

test: .venv/ready system-test lint ## lint, types and all tests
	$(BIN)/pytest -q -n $(PYTEST_WORKERS)

lint: .venv/ready ## ruff and mypy --strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/ready ## let ruff format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/ready system-bench ## measure; prints the tables of docs/benchmarks.md
	$(BIN)/python -m tests.benchmarks

golden: .venv/ready system-test ## write the golden files anew: look at the diff before you commit it
	$(BIN)/pytest -q tests/golden --regenerate

docs: .venv/ready ## draw the pictures of docs/rml.md and docs/gallery.md anew where what they show changed
	$(BIN)/python tools/make_rml_pictures.py
	$(BIN)/python tools/make_gallery.py docs

gallery: .venv/ready system-demo ## draw every page of every shipped template in every language into gallery/
	$(BIN)/python tools/make_gallery.py pages gallery

schemas: .venv/ready ## write schemas/*.schema.json from the models
	@for kind in job config template; do $(BIN)/docgen schema $$kind > schemas/$$kind.schema.json; done

lock: ## pin dependencies anew (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --group dev pyproject.toml \
		--no-header --upgrade -o requirements.lock

clean: ## remove what the targets above made
	rm -rf .venv .bench out var demo dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
