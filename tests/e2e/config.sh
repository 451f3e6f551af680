#!/bin/sh
# gavel config: what it prints reads back, what is set wins in its order, and the page
# docs/CONFIG.md is what the program says.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
fail() {
    echo "$*"
    exit 1
}

"$GAVEL" config --markdown | diff docs/CONFIG.md - || fail "docs/CONFIG.md is not current: make docs"

"$GAVEL" config --set store_path='a "b" \c' --set workers=3 >"$dir/gavel.yaml"
"$GAVEL" config --config "$dir/gavel.yaml" | diff "$dir/gavel.yaml" - || fail "did not read back"

"$GAVEL" config --config "$dir/gavel.yaml" --json | grep -q '"workers":3,' || fail "the file"
GAVEL_WORKERS=5 "$GAVEL" config --config "$dir/gavel.yaml" --json | grep -q '"workers":5,' ||
    fail "the environment goes before the file"
GAVEL_WORKERS=5 "$GAVEL" config --set workers=7 --json | grep -q '"workers":7,' ||
    fail "the command line goes before the environment"

refused() { # refused STATUS WORDS ARGUMENT...
    want=$1 words=$2
    shift 2
    status=0
    "$GAVEL" "$@" >"$dir/out" 2>"$dir/err" || status=$?
    [ "$status" = "$want" ] || fail "gavel $*: exit $status, not $want"
    grep -q -e "$words" "$dir/err" || fail "gavel $*: $(cat "$dir/err")"
    [ ! -s "$dir/out" ] || fail "gavel $*: printed an answer all the same"
}
refused 2 "no setting is called 'worker'" config --set worker=1
refused 2 "between 0 and 256" config --set workers=1000
refused 2 "KEY=VALUE" config --set workers
refused 1 "cannot open" config --config "$dir/absent.yaml"
refused 2 "no option --colour" config --colour
printf 'workers: 1\nworkers: 2\n' >"$dir/twice.yaml"
refused 1 "twice.yaml:2:1" config --config "$dir/twice.yaml"

"$GAVEL" config --help | grep -q -e '--markdown' || fail "--help"
"$GAVEL" help config | grep -q 'settings in force' || fail "help config"
