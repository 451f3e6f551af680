#!/bin/sh
# gavel label agreement: two readers of the same texts, by factor, for people and for machines.
set -eu
. tests/e2e/lib.inc
cd "$dir"
lines() { # READER SIGNS: one text a sign, 1 or 0 for hate
    awk -v by="$1" -v signs="$2" 'BEGIN {
        for (i = 1; i <= length(signs); i++)
            printf "{\"sha256\":\"%064d\",\"hate\":%s,\"by\":\"%s\",\"policy\":\"p\"}\n", i, substr(signs, i, 1), by
    }'
}

# Krippendorff (2011), section A: alpha .095; raw 6 of 10.
lines first 0100000010 >one.jsonl
lines second 1110010000 >two.jsonl
lines first 00 | sed 's/sha256":"0/sha256":"f/' >>one.jsonl # read once
"$GAVEL" label agreement one.jsonl two.jsonl >out
grep -q '^22 readings by 2 readers of 12 texts, 10 of them read by several$' out || fail "the head"
grep -q '^hate  *10  *1  *5  0\.60 \[.*\]  *0\.[0-9]* \[.*\]  *0\.10 \[.*\]$' out || fail "the line of hate"
grep -q '^spam  *10  *0  *0  1\.00 \[1\.00, 1\.00\]  *-  *-$' out || fail "what nobody says has no kappa"
"$GAVEL" label agreement --json two.jsonl one.jsonl >out
grep -q '"texts":12,"read_again":10,' out || fail "--json counts"
grep -q '"hate":{"texts":10,"pairs":10,"both_yes":1,"either_yes":5,"raw":{"value":0.6,' out || fail "--json hate"
grep -q '"alpha":{"value":0.0952' out || fail "--json alpha"
grep -q '"spam":.*"kappa":{"value":null,"low":null,"high":null}' out || fail "--json null"
"$GAVEL" label agreement --json one.jsonl two.jsonl | cmp - out || fail "the order of the files does not matter"
"$GAVEL" label agreement --json --seed 2 one.jsonl two.jsonl | cmp -s - out && fail "the seed does not matter"

# Refusals.
refused 2 "usage" "$GAVEL" label agreement
refused 1 "none.jsonl" "$GAVEL" label agreement none.jsonl
refused 1 "first read the text 000000000000 twice under p" "$GAVEL" label agreement one.jsonl one.jsonl
sed 's/hate/haet/' two.jsonl >bad.jsonl
refused 1 "bad.jsonl:1: no factor is called 'haet'" "$GAVEL" label agreement one.jsonl bad.jsonl
