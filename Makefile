# Needs git, make and Python 3.11 to 3.13 with its venv module; everything else goes into .venv.
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK = 1
# Jupyter, IPython and matplotlib do not start, or complain, without a home to write to. Keras still reads its own.
WRITABLE_HOME = if ! test -w "$$HOME"; then \
	  export KERAS_HOME="$${KERAS_HOME:-$$HOME/.keras}" HOME="$$(mktemp -d)"; \
	  echo "Your home folder cannot be written to, so Jupyter keeps its settings in $$HOME this time."; \
	  echo "What you change in a lesson is saved in the lesson, as always."; fi;
# JupyterLab refuses root unless it is told not to. Here root may: it listens on loopback, behind its token.
AS_ROOT = if test "$$(id -u)" = 0; then \
	  set -- --allow-root --ip=127.0.0.1; \
	  echo "You are root. JupyterLab runs all the same, since only this machine reaches it, and only with its token."; fi;
JUPYTER_LAB = $(WRITABLE_HOME) $(AS_ROOT) $(BIN)/jupyter lab "$$@" \
	  --ContentsManager.pre_save_hook=helpers.saving.drop_views

help: ## list the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# The language: en or zh-Hant. A lesson's own is that of its folder.
EDITION := $(or $(EDITION),$(CNN_LANGUAGE),en)
demo worksheets qr serve: export CNN_LANGUAGE = $(EDITION)
# The site has every language, and English in its own folder.
site: export CNN_LANGUAGE = en

lab: .venv/installed ## open the lessons in JupyterLab; in Chinese: make lab EDITION=zh-Hant
	@$(JUPYTER_LAB) --notebook-dir=notebooks --LabApp.default_url=/lab/tree/$(EDITION)/3-0_start_here.ipynb

# A process of the tests for each core: threads of BLAS's own would only wait for each other.
PYTEST := OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n logical
QUICK := $(PYTEST) --dist worksteal -m "not slow" tests helpers/reference helpers/explorers

test: ruff ## run every check
	$(PYTEST) --dist loadfile --no-loadscope-reorder --nbval -rs tests helpers notebooks

quick: ruff ## run ruff and every test but the slow ones, in about a minute
	$(QUICK)

# Results must not depend on the processor, whose vector instructions decide the last bits of a sum.
blas: .venv/installed ## run the quick tests with another processor's BLAS kernel
	kernel="$$($(BIN)/python -m benchmarks.machine)" && \
	if [ -n "$$kernel" ]; then OPENBLAS_CORETYPE="$$kernel" $(QUICK); fi

ruff: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

notebooks: .venv/installed ## run every lesson afresh and store its outputs
	$(BIN)/python notebooks/execute.py

words: .venv/installed ## list every sentence that is to be translated, in locale/helpers.pot
	$(BIN)/pybabel --quiet extract --mapping locale/babel.cfg --no-default-keywords --keyword say \
	  --keyword say_count:1,2 --omit-header --add-location file --sort-by-file --output-file locale/helpers.pot \
	  helpers publish

translations: words ## bring locale/ up to date, and list what is not translated
	$(BIN)/python notebooks/translations.py

readme: .venv/installed ## write the tables of README.md and data/SOURCES.md, and the picture of CONTRIBUTING.md
	for edition in en zh-Hant; do CNN_LANGUAGE=$$edition $(BIN)/python -m publish.documents; done

site: .venv/installed ## write the lessons as pages that come alive in the browser, into site/
	$(BIN)/python -m publish.site

HOST ?= 127.0.0.1
PORT ?= 8000
serve: .venv/installed ## show the pages of site/ in a browser; to a classroom: make serve HOST=0.0.0.0
	@$(BIN)/python -m publish.serve --host "$(HOST)" --port "$(PORT)"

qr: .venv/installed ## write QR codes of the book's figures to print: make qr ADDRESS=https://...
	@$(BIN)/python -m publish.qr --address "$(ADDRESS)"

slides: site ## write the lessons as slides, which are a part of the site: site/slides.html

worksheets: .venv/installed ## write printable questions: make worksheets STUDENTS=30 LESSON=3-1c [SEED=2]
	@$(BIN)/python -m publish.worksheets --students "$(STUDENTS)" --lesson "$(LESSON)" --seed "$(or $(SEED),1)"

demo: .venv/installed ## show the explorers alone, code hidden
	$(BIN)/python -m publish.demo
	@$(JUPYTER_LAB) --notebook-dir=demo --LabApp.default_url=/lab/tree/explorers.ipynb

load: .venv/installed ## measure what a kernel costs, and a class of 20
	$(BIN)/python -m benchmarks.classroom

bench: .venv/installed ## measure speed and memory
	$(BIN)/python -m benchmarks

format: .venv/installed ## format the code, also the lessons'
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

pins: ## renew constraints.txt from the newest versions
	rm -rf .venv
	$(MAKE) .venv/installed CONSTRAINTS=
	$(BIN)/python -m pip freeze --exclude-editable > constraints.txt
	touch .venv/installed

clean: ## remove .venv
	rm -rf .venv

CONSTRAINTS ?= --constraint constraints.txt

.venv/installed: pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { \
	  echo "Python is missing. Install Python 3.11, 3.12 or 3.13 (Debian, Ubuntu: apt install python3 python3-venv)."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { \
	  echo "$$($(PYTHON) --version) came; Python 3.11, 3.12 or 3.13 is needed (TensorFlow has no build for others)."; \
	  echo "Install one of them and say which: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "Python's venv module is missing. Install it (Debian, Ubuntu: apt install python3-venv)."; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet $(CONSTRAINTS) --editable '.[test]'
	touch $@

.PHONY: help lab test quick blas ruff notebooks words translations readme site serve qr slides worksheets demo load bench format pins clean
