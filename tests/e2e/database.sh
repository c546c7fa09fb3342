#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# db backup beside a writer, db check on spoiled files, and db anonymise: no
# name, address or word of anybody is left in any byte of the copy.
. "$(dirname "$0")/lib.sh"
DB=$TMP/x.db
OUT=$TMP/copy.db
printf 'database database database 32 by' >"$TMP/hash.key"

generate all 1 || exit 1
echo 'abuse_contact = "abuse@isp.example"' >>"$TMP/t.conf"
awk -F, -v OFS=, 'NR == 1 { print $0, "contact", "language"; next }
	{ print $0, seen[$2]++ ? "" : "tel-" $2, "" }' "$TMP/subs.csv" >"$TMP/subs.new" &&
	mv "$TMP/subs.new" "$TMP/subs.csv"
"$SEKISHO" replay "$TMP/t.pcap" --db "$DB" -c "$TMP/t.conf" \
	>/dev/null 2>&1 || exit 1
"$SEKISHO" block C2001 --reason "words-of-aiko" --operator aiko-the-operator \
	--db "$DB" >/dev/null || exit 1

sekisho() { "$SEKISHO" "$@" --db "$DB"; }
q() { sqlite3 "$DB" "$1"; }
says() { # EXIT WORDS COMMAND...
	local want=$1 words=$2
	shift 2
	expect_exit "$want" "$@" >"$TMP/out" 2>&1
	local rc=$?
	grep -qF -- "$words" "$TMP/out" && [ $rc -eq 0 ] ||
		{ cat "$TMP/out"; return 1; }
}

# --- check --------------------------------------------------------------------
check "nothing is wrong with a fresh store" says 0 "nothing is wrong" \
	"$SEKISHO" db check --db "$DB"
spoiled() { # WORDS SQL
	cp "$DB" "$TMP/s.db" || return 1
	sqlite3 "$TMP/s.db" "$2" || return 1
	says 1 "$1" "$SEKISHO" db check --db "$TMP/s.db"
}
DAY=$(q "select max(day) from observation_day where day < 20261103")
check "a table that nobody registered" spoiled "is not in observation_day" \
	"delete from observation_day where day = $DAY"
check "a day without its table" spoiled "which has no table" \
	"drop table observation_$DAY"
check "rows that are not there" spoiled "rows, observation_day says" \
	"delete from observation_$DAY where obs_no in
		(select obs_no from observation_$DAY limit 3)"
check "applied rows that are missing" spoiled "some are missing or there twice" \
	"delete from observation_$DAY where applied_no = 100;
	update observation_day set rows = rows - 1 where day = $DAY"
check "an incident that is there twice" spoiled "open incidents of the kind" \
	"insert into incident select 999, kind, customer, line_class, state,
	closed_as, opened_us, last_us, closed_us, first_obs, last_obs,
	observations, servers, unknown_users, blocklisted, spoofed,
	score_milli, peak_milli, summary, policy_hash, brake_id from incident
	where state <> 'closed' limit 1"
check "a decision without its incident" spoiled "foreign key" \
	"pragma foreign_keys = off; delete from incident
	where id in (select incident_id from decision)"
check "a hole between decisions" spoiled "decision D5 is missing" \
	"pragma foreign_keys = off; drop trigger decision_no_delete;
	delete from decision where seq = 5"
check "a policy that nobody can read again" spoiled "the text of policy" \
	"delete from meta where key like 'policy:%'"
json() {
	"$SEKISHO" db check --db "$TMP/s.db" -o json | node -e '
const j = JSON.parse(require("fs").readFileSync(0));
process.exit(j.total > 0 && j.items[0].check === "policies" ? 0 : 1)'
}
check "findings as JSON" json

# --- backup ---------------------------------------------------------------------
busy() { # a writer adds a pair of rows; a copy has both of a pair or none
	local i=0
	sqlite3 "$DB" "create table pair (n integer, half integer)"
	while [ ! -e "$TMP/stop" ]; do
		i=$((i + 1))
		sqlite3 "$DB" "pragma busy_timeout = 5000; begin immediate;
			insert into pair values ($i, 1);
			insert into pair select $i, 2;
			insert into counter values (19700101, 'x$i', 1);
			commit" >/dev/null 2>&1
	done
}
backups() {
	busy &
	local w=$! n=0
	PIDS="$PIDS $w"
	wait_for sh -c "[ \$(sqlite3 '$DB' 'select count(*) from pair') -gt 0 ]"
	for _ in 1 2 3 4 5; do
		sekisho db backup "$OUT" --yes >/dev/null || { n=99; break; }
		[ "$(sqlite3 "$OUT" 'pragma integrity_check')" = ok ] &&
			[ "$(sqlite3 "$OUT" "select count(*) from (select n from pair
				group by n having count(*) <> 2)")" = 0 ] &&
			n=$((n + 1))
	done
	touch "$TMP/stop"
	wait $w 2>/dev/null
	sqlite3 "$DB" 'drop table pair' 
	[ $n -eq 5 ]
}
check "five copies beside a writer are whole" backups
check "a copy is a store" "$SEKISHO" incident list --db "$OUT"
check "and its log agrees" "$SEKISHO" replay --verify "$OUT"
alone() { # no -wal, -shm or temporary file beside it
	[ "$(ls "$TMP" | grep -c '^copy.db\.')" -eq 0 ] &&
		[ "$(stat -c %a "$OUT")" = 640 ]
}
check "nothing is left beside it" alone
check "what is there is not replaced" says 7 "--yes replaces it" \
	sekisho db backup "$OUT"
check "nor the database itself" says 7 "is the database itself" \
	sekisho db backup "$DB" --yes
check "a folder that is not there" says 1 "cannot be written" \
	sekisho db backup "$TMP/nowhere/x.db"
not_whole() { # the copy is checked before it appears
	cp "$DB" "$TMP/s.db"
	sqlite3 "$TMP/s.db" "delete from observation_day where day = $DAY"
	says 1 "is not in observation_day" "$SEKISHO" db backup "$TMP/s2.db" \
		--db "$TMP/s.db" && [ ! -e "$TMP/s2.db" ]
}
check "a copy that is not whole does not appear" not_whole

# --- anonymise ---------------------------------------------------------------------
# Rows that went must not come back out of free pages.
q "delete from lease where customer = 'C3012'; delete from customer where id = 'C3001'"
q "insert into lease_request values (1, 1, 'aiko-the-operator', 'words C3002', 'taken')"
A=$TMP/research.db
check "a copy with pseudonyms" sekisho db anonymise "$A"
no_bytes() {
	q "select distinct customer from lease union select id from customer
		union select 'C3012' union select 'C3001'" >"$TMP/words"
	for c in helo mail_from header_from spf_domain; do
		q "select distinct $c from observation_$DAY where $c is not null"
	done >>"$TMP/words"
	q "select distinct rcpt_domains from observation_$DAY
		where rcpt_domains is not null" | tr ' ' '\n' >>"$TMP/words"
	printf '%s\n' aiko-the-operator words-of-aiko tel-C1001 'Example Net' \
		home.example v=spf1 >>"$TMP/words"
	for c in client server spf_address mail_from_hash rcpt_hash account_hash; do
		q "select distinct hex($c) from observation_$DAY
			where $c is not null"
	done >"$TMP/blobs"
	q "select distinct hex(prefix) from lease union
		select distinct hex(prefix) from decision_target" >>"$TMP/blobs"
	node -e '
const fs = require("fs");
const [, db, words, blobs] = process.argv;
const bytes = fs.readFileSync(db);
const lines = f => [...new Set(fs.readFileSync(f, "utf8").split("\n"))]
	.filter(Boolean);
let bad = 0;
const tell = (what, w) => { if (bad++ < 10) console.log(what + " " + w); };
const w = lines(words).filter(s => s.length > 3), b = lines(blobs);
for (const s of w) if (bytes.includes(s)) tell("word", s);
for (const s of b) if (bytes.includes(Buffer.from(s, "hex"))) tell("blob", s);
console.log(w.length + " words, " + b.length + " addresses and hashes");
process.exit(bad === 0 && w.length > 100 && b.length > 100 ? 0 : 1);
' "$A" "$TMP/words" "$TMP/blobs"
}
check "no byte of it names anybody" no_bytes
same_counts() { # and yet it tells the same story
	local sql="select kind, line_class, state, opened_us, observations,
		servers, score_milli from incident order by id;
		select count(distinct client), count(distinct server),
		count(distinct customer), count(distinct mail_from)
		from observation_$DAY; select label, count(*) from
		observation_$DAY group by 1;
		select count(distinct hex(substr(client, 1, 15)))
		from observation_$DAY"
	diff <(sqlite3 "$DB" "$sql") <(sqlite3 "$A" "$sql")
}
check "as many customers, addresses and networks as before" same_counts
joined() { # a customer's rows, leases and incidents still meet
	[ "$(sqlite3 "$A" "select count(*) from incident i
		where not exists (select 1 from lease l
		where l.customer = i.customer)")" -eq 0 ]
}
check "equal is equal in every table" joined
check "it is whole" says 0 "nothing is wrong" "$SEKISHO" db check --db "$A"
check "nobody computes its log again" says 1 "an anonymised copy" \
	"$SEKISHO" replay --verify "$A"
keyed() { # the same key gives the same copy, another one another
	sekisho db anonymise "$TMP/a1.db" --key-file "$TMP/hash.key" &&
		sekisho db anonymise "$TMP/a2.db" --key-file "$TMP/hash.key" || return 1
	local sql="select customer, hex(client), helo from observation_$DAY"
	[ "$(sqlite3 "$TMP/a1.db" "$sql" | sha256sum)" = \
		"$(sqlite3 "$TMP/a2.db" "$sql" | sha256sum)" ] &&
		[ "$(sqlite3 "$TMP/a1.db" "$sql" | sha256sum)" != \
		"$(sqlite3 "$A" "$sql" | sha256sum)" ]
}
check "a key file makes copies that fit each other" keyed
unknown() { # fails closed
	cp "$DB" "$TMP/s.db"
	sqlite3 "$TMP/s.db" "alter table incident add column nickname text"
	says 1 "column nickname of incident is not known" "$SEKISHO" \
		db anonymise "$TMP/s3.db" --db "$TMP/s.db" && [ ! -e "$TMP/s3.db" ] &&
		[ "$(ls "$TMP" | grep -c '^s3.db')" -eq 0 ]
}
check "a column that it does not know stops it" unknown
audited() {
	[ "$(q "select count(*) from audit where verb in ('db backup',
		'db anonymise') and outcome = 'done'")" -eq 8 ]
}
check "each copy is in the audit log" audited
finish
