#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What operators say of incidents, and that a log which was altered does not
# agree with its decisions.
. "$(dirname "$0")/lib.sh"
DB=$TMP/x.db

sekisho() { # VERB...: in the database
	"$SEKISHO" "$@" --db "$TMP/x.db"
}
# The operator acts now, long after the capture: nothing ends by itself.
fresh() { # SCENARIO SEED
	rm -f "$TMP"/*.db*
	generate "$1" "$2" || return 1
	cat >>"$TMP/t.conf" <<-CONF
	policy {
	    incident_quiet_s = 315360000
	    ladder = {315360000, 315360000, 315360000, 315360000}
	}
	CONF
	"$SEKISHO" replay "$TMP/t.pcap" --db "$DB" \
		-c "$TMP/t.conf" >/dev/null 2>&1
}
ids() { # COLUMN VALUE of incident list
	sqlite3 "$DB" "select 'I' || id from incident where $1 = '$2'"
}
same() { [ "$1" = "$2" ] || { echo "\"$1\", not \"$2\""; return 1; }; }
verified() { "$SEKISHO" replay --verify "$DB"; }

fresh all 1 || exit 1
N=$(sqlite3 "$DB" "select count(*) from incident where state = 'open'")
BLOCKED=$(sqlite3 "$DB" "select 'I' || incident_id from decision
	where action = 'block' and cause = 'detector' order by seq limit 1")
SEQ=$(sqlite3 "$DB" "select seq from decision
	where incident_id = ${BLOCKED#I} and action = 'block'
	order by seq desc limit 1")

acked() {
	ids state open | sekisho incident ack - -o csv >"$TMP/out" &&
		same "$(grep -c ,acknowledged,acknowledged, "$TMP/out")" "$N" &&
		same "$(ids state open)" ""
}
twice() { expect_exit 6 sekisho incident ack "$BLOCKED"; }
noted() {
	sekisho incident note "$BLOCKED" --reason "called back" &&
		sekisho incident show "$BLOCKED" | tee "$TMP/out" &&
		grep -q "$(id -un) ack; .*$(id -un) note: called back" \
			"$TMP/out"
}
false_positive() {
	sekisho incident close "$BLOCKED" --as fp --reason "a list" -o csv |
		tee "$TMP/out"
	grep -q "closed,closed,false_positive,D$SEQ" "$TMP/out" &&
		same "$(sqlite3 "$DB" "select count(*) from decision
			where ends_seq = $SEQ and cause = 'released'")" 1
}
renamed() { # a name again: the block is not released twice
	sekisho incident close "$BLOCKED" --as fixed --reason "it was one" -o csv |
		grep -q ",renamed,closed,fixed," &&
		same "$(ids closed_as fixed)" "$BLOCKED"
}
all_or_nothing() {
	local before after
	before=$(sqlite3 "$DB" "select count(*) from operator_action")
	expect_exit 3 sekisho incident close "$BLOCKED" I99999 --as fp \
		--reason x || return 1
	after=$(sqlite3 "$DB" "select count(*) from operator_action")
	same "$after" "$before"
}
check "N incidents are acknowledged from standard input" acked
check "acknowledging twice is a conflict" twice
check "a note is kept with the operator's name" noted
check "the log agrees" verified
check "a false positive ends its block" false_positive
check "the log agrees after it" verified
check "a closed incident gets another name" renamed
check "the log agrees with the other name" verified
check "an unknown id stops everything" all_or_nothing
check "a reason is needed" expect_exit 2 sekisho incident close "$BLOCKED" --as fp
check "so is what it was" expect_exit 2 sekisho incident close "$BLOCKED" \
	--reason x --as quiet
check "no id is no work" expect_exit 2 sekisho incident ack - </dev/null

# --- what replay --verify finds -------------------------------------------
tampered() { # SQL PATTERN
	cp "$DB" "$TMP/bad.db"
	[ "$(sqlite3 "$TMP/bad.db" "$1; select changes()")" = 1 ] ||
		{ echo "nothing was changed"; return 1; }
	"$SEKISHO" replay --verify "$TMP/bad.db" >"$TMP/v.out" 2>&1
	local rc=$?
	head -n 20 "$TMP/v.out"
	[ $rc -eq 1 ] && grep -qE "$2" "$TMP/v.out"
}
DAY=observation_20261102
check "a changed label is found" tampered "update $DAY set label = 'delivered'
	where obs_no = (select max(obs_no) from $DAY
	where label = 'unknown_user')" "^obs [0-9]+: label is delivered"
check "a changed name of an incident is found" tampered \
	"update incident set closed_as = 'quiet' where id = ${BLOCKED#I}" \
	"^$BLOCKED: closed_as"
check "an operator's row that was turned is found" tampered \
	"update $(sqlite3 "$DB" "select 'observation_' || day
		from observation_day order by day desc limit 1")
	set op = 'note' where op = 'close_false_positive'" "^D[0-9]+: "
finish
