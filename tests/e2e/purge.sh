#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A purge takes what is old and nothing else: the analyzer goes on behind it as
# if nothing had happened, also after a SIGKILL, and nothing of what went is
# left in the file.
. "$(dirname "$0")/lib.sh"
HERE=$(dirname "$0")
DB=$TMP/p.db
WHOLE=$TMP/whole.db
printf 'purge purge purge purge purge 32' >"$TMP/hash.key"

generate all 1 || exit 1
cat >>"$TMP/t.conf" <<'CONF'
retention {
	observations_days = 10
	incidents_days = 30
	decisions_days = 30
	leases_days = 30
	audit_days = 5000
}
CONF
# The scenarios on 2026-11-02, a day later, on 2026-11-22 and 2026-12-12; and
# somebody who lets time pass on 2027-03-12.
later() { # NAME SECONDS [PACKETS]
	local name=$1
	shift
	node "$HERE/shiftpcap.mjs" "$TMP/t.pcap" "$TMP/$name.pcap" "+$@" \
		>"$TMP/start" || exit 1
}
later t1 86400
later t20 1728000
later t40 3456000
later t130 11232000 50

replay() { # DB FILE...
	local db=$1
	shift
	"$SEKISHO" replay "$@" --db "$db" -c "$TMP/t.conf" >"$TMP/replay.out" 2>&1 ||
		{ cat "$TMP/replay.out"; return 1; }
}
purge() { # TIME [OPTION...]
	local at=$1
	shift
	"$SEKISHO" db purge -c "$TMP/t.conf" --db "$DB" --at "$at" "$@"
}
q() { sqlite3 "$DB" "$1"; }
days() { q "select group_concat(day, ' ') from observation_day"; }
rows() { # of the log
	for t in $(q "select name from sqlite_schema where type = 'table'
		and name glob 'observation_2*'"); do
		q "select count(*) from $t"
	done | awk '{ n += $1 } END { print n + 0 }'
}
verify() {
	"$SEKISHO" replay --verify "$DB" >"$TMP/verify.out" 2>&1 ||
		{ cat "$TMP/verify.out"; return 1; }
	grep -q ' 0 differences' "$TMP/verify.out"
}
# What both must agree in: all incidents and decisions that the purged one has;
# numbers of ticks depend on the batches in which records came.
same() {
	local i="id, kind, customer, line_class, state, closed_as, opened_us,
		last_us, closed_us, observations, servers, unknown_users,
		blocklisted, spoofed, score_milli, peak_milli, summary"
	local d="seq, customer, action, cause, since_us, until_us, incident_id,
		ends_seq, step, mode, reason"
	sqlite3 "$WHOLE" "attach '$DB' as p;
		select 'I', $i from incident where id in (select id from p.incident)
			except select 'I', $i from p.incident;
		select 'D', $d from decision where seq in (select seq from p.decision)
			except select 'D', $d from p.decision;
		select 'counts', (select max(id) from incident)
			- (select max(id) from p.incident),
			(select max(seq) from decision)
			- (select max(seq) from p.decision);" >"$TMP/same.out"
	[ "$(cat "$TMP/same.out")" = "counts|0|0" ] || { head "$TMP/same.out"; return 1; }
}

replay "$WHOLE" "$TMP/t.pcap" "$TMP/t1.pcap" || exit 1
cp "$WHOLE" "$DB"
BEFORE=$(rows)
OPEN=$(q "select count(*) from incident where state <> 'closed'")

dry() {
	local would
	would=$(purge 2026-11-13 --dry-run -o tsv | awk '/^observations/ { print $3 }')
	[ "$(rows)" -eq "$BEFORE" ] && [ "$would" -gt 0 ] && echo "$would" >"$TMP/would"
}
check "a dry run counts and removes nothing" dry
first() {
	purge 2026-11-13 --step 50 -o tsv >"$TMP/out" || return 1
	cat "$TMP/out"
	[ "$(awk '/^observations/ { print $3 }' "$TMP/out")" -eq "$(cat "$TMP/would")" ] &&
		[ "$(rows)" -eq $((BEFORE - $(cat "$TMP/would"))) ]
}
check "a purge removes what it counted" first
kept() { # rows of open incidents, and nothing else of that day
	[ "$(q "select count(*) from observation_20261102 o where not exists
		(select 1 from incident i where i.customer = o.customer
		and i.state <> 'closed'
		and o.obs_no between i.first_obs and i.last_obs)
		and obs_no not in (select obs_no from decision)")" -eq 0 ] &&
		[ "$(q "select count(*) from incident where state <> 'closed'")" -eq "$OPEN" ] &&
		[ "$(q "select count(*) from observation_20261102")" -gt 0 ]
}
check "what open incidents rest on stays" kept
registered() {
	[ "$(q "select rows from observation_day where day = 20261102")" -eq \
		"$(q "select count(*) from observation_20261102")" ]
}
check "the catalogue knows how many stay" registered
check "the rest of the log agrees with its decisions" verify
scope() { grep -q 'went into a checkpoint' "$TMP/verify.out"; }
check "it is said what cannot be computed again" scope
explained() { "$SEKISHO" explain "$(q "select 'I' || min(id) from incident
	where state <> 'closed'")" --db "$DB" | grep -q 20; }
check "an open incident is still explained" explained

replay "$WHOLE" "$TMP/t40.pcap" || exit 1
check "the analyzer goes on behind the checkpoint" replay "$DB" "$TMP/t40.pcap"
check "with the same incidents and decisions" same
check "and the log agrees" verify

replay "$WHOLE" "$TMP/t130.pcap" && replay "$DB" "$TMP/t130.pcap" || exit 1
check "all falls quiet as it would have" same

# --- 130 days later ------------------------------------------------------------
"$SEKISHO" block C2001 --reason "asked for it" --db "$DB" >/dev/null || exit 1
HELD=$(q "select max(seq) from decision")
OP_ROW=$(q "select obs_no from decision where seq = $HELD")
policy_kept() { # the desk applies by the policy of the log, not by defaults
	[ "$(q "select mode || policy_hash from decision where seq = $HELD")" = \
		"enforce$(q 'select policy_hash from checkpoint')" ]
}
check "the desk knows the policy behind the checkpoint" policy_kept
REST=$(rows)
AUDITED=$(q "select coalesce(sum(cast(detail as integer)), 0) from audit
	where object like 'observations%'")
slow_purge() { # in the background; not a shell that would leave it running
	"$SEKISHO" db purge -c "$TMP/t.conf" --db "$1" \
		--at 2027-04-20 --step 1 >"$TMP/kill.out" 2>&1 &
	PURGE=$!
}
whole_file() {
	[ "$(q 'pragma integrity_check')" = ok ] &&
		[ -z "$(q 'pragma foreign_key_check')" ] &&
		[ "$(q "select group_concat(day) from observation_day")" = \
			"$(q "select group_concat(day) from (select
			substr(name, 13) as day from sqlite_schema
			where type = 'table' and name glob 'observation_2*'
			order by 1)")" ]
}
killed() { # never a broken file, never a lost count
	local n=0 rc t0 ms
	sqlite3 "$DB" "vacuum into '$TMP/unpurged.db'" || return 1
	cp "$TMP/unpurged.db" "$TMP/timed.db"
	t0=$(date +%s%N)
	slow_purge "$TMP/timed.db"
	wait $PURGE || return 1
	ms=$((($(date +%s%N) - t0) / 1000000))
	for i in $(seq 40); do
		slow_purge "$DB"
		sleep "$(printf 0.%03d $((RANDOM % (ms < 900 ? ms : 900))))"
		kill -9 $PURGE 2>/dev/null
		wait $PURGE 2>/dev/null
		rc=$?
		[ $rc -eq 137 ] && n=$((n + 1))
		whole_file || return 1
		[ $rc -ne 0 ] || [ $n -gt 2 ] || # too quick for any: again
			{ rm -f "$DB" "$DB"-*; cp "$TMP/unpurged.db" "$DB"; }
		[ $n -gt 2 ] && break
	done
	echo "$n killed, of $ms ms"
	[ $n -gt 2 ] && verify
}
second() { # two at once
	exec 9>"$DB.purge" && flock 9 && expect_exit 6 purge 2027-04-20
	local rc=$?
	exec 9>&-
	return $rc
}
check "one purge at a time" second
check "killed at random points, the file stays whole and the log agrees" killed
check "the next one does the rest" purge 2027-04-20
proof() { # in the audit log: every row that went, once
	local sum
	sum=$(q "select sum(cast(detail as integer)) from audit
		where object like 'observations%'")
	echo "$sum audited, $REST were there, $(rows) are left"
	[ $((sum - AUDITED)) -eq $((REST - $(rows))) ] &&
		[ "$(q 'select count(*) from purge_count')" -eq 0 ]
}
check "the audit log counts every row that went" proof
closed_gone() {
	[ "$(q "select count(*) from incident where state = 'closed'
		and id < (select max(id) from incident)")" -eq 0 ] &&
		q "select seq, cause from decision" &&
		[ "$(q "select count(*) from decision d where cause in
		('expired', 'released') and seq < $HELD")" -eq 0 ]
}
check "closed incidents and ended decisions are gone" closed_gone
in_force() {
	[ "$(q "select count(*) from decision where seq = $HELD")" -eq 1 ] &&
		[ "$(q "select count(*) from operator_action")" -eq 1 ] &&
		"$SEKISHO" decision list --in-force --db "$DB" -o ids |
			grep -qx "D$HELD"
}
check "what is in force stays, with what it rests on" in_force
its_row() {
	local t
	for t in $(q "select 'observation_' || day from observation_day"); do
		[ "$(q "select count(*) from $t where obs_no = $OP_ROW")" -eq 1 ] &&
			return 0
	done
	return 1
}
check "the row that caused it, too" its_row
check "and the log agrees" verify
bytes() { # a name that only rows which went held
	strings -n 4 "$WHOLE" | grep -q 'lottery.example' &&
		! strings -n 4 "$DB" "$DB"-wal 2>/dev/null | grep -q 'lottery.example'
}
check "nothing of what went is left in the file" bytes
append_only() {
	q "delete from decision" 2>&1 | grep -q 'append-only' &&
		q "select count(*) from decision" | grep -qv '^0$'
}
check "decisions are still append-only" append_only

# --- while the analyzer runs ----------------------------------------------------
live() {
	rm -f "$DB" "$DB"-*
	replay "$DB" "$TMP/t.pcap" || return 1
	sed "s|^analyzer {|db = \"$DB\"\nsocket = \"$TMP/s\"\nanalyzer {|" \
		"$TMP/t.conf" >"$TMP/live.conf"
	"$BIN/sekisho-analyzer" -c "$TMP/live.conf" 2>"$TMP/live.log" &
	local a=$!
	PIDS="$PIDS $a"
	wait_for grep -q listens "$TMP/live.log" || { cat "$TMP/live.log"; return 1; }
	purge 2026-11-20 --step 20 >"$TMP/out" 2>&1 &
	local p=$!
	"$BIN/sekisho-capture" -c "$TMP/live.conf" -r "$TMP/t20.pcap" \
		--speed 0 >"$TMP/cap.out" 2>&1 || { cat "$TMP/cap.out"; return 1; }
	wait $p || { cat "$TMP/out"; return 1; }
	kill $a
	wait $a 2>/dev/null
	cat "$TMP/out"
	[ "$(q "select count(*) from audit where verb = 'db purge'")" -ge 1 ] &&
		[ "$(q "select count(*) from observation_20261122")" -gt 4000 ] &&
		q 'pragma integrity_check' | grep -qx ok && verify
}
check "a purge beside a running analyzer" live

# --- what is wrong -----------------------------------------------------------------
spoiled() {
	q "update checkpoint_part set data = zeroblob(length(data))
		where n = 0" && ! "$SEKISHO" replay --verify "$DB" 2>&1 |
		tee "$TMP/out" | grep -q differences &&
		grep -q 'checkpoint at row .* is damaged' "$TMP/out" &&
		! replay "$DB" "$TMP/t1.pcap"
}
check "a damaged checkpoint is found, and nothing goes on from it" spoiled
check "--step is a number" expect_exit 2 purge 2027-01-05 --step x
finish
