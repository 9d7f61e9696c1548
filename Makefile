# The whole of it: `make demo` to see it, `make test` to prove it. Both install what is missing.
PORT ?= 8000
PY = .venv/bin/python
MANAGE = $(PY) manage.py

.PHONY: setup demo run check test format messages lock

setup:
	@sh config/setup.sh

demo: setup
	@$(MANAGE) migrate -v0
	@$(MANAGE) createcachetable
	@BASE_URL=http://localhost:$(PORT) $(MANAGE) load_demo
	@$(MAKE) --no-print-directory serve

run: setup
	@$(MANAGE) migrate -v0
	@$(MANAGE) createcachetable
	@$(MAKE) --no-print-directory serve

# The worker runs beside the server and ends with it.
.PHONY: serve
serve:
	@$(MANAGE) db_worker --no-startup-delay -v0 & worker=$$!; trap 'kill $$worker 2>/dev/null' EXIT INT TERM; \
	echo "http://localhost:$(PORT)/  (public)   http://localhost:$(PORT)/office/  (office)   http://localhost:$(PORT)/field/  (notebook)   Ctrl-C ends both"; \
	$(MANAGE) runserver --noreload 127.0.0.1:$(PORT)

check: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports --no-cache
	.venv/bin/mypy
	$(PY) -m tests.templates_tidy
	$(MANAGE) makemigrations --check --dry-run
	$(MANAGE) check --fail-level WARNING
	sh tests/check_production.sh
	$(PY) -m tests.translations_complete

test: setup
	.venv/bin/pytest -m "not browser" -n auto --dist loadfile
	.venv/bin/pytest -m browser -n auto --dist loadfile

format: setup
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
	find templates -name '*.html' | xargs .venv/bin/djhtml --tabwidth 2

messages: setup
	$(MANAGE) makemessages -l fr -l ar --no-location --no-obsolete -i .venv -i var -i tests -v0
	$(MANAGE) makemessages -d djangojs -l fr -l ar --no-location --no-obsolete -i .venv -i var -i tests -i vendor -v0

# For maintainers, with uv on the PATH.
lock:
	uv pip compile pyproject.toml --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header -q -o requirements.txt
	uv pip compile pyproject.toml --python-version 3.11 --universal --extra dev -c requirements.txt --generate-hashes --no-emit-index-url --no-header -q -o requirements-dev.txt
