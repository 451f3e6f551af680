#!/bin/sh
# long.sh - short texts beside 24 texts of a megabyte that come together, with the settings as they
# are by default: `name value unit`.  One connection asks for a short text every few
# milliseconds, first alone and then until the last long one is answered; what counts is the
# longest that a short one took.
set -eu
. bench/lib.inc
. tests/e2e/serve.inc
release=${GAVEL_RELEASE:-$release}
{ printf '{"input":"'; yes 'the quick brown fox' | head -c 1000000 | tr '\n' ' '; printf '"}'; } >"$dir/long"
cat >"$dir/short.lua" <<'END'
wrk.method = "POST"
wrk.body = '{"input":"Where can I buy fresh apples near the station?"}'
delay = function() return math.random(1, 9) end
END
latencies() { # NAME
    awk -v name="$1" '
        function ms(t) { return t ~ /us$/ ? t / 1000 : t ~ /ms$/ ? t + 0 : t * 1000 }
        $1 == "Latency" && NF == 5 { printf "%s_max %.2f ms\n", name, ms($4) }
        $1 == "50%" { printf "%s_p50 %.3f ms\n", name, ms($2) }
        $1 == "99%" { printf "%s_p99 %.3f ms\n", name, ms($2) }' "$dir/wrk"
}
serve_start long --set log_level=error
wrk -t 1 -c 1 -d 5 --latency -s "$dir/short.lua" "$url/v1/moderations" >"$dir/wrk"
latencies long_alone
wrk -t 1 -c 1 -d 600 --latency -s "$dir/short.lua" "$url/v1/moderations" >"$dir/wrk" &
wrk=$!
start=$(date +%s%N)
jobs=
for i in $(seq 24); do
    curl -sS -o "$dir/answer.$i" -w '%{http_code}' -H 'Expect:' "$url/v1/moderations" --data-binary @"$dir/long" \
        >"$dir/code.$i" &
    jobs="$jobs $!"
done
for job in $jobs; do wait "$job" || fail "a long text was lost"; done
echo "long_all $((($(date +%s%N) - start) / 1000000)) ms"
kill -INT $wrk
wait $wrk || true
# one that waits for longer than request_deadline_ms is told to come again: an answer as well
for i in $(seq 24); do
    case $(cat "$dir/code.$i") in 200 | 503) ;; *) fail "a long text got $(cat "$dir/code.$i")" ;; esac
done
echo "long_judged $(cat "$dir"/code.* | grep -o 200 | wc -l) of_24"
latencies long_short
awk '$1 == "VmHWM:" { printf "long_peak %.0f MB\n", $2 / 1024 }' "/proc/$pid/status"
serve_stop "$pid"
