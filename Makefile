# `make help` lists the targets. Each one sets up first, so that a fresh clone needs no other step; that costs a
# fraction of a second when nothing changed.

SHELL := /bin/bash
.DEFAULT_GOAL := help
# The pinned Node and the tools of package.json, before whatever the machine has.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
ARGS ?=
BASE ?=

.PHONY: help setup run test lint format generate build bench bench-short peers load load-smoke targets perf soak clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1|\2/p' Makefile | column -t -s '|' 2>/dev/null || grep '## ' Makefile

setup: ## everything a bare Debian or macOS machine lacks, the pinned Node included, then the build
	@bash scripts/setup.sh

# Straight to node: behind npm, signals and the exit code would pass through one more process.
run: setup ## the gateway on port 8080 before the demo services, in memory
	@exec node_modules/.bin/node dist/apps/gateway/apps/gateway/src/cli.js start --config gateway.demo.yaml --demo $(ARGS)

test: setup ## all tests (ARGS="--selectProjects unit", ARGS=path/of.spec.ts)
	@npm test --silent -- $(ARGS)

lint: setup ## format, lint, types, import rules, stale generated files, unused code (ARGS="types imports" for some)
	@bash scripts/lint.sh $(ARGS)

format: setup ## write every file the way `make lint` wants it
	@prettier --log-level warn --write .

generate: setup ## write the generated files anew: schema, reference pages
	@bash scripts/generate.sh

build: setup ## compile into dist/ (setup does it when a source changed)

bench: setup ## what single operations cost (ARGS="--list", ARGS="--only limiter --json FILE --cpu-prof DIR")
	@npm run --silent bench -- $(ARGS)

bench-short: setup ## a few of them, against limits that hold on any machine, within half a minute
	@NODE_OPTIONS= exec node load/perf/short-bench.ts

peers: setup ## the gateway and its peers side by side
	@npm run --silent peers -- $(ARGS)

soak: setup ## the long forms of what the upstream client is held against (an hour)
	@UPSTREAM_CLIENT_RESPONSES=100000 UPSTREAM_CLIENT_EXCHANGES=1000000 npx jest test/e2e/upstream-client-d
	@NODE_OPTIONS= node --expose-gc load/upstream-client/leak.ts 30

# TARGET=url asks a gateway that runs already. Straight to node, so that Ctrl-C reaches it and nothing is in between.
load: setup ## the k6 suite against a gateway (ARGS="--list", ARGS="stress spike", TARGET=http://…)
	@NODE_OPTIONS= exec node load/suite/main.ts $(ARGS)

load-smoke: setup ## its short form, within a minute
	@NODE_OPTIONS= exec node load/suite/main.ts smoke --set load-smoke $(ARGS)

targets: setup ## what the gateway has to reach, measured, with a verdict each
	@NODE_OPTIONS= exec node load/targets/main.ts $(ARGS)

# Straight to node, for Ctrl-C and the exit code: 0 no regression, 1 a regression, 2 no verdict.
perf: setup ## the working tree against BASE=<git ref>, with the limits of a regression
	@NODE_OPTIONS= exec node load/perf/main.ts --base "$(BASE)" $(ARGS)

clean: ## remove what was built, installed or written by tests
	@rm -rf dist node_modules coverage
