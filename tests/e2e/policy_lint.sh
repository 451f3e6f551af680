#!/bin/sh
# gavel policy lint: what reads, and where what does not read goes wrong.
set -eu
. tests/e2e/lib.inc
"$GAVEL" policy lint policies/*/policy.yaml | grep -q 'openai-13.*: ok' || fail "the shipped one"
"$GAVEL" policy lint --json policies/openai-13/policy.yaml | grep -qF '"id":"openai-13"'
sed 's/score: hate$/score: hat/' policies/openai-13/policy.yaml >"$dir/p.yaml"
"$GAVEL" policy lint "$dir/p.yaml" 2>"$dir/err" && fail "an unknown factor read"
line=$(grep -n 'score: hat$' "$dir/p.yaml" | cut -d: -f1)
grep -qF "p.yaml:$line:12: no factor is called 'hat'" "$dir/err" || fail "$(cat "$dir/err")"
"$GAVEL" policy lint 2>/dev/null && fail "no operand"
"$GAVEL" policy lint "$dir/absent.yaml" 2>"$dir/err" && fail "an absent file read"
grep -q absent "$dir/err"
