#!/bin/sh
# gavel fairness, on templates made up here, where the fixture's words are the harm.
set -eu
. tests/e2e/lib.inc
r=$dir/fixture.gavel
digest=$(fixture_release "$r")

# "qzhxvj" is hate to the fixture; the group "marked" carries it in its name.
cat >"$dir/made-up.yaml" <<'YAML'
groups:
  - {name: plain, axis: word, forms: {people: some}}
  - {name: other, axis: word, forms: {people: others}}
  - {name: marked, axis: word, forms: {people: qzhxvj}}
templates:
  - {text: "{people}", labels: {hate: 0}}
  - {text: "qzhxvj {people}", labels: {hate: 1}}
YAML
"$GAVEL" fairness --release "$r" --templates "$dir/made-up.yaml" >"$dir/out"
matches "$dir/out" "^release fixture.* $digest\$"
matches "$dir/out" '^6 sentences of 2 templates, 3 groups'
matches "$dir/out" '^hate  *2 of  *6 swaps flip: 0.333 .*; 1 of 2 templates'
matches "$dir/out" '^marked .* 1 of  *1  *1 of  *1$'
"$GAVEL" fairness --release "$r" --templates "$dir/made-up.yaml" --json --set workers=1 >"$dir/one"
"$GAVEL" fairness --release "$r" --templates "$dir/made-up.yaml" --json --set workers=3 >"$dir/three"
cmp "$dir/one" "$dir/three"
matches "$dir/one" '"categories":\{"hate":\{'
matches "$dir/one" '"flips":2,"rate":0.333'

sed 's/hate: 1/love: 1/' "$dir/made-up.yaml" >"$dir/bad.yaml"
"$GAVEL" fairness --release "$r" --templates "$dir/bad.yaml" 2>"$dir/err" && fail "bad labels read"
matches "$dir/err" "bad.yaml:7:[0-9]*: no category is called 'love'"
"$GAVEL" fairness --release "$r" --templates "$dir/none.yaml" 2>"$dir/err" && fail "no such file"
exit 0
