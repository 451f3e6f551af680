#!/bin/sh
# load.sh [RELEASE] - what one processor answers over HTTP, and where its time goes: `name value
# unit`, a line each.  The server is held to one processor and wrk to another; 64 connections
# ask for short benign texts, and once more at half of the rate that was reached.
#
# Two releases answer: the one as it is, and the same with a student that is sure of
# every English text ("_sure": what the server can do without the encoder, no matter how
# often they may).  For each: the rate at full load, the latencies there,
# the processor's time a request (and the rate if others had left it alone), and its shares.  These come from samples of the
# program counter (perf), put into stages by the file that a function is from; so they add up to
# the measured time a request but for what the processor spent outside the server.  "_budget_sum"
# is the sum without what no stage is known for ("_rest").
set -eu
. bench/lib.inc
wanted=${1:-$release}
. tests/e2e/serve.inc
for tool in wrk perf; do
    command -v $tool >/dev/null || absent $tool "not installed"
done
command -v wrk >/dev/null || exit 0
seconds=${SECONDS_EACH:-5}
cat >"$dir/short.lua" <<'END'
local texts = {
    "Where can I buy fresh apples near the station?", "See you at the library tomorrow at noon.",
    "The train was late again, but we made it.",      "Thanks for the recipe, it was lovely!",
    "Can you send me the notes from Monday?",         "My cat sleeps on the keyboard all day.",
    "We should paint the kitchen yellow.",            "How long does the bread have to bake?",
}
local n, mean = 0, nil -- milliseconds between an answer and the next request, in the mean
init = function(args) mean = tonumber(args[1]) end
if os.getenv("PACED") then
    delay = function() return math.floor(-math.log(1 - math.random()) * mean + 0.5) end
end
request = function()
    n = n + 1
    return wrk.format("POST", "/v1/moderations", {["content-type"] = "application/json"},
                      '{"input":"' .. texts[n % #texts + 1] .. '"}')
end
END

# the file of each function of ours, for the stages
nm -A "$(dirname "$GAVEL")/librooms.a" 2>/dev/null |
    sed -n 's/^[^:]*:\([^:]*\)\.o:[0-9a-f]* [tT] \(.*\)$/\2 \1/p' >"$dir/files"

ticks() { awk '{ print $14 + $15 }' "/proc/$pid/stat"; }
load() { # CONNECTIONS [PAUSE]: wrk's words in $dir/wrk
    taskset -c $other ${2:+env PACED=1} wrk -t 1 -c "$1" -d "$seconds" --latency -s "$dir/short.lua" \
        "$url/v1/moderations" -- "${2:-0}" >"$dir/wrk"
    ! grep -q 'Non-2xx' "$dir/wrk" || fail "$(cat "$dir/wrk")"
}
latencies() { # NAME
    awk -v name="$1" '
        function ms(t) { return t ~ /us$/ ? t / 1000 : t ~ /ms$/ ? t + 0 : t * 1000 }
        $1 == "50%" { p50 = ms($2); printf "%s_p50 %.3f ms\n", name, p50 }
        $1 == "99%" { p99 = ms($2); printf "%s_p99 %.3f ms\n", name, p99
                      printf "%s_p99_of_p50 %.2f times\n", name, p99 / p50 }
        $1 == "Requests/sec:" { printf "%s_rate %.0f requests/s\n", name, $2 }' "$dir/wrk"
}
stages() { # NAME MICROSECONDS: those a request took, by stage
    perf report -i "$dir/perf" --no-children --sort dso,symbol --stdio -t '|' 2>/dev/null |
        awk -F'|' -v name="$1" -v us="$2" -v files="$dir/files" '
        BEGIN {
            while ((getline line < files) > 0) { split(line, f, " "); file[f[1]] = f[2] }
            stage_of("http_server http_work http_conn http_reply llhttp api http buf bench serve routes queue metric api_moderations api_error keys log clock", "http")
            stage_of("arena str map", "memory")
            stage_of("js moderation_request inputs", "parse")
            stage_of("normalise nfkc utf8 confusable confusable_table mapped fold_characters fold_cipher fold_decode fold_words words english english_table", "normalise")
            stage_of("language language_table", "language")
            stage_of("ngram hash", "hash")
            stage_of("sparse sparse_avx2 fast gist gist_avx2 features student cascade release score ensemble calibrate policy decide docket moderate", "score")
            stage_of("tokenizer vocab", "tokenise")
            stage_of("rules_match rules_check rules_pattern rules_read", "rules")
            stage_of("encoder layers pool network packed encoder_packed kernels_avx2 kernels_blas kernels_reference kernels_f32_avx2 kernels_f32_avx512 kernels_f32_neon kernels_int8_avx2 kernels_int8_avxvnni kernels_int8_avx512 kernels_int8_neon", "encoder")
            stage_of("moderation_reply verdict", "write")
        }
        function stage_of(list, s,   n, i, f) { n = split(list, f, " "); for (i = 1; i <= n; i++) stage[f[i]] = s }
        /^ *[0-9]/ {
            share = $1 + 0; dso = $2; sym = $3
            gsub(/ /, "", dso); sub(/^ *\[.\] */, "", sym); sub(/ *$/, "", sym); sub(/\.(constprop|isra|part|cold).*/, "", sym)
            kernel = dso ~ /kernel|vdso/
            if (kernel) s = "system"
            else if (dso ~ /jansson/) s = "parse"
            else if (dso ~ /uv/) s = "http"
            else if (dso ~ /openblas/) s = "encoder"
            else if (dso ~ /icu/) s = "normalise"
            else if (dso ~ /xxhash/) s = "hash"
            else if (dso ~ /libm[.-]/) s = "score"
            else if (sym in file && file[sym] in stage) s = stage[file[sym]]
            else if (sym ~ /printf|mpn|itoa|strtod|fp_|hack_digit/) s = "write"
            else if (dso ~ /libc[.-]/) s = "libc"
            else s = "rest"
            sum[s] += share; all += share
        }
        END {
            n = split("http parse normalise language tokenise hash rules score encoder write memory libc rest system", order, " ")
            for (i = 1; i <= n; i++) printf "%s_%s %.2f us\n", name, order[i], us * sum[order[i]] / 100
            printf "%s_sum %.2f us\n", name, us * all / 100
            printf "%s_budget_sum %.2f us\n", name, us * (all - sum["rest"]) / 100
        }'
}
measure() { # NAME RELEASE
    release=$2
    serve_start "$1" --set log_level=error --workers 1
    taskset -acp $core "$pid" >/dev/null
    load 64 # warm
    before=$(ticks)
    perf_pid=
    if command -v perf >/dev/null; then
        perf record -q -F 2000 -o "$dir/perf" -p "$pid" -- sleep "$seconds" >/dev/null 2>&1 &
        perf_pid=$!
    fi
    load 64
    [ -z "$perf_pid" ] || wait $perf_pid || true
    after=$(ticks)
    latencies "$1"
    rate=$(awk '$1 == "Requests/sec:" { print $2 }' "$dir/wrk")
    awk -v r="$rate" -v n="$1" 'BEGIN { printf "%s_wall %.2f us\n", n, 1e6 / r }'
    us=$(awk -v t=$((after - before)) -v hz="$(getconf CLK_TCK)" -v r="$rate" -v s="$seconds" \
        'BEGIN { printf "%.2f", t / hz / (r * s) * 1e6 }')
    echo "$1_processor $us us"
    awk -v us="$us" -v n="$1" 'BEGIN { printf "%s_rate_of_processor %.0f requests/s\n", n, us > 0 ? 1e6 / us : 0 }'
    [ ! -s "$dir/perf" ] || stages "$1" "$us"
    load 64 "$(awk -v r="$rate" 'BEGIN { print 64 * 1000 / (r / 2) }')"
    latencies "$1_half"
    serve_stop "$pid"
}
measure http_64c "$wanted"
"$(dirname "$GAVEL")/tests/tools/make_sure_release" "$wanted" "$dir/sure.gavel" >/dev/null
measure http_64c_sure "$dir/sure.gavel"
