#!/bin/sh
# gavel recipe check on small files of each format, bad rows among them.
set -eu
. tests/e2e/lib.inc

recipe() { { printf 'source: tiny\nlicence: CC0-1.0\n'; cat; } >"$dir/r.yaml"; }

# CSV with quotes, line ends inside, votes as soft labels, a fixed side, and two bad rows
mkdir -p "$dir/data/tiny"
cat >"$dir/data/tiny/a.csv" <<'END'
text,yes,votes,part
"one, two
three",1,4,train
plain,0,4,test
"say ""no""",4,4,train
short,1
,0,4,train
END
printf 'bad \377 byte,0,4,train\n' >>"$dir/data/tiny/a.csv"
recipe <<'END'
format: csv
files: tiny/a.csv
text: "{text}"
split: {column: part, sides: {test: test}}
labels: [{set: {insult: {column: yes, to: votes}}}]
END
status 1 "$GAVEL" recipe check "$dir/r.yaml" "$dir/data"
has "$dir/out" "tiny: 4 records, 2 bad, 0 filtered, 1 empty, 0 over; 3 rows"
has "$dir/out" "sides: train 0, calibrate 0, test 1, free 2"
has "$dir/out" "a.csv:6: 2 fields where 4 are wanted"
has "$dir/out" "a.csv:8: not UTF-8"
has "$dir/err" "2 bad rows"
status 1 "$GAVEL" recipe check --json "$dir/r.yaml" "$dir/data/tiny"
has "$dir/out" '"insult":{"zero":1,"one":1,"soft":1,"unknown":0}'
status 1 "$GAVEL" recipe check --json "$dir/r.yaml" "$dir/data/tiny/a.csv"
has "$dir/out" '"rows":3'

# raw TSV: a quote is a character
printf 'a\tb\n"x\ty\n' >"$dir/data/raw.tsv"
recipe <<'END'
format: tsv
quotes: false
files: raw.tsv
text: "{a} {b}"
END
status 0 "$GAVEL" recipe check "$dir/r.yaml" "$dir/data"
has "$dir/out" "1 rows"

# JSON lines, gzipped
printf '{"t": "x", "m": {"k": 1}}\n{"t": "y", "m": {"k": 0}}\nnot json\n{"t": "z"}\n' |
    gzip -n >"$dir/data/l.jsonl.gz"
recipe <<'END'
format: jsonl
files: "*.jsonl.gz"
text: "{t}"
labels: [{categories: {hate: {column: m.k}}}]
END
status 1 "$GAVEL" recipe check --json "$dir/r.yaml" "$dir/data"
has "$dir/out" '"records":3,"bad":1'
has "$dir/out" '"categories":{"hate":{"zero":1,"one":1,"soft":0,"unknown":1}}'
has "$dir/out" 'l.jsonl.gz:3: '

# JSON by a path, its keys as fields
printf '{"kind": {"one": ["x", "y"], "two": ["z"]}}' >"$dir/data/n.json"
recipe <<'END'
format: json
files: n.json
path: "$.*.*[*]"
text: "{value}"
labels: [{when: {column: $2, is: two}, set: {spam: 1}}]
END
status 0 "$GAVEL" recipe check --json "$dir/r.yaml" "$dir/data"
has "$dir/out" '"rows":3'
has "$dir/out" '"spam":{"zero":0,"one":1,"soft":0,"unknown":2}'

# lines, a shared rule set and a term list
printf 'you will pay\nnothing here\n' >"$dir/data/t.txt"
printf '# threats\nwill pay*\n' >"$dir/terms.txt"
printf -- '- when: {terms: terms.txt}\n  set: {threat: 0.5}\n' >"$dir/rules.yaml"
recipe <<'END'
format: lines
files: t.txt
text: "{line}"
labels: [{zero: [hate]}, {use: rules.yaml}]
END
status 0 "$GAVEL" recipe check --json "$dir/r.yaml" "$dir/data"
has "$dir/out" '"threat":{"zero":0,"one":0,"soft":1,"unknown":1}'

# what is wrong with a recipe is told with its place, and wrong usage is 2
recipe <<'END'
format: lines
files: t.txt
txt: "{line}"
END
status 1 "$GAVEL" recipe check "$dir/r.yaml" "$dir/data"
has "$dir/err" "r.yaml:5:6: no key 'txt' is known here"
status 1 "$GAVEL" recipe check "$dir/none.yaml" "$dir/data"
has "$dir/err" "cannot open"
status 2 "$GAVEL" recipe check "$dir/r.yaml"
status 0 "$GAVEL" recipe check --help
has "$dir/out" "gavel recipe check"
