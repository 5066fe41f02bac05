# The commands of the project. `make help` lists them.
#
# What cargo-leptos would do is done here by the parts it is made of (see README, "Build"): cargo for server and browser
# part, wasm-bindgen, wasm-opt, sass, brotli. Every step is incremental; cargo decides about Rust, make about the rest.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.NOTPARALLEL:
MAKEFLAGS += --no-builtin-rules --no-print-directory

export CARGO_TARGET_DIR ?= $(CURDIR)/target
export CARGO_TERM_COLOR ?= auto
# How many random programs the engine's simulation runs. One seed alone: COUNTERSIGN_SIM_SEED.
export COUNTERSIGN_SIM_SEEDS ?= 800
TARGET := $(CARGO_TARGET_DIR)
BUILD := .config/build
STEP := $(BUILD)/step
SERVER := -p countersign --features ssr
BROWSER := -p countersign --lib --features hydrate --target wasm32-unknown-unknown
NODE := end2end/node_modules/.package-lock.json
PYTHON := $(TARGET)/clients/python
STYLES := $(shell find style -name '*.scss' 2>/dev/null)
PUBLIC := $(wildcard app/public/*)
# What a page may fetch, in the folder that app/build.rs expects.
FILES := app.css countersign.js countersign.wasm $(notdir $(PUBLIC))
DEBUG_SITE := $(TARGET)/site/debug
RELEASE_SITE := $(TARGET)/site/release

.PHONY: help
help: ## List the commands.
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

# --- Run and build ---------------------------------------------------------------------------------------------------

.PHONY: run
run: $(FILES:%=$(DEBUG_SITE)/%) ## Build and start the portal: 127.0.0.1:3000, data in ./data. ARGS="--listen …" for others.
	@$(STEP) "server (debug)" cargo build $(SERVER)
	@exec "$(TARGET)/debug/countersign" $(ARGS)

# Half a demo is none: what failed is removed.
.PHONY: demo
demo: build ## Start the portal with people, requests and four weeks of history: made in ./demo, once. ARGS="--listen …" for others.
	@[ -e demo ] || "$(TARGET)/release/countersign" demo --data demo || { rm -rf demo; exit 1; }
	@exec "$(TARGET)/release/countersign" --data demo $(ARGS)

.PHONY: build
build: site ## Build target/release/countersign: one file, everything inside.
	@$(STEP) "server (release)" cargo build --release $(SERVER)
	@echo "$(TARGET)/release/countersign"

.PHONY: site
site: $(FILES:%=$(RELEASE_SITE)/%) $(FILES:%=$(RELEASE_SITE)/%.br)

# --- Test ------------------------------------------------------------------------------------------------------------

# In the order of cost: what fails fast comes first.
TESTS := check-format check-server check-browser check-docs test-rust build check-budget test-clients test-browser

.PHONY: test
test: ## Everything that must hold: format, lints, docs, tests, release build, size budgets, real clients, browser and kill tests.
	@export STEP_TIMES="$$(mktemp)"; trap 'rm -f "$$STEP_TIMES"' EXIT; \
	for target in $(TESTS); do $(MAKE) $$target; done; \
	printf '\nAll of it passed:\n'; cat "$$STEP_TIMES"

.PHONY: check-format
check-format:
	@$(STEP) "format" cargo fmt --all --check

.PHONY: check-server
check-server:
	@$(STEP) "lints (server, engine, migrations)" cargo clippy --workspace --all-targets --features countersign/ssr -- -D warnings

# In the profile of the release build, whose compiled macros it shares.
.PHONY: check-browser
check-browser:
	@$(STEP) "wasm toolchain" $(BUILD)/wasm-cargo --which
	@$(STEP) "lints (browser part)" $(BUILD)/wasm-cargo clippy $(BROWSER) --profile wasm-release -- -D warnings

.PHONY: check-docs
check-docs:
	@RUSTDOCFLAGS="-D warnings" $(STEP) "documentation" cargo doc --workspace --features countersign/ssr --no-deps --document-private-items

# nextest runs the tests of all crates at once and stops those that hang, and leaves out the examples in the documentation; where it
# is missing, cargo's own runner does it all. What stands on a database runs again on PostgreSQL, on a temporary server that starts and
# ends with the tests.
RUNNER = $(if $(shell cargo nextest --version 2>/dev/null),nextest run,test --quiet)

.PHONY: test-rust
test-rust:
	@$(STEP) "PostgreSQL" $(BUILD)/postgres install
	@$(STEP) "tests compiled" cargo test --workspace --features countersign/ssr --no-run
	@$(STEP) --show "tests" cargo $(RUNNER) --workspace --features countersign/ssr
	@! cargo nextest --version >/dev/null 2>&1 || \
	  $(STEP) "examples in the documentation" cargo test --workspace --features countersign/ssr --quiet --doc
	@COUNTERSIGN_TEST_STORE=postgres $(STEP) --show "tests on PostgreSQL" \
	  cargo $(RUNNER) --workspace --features countersign/ssr --test it --test runtime --test regressions --test samples

.PHONY: check-budget
check-budget: site
	@$(STEP) --show "size budgets" $(BUILD)/budget.mjs $(RELEASE_SITE)

# Debug and release are a pair each of server and browser part; the browser tests use the release pair only.
.PHONY: test-browser
test-browser: $(NODE) build
	@$(STEP) "Chromium" $(BUILD)/browser
	@COUNTERSIGN_BIN="$(TARGET)/release/countersign" $(STEP) --show "browser and kill tests" node end2end/run.mjs

# The packages of PyPI and npm that drive Durable Functions, unmodified, drive the portal; another one calls it from its document.
.PHONY: test-clients
test-clients: $(NODE) $(PYTHON) build ## The real clients of Durable Functions against the release build.
	@COUNTERSIGN_BIN="$(TARGET)/release/countersign" $(STEP) --show "clients of Durable Functions" node end2end/clients/run.mjs
	@COUNTERSIGN_BIN="$(TARGET)/release/countersign" $(STEP) --show "the OpenAPI document" node end2end/clients/schemathesis.mjs

# --- Benchmarks ------------------------------------------------------------------------------------------------------

BENCH = cargo bench --quiet -p countersign-engine --bench engine --features postgres

.PHONY: bench
bench: ## Time the engine: README of the engine, "Benchmarks". ARGS="w1 w4 --quick", ARGS=--help for more.
	@$(STEP) "benchmarks compiled" $(BENCH) --no-run
	@$(BENCH) -- $(ARGS)

.PHONY: bench-peers
bench-peers: ## Time the engine and another one in turn. ARGS="w1 --runs 3".
	@$(STEP) "benchmarks compiled" $(BENCH) --no-run
	@$(STEP) "peers compiled" cargo build --quiet --release --manifest-path engine/benches/peers/Cargo.toml
	@RUST_LOG=error ENGINE_BENCH="$(BENCH) --" "$(TARGET)/release/peers" $(ARGS)

.PHONY: bench-pages
bench-pages: $(NODE) build ## Time the pages about requests with 100,000 of them, on both databases. ARGS="--requests 1000 --only sqlite".
	@COUNTERSIGN_BIN="$(TARGET)/release/countersign" node end2end/bench/pages.mjs $(ARGS)

# --- Upkeep ----------------------------------------------------------------------------------------------------------

.PHONY: deny
deny: ## Licences, sources and bans of all dependencies (needs cargo-deny).
	@$(STEP) "dependencies" cargo deny --config .cargo/deny.toml check bans licenses sources

.PHONY: fmt
fmt: ## Format everything.
	@cargo fmt --all

.PHONY: clean
clean: ## Remove what was built here (the toolchain cache stays).
	@rm -rf "$(TARGET)" end2end/node_modules end2end/test-results

# --- The files for the browser ---------------------------------------------------------------------------------------

$(NODE): end2end/package.json end2end/package-lock.json
	@$(STEP) "node packages" $(BUILD)/node-packages
	@touch $@

$(PYTHON): end2end/clients/requirements.txt $(BUILD)/python-packages
	@$(STEP) "python packages" $(BUILD)/python-packages $(@D)

# cargo is asked every time and touches the file only when it changed.
.PHONY: always
WASM_DEBUG := $(TARGET)/wasm32-unknown-unknown/debug/countersign.wasm
WASM_RELEASE := $(TARGET)/wasm32-unknown-unknown/wasm-release/countersign.wasm

$(WASM_DEBUG): always
	@$(STEP) "browser part (debug)" $(BUILD)/wasm-cargo build $(BROWSER)

$(WASM_RELEASE): always
	@$(STEP) "browser part (release)" $(BUILD)/wasm-cargo build $(BROWSER) --profile wasm-release

# bind-wasm writes two files; the glue stands for both.
$(TARGET)/bound/debug/countersign.js: $(WASM_DEBUG) $(BUILD)/bind-wasm
	@$(STEP) "wasm-bindgen" $(BUILD)/bind-wasm $< $(@D)
	@touch $@

$(TARGET)/bound/release/countersign.js: $(WASM_RELEASE) $(BUILD)/bind-wasm
	@$(STEP) "wasm-bindgen" $(BUILD)/bind-wasm $< $(@D)
	@touch $@

$(DEBUG_SITE) $(RELEASE_SITE):
	@mkdir -p $@

$(TARGET)/site/%/countersign.js: $(TARGET)/bound/%/countersign.js | $(TARGET)/site/%
	@cp $< $@

$(DEBUG_SITE)/countersign.wasm: $(TARGET)/bound/debug/countersign.js | $(DEBUG_SITE)
	@cp $(<D)/countersign_bg.wasm $@

$(RELEASE_SITE)/countersign.wasm: $(TARGET)/bound/release/countersign.js $(NODE) | $(RELEASE_SITE)
	@$(STEP) "wasm-opt" end2end/node_modules/.bin/wasm-opt -Oz --enable-bulk-memory --enable-nontrapping-float-to-int \
	  --enable-sign-ext --enable-mutable-globals --enable-reference-types --enable-multivalue $(<D)/countersign_bg.wasm -o $@

$(DEBUG_SITE)/app.css: $(STYLES) $(NODE) | $(DEBUG_SITE)
	@$(STEP) "styles" end2end/node_modules/.bin/sass --no-source-map style/main.scss $@

$(RELEASE_SITE)/app.css: $(STYLES) $(NODE) | $(RELEASE_SITE)
	@$(STEP) "styles" end2end/node_modules/.bin/sass --no-source-map --style=compressed style/main.scss $@

$(PUBLIC:app/public/%=$(DEBUG_SITE)/%): $(DEBUG_SITE)/%: app/public/% | $(DEBUG_SITE)
	@cp $< $@

$(PUBLIC:app/public/%=$(RELEASE_SITE)/%): $(RELEASE_SITE)/%: app/public/% | $(RELEASE_SITE)
	@cp $< $@

$(RELEASE_SITE)/%.br: $(RELEASE_SITE)/% $(BUILD)/compress.mjs
	@$(BUILD)/compress.mjs $<
