#!/bin/sh
# kill -9 at 50 moments of ingest, five to an archive.  The moments are drawn from a seed:
# after the Nth line that --ack wrote, wherever the program is by then.  Each time: no
# acknowledged row is lost.  Then one more run makes the archive equal to one that was
# never interrupted, down to the snapshot's digest.
set -eu
: "${GAVEL:?the program to test}"
# A killed process loses nothing that the kernel has, so memory is as good as a disk here.
dir=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

ROWS=3000 BATCH=50 ARCHIVES=10 KILLS=5
cat >fixture.yaml <<'EOF'
source: fixture
licence: CC0-1.0
format: jsonl
files: "*.jsonl"
language: en
text: "{text}"
labels:
  - zero: [hate]
  - {when: {column: hate, is: "1"}, set: {hate: 1}}
EOF
mkdir data
awk -v n="$ROWS" 'BEGIN {
    srand(7)
    for (i = 0; i < n; i++) {
        t = "line " i
        for (k = 0; k < 12; k++) t = t " w" int(rand() * 3000)
        printf "{\"text\":\"%s\",\"hate\":%d}\n", t, i % 4 == 0
    }
}' >data/rows.jsonl

ingest() { # STORE [more options]
    db=$1
    shift
    "$GAVEL" ingest --set "store_path=$db" --recipe fixture.yaml --batch "$BATCH" "$@" data
}
digest_of() { # STORE
    "$GAVEL" snapshot create --set "store_path=$1" --json |
        sed 's/.*"digest":"\([0-9a-f]*\)".*/\1/'
}
wrong() {
    echo "archive $archive, kill $kills: $*"
    exit 1
}

# Runs until it has acknowledged $2 times, then kills.  Leaves the rows that the last
# acknowledgement spoke of in $last, and 137 in $code when the kill came in time.
ingest_and_kill() { # STORE ACKNOWLEDGEMENTS
    rm -f acks
    mkfifo acks
    ingest "$1" --ack acks >/dev/null 2>&1 &
    pid=$!
    last=0 n=0
    exec 3<acks
    while [ "$n" -lt "$2" ] && read -r line <&3; do
        last=$line n=$((n + 1))
    done
    kill -9 "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null && code=0 || code=$?
    while read -r line <&3; do last=$line; done # what it said before it died
    exec 3<&-
}

# The file is read from its start and its texts all differ, so the rows of an
# acknowledgement are its first rows, whatever was there before.
check() { # STORE
    [ "$(sqlite3 "$1" 'PRAGMA integrity_check')" = ok ] || wrong "the store is damaged"
    have=$(sqlite3 "$1" 'SELECT count(*) FROM sample JOIN label_set ON label_set.sample = sample.id')
    samples=$(sqlite3 "$1" 'SELECT count(*) FROM sample')
    [ "$have" -ge "$last" ] || wrong "$last rows were acknowledged, $have are there"
    [ "$have" = "$samples" ] || wrong "$samples texts, $have with labels"
}

ingest whole.db >/dev/null
whole=$(digest_of whole.db)
seed=20261124 cut=0 archive=0
while [ "$archive" -lt "$ARCHIVES" ]; do
    archive=$((archive + 1)) kills=0
    while [ "$kills" -lt "$KILLS" ]; do
        kills=$((kills + 1))
        seed=$(((seed * 1103515245 + 12345) % 2147483648))
        # further in with each kill, so that most of them meet rows that are new
        most=$((ROWS * kills / BATCH / KILLS))
        ingest_and_kill "$archive.db" $((seed / 65536 % most + 1))
        [ "$code" != 137 ] || cut=$((cut + 1))
        check "$archive.db"
    done
    ingest "$archive.db" >/dev/null
    last=$ROWS
    check "$archive.db"
    [ "$have" = "$ROWS" ] || wrong "$have rows of $ROWS"
    [ "$(digest_of "$archive.db")" = "$whole" ] || wrong "another snapshot than uninterrupted"
done
[ "$cut" -ge 45 ] || wrong "only $cut runs were cut short: that says too little"
echo "killed $cut times in $ARCHIVES archives; nothing lost, nothing doubled"
