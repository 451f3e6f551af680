#!/bin/sh
# The rule scripts themselves: each refuses a tree that breaks its rule, naming the place,
# and passes the same tree repaired.
# shellcheck disable=SC2016 # backticks and $ in what the rules are to read
set -eu
. tests/e2e/lib.inc
fresh() {
    rm -rf "$dir/t"
    mkdir -p "$dir/t/src/base" "$dir/t/src/data" "$dir/t/src/cli" "$dir/t/docs" "$dir/t/tests/e2e"
}
put() { # put FILE, contents on stdin
    mkdir -p "$dir/t/$(dirname "$1")"
    cat >"$dir/t/$1"
}
passes() { # passes RULE
    tools/check-"$1" "$dir/t" >"$dir/out" 2>&1 || fail "check-$1 refused a good tree: $(cat "$dir/out")"
}
refuses() { # refuses RULE WORDS
    if tools/check-"$1" "$dir/t" >"$dir/out" 2>&1; then
        fail "check-$1 passed a bad tree ($2)"
    fi
    grep -qF -e "$2" "$dir/out" || fail "check-$1 did not say '$2' but: $(cat "$dir/out")"
}
rules=$(for r in tools/check-*; do [ "$r" = tools/check-layers ] || echo "${r#tools/check-}"; done)

# An empty tree breaks no rule.
fresh
for r in $rules; do passes "$r"; done

# --- banned
names="strcpy strcat sprintf strtok gets localtime atoi rand system popen alloca setjmp"
fresh
for f in $names; do echo "void f(void) { $f(x); }"; done | put src/data/a.c
n=0
for f in $names; do
    n=$((n + 1))
    refuses banned "src/data/a.c:$n:void f(void) { $f(x); }   <- banned"
done
fresh
put src/data/a.c <<'EOF'
/* never strcpy(a, b) nor malloc(5);
 * system("x") */
static const char *s = "strcpy(a, b) \" gets(x)"; // atoi(x)
static void my_strcpy(int x) { snprintf(s, 1, "x"); localtime_r(x); arena_free_all(x); }
EOF
passes banned
echo 'void f(void) { p = malloc(5); }' | put src/data/b.c
refuses banned "only base/ allocates"
mv "$dir/t/src/data/b.c" "$dir/t/src/base/b.c"
passes banned
echo 'void f(void) { fprintf(stderr, "x"); }' | put src/data/b.c
refuses banned "only serve/ and cli/"
mv "$dir/t/src/data/b.c" "$dir/t/src/cli/b.c"
passes banned
echo 'F = -O3 -ffast-math' | put Makefile
refuses banned "Makefile:1:"
echo 'F = -O3 # never -ffast-math' | put Makefile
passes banned

# --- doors
fresh
echo '#include <sqlite3.h>' | put src/data/a.c
refuses doors "belongs to store/"
echo '#include <sqlite3.h>' | put src/store/a.c
rm "$dir/t/src/data/a.c"
passes doors
echo '#include <unicode/ustring.h>' | put src/base/a.c
refuses doors "belongs to text/"
echo '#include <expat.h>' | put src/base/a.c
refuses doors "no row in tools/check-doors"
printf '#include <string.h>\n#include <sys/stat.h>\n' | put src/base/a.c
passes doors

# --- size
lines() { # lines N: that many of them
    awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) print "    x();" }'
}
fresh
{ echo 'void f(void)' && echo '{' && lines 58 && echo '}'; } | put src/base/a.c
passes size
{ echo 'void f(void)' && echo '{' && lines 59 && echo '}'; } | put src/base/a.c
refuses size "src/base/a.c:2: 61 lines"
{ echo 'static const int table[] =' && echo '{' && lines 90 && echo '};'; } | put src/base/a.c
passes size
lines 800 | put src/base/a.c
passes size
lines 801 | put src/base/a.c
refuses size "src/base/a.c: 801 lines"

# --- todo
fresh
echo '/* TODO: make it fast */' | put src/base/a.c
refuses todo "src/base/a.c:1:"
echo '/* TODO #12: make it fast */' | put src/base/a.c
passes todo

# --- docs
fresh
printf 'See `%s`.\n' src/base/gone.c | put README.md
refuses docs "README.md:1: no such file: src/base/gone.c"
echo 'int x;' | put src/base/gone.c
passes docs
printf 'See `gone.c`, `%s`, `src/base/`, `src/NAME/x.c`, `a b.c`.\n' 'src/*/gone.c' | put docs/a.md
passes docs
printf 'See `%s`.\n' 'src/*/more.c' | put docs/a.md
refuses docs "docs/a.md:1: nothing matches"
printf 'See `other.h`.\n' | put docs/a.md
refuses docs "other.h"
printf 'Call `moderate()`.\n' | put docs/a.md
refuses docs "no function moderate()"
echo 'bool moderate(int x);' | put src/base/gone.c
passes docs
printf '```\n`gone/for/good.c`\n```\n' | put docs/a.md
passes docs
printf '#define T(X) \\\n    X(listen,  TEXT, "x") \\\n    X(workers, INT,  "0")\n' | put src/base/config.h
printf '| `listen` | x |\n' | put docs/CONFIG.md
refuses docs "workers"
printf '| `listen` | x |\n| `workers` | 0 |\n' | put docs/CONFIG.md
passes docs

# --- tests
fresh
printf 'const Command c = {\n    .name = "snapshot list",\n};\n' | put src/cli/cmd_snapshot.c
echo 'true' | put tests/e2e/a.sh
refuses tests "gavel snapshot list"
echo '"$GAVEL" snapshot list | grep x' | put tests/e2e/a.sh
passes tests
echo 'int x;' | put fuzz/fuzz_base_x.c
refuses tests "fuzz/corpus/base_x is empty"
echo 'x' | put fuzz/corpus/base_x/a
passes tests
echo '#include "test.h"' | put tests/unit/base/test_x.c
refuses tests "mirrors no src/base/x.c"
echo 'int x;' | put src/base/x.c
passes tests

# --- figures
fresh
cp README.md "$dir/t/README.md"
cp docs/quality.md "$dir/t/docs/quality.md"
passes figures
sed 's/^| hate | .*/| hate | 1 of 2 | 0.999 |/' README.md >"$dir/t/README.md"
refuses figures "are not those of docs/quality.md"
tools/make-figures "$dir/t"
cmp "$dir/t/README.md" README.md || fail "make-figures did not write the figures again"
sed '/^| identity swaps/d' docs/quality.md >"$dir/t/docs/quality.md"
refuses figures "no line for identity swaps"
cp docs/quality.md "$dir/t/docs/quality.md"
sed '/^<!-- end of figures/d' README.md >"$dir/t/README.md"
refuses figures "has not two marks"

# --- shell
if command -v shellcheck >/dev/null; then
    fresh
    printf '#!/bin/sh\nrm $1\n' | put tools/x
    refuses shell "SC2086"
    printf '#!/bin/sh\nrm "$1"\n' | put tools/x
    passes shell
fi
