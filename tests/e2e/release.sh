#!/bin/sh
# gavel release list and show: by path, by name, by digits of the digest.
set -eu
. tests/e2e/lib.inc
mkdir "$dir/releases"
digest=$(fixture_release "$dir/releases/first.gavel" 1)
other=$(fixture_release "$dir/releases/second.gavel" 2)
cd "$dir"
for ref in releases/first.gavel first "$digest" "$(echo "$digest" | cut -c1-8)"; do
    "$GAVEL" release show "$ref" >out
    grep -q "$digest" out || fail "show $ref"
    grep -q '^sexual/minors  *fixed  *0.5000' out || fail "table of $ref"
done
"$GAVEL" release show first --json >out
grep -qF '"training":{"note":"a fixture"}' out || fail "show --json"
"$GAVEL" release list >out
[ "$(wc -l <out)" = 2 ] || fail "list: two lines"
grep -q "$(echo "$other" | cut -c1-12)" out || fail "list: the second"
"$GAVEL" release list --json | grep -qF "\"digest\":\"$other\"" || fail "list --json"
"$GAVEL" release show third 2>err && fail "there is no third"
grep -q "no release 'third'" err
truncate -s 1000 releases/second.gavel
"$GAVEL" release show second 2>err && fail "a cut file opened"
rm -r releases
[ "$("$GAVEL" release list --json)" = '[]' ] || fail "an empty list"
