#!/bin/sh
# gavel policy test and gavel policy locales: golden cases against a release, and where the norms
# of several places disagree.
set -eu
. tests/e2e/lib.inc
fixture=$dir/fixture.gavel
fixture_release "$fixture" >/dev/null

# A policy that listens for words alone, so that any release gives the same answers.
club() { # GOLDEN LINE...: the club's campaign, without what a model would have to judge
    rm -rf "$dir/club"
    cp -r tests/golden/policy "$dir/club"
    sed -i -e '/^  rude:/,/rude.7}/d' -e 's/low, high/low/' "$dir/club/policy.yaml"
    rm "$dir/club/rude.md"
    sed -i -e '/^categories:/,/^periods:/{/^periods:/!d}' "$dir/club/locales/xx-YY.yaml"
    printf '%s\n' "$@" >"$dir/club/golden/club.jsonl"
}
yes='{"text": "Up with us, friends", "category": "campaign", "expect": "yes", "clause": "campaign.2"}'
no='{"text": "see you on friday", "category": "campaign", "expect": "no", "clause": "campaign.3"}'
wrong='{"text": "down with them", "category": "campaign", "expect": "yes", "clause": "campaign.2"}'
feast='{"text": "Up with us!", "category": "campaign", "expect": "yes", "clause": "campaign.2", "locale": "XX", "at": "2027-01-02", "action": "hold"}'

club "$yes" "$no" "$feast"
status 0 "$GAVEL" policy test "$dir/club" --release "$fixture"
has "$dir/out" "3 cases: 3 passed, 0 failed, 0 known to fail"
has "$dir/out" "an inverted policy passes 0, an off-topic one 1"
status 0 "$GAVEL" policy test --json "$dir/club" --release "$fixture"
has "$dir/out" '"passed":3,"failed":0'

club "$yes" "$no" "$wrong"
refused 1 "does not do what its golden cases want" \
    "$GAVEL" policy test "$dir/club" --release "$fixture"
has "$dir/out" "golden/club.jsonl:3: failed: campaign, wants yes, got no"
club "$yes" "$no" "$yes" "$(echo "$wrong" | sed 's/}$/, "known": "the list is short"}/')"
status 0 "$GAVEL" policy test "$dir/club" --release "$fixture"
has "$dir/out" "golden/club.jsonl:4: known:"
# what is known to fail and passes: said, and a fault where one is strict
club "$yes" "$no" "$(echo "$yes" | sed 's/}$/, "known": "it was"}/')"
status 0 "$GAVEL" policy test "$dir/club" --release "$fixture"
has "$dir/out" "golden/club.jsonl:3: fixed:"
status 1 "$GAVEL" policy test --strict "$dir/club" --release "$fixture"
# cases that any policy passes prove nothing
club "$no"
status 1 "$GAVEL" policy test "$dir/club" --release "$fixture"
has "$dir/out" "cannot tell it from an inverted or an off-topic policy"
# a folder that does not read is no folder to test
club "$yes" '{'
refused 1 "golden/club.jsonl:2:1: the line is no JSON object" \
    "$GAVEL" policy test "$dir/club" --release "$fixture"

# where locales disagree
club "$yes" "$no"
status 0 "$GAVEL" policy locales "$dir/club" --release "$fixture"
has "$dir/out" "golden/club.jsonl:1: campaign"
has "$dir/out" "    default: review, campaign.1"
has "$dir/out" "    xx-YY/feast: hold, campaign.1"
has "$dir/out" "1 locales differ from the document on 1 of 2 cases"

# The shipped policies under the shipped release: most cases as their authors want them, and the
# documented differences between places, which listen for words alone.
release=$(find releases -name '*.gavel' | sort | tail -n 1)
[ -n "$release" ] || exit 0
for policy in openai-13 community; do
    "$GAVEL" policy test --json "policies/$policy" --release "$release" >"$dir/out" 2>"$dir/err" || true
    passed=$(sed 's/.*"release":"[^"]*","passed":\([0-9]*\).*/\1/' "$dir/out")
    cases=$(cat "policies/$policy"/golden/*.jsonl | wc -l)
    [ $((passed * 100)) -ge $((cases * 75)) ] || fail "$policy: $passed of $cases pass"
    sed 's/.*"off_topic_passes":[0-9]*,"blunt":\(true\|false\),"by_category".*/\1/' "$dir/out" |
        grep -q false || fail "$policy: golden cases that prove nothing"
done
status 0 "$GAVEL" policy locales policies/community --release "$release"
has "$dir/out" "    de-DE: hold (high), symbols.6"
has "$dir/out" "    fr-FR/silence-2027: hold (high), campaigning.6"
has "$dir/out" "    en-IN/silence-2029-phase-1: hold (high), campaigning.6"
has "$dir/out" "    x-children: block (high), profanity.6"
