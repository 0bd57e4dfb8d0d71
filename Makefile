# SPDX-License-Identifier: Apache-2.0
#
#   make            check the tools, then build
#   make tour       build, then see the life of a token in half a minute
#   make test       every test; fails on a skipped one when CI is set
#   make providers  log in at real identity providers, and print what each of them does
#   make lint       format and house rules
#   make bench      start-up times beside /bin/true
#   make conformance  every row of docs/conformance.md, and the table
#   make torture    kill renewals at every instant and count what is lost
#   make errors     write docs/errors.md from the catalogue in Sources/Commands/Errors
#   make fuzz       10 million inputs for each parser of what comes from outside (FUZZ_RUNS=)
#   make screenshots  the pages of a login as docs/screenshots/*.png
#   make install    PREFIX=/usr/local DESTDIR=
#   make clean      remove everything that was built
#
# There is one configuration, release: the first build takes about ten minutes on two cores, and a second one for
# debugging would take as long again. What is tested is what is shipped.

PREFIX ?= /usr/local
DESTDIR ?=
BUILD := .build/release
# What is imported stands in Package.swift.
SWIFT_BUILD := swift build -c release --explicit-target-dependency-import-check error
programs := lanyard lanyard-full lanyard-lab
# A folder for the shell, whatever stands in its name.
quoted = '$(subst ','\'',$(1))'

.PHONY: all build tools tour test test-build providers provider-tools cloud-tools conformance lint bench torture errors fuzz screenshots \
  install clean help
.DEFAULT_GOAL := all

all: build

help:
	@sed -n '/^#   /s/^#   //p' Makefile

tools:
	@scripts/check-tools

build: tools
	@for program in $(programs); do $(SWIFT_BUILD) --product $$program || exit; done

tour: build
	$(BUILD)/lanyard-lab tour

test-build: tools
	$(SWIFT_BUILD) --build-tests

# Some tests ask Chromium what it makes of a page; without a font it makes nothing of it.
test: lint provider-tools cloud-tools test-build
	@scripts/run-tests

provider-tools: tools
	@scripts/providers/install

cloud-tools: tools
	@scripts/clouds/install

providers: provider-tools test-build
	@rm -rf .build/providers/outcomes
	@scripts/run-tests --filter ProviderTests; result=$$?; \
	  scripts/providers/matrix docs/providers.md && exit $$result

lint: tools
	swift format lint --strict -r Sources Tests Fuzz Package.swift
	@scripts/lint
	@scripts/check-errors
	@scripts/conformance --check

# Measured as installed: stripping makes the difference that scripts/install names.
bench: build cloud-tools
	@scripts/install $(BUILD) .build/installed/bin
	@scripts/bench .build/installed/bin

conformance: test-build
	@scripts/conformance

torture: build
	@scripts/torture $(BUILD)

screenshots: test-build
	@scripts/check-tools chromium fonts-dejavu-core optipng
	@scripts/screenshots docs/screenshots

errors: test-build
	WRITE_ERRORS=1 scripts/run-tests --filter ErrorCatalogueTests
	@scripts/check-errors

# The modules are compiled once more, in .build-fuzz; what they depend on comes from the normal build.
fuzz: tools
	for module in Kubeconfig AWS Azure Google; do $(SWIFT_BUILD) --target $$module || exit; done
	@scripts/fuzz

install: build
	@scripts/install $(BUILD) $(call quoted,$(DESTDIR)$(PREFIX)/bin)

clean:
	rm -rf .build .build-fuzz
