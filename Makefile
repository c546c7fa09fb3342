# SPDX-License-Identifier: Apache-2.0
# Plain GNU make, one file. A folder's .c files form one archive; every
# main.c and every file in tests/unit, tests/fuzz and tests/gen is a program.
#
#   make            build          make demo     the main job on sample traffic
#   make check      every test     make lint     clang-tidy, cppcheck, headers
#   make install    DESTDIR= PREFIX=             V=1 shows commands
#   make eval       how often it is wrong; FORM=quick a minute, full an hour
#   make chaos      processes killed at random; ROUNDS=300 SEED=
#   make fuzz       T=60 seconds each; ONLY=fuzz_smtp takes one target
#   BUILD=dir CC=clang SAN=1 WERROR=1 change how

BUILD   ?= build
PREFIX  ?= /usr/local
V       ?= 0
Q       := $(if $(filter 1,$(V)),,@)
say      = $(if $(filter 1,$(V)),,@echo "  $(1)	$(2)";)

PKGS    := libuv libpcap libndpi libprotobuf-c libconfuse sqlite3 jansson \
	   smartcols libcrypto libpsl zlib libzstd libseccomp libcap-ng \
	   libcurl libmicrohttpd gnutls
# -O1 has warnings that are none; -O2 has told the others.
CFLAGS  ?= $(if $(SAN),-O1,-O2) -g
WARN    := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	   -Wformat=2 -Wswitch-enum \
	   $(if $(SAN),-w,$(if $(WERROR),-Werror))
HARDEN  := -fstack-protector-strong -fPIE \
	   $(if $(SAN),,-D_FORTIFY_SOURCE=2)
,       := ,
# FUZZER=1: what clang's libFuzzer needs (make fuzz)
SANFLAG := $(if $(SAN),-fsanitize=address$(,)undefined \
	   -fno-sanitize-recover=undefined -fno-omit-frame-pointer) \
	   $(if $(FUZZER),-fsanitize=fuzzer-no-link)
ALLCF   := -std=c11 -D_GNU_SOURCE -I. -I$(BUILD) $(WARN) $(HARDEN) \
	   $(SANFLAG) $(shell pkg-config --cflags $(PKGS) 2>/dev/null) \
	   $(CFLAGS)
ALLLD   := -pie -Wl,-z,relro,-z,now $(SANFLAG) $(LDFLAGS)
# Only what a room may link (DESIGN section 1) ends up in its program.
LIBS    := -Wl,--as-needed $(shell pkg-config --libs $(PKGS) 2>/dev/null) \
	   -lunbound -lm

ROOMS   := base store capture analyzer reports
# drivers/NAME.c is the program sekisho-driver-NAME; drivers/*/ are its parts.
room_src = $(filter-out %/main.c analyzer/drivers/%,\
	   $(sort $(shell find $(1) -name '*.c')))
CONSOLE := $(shell find reports/console -type f ! -name '*.[ch]')
obj      = $(patsubst %.c,$(BUILD)/%.o,$(1))
$(foreach r,$(ROOMS),$(eval OBJ_$(r) := $(call obj,$(call room_src,$(r)))))
$(foreach r,$(ROOMS) drivers,$(eval LIB_$(r) := $(BUILD)/lib$(r).a))
OBJ_base  += $(BUILD)/base/record.pb-c.o
OBJ_store += $(BUILD)/store/schema.o
OBJ_reports += $(addprefix $(BUILD)/reports/,letter/builtin.o \
	       console_files.o openapi.o)
LETTERS := $(sort $(wildcard reports/letter/templates/*.txt))
SCHEMA  := $(sort $(wildcard store/schema/*.sql))

PROGS   := $(addprefix $(BUILD)/,sekisho-capture sekisho-analyzer \
	   sekisho-hooks sekisho-desk sekisho)
OBJ_drivers := $(call obj,$(wildcard analyzer/drivers/*/*.c))
DRIVERS := $(patsubst analyzer/drivers/%.c,$(BUILD)/sekisho-driver-%,\
	   $(wildcard analyzer/drivers/*.c))
UNIT    := $(patsubst %.c,$(BUILD)/%,$(shell find tests/unit -name 'test_*.c'))
FUZZ    := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/fuzz/*/fuzz_*.c))
GEN     := $(BUILD)/tests/gen/trafficgen
E2EBIN  := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/e2e/*.c))
BENCH   := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/bench/*.c))
EVALOBJ := $(call obj,$(filter-out %/main.c,$(wildcard tests/eval/*.c))) \
	   $(BUILD)/tests/gen/prng.o
EVAL    := $(BUILD)/tests/eval/eval
LIVES   := bots.c draw.c kinds.c life.c normals.c
SUITE   := $(BUILD)/tests/spf-suite
UP_TO_analyzer := $(LIB_analyzer) $(LIB_store) $(LIB_base)
ALLLIBS := $(LIB_reports) $(LIB_analyzer) $(LIB_capture) $(LIB_store) \
	   $(LIB_base)

# Objects of tests are links of a chain that make would throw away.
.SECONDARY:
.PHONY: all check demo deps tests install clean format lint unit fuzz-replay \
	fuzz fuzz-targets bench eval chaos
all: $(PROGS) $(DRIVERS)
tests: all $(UNIT) $(FUZZ) $(GEN) $(E2EBIN) $(BENCH) $(SUITE) $(EVAL) \
	$(BUILD)/openapi/fetched

# $(call gen,WORD,command): the target from the command's output
define gen
$(call say,$(1),$@)
$(Q)mkdir -p $(@D)
$(Q)$(2) >$@ || { rm -f $@; exit 1; }
endef
# --- programs --------------------------------------------------------------
# $(call link,more libraries)
define link
$(call say,LD,$@)
$(Q)$(CC) $(ALLLD) -o $@ $^ $(LIBS) $(1)
endef
$(PROGS) $(DRIVERS) $(E2EBIN) $(BENCH) $(EVAL) $(GEN):
	$(link)
$(BUILD)/sekisho-capture: $(BUILD)/capture/main.o $(LIB_capture) $(LIB_base)
$(BUILD)/sekisho-analyzer: $(BUILD)/analyzer/main.o $(UP_TO_analyzer)
$(BUILD)/sekisho-hooks: $(BUILD)/analyzer/hooks/main.o $(UP_TO_analyzer)
$(BUILD)/sekisho $(BUILD)/sekisho-desk: $(BUILD)/reports/main.o \
	$(LIB_reports) $(UP_TO_analyzer)
# Verbs that sekisho leaves to sekisho-desk (reports/cli/verb.h).
$(BUILD)/sekisho-desk $(BUILD)/tests/unit/reports/%: ALLLD += $(shell \
	sed -n 's/^ELSEWHERE int \(\w*\).*/-Wl,-u,\1/p' reports/cli/verb.h)
$(DRIVERS): $(BUILD)/sekisho-driver-%: $(BUILD)/analyzer/drivers/%.o \
	$(LIB_drivers) $(LIB_base)
$(E2EBIN): $(BUILD)/%: $(BUILD)/%.o $(ALLLIBS)
$(EVAL): $(BUILD)/tests/eval/main.o $(EVALOBJ) $(UP_TO_analyzer)
$(BENCH): $(BUILD)/%: $(BUILD)/%.o $(BUILD)/tests/gen/prng.o \
	$(call obj,$(wildcard tests/bench/parts/*.c)) $(ALLLIBS)
$(GEN): $(call obj,$(wildcard tests/gen/*.c) \
	$(addprefix tests/eval/,$(LIVES))) $(LIB_base)

# A test links its own room and what that room may include. A fuzz target
# has LLVMFuzzerTestOneInput(); replay.c is its plain main().
BELOW_base     := $(LIB_base)
BELOW_store    := $(LIB_store) $(LIB_base)
BELOW_capture  := $(LIB_capture) $(LIB_base)
BELOW_analyzer := $(LIB_drivers) $(UP_TO_analyzer)
BELOW_reports  := $(LIB_reports) $(BELOW_analyzer)
define test_rule
$(BUILD)/tests/unit/$(1)/%: $(BUILD)/tests/unit/$(1)/%.o $$(BELOW_$(1))
	$$(call link,-lcmocka)
$(BUILD)/tests/fuzz/$(1)/%: $(BUILD)/tests/fuzz/$(1)/%.o \
	$(if $(FUZZER),,$(BUILD)/tests/fuzz/replay.o) $$(BELOW_$(1))
	$$(call link,$(if $(FUZZER),-fsanitize=fuzzer))
endef
$(foreach r,$(ROOMS),$(eval $(call test_rule,$(r))))
$(BUILD)/tests/unit/tests/%: $(BUILD)/tests/unit/tests/%.o $(EVALOBJ) \
	$(BELOW_analyzer)
	$(call link,-lcmocka)
$(SUITE): $(call obj,$(wildcard tests/suite/*.c)) $(UP_TO_analyzer)
	$(call link,-lyaml)

$(BUILD)/%.o: %.c $(BUILD)/base/record.pb-c.h
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALLCF) -MMD -MP -c -o $@ $<
$(BUILD)/%.o: $(BUILD)/%.c
	$(call say,CC,$<)
	$(Q)$(CC) $(ALLCF) -Wno-missing-prototypes -MMD -MP -c -o $@ $<
$(BUILD)/base/record.pb-c.c: base/record.proto
	$(call say,PROTOC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)protoc-c --proto_path=base --c_out=$(@D) $<
$(BUILD)/base/record.pb-c.h: $(BUILD)/base/record.pb-c.c ;
$(BUILD)/store/schema.c: scripts/embed-sql $(SCHEMA)
	$(call gen,SQL,$^)
$(BUILD)/reports/letter/builtin.c: scripts/embed-letters $(LETTERS)
	$(call gen,TEXT,$^)
$(BUILD)/reports/openapi.c: scripts/embed-text docs/openapi.json
	$(call gen,JSON,$< api_openapi docs/openapi.json)
# NPM=off: a page that says that the console is not there
$(BUILD)/reports/console_files.c: $(CONSOLE) scripts/console
	$(call say,WEB,$@)
	$(Q)mkdir -p $(@D)
	$(Q)NPM=$(NPM) scripts/console $(BUILD)/console $@
# The validator of the API's answers; without npm there is none.
$(BUILD)/openapi/fetched: tests/openapi/package-lock.json
	$(call say,NPM,$@)
	$(Q)mkdir -p $(@D)
	$(Q)cp tests/openapi/package*.json tests/openapi/.npmrc $(@D)
	$(Q)rm -rf $(@D)/node_modules
	$(Q)[ "$(NPM)" = off ] || ! command -v npm >/dev/null || \
		{ cd $(@D) && npm ci --silent --no-progress && touch $(@F); } || \
		echo "openapi: npm ci failed: no validator" >&2
# --- set-up, tests, order ---------------------------------------------------
deps:  ; $(Q)scripts/setup build
demo: deps ; $(Q)scripts/demo
check: ; $(Q)scripts/setup build test && scripts/check
unit: $(UNIT) ; $(Q)scripts/run-unit $(UNIT)
# ONLY= names of figures, PAIRS= how often: docs/BENCH.md
bench: all $(BENCH) ; $(Q)BUILD=$(BUILD) scripts/bench $(ONLY)
eval: $(EVAL) ; $(Q)BUILD=$(BUILD) scripts/eval $(FORM)
chaos: all ; $(Q)BIN=$(BUILD) ROUNDS=$(or $(ROUNDS),300) LIMIT=3600 \
	bash tests/e2e/chaos.sh
fuzz-replay: $(FUZZ) ; $(Q)scripts/run-fuzz-replay $(FUZZ)
fuzz-targets: $(FUZZ) $(GEN)
fuzz:  ; $(Q)scripts/run-fuzz
lint:  ; $(Q)scripts/lint
format: ; $(Q)clang-format -i $$(git ls-files '*.c' '*.h')

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/doc/sekisho
	install -m 755 $(PROGS) $(DRIVERS) $(DESTDIR)$(PREFIX)/bin
	set -e; for s in 1 5 8; do install -D -m 644 -t \
		$(DESTDIR)$(PREFIX)/share/man/man$$s docs/*.$$s; done
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/lib/systemd/system \
		docs/systemd/*
	install -m 644 README.md docs/*.md docs/*.json docs/sekisho.conf.example \
		$(DESTDIR)$(PREFIX)/share/doc/sekisho
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/sekisho/letters \
		$(LETTERS)
clean:
	rm -rf build build-* demo-out eval-out
print-%:
	@echo $($*)

.SECONDEXPANSION:
$(BUILD)/lib%.a: $$(OBJ_$$*)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
