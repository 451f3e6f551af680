# gavel - build, test, install.  `make help` lists what there is to ask for.
#
# One rule per kind of thing.  Every build variant has its own tree, so switching
# between them rebuilds nothing:
#   make            build/release      make SAN=address,undefined test
#   make DEBUG=1    build/debug        make SAN=thread test
#   make FAULTS=1   build/faults       (the outside world can be broken on purpose)

# ---- what we build from -----------------------------------------------------
# Lowest floor first; rooms on one floor are joined by commas.
FLOORS := base store,net text,nn policy data model,augment,label moderate embed,serve cli
LIBS   := sqlite3 libuv jansson yaml-0.1 icu-uc icu-i18n openblas libsodium libarchive zlib
LLHTTP := /usr/share/llhttp              # C sources of Debian's node-llhttp

# ---- how ---------------------------------------------------------------------
comma   := ,
ROOMS   := $(subst $(comma), ,$(FLOORS))
VARIANT := $(if $(SAN),san-$(subst $(comma),-,$(SAN)),$(if $(FAULTS),faults,$(if $(DEBUG),debug,release)))
OUT     := build/$(VARIANT)
CC      := gcc
CSTD    := -std=c17 -D_GNU_SOURCE
WARN    := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
           -Wpointer-arith -Wwrite-strings -Wvla -Wundef -Wimplicit-fallthrough \
           -Wno-format-truncation $(if $(WERROR),-Werror)   # Err cuts long words on purpose
OPT     := $(if $(SAN)$(DEBUG)$(FAULTS),-O1 -g3 -fno-omit-frame-pointer,-O2 -g -D_FORTIFY_SOURCE=2)
# -fPIC and hidden: one set of objects makes the program, the tests and libgavel.
HARDEN  := -fstack-protector-strong -fPIC -fvisibility=hidden
SANFLAG := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all)
CFLAGS  ?=
ALL_CFLAGS := $(CSTD) $(WARN) $(OPT) $(HARDEN) $(SANFLAG) $(if $(FAULTS),-DFAULTS) \
              -Isrc -Iinclude -isystem /usr/share/include/llhttp -MMD -MP $(shell pkg-config --cflags $(LIBS)) $(CFLAGS)
LDLIBS  := $(shell pkg-config --libs $(LIBS)) -lm -pthread
LDFLAGS := $(SANFLAG) -pie -Wl,-z,relro,-z,now
# Kernels alone may reorder sums; never -ffast-math, never -march=native (docs/STYLE.md).
KERNEL_MATH := -O3 -fassociative-math -fno-signed-zeros -fno-trapping-math -ffp-contract=fast
# Packed products keep the order of their sums, int8 also every rounding (src/nn/packed.h).
PACKED_F32 := -O3 -ffp-contract=fast
PACKED_I8  := -O3 -ffp-contract=off
# A gist is the same to the bit with and without AVX2 (src/nn/gist.h).
GIST       := -O3 -ffp-contract=off -fno-math-errno
AVX2       := -mavx2 -mfma
AVX512     := $(AVX2) -mavx512f -mavx512bw -mavx512vl -mavx512dq
# Files of another processor stay out.
X86     := $(filter x86_64%,$(shell $(CC) -dumpmachine))
FOREIGN := $(wildcard src/nn/kernels_*$(if $(X86),neon,avx)*.c)

Q       := $(if $(V),,@)

# ---- the program: every room but cli is the library the tests link ----------
LIB_SRC  := $(filter-out $(FOREIGN),$(foreach r,$(filter-out cli,$(ROOMS)),$(wildcard src/$(r)/*.c)))
CLI_SRC  := $(wildcard src/cli/*.c)
SQL      := $(sort $(wildcard src/store/migrations/*.sql))
obj       = $(patsubst %.c,$(OUT)/%.o,$(1))
LIB_OBJ  := $(call obj,$(LIB_SRC)) $(OUT)/gen/migrations.o $(OUT)/gen/benign.o \
            $(if $(wildcard src/net/*.c),$(patsubst %,$(OUT)/llhttp/%.o,api http llhttp))
LIB      := $(OUT)/librooms.a
GAVEL    := $(OUT)/gavel

# ---- libgavel: what include/gavel.h promises and the objects it needs, nothing else ------
EMBED     := $(call obj,$(wildcard src/embed/*.c))
EMBED_LIBS := $(shell pkg-config --libs jansson yaml-0.1 icu-uc openblas libsodium) -lm -pthread
# The number in its name changes when programs that use it would break.
SONAME    := libgavel.so.1
LIBGAVEL  := $(OUT)/libgavel.a $(OUT)/$(SONAME)

UNIT     := $(patsubst tests/unit/%.c,$(OUT)/tests/%,$(wildcard tests/unit/*/test_*.c))
TOOLS    := $(patsubst tests/e2e/%.c,$(OUT)/tests/tools/%,$(wildcard tests/e2e/*.c))
FUZZ     := $(patsubst fuzz/fuzz_%.c,%,$(wildcard fuzz/fuzz_*.c))
REPLAY   := $(patsubst %,$(OUT)/fuzz/replay_%,$(FUZZ))
BENCH    := $(patsubst bench/%.c,$(OUT)/bench/%,$(wildcard bench/bench_*.c))

.PHONY: all lib embed docs test unit race neon check layers rules style format fuzz fuzz-build bench install clean help FORCE
.DELETE_ON_ERROR:
all: $(GAVEL) lib                         ## the program and the library
lib: $(LIBGAVEL)                          ## libgavel.a and libgavel.so

$(GAVEL): $(call obj,$(CLI_SRC)) $(LIB)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)
$(LIB): $(LIB_OBJ)
	@rm -f $@
	$(Q)ar rcs $@ $^
# One object, in which only gavel_* can be seen: a program's own names never meet ours.
$(OUT)/libgavel.o: $(EMBED) $(LIB)
	$(Q)$(CC) -r -nostdlib -o $@.open $^
	$(Q)objcopy --localize-hidden $@.open $@ && rm $@.open
$(OUT)/libgavel.a: $(OUT)/libgavel.o
	@rm -f $@
	$(Q)ar rcs $@ $^
$(OUT)/$(SONAME): $(OUT)/libgavel.o src/embed/exports.map
	$(Q)$(CC) -shared $(SANFLAG) -Wl,-soname,$(SONAME) -Wl,--version-script=src/embed/exports.map \
	    -Wl,-z,defs -Wl,-z,relro,-z,now -Wl,--as-needed -o $@ $< $(EMBED_LIBS)
$(OUT)/tests/%: $(OUT)/tests/unit/%.o $(OUT)/tests/unit/model/fixture.o $(LIB)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(LDLIBS)
$(OUT)/tests/tools/%: $(OUT)/tests/e2e/%.o $(OUT)/tests/unit/model/fixture.o $(LIB)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)
$(OUT)/fuzz/replay_%: $(OUT)/fuzz/fuzz_%.o $(OUT)/fuzz/replay.o $(LIB)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)
$(OUT)/bench/%: $(OUT)/bench/%.o $(LIB)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)
$(OUT)/tests/unit/%.o: EXTRA := -Itests/unit
$(OUT)/src/nn/kernels_%.o: EXTRA := $(KERNEL_MATH)
$(OUT)/src/nn/kernels_avx2.o: EXTRA := $(KERNEL_MATH) $(AVX2)
$(OUT)/src/nn/kernels_f32_%.o: EXTRA := $(PACKED_F32)
$(OUT)/src/nn/kernels_f32_avx2.o: EXTRA := $(PACKED_F32) $(AVX2)
$(OUT)/src/nn/kernels_f32_avx512.o: EXTRA := $(PACKED_F32) $(AVX512)
$(OUT)/src/nn/gist.o: EXTRA := $(GIST)
$(OUT)/src/nn/gist_avx2.o: EXTRA := $(GIST) $(AVX2)
$(OUT)/src/nn/kernels_int8_%.o: EXTRA := $(PACKED_I8)
$(OUT)/src/nn/kernels_int8_avx2.o: EXTRA := $(PACKED_I8) $(AVX2)
$(OUT)/src/nn/kernels_int8_avxvnni.o: EXTRA := $(PACKED_I8) $(AVX2) -mavxvnni
$(OUT)/src/nn/kernels_int8_avx512.o: EXTRA := $(PACKED_I8) $(AVX512) -mavx512vnni
$(OUT)/src/nn/kernels_int8_neon.o: EXTRA := $(PACKED_I8) -march=armv8.2-a+dotprod
$(OUT)/%.o: %.c $(OUT)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(EXTRA) -c -o $@ $<
$(OUT)/llhttp/%.o: $(strip $(LLHTTP))/%.c $(OUT)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(CSTD) $(OPT) $(HARDEN) $(SANFLAG) -I/usr/share/include/llhttp -w -c -o $@ $<
$(OUT)/gen/migrations.c: $(SQL) tools/embed
	@mkdir -p $(@D)
	$(Q)tools/embed migrations $(SQL) > $@
$(OUT)/gen/benign.c: policies/benign.txt tools/embed
	@mkdir -p $(@D)
	$(Q)tools/embed benign $< > $@
$(OUT)/gen/%.o: $(OUT)/gen/%.c $(OUT)/flags
	$(Q)$(CC) $(ALL_CFLAGS) -c -o $@ $<

# Changing a flag rebuilds; asking twice with the same flags does not.
$(OUT)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(ALL_CFLAGS)' | cmp -s - $@ || echo '$(CC) $(ALL_CFLAGS)' > $@
FORCE:
.SECONDARY:

# ---- tests -------------------------------------------------------------------
test: $(GAVEL) $(UNIT) $(REPLAY) $(TOOLS)          ## everything a commit must pass
	@tools/run-tests $(OUT) $(GAVEL)
unit: $(UNIT) $(REPLAY)                   ## unit tests and fuzz replay only
	@tools/run-tests $(OUT)
# The tests of what threads share: queue, metrics, server, release swap, the pool that trains.
RACE := $(filter %queue %metric %log %http_server %http_work %docket %test_serve %bench %score %law %pool %embed,$(UNIT))
race: $(RACE)                             ## those tests alone; for SAN=thread
	@printf '/%s\n' $(RACE:$(OUT)/tests/%=%) | xargs -P$$(nproc) -I{} env ONLY={} tools/run-tests $(OUT)
# The kernels of 64-bit ARM: a compiler and an emulator of it, with small stand-ins
# for OpenBLAS and cmocka, so that no library of that processor is needed.  (-O1: at -O2 gcc 12
# crashes on a test; kernels have their own level behind it.)
ARM     := aarch64-linux-gnu-gcc -static $(CSTD) $(WARN) -Isrc -Itests/neon -Itests/unit -pthread
NEON    := build/neon
neon: $(NEON)/test_kernels $(NEON)/test_packed ## the tests of kernels as 64-bit ARM, emulated
	@for t in $^; do qemu-aarch64 $$t || exit 1; done
NEON_SRC := $(filter-out %avx2.c %avx512.c %avxvnni.c,$(wildcard src/nn/kernels*.c)) src/nn/packed.c \
            src/base/arena.c src/base/err.c src/base/str.c src/base/fault.c src/base/locale.c tests/neon/cblas.c
NEON_OBJ := $(NEON_SRC:%.c=$(NEON)/%.o)
$(NEON)/src/nn/kernels_%.o: EXTRA := $(KERNEL_MATH)
$(NEON)/src/nn/kernels_f32_%.o: EXTRA := $(PACKED_F32)
$(NEON)/src/nn/kernels_int8_%.o: EXTRA := $(PACKED_I8)
$(NEON)/src/nn/kernels_int8_neon.o: EXTRA := $(PACKED_I8) -march=armv8.2-a+dotprod
$(NEON)/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(ARM) -O1 $(EXTRA) -MMD -MP -c -o $@ $<
$(NEON)/test_%: $(NEON)/tests/unit/nn/test_%.o $(NEON_OBJ)
	$(Q)$(ARM) -o $@ $^ -lm
mutate: $(GAVEL) $(TOOLS)                 ## N=20000 damaged requests, SEED=1; with SAN=... for the whole truth
	@GAVEL=$(abspath $(GAVEL)) sh tests/e2e/mutate.sh $(or $(N),20000) $(or $(SEED),1)
check: layers rules style test            ## test + the house rules
layers:                                  ## no room includes a room above it
	@tools/check-layers $(FLOORS)
rules:                                   ## banned functions, sizes, doors, documents
	@for r in tools/check-*; do case $$r in */check-layers) ;; *) $$r || exit 1;; esac; done
tidy:                                    ## clang-tidy (.clang-tidy says what it looks for)
	@ls $(filter-out $(FOREIGN),$(wildcard src/*/*.c)) | xargs -P$$(nproc) -I{} clang-tidy --quiet {} -- $(CSTD) -Isrc -Iinclude -isystem /usr/share/include/llhttp $(shell pkg-config --cflags $(LIBS))
style:                                   ## clang-format has nothing to say
	@clang-format --dry-run --Werror $$(git ls-files '*.[ch]')
format:                                  ## let clang-format write
	@clang-format -i $$(git ls-files '*.[ch]')
docs: $(GAVEL)                            ## write the pages that the program's tables make
	@$(GAVEL) config --markdown > docs/CONFIG.md
fuzz-build: $(FUZZ:%=build/fuzz/%)        ## every fuzzer, with libFuzzer, ASan and UBSan
build/fuzz/%: fuzz/fuzz_%.c $(LIB_SRC) $(SQL)
	@mkdir -p $(@D)
	$(Q)$(MAKE) --no-print-directory CC=clang VARIANT=fuzzlib SAN=address,undefined \
	    CFLAGS='-fsanitize=fuzzer-no-link -fno-sanitize-recover=all' build/fuzzlib/librooms.a
	$(Q)clang $(CSTD) -g -O1 -Isrc -fsanitize=fuzzer,address,undefined \
	    -o $@ $< build/fuzzlib/librooms.a $(LDLIBS)
fuzz: build/fuzz/$(T)                     ## make fuzz T=text_normalise S=60
	@mkdir -p build/fuzz/found/$(T)
	build/fuzz/$(T) -max_total_time=$(or $(S),60) build/fuzz/found/$(T) fuzz/corpus/$(T)
bench: $(BENCH)                          ## every figure of docs/BENCHMARKS.md; bench/run PART for one
	@bench/run

embed: $(GAVEL) lib                       ## build the example on the installed library; SAN=... too
	@GAVEL=$(abspath $(GAVEL)) SAN=$(SAN) sh tests/e2e/embed.sh
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
install: $(GAVEL) lib                     ## DESTDIR, PREFIX and LIBDIR are honoured
	install -D -m 755 $(GAVEL) $(DESTDIR)$(PREFIX)/bin/gavel
	install -D -m 644 include/gavel.h $(DESTDIR)$(PREFIX)/include/gavel.h
	install -D -m 644 $(OUT)/libgavel.a $(DESTDIR)$(LIBDIR)/libgavel.a
	install -D -m 755 $(OUT)/$(SONAME) $(DESTDIR)$(LIBDIR)/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(LIBDIR)/libgavel.so
	install -d $(DESTDIR)$(LIBDIR)/pkgconfig
	sed 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(LIBDIR)|; s|@LIBS@|$(EMBED_LIBS)|' src/embed/gavel.pc.in \
	    > $(DESTDIR)$(LIBDIR)/pkgconfig/gavel.pc
clean:                                   ## remove build/
	rm -rf build
help:                                    ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t14

-include $(shell find $(OUT) build/neon -name '*.d' 2>/dev/null)
