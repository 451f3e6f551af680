#!/bin/sh
# http.sh [RELEASE] - what one short text costs over HTTP: `name value unit`, a line each.
# wrk asks for SECONDS_EACH (5) on 1 connection and on 16; the median is of wrk's own latencies.
set -eu
GAVEL=${GAVEL:-build/release/gavel}
export GAVEL
. tests/e2e/serve.inc
[ $# = 0 ] || release=$1
serve_start bench --set log_level=error
cat >"$dir/short.lua" <<'END'
wrk.method = "POST"
wrk.headers["content-type"] = "application/json"
wrk.body = '{"input":"Where can I buy fresh apples near the station?"}'
END
for connections in 1 16; do
    wrk -t 1 -c $connections -d "${SECONDS_EACH:-5}" --latency -s "$dir/short.lua" "$url/v1/moderations" >"$dir/wrk"
    ! grep -q 'Non-2xx' "$dir/wrk" || fail "$(cat "$dir/wrk")"
    awk -v c=$connections '
        function ms(t) { return t ~ /us$/ ? t / 1000 : t ~ /ms$/ ? t + 0 : t * 1000 }
        $1 == "50%" { printf "http_short_%dc_p50 %.3f ms\n", c, ms($2) }
        $1 == "99%" { printf "http_short_%dc_p99 %.3f ms\n", c, ms($2) }
        $1 == "Requests/sec:" { printf "http_short_%dc_rate %.0f requests/s\n", c, $2 }' "$dir/wrk"
done
serve_stop "$pid"
