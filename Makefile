# Two commands and no other set-up: `make run` and `make test`. Everything else is behind the `tocsin` command.

UV := .tools/bin/uv
# Debian's Python is enough; no other one is downloaded.
export UV_PYTHON_PREFERENCE := only-system
export UV_PYTHON := python3

.PHONY: run test

run: $(UV)
	$(UV) run --quiet --locked --no-dev --extra server tocsin demo --data .data/demo

test: $(UV)
	$(UV) sync --quiet --locked --all-extras
	$(UV) run --no-sync python scripts/needs.py
	$(UV) run --no-sync ruff check
	$(UV) run --no-sync ruff format --check
	$(UV) run --no-sync mypy
	$(UV) run --no-sync lint-imports
	$(UV) run --no-sync python scripts/apps.py
	$(UV) run --no-sync pytest -n 3 --dist loadfile

$(UV):
	python3 -m pip install --quiet --disable-pip-version-check --target .tools uv
