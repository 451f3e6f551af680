#!/bin/sh
# gavel policy diff, publish, list, show: what changed, what is kept, what is in force; and a
# publication killed at any moment leaves a store in which every version is whole.
set -eu
. tests/e2e/lib.inc
export GAVEL_STORE_PATH="$dir/store.db"
was=policies/openai-13
cp -r $was "$dir/now"
now="$dir/now"
version() { sed -i "s/^version: .*/version: $1/" "$now/policy.yaml"; }

status 0 "$GAVEL" policy diff $was $was
has "$dir/out" 'the same policy'
version 2
sed -i 's/score: hate$/score: {any: [hate, {share: 0.1, of: insult}]}/' "$now/policy.yaml"
sed -i 's/\*\*I4\*\*/**I9**/' "$now/factors.md"
status 0 "$GAVEL" policy diff $was "$now"
has "$dir/out" '~ composition categories.hate.score'
matches "$dir/out" 'moves scores by up to 0\.(09|10)'
has "$dir/out" '+ clause      I9'
has "$dir/out" '- clause      I4'
status 0 "$GAVEL" policy diff --json $was "$now"
has "$dir/out" '"area":"composition","kind":"altered"'
refused 1 'neither a file nor published' "$GAVEL" policy diff $was openai-13

refused 2 'author' "$GAVEL" policy publish $was --reason why
refused 2 'reason' "$GAVEL" policy publish $was --author kim
status 0 "$GAVEL" policy publish $was --author kim --reason first
status 0 "$GAVEL" policy publish "$now" --author kim --reason second
status 0 "$GAVEL" policy publish "$now" --author kim --reason again
has "$dir/out" 'in force already'
status 0 "$GAVEL" policy diff openai-13 "$now"
has "$dir/out" 'the same policy'
status 0 "$GAVEL" policy diff openai-13 "$(sed -n 's/^version: /openai-13@/p' $was/policy.yaml)"
has "$dir/out" '- clause      I9'
sed -i 's/score: hate/score: insult/' "$now/policy.yaml"
echo >>"$now/factors.md"
refused 1 'give this one a version of its own' "$GAVEL" policy publish "$now" --author kim --reason x
status 0 "$GAVEL" policy list --json
[ "$(grep -o '"in_force":true' "$dir/out" | wc -l)" = 1 ] || fail "not one in force"
status 0 "$GAVEL" policy show openai-13 --file policy.yaml
has "$dir/out" 'version: 2'
refused 1 'has no file' "$GAVEL" policy show openai-13 --file absent.md

# kill -9: whatever of it is there, is there whole
n=0 killed=0
while [ $n -lt 8 ]; do
    n=$((n + 1))
    version "k$n"
    "$GAVEL" policy publish "$now" --author kim --reason "try $n" >/dev/null 2>&1 &
    pid=$!
    sleep "$(printf '0.%03d' $((n * n * 4)))"
    kill -9 $pid 2>/dev/null || true
    wait $pid 2>/dev/null || killed=$((killed + 1))
    status 0 "$GAVEL" policy list
    cut -d' ' -f1 "$dir/out" >"$dir/refs"
    while read -r ref; do
        status 0 "$GAVEL" policy show "$ref"
    done <"$dir/refs"
done
version whole
status 0 "$GAVEL" policy publish "$now" --author kim --reason 'goes on'
status 0 "$GAVEL" policy show openai-13@whole
echo "killed $killed of $n; every version is whole"
