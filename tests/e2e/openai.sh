#!/bin/sh
# The official npm client, unmodified, installed from the committed lock file.
set -eu
command -v npm >/dev/null || { echo "npm is not installed"; exit 77; }
. tests/e2e/serve.inc

place=build/npm/openai
mkdir -p $place
if ! cmp -s tests/e2e/openai/package-lock.json $place/package-lock.json || [ ! -d $place/node_modules/openai ]; then
    cp tests/e2e/openai/package.json tests/e2e/openai/package-lock.json $place/
    (cd $place && npm ci --ignore-scripts --silent --no-audit --no-fund)
fi
cp tests/e2e/openai/test.mjs $place/

echo "sk-right" >"$dir/keys"
serve_start main --set api_keys_file="$dir/keys"
main=$url main_pid=$pid
serve_start tiny --workers 1 --set queue_requests=1 --set retry_after_ms=100
node $place/test.mjs "$main/v1" "$url/v1"
serve_stop "$main_pid"
serve_stop "$pid"
