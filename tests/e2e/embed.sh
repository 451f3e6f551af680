#!/bin/sh
# The library as other programs get it: installed, found by pkg-config, linked shared and
# static, from C and from C++, by one thread and by four.  Its answers are those of `gavel
# moderate` to the last digit.  `make SAN=thread embed` does the same under a sanitizer.
set -eu
. tests/e2e/lib.inc
SAN=${SAN:-}
command -v pkg-config >/dev/null || { echo "pkg-config is not installed"; exit 77; }
release=releases/third.gavel
prefix=$dir/prefix
make -s SAN="$SAN" install DESTDIR="$dir/root" PREFIX=/opt/gavel LIBDIR=/opt/gavel/lib64
for f in bin/gavel include/gavel.h lib64/libgavel.a lib64/libgavel.so.1 lib64/libgavel.so \
    lib64/pkgconfig/gavel.pc; do
    [ -s "$dir/root/opt/gavel/$f" ] || fail "$f was not installed"
done
has "$dir/root/opt/gavel/lib64/pkgconfig/gavel.pc" "libdir=/opt/gavel/lib64"
make -s SAN="$SAN" install PREFIX="$prefix"
PKG_CONFIG_PATH=$prefix/lib/pkgconfig
export PKG_CONFIG_PATH

# --- what can be seen of it
nm -D --defined-only "$prefix/lib/libgavel.so" | sed 's/.* //; s/@.*//' >"$dir/out"
has "$dir/out" gavel_judge_batch
grep -v -e '^gavel_' -e '^GAVEL_1$' "$dir/out" && fail "the shared library shows more than gavel_*"
nm -g --defined-only "$prefix/lib/libgavel.a" | sed -n 's/^[0-9a-f]* [A-Z] //p' >"$dir/out"
has "$dir/out" gavel_judge_batch
[ -n "$SAN" ] || ! grep -v '^gavel_' "$dir/out" || fail "the archive shows more than gavel_*"
objdump -p "$prefix/lib/libgavel.so" >"$dir/out"
matches "$dir/out" 'SONAME +libgavel.so.1'
if grep -E 'NEEDED.*(sqlite|uv|archive|libz)' "$dir/out"; then
    fail "it needs what judging does not"
fi
sed -n 's/^GAVEL_API.*[ *]\(gavel_[a-z_]*\)(.*/\1/p' include/gavel.h | sort >"$dir/said"
nm -D --defined-only "$prefix/lib/libgavel.so" | sed -n 's/.* T \([a-z_]*\).*/\1/p' | sort >"$dir/shown"
cmp "$dir/said" "$dir/shown" || fail "the header and the library do not name the same functions"

# --- the example, four ways
cat >"$dir/lines" <<'END'
Shall we meet for lunch on Tuesday?
You are a worthless idiot and everybody hates you.
I will find you and break your legs.
The striker killed the game in the first half.
I c4n't st4nd it any more, I want to end my l1fe.
das ist nicht mein Fehler
w h a t   a   d a y

END
san=${SAN:+-fsanitize=$SAN -g}
# shellcheck disable=SC2086 # flags are words
build() { # build NAME COMPILER FLAGS... : the example, as the header comment says
    name=$1
    shift
    "$@" $san -Wall -Wextra -Werror -o "$dir/$name" || fail "cannot build $name"
}
flags=$(pkg-config --cflags --libs gavel)
# shellcheck disable=SC2086
build shared cc -std=c17 examples/judge.c $flags -pthread
# shellcheck disable=SC2086
build plus g++ -std=c++17 -x c++ examples/judge.c -x none $flags -pthread
cflags=$(pkg-config --cflags gavel)
private=$(pkg-config --libs --static gavel | sed 's/-lgavel//')
# shellcheck disable=SC2086
build static cc -std=c17 $cflags examples/judge.c "$prefix/lib/libgavel.a" $private

want() { # what `gavel moderate` says, in the example's words
    awk '{ gsub(/\\/, "\\\\"); gsub(/"/, "\\\""); printf "{\"text\":\"%s\"}\n", $0 }' "$dir/lines" |
        "$GAVEL" moderate --release "$release" --jsonl |
        tr -d '"{}' | awk -F, '{
            for (i = 2; i <= NF; i++) {
                n = split($i, part, ":")
                value = part[n]; key = part[n - 1]
                if (key == "flagged") printf "flagged %d\n", value == "true"
                else if (value == "true" || value == "false") holds[key] = value == "true"
                else printf "%s %d %.17g\n", key, holds[key], value
            }
        }'
}
want >"$dir/want"
[ "$(wc -l <"$dir/want")" = 112 ] || fail "eight verdicts of fourteen lines: $(wc -l <"$dir/want")"
LD_LIBRARY_PATH=$prefix/lib
export LD_LIBRARY_PATH
for program in shared plus static; do
    for threads in 1 4; do
        status 0 "$dir/$program" "$release" $threads <"$dir/lines"
        cmp "$dir/want" "$dir/out" || fail "$program with $threads threads answers otherwise"
    done
done
has "$dir/err" "spacing: bytes"

# --- in a program that writes 0,5 for a half
cat >"$dir/german.c" <<'END'
#include <locale.h>
#include <stdlib.h>
__attribute__((constructor)) static void german(void)
{
    if (!setlocale(LC_ALL, "de_DE.UTF-8"))
        abort();
}
END
localedef -i de_DE -f UTF-8 "$dir/de_DE.UTF-8" >"$dir/locale.log" 2>&1 || fail "no German locale"
# shellcheck disable=SC2086
build german cc -std=c17 "$dir/german.c" examples/judge.c $flags -pthread
status 0 env LOCPATH="$dir" "$dir/german" "$release" <"$dir/lines"
has "$dir/out" "0,"
tr , . <"$dir/out" | cmp "$dir/want" - || fail "another locale, another answer"

# --- refusals
refused 1 "not_found: cannot open nowhere.gavel" "$dir/shared" nowhere.gavel
head -c 100000 "$release" >"$dir/cut.gavel"
refused 1 "corrupt: " "$dir/shared" "$dir/cut.gavel"
printf 'a\377\n' >"$dir/bad"
status 0 "$dir/shared" "$release" <"$dir/bad"
has "$dir/out" "error the text is not UTF-8 at byte 1"
if [ -z "$SAN" ]; then
    refused 1 "no_memory: " prlimit --as=400000000 "$dir/shared" "$release" <"$dir/lines"
fi
