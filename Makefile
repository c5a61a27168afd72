# Everything works first, alone, from a fresh clone: the set-up runs when it is needed.
#   make run ARGS="05 --profile lesson"     arguments for the command behind a target
#   make run PYTHON=python3.12              another Python (3.11 to 3.13)
ARGS =
PYTHON =
PY = .venv/$(if $(filter Windows_NT,$(OS)),Scripts/python.exe,bin/python)
UV = $(PY) -m uv

# The stamp's name holds what the set-up depends on: this folder, the lock and the metadata.
KEY := $(shell { pwd; cat requirements.txt pyproject.toml; } | cksum | cut -d ' ' -f 1)
READY := .venv/ready-$(KEY)

help:
	@echo 'make run        execute every chapter headless (quick), pages in build/html'
	@echo 'make test       style, tests, notebooks compared with their stored outputs'
	@echo 'make test-all   also slow, browser and benchmark tests and chapters on real data'
	@echo 'make lab        open JupyterLab on the first chapter'
	@echo 'make reference  full profile on real data (hours), outputs and results stored'
	@echo 'make site       the chapters as a static site in build/site'
	@echo 'make class      copies of the notebooks without solutions and outputs in build/class'
	@echo 'make readme     write the tables of README.md anew'
	@echo 'make lock       write requirements.txt anew (ARGS=--upgrade: the newest versions)'
	@echo 'make faults     what the user is told in every fault that the tests try'
	@echo 'make lint       mend style    make clean'

run: $(READY)
	@$(PY) -m course_utils run $(ARGS)

test: $(READY)
	@$(PY) -m course_utils test $(ARGS)

test-all: $(READY)
	@$(PY) -m course_utils test --all $(ARGS)

lab: $(READY)
	@$(PY) -m course_utils lab $(ARGS)

reference: $(READY)
	@$(PY) -m course_utils run --profile full --source real --store $(ARGS)

# What the user is told in each of the fault cases that the tests try, by area.
faults: $(READY)
	@$(PY) -m pytest -q -n 2 --dist worksteal -m "not slow and not browser" -k "fault" --faults

lint: $(READY)
	@$(PY) -m ruff check --fix
	@$(PY) -m ruff format

# rfc3987-syntax (and lark, which it needs) costs every Jupyter process seconds; nothing uses it.
lock: $(READY)
	$(UV) pip compile pyproject.toml --extra cpu --extra cluster --extra tests --universal \
	  --generate-hashes --no-emit-index-url --no-header --no-emit-package rfc3987-syntax \
	  --no-emit-package lark --quiet --output-file requirements.txt $(ARGS)

site: $(READY)
	@$(UV) pip install --quiet --constraint requirements.txt --editable '.[site]'
	@rm -rf build/site build/site_source && mkdir -p build/site_source/data
	@cp README.md build/site_source/index.md && cp -R notebooks CONTRIBUTING.md build/site_source
	@cp data/README.md build/site_source/data
	@printf '\n```{toctree}\n:glob:\n:hidden:\nnotebooks/[0-9]*\nnotebooks/labs/[0-9]*\nnotebooks/glossary\ndata/README\nCONTRIBUTING\n```\n' \
	  >> build/site_source/index.md
	@printf '%s\n' 'project = html_title = "Convnets, Measured"' 'extensions = ["myst_nb"]' \
	  'nb_execution_mode = "off"' 'myst_enable_extensions = ["dollarmath", "amsmath"]' \
	  'html_theme = "sphinx_book_theme"' > build/site_source/conf.py
	@$(PY) -m sphinx -q build/site_source build/site
	@echo 'the site is in build/site/index.html'

# For students: the checks stay. A copy finds budgets and data through the installed course.
STUDENT = --log-level ERROR --to notebook --ClearOutputPreprocessor.enabled=True \
  --TagRemovePreprocessor.enabled=True --TagRemovePreprocessor.remove_cell_tags solution
class: $(READY)
	@rm -rf build/class
	@for folder in . labs; do \
	  set -- notebooks/$$folder/[0-9]*.ipynb; test -e "$$1" || continue; \
	  $(PY) -m nbconvert $(STUDENT) --output-dir build/class/$$folder "$$@" || exit 1; done
	@echo 'the notebooks for a class are in build/class'

readme: $(READY)
	@$(PY) -m course_utils.results
	@$(PY) tests/readme_tools.py

clean:
	rm -rf build .pytest_cache .ruff_cache .hypothesis *.egg-info
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

# Rebuilt when the key changes, or when the Python behind .venv has gone.
$(READY): $(shell test -x $(PY) || echo FORCE)
	@sh .ci/set_up $(PYTHON)
	@touch $@

FORCE:

.PHONY: help run test test-all lab reference faults lint lock site class readme clean FORCE
