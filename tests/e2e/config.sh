#!/bin/sh
# gavel config: what it prints reads back, what is set wins in its order, and the page
# docs/CONFIG.md is what the program says.
set -eu
. tests/e2e/lib.inc

"$GAVEL" config --markdown | diff docs/CONFIG.md - || fail "docs/CONFIG.md is not current: make docs"

"$GAVEL" config --set store_path='a "b" \c' --set workers=3 >"$dir/gavel.yaml"
"$GAVEL" config --config "$dir/gavel.yaml" | diff "$dir/gavel.yaml" - || fail "did not read back"

"$GAVEL" config --config "$dir/gavel.yaml" --json | grep -q '"workers":3,' || fail "the file"
GAVEL_WORKERS=5 "$GAVEL" config --config "$dir/gavel.yaml" --json | grep -q '"workers":5,' ||
    fail "the environment goes before the file"
GAVEL_WORKERS=5 "$GAVEL" config --set workers=7 --json | grep -q '"workers":7,' ||
    fail "the command line goes before the environment"

silent() { # as refused, and without an answer
    refused "$@"
    [ ! -s "$dir/out" ] || fail "printed an answer all the same: $*"
}
silent 2 "no setting is called 'worker'" "$GAVEL" config --set worker=1
silent 2 "between 0 and 256" "$GAVEL" config --set workers=1000
silent 2 "KEY=VALUE" "$GAVEL" config --set workers
silent 1 "cannot open" "$GAVEL" config --config "$dir/absent.yaml"
silent 2 "no option --colour" "$GAVEL" config --colour
printf 'workers: 1\nworkers: 2\n' >"$dir/twice.yaml"
silent 1 "twice.yaml:2:1" "$GAVEL" config --config "$dir/twice.yaml"

"$GAVEL" config --help | grep -q -e '--markdown' || fail "--help"
"$GAVEL" help config | grep -q 'settings in force' || fail "help config"
