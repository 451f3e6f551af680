#!/bin/sh
# Many long texts at once: short ones are answered meanwhile, none is lost, memory stays within
# its limit, and /metrics shows what went together.
set -eu
. tests/e2e/serve.inc

{ printf '{"input":"'; yes 'the quick brown fox' | head -c 1000000 | tr '\n' ' '; printf '"}'; } >"$dir/long"
serve_start load --set max_pieces=128 --set log_level=error
long=
for i in $(seq 24); do
    curl -sS -o "$dir/long.$i" -w '%{http_code}' -H 'Expect:' "$url/v1/moderations" --data-binary @"$dir/long" \
        >"$dir/long.$i.code" &
    long="$long $!"
done
count() { curl -sS "$url/metrics" | sed -n "s/^$1 //p"; }
until [ "$(count 'gavel_queue_seconds_count{lane="long"}')" -ge 1 ]; do :; done
seen=0
for i in $(seq 10); do
    [ "$(count 'gavel_queue_seconds_count{lane="long"}')" -ge 24 ] || seen=$((seen + 1))
    curl -sS "$url/v1/moderations" -d '{"input":"hello there"}' >"$dir/short"
    has "$dir/short" '"flagged":'
done
[ $seen -gt 0 ] || fail "no short text was judged while long ones waited"
for job in $long; do wait "$job" || fail "a long text was lost"; done
for i in $(seq 24); do
    [ "$(cat "$dir/long.$i.code")" = 200 ] || { cat "$dir/long.$i"; fail "a long text got $(cat "$dir/long.$i.code")"; }
done
[ "$(count 'gavel_queue_seconds_count{lane="long"}')" = 24 ] || fail "not all long texts went to the long workers"
peak=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$pid/status")
# shared objects, weights, 24 bodies in buffers that may have doubled, and two workers' scratch
[ "$peak" -lt 600000 ] || fail "$peak kB at the peak"
echo "24 long texts: $peak kB at the peak"

# more of them than may wait is refused, not hoarded
serve_stop "$pid"
serve_start few --set max_pieces=128 --set max_long_bytes=2500000 --set log_level=error
refused=0 long=
for i in $(seq 8); do
    curl -sS -o "$dir/few.$i" -w '%{http_code}' -H 'Expect:' "$url/v1/moderations" --data-binary @"$dir/long" \
        >"$dir/few.$i.code" &
    long="$long $!"
done
for job in $long; do wait "$job" || fail "a long text got no answer"; done
for i in $(seq 8); do
    case $(cat "$dir/few.$i.code") in
    200) ;;
    503) refused=$((refused + 1)) ;;
    *) fail "a long text got $(cat "$dir/few.$i.code")" ;;
    esac
done
echo "$refused of 8 were told to come again"

# many at once share the encoder's steps
many=
for i in $(seq 32); do
    curl -sS -o "$dir/many.$i" "$url/v1/moderations" -d "{\"input\":\"hello number $i\"}" &
    many="$many $!"
done
for job in $many; do wait "$job" || fail "a text was lost"; done
for i in $(seq 32); do has "$dir/many.$i" '"flagged":'; done
[ "$(count gavel_batch_requests_sum)" -ge 32 ] || fail "steps are not counted"
serve_stop "$pid"
