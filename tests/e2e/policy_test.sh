#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What another policy would have decided on the traffic of all scenarios.
. "$(dirname "$0")/lib.sh"
DB=$TMP/x.db

generate all 3 && "$SEKISHO" replay "$TMP/t.pcap" --db "$DB" \
	-c "$TMP/t.conf" >"$TMP/replay.out" 2>&1 || exit 1
# conf NAME TEXT: the configuration of the traffic, and TEXT
conf() { { cat "$TMP/t.conf"; printf '%s\n' "$2"; } >"$TMP/$1.conf"; }
conf same ''
conf fewer 'class "dynamic" { threshold_milli = 40000 }'
conf more 'policy { min_strong_minutes = 1 min_domains = 1 }
class "dynamic" { threshold_milli = 4000 }'
conf none 'class "dynamic" { mode = "off" }
class "static" { mode = "off" }'
conf bad 'policy {
	burst_window_s = "soon"
}'

trial() { # EXIT NAME OPTION...
	local want=$1 name=$2 rc
	shift 2
	"$SEKISHO" policy test --policy "$TMP/$name.conf" --db "$DB" "$@" \
		>"$TMP/out" 2>"$TMP/err"
	rc=$?
	cat "$TMP/out" "$TMP/err"
	[ $rc -eq "$want" ]
}
blocks() { # old|new: how many
	sed -n "s/^$1 policy: \([0-9]*\) blocks.*/\1/p" "$TMP/err"
}
STORED=$("$SEKISHO" decision list --db "$DB" -o csv |
	grep -c ',block,detector,')
same() {
	trial 0 same && [ "$(wc -l <"$TMP/out")" -eq 1 ] &&
		grep -q '^0 differences in [1-9]' "$TMP/err" &&
		[ "$(blocks old)" -eq "$(blocks new)" ] &&
		[ "$(blocks old)" -eq "$STORED" ]
}
check "the same policy differs in nothing, and old is what was decided" same
fewer() {
	trial 1 fewer -o csv && [ "$(blocks new)" -lt "$(blocks old)" ] &&
		grep -q ',lost,block .*,nothing,.*asks for 40.0' "$TMP/out"
}
check "a higher threshold blocks less, and says why" fewer
more() {
	trial 1 more -o csv &&
		grep -q ',spam_bot,.* earlier,block .*,block ' "$TMP/out" &&
		grep -q ',spam_bot,.* earlier,incident only,block ' "$TMP/out"
}
check "a lower threshold blocks sooner, and more" more
none() {
	trial 1 none -o csv && [ "$(blocks new)" -eq 0 ] &&
		! cut -d, -f7 "$TMP/out" | grep -q '^block'
}
check "a policy that blocks nobody blocks nobody" none
check "the budget is told" grep -qE \
	'^expected wrong blocks a day .*dynamic lines: old 0\.924, new 0 ' \
	"$TMP/err"
for o in table wide json jsonl csv tsv ids; do
	check "form $o" trial 1 fewer -o $o
done
json() {
	trial 1 fewer -o json && node -e '
const r = JSON.parse(require("fs").readFileSync(process.argv[1]));
console.log(r.items[0], r.total);
const known = new Set(process.argv[2].split(" "));
process.exit(r.total === r.items.length && r.total > 0 &&
	r.items.every(i => i.decision === null || known.has(i.decision)) &&
	r.items.some(i => i.decision !== null) ? 0 : 1);
' "$TMP/out" "$("$SEKISHO" decision list --db "$DB" -o ids | tr '\n' ' ')"
}
check "the old decisions are those of the store" json
since() {
	trial 1 fewer -o csv --since 2026-11-02T01:00:00Z &&
		! grep -q ',2026-11-02T00' "$TMP/out"
}
check "before --since nothing is compared" since
up_to() {
	trial 1 fewer -o csv --until 2026-11-02T01:00:00Z &&
		! cut -d, -f3 "$TMP/out" | grep -q '^2026-11-02T01'
}
check "from --until on nothing is compared" up_to
check "after all of the log nothing differs" trial 0 fewer --since 2026-12-01
bad() {
	trial 2 bad && grep -q 'bad.conf:[0-9]*:.*burst_window_s' "$TMP/err"
}
check "an invalid policy is named by its line" bad
check "a policy that is not there" expect_exit 2 "$SEKISHO" policy test \
	--policy "$TMP/absent.conf" --db "$DB"
check "no policy" expect_exit 2 "$SEKISHO" policy test --db "$DB"
before=$(sha256sum "$DB")
writes() {
	trial 1 more && [ "$before" = "$(sha256sum "$DB")" ] &&
		"$SEKISHO" replay --verify "$DB"
}
check "nothing is written" writes
finish
