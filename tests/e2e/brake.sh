#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The mass-event brake: two hundred who look like bots within a minute are
# not blocked, three are; the operator has the last word.
. "$(dirname "$0")/lib.sh"
DB=$TMP/x.db

sekisho() { "$SEKISHO" "$@" --db "$DB"; }
sql() { sqlite3 "$DB" "$1"; }
same() { [ "$1" = "$2" ] || { echo "\"$1\", not \"$2\""; return 1; }; }
in_force() { # at the end of the capture, whatever the clock says
	sql "select count(*) from decision d where action = 'block'
		and not exists (select 1 from decision e
			where e.ends_seq = d.seq)"
}
# The operator acts now, long after the capture: incidents stay open.
run() { # COPIES: as many customers with the same bot
	rm -f "$TMP"/*.db*
	"$GEN" --scenario burst_dialogue --copies "$1" --seed 1 \
		--out "$TMP/t.pcap" --truth "$TMP/truth.csv" \
		--subscribers "$TMP/subs.csv" --zone "$TMP/dns.zone" \
		--conf "$TMP/t.conf" --key-file "$TMP/hash.key" &&
		echo "policy { incident_quiet_s = 315360000 }" \
			>>"$TMP/t.conf" &&
		"$SEKISHO" replay "$TMP/t.pcap" --db "$DB" -c "$TMP/t.conf"
}
verified() { sekisho replay --verify "$DB" 2>/dev/null ||
	"$SEKISHO" replay --verify "$DB"; }
head -c 32 /dev/urandom >"$TMP/hash.key"

check "three bots at once" run 3
three() { same "$(in_force)" 3 && same "$(sql "select count(*) from brake")" 0; }
check "they are blocked" three
quiet() { sekisho status | tee "$TMP/out" && ! grep -q BRAKE "$TMP/out"; }
check "status says nothing of a brake" quiet

check "two hundred at once" run 200
none() { same "$(in_force)" 0 && same "$(sql "select held from brake")" 200; }
check "nobody is blocked" none
kept() {
	same "$(sql "select count(distinct customer) from incident
		where state = 'open' and brake_id = 1
		and kind = 'bot_burst'")" 200
}
check "their incidents are open, and say so" kept
alarm() {
	expect_exit 1 sekisho status >"$TMP/out"
	cat "$TMP/out"
	head -1 "$TMP/out" | grep -q "MASS-EVENT BRAKE IS ON" &&
		grep -q "^brake_held *200" "$TMP/out" &&
		sekisho status -o json | grep -q '"brake":"B1"'
}
check "status begins with the alarm" alarm
explained() {
	sekisho explain I1 | tee "$TMP/out" | head -20
	grep -q "block is held by the mass-event brake B1" "$TMP/out" &&
		grep -q "^held by the mass-event brake B1, on since" "$TMP/out"
}
check "explain says who holds the block" explained
check "replay --verify recomputes the brake" verified
copies() { cp "$DB" "$TMP/copy.db"; }
altered() {
	sqlite3 "$TMP/copy.db" "update brake set held = 199"
	expect_exit 1 "$SEKISHO" replay --verify "$TMP/copy.db" >"$TMP/out" 2>&1
	cat "$TMP/out"
	grep -q "B1: held is 199 in the store, 200 from the log" "$TMP/out"
}
check "a copy of it" copies
check "replay --verify names a brake that was altered" altered

cp "$DB" "$TMP/kept.db"
no_reason() { expect_exit 2 sekisho brake apply; }
check "brake apply asks for a reason" no_reason
apply() {
	sekisho brake apply --reason "a botnet" -c "$TMP/t.conf" -o csv |
		tee "$TMP/out"
	grep -q "^B1,.*,applied,200," "$TMP/out" && same "$(in_force)" 200 &&
		sekisho audit list -o csv | grep -q "brake_apply,B1,accepted"
}
check "brake apply blocks them" apply
again() { expect_exit 7 sekisho brake apply --reason "once more"; }
check "a brake that is off is not applied" again
check "replay --verify agrees" verified

rm -f "$DB"*
cp "$TMP/kept.db" "$DB"
drop() {
	sekisho brake drop --reason "the mirror" -c "$TMP/t.conf" -o csv |
		tee "$TMP/out"
	grep -q "^B1,.*,dropped,200," "$TMP/out" && same "$(in_force)" 0 &&
		expect_exit 0 sekisho status >"$TMP/out"
}
check "brake drop forgets them" drop
check "replay --verify agrees with that" verified
finish
