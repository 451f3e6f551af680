#!/bin/sh
# mutate.sh [COUNT [SEED]] - damaged requests against a live server; then the server must
# still answer, stop by itself, and a sanitizer must have said nothing.  The full run:
#     make SAN=address,undefined mutate N=100000
set -eu
. tests/e2e/serve.inc

count=${1:-5000} seed=${2:-1}
serve_start mutated --set header_timeout_ms=300 --set body_timeout_ms=300 --set idle_timeout_ms=300 \
    --set max_body_bytes=64K --set log_level=error
port=${url##*:}
tool=$(dirname "$GAVEL")/tests/tools/mutate
"$tool" "$port" $((count / 2)) "$seed" &
other=$!
"$tool" "$port" $((count - count / 2)) $((seed + 1)) || { cat "$dir/mutated.log"; fail "seed $((seed + 1))"; }
wait $other || { cat "$dir/mutated.log"; fail "seed $seed"; }
[ "$(curl -s -o /dev/null -w '%{http_code}' "$url/v1/moderations" -d '{"input":"still there?"}')" = 200 ] ||
    { cat "$dir/mutated.log"; fail "it answers no more"; }
serve_stop "$pid"
[ ! -s "$dir/mutated.log" ] || { cat "$dir/mutated.log"; fail "the server complained"; }
