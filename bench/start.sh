#!/bin/sh
# start.sh - how soon `gavel serve` listens and what it holds: `name value unit`.  Resident memory
# counts the release's pages, which processes share, and is the most of two looks: at the start
# and behind some seconds of short texts on 16 connections.
set -eu
. bench/lib.inc
dir=$(mktemp -d)
mkfifo "$dir/out"
pid=
trap 'kill -9 $pid 2>/dev/null || true; rm -rf "$dir"' EXIT
for _ in $(seq "$rounds"); do
    start=$(date +%s%N)
    "$GAVEL" serve --json --listen 127.0.0.1:0 --release "$release" --set log_level=error >"$dir/out" 2>"$dir/log" &
    pid=$!
    exec 3<"$dir/out"
    IFS= read -r line <&3
    echo "serve_ready $((($(date +%s%N) - start) / 1000000)) ms"
    url=$(echo "$line" | sed -n 's/^{"listening":"\([^"]*\)".*/\1/p')
    [ -n "$url" ] || { cat "$dir/log" >&2; exit 1; }
    resident() { awk '$1 == "VmRSS:" { printf "%s %.1f MB\n", name, $2 / 1024 }' name="$1" "/proc/$pid/status"; }
    resident serve_resident_start
    # a short run in each round: memory that grew would show
    echo 'wrk.method = "POST"; wrk.body = "{\"input\":\"Where can I buy fresh apples near the station?\"}"' >"$dir/short.lua"
    wrk -t 1 -c 16 -d "${SECONDS_EACH:-3}" -s "$dir/short.lua" "$url/v1/moderations" >/dev/null
    resident serve_resident
    exec 3<&-
    kill -TERM "$pid"
    wait "$pid"
done
