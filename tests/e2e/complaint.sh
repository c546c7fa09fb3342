#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Complaints of other desks: read, matched with the customer and the incidents
# of that time, kept without content, and counted as labels.
. "$(dirname "$0")/lib.sh"
MAILS=$(realpath "$(dirname "$0")")/complaints
DB=$TMP/x.db

generate spoof_bot 7 && "$SEKISHO" replay "$TMP/t.pcap" --db "$DB" \
	-c "$TMP/t.conf" >"$TMP/replay.out" 2>&1 || exit 1
"$SEKISHO" lease add C4001 203.0.113.77:4096-8191 --db "$DB" \
	--at 2026-11-01T00:00:00Z >>"$TMP/replay.out" 2>&1
"$SEKISHO" lease add C4003 203.0.113.88 --db "$DB" \
	--at 2026-11-01T00:00:00Z >>"$TMP/replay.out" 2>&1
"$SEKISHO" lease add C4002 203.0.113.88 --db "$DB" --session s2 \
	--at 2026-11-02T00:30:00Z >>"$TMP/replay.out" 2>&1

# row FILE FIELD...: what import prints of it, read from the JSON
take() { "$SEKISHO" complaint import --db "$DB" "$@" -o json; }
import() { # FILE CUSTOMER INCIDENTS: a good one
	take "$MAILS/$1" >"$TMP/i.json" && node -e '
const [r] = JSON.parse(require("fs").readFileSync(process.argv[1])).items;
console.log(r);
process.exit(r.outcome === "stored" && r.customer === process.argv[2] &&
	(r.incidents ?? []).join(" ") === process.argv[3] ? 0 : 1);
' "$TMP/i.json" "$2" "$3"
}
for f in plain base64 quoted nested no_end eight_bit xarf_mail; do
	check "$f names the customer and the incidents" \
		import $f.eml C1003 "I1 I2"
done
for f in v4 v3; do
	check "$f names the customer and the incidents" \
		import $f.json C1003 "I1 I2"
done
check "a failed authentication is kept" import auth_failure.eml C1003 "I1 I2"
check "a report of no spam is kept" import not_spam.eml C1003 "I1 I2"
check "a line without incident is a miss" import missed.eml C2001 ""
check "a port names the household" import shared_port.eml C4001 ""

unmatched() { # FILE REASON
	take "$MAILS/$1" >"$TMP/i.json" && grep -q '"customer":null' "$TMP/i.json" &&
		grep -q "$2" "$TMP/i.json"
}
check "no address: kept, with the reason" \
	unmatched no_source.eml "names no source address"
check "no time: kept, with the reason" \
	unmatched no_time.eml "does not say when"
check "nobody's address: kept, with the reason" \
	unmatched nobody.eml "nobody is known"
check "a shared address without port: kept, with the reason" \
	unmatched shared.eml "names no source port"
check "an address that changed hands: kept, with the reason" \
	unmatched handed_over.eml "changed hands"
check "two in a file, one about a name" \
	unmatched v4_lines.json "names no source address"
check "of two in a file both are kept" \
	[ "$("$SEKISHO" complaint list --db "$DB" -o ids | wc -l)" -eq 20 ]

again() { # FILE...: no row more, and said so
	local n
	n=$("$SEKISHO" complaint list --db "$DB" -o ids | wc -l)
	take "$@" >"$TMP/i.json" && grep -q '"outcome":"known"' "$TMP/i.json" &&
		[ "$("$SEKISHO" complaint list --db "$DB" -o ids | wc -l)" -eq "$n" ]
}
crlf() { sed 's/$/\r/' "$MAILS/plain.eml" >"$TMP/crlf.eml"; }
crlf
check "the same mail again is known" again "$MAILS/plain.eml"
check "with CR LF, too" again "$TMP/crlf.eml"
check "the same report of XARF 4 and 3 is known" \
	again "$MAILS/v4.json" "$MAILS/v3.json"
stdin() { take - <"$MAILS/v4.json" | grep -q '"outcome":"known"'; }
check "standard input is read" stdin

bad() { # FILE REASON: named, nothing stored, exit 1
	local n rc
	n=$("$SEKISHO" complaint list --db "$DB" -o ids | wc -l)
	take "$MAILS/$1" >"$TMP/i.json"
	rc=$?
	cat "$TMP/i.json"
	[ $rc -eq 1 ] && grep -q '"outcome":"bad"' "$TMP/i.json" &&
		grep -q "$1" "$TMP/i.json" && grep -qF "$2" "$TMP/i.json" &&
		[ "$("$SEKISHO" complaint list --db "$DB" -o ids | wc -l)" -eq "$n" ]
}
check "two addresses" bad bad_twice.eml "Source-IP stands there twice"
check "no address" bad bad_address.eml "Source-IP is no address"
check "no such day" bad bad_date.eml "Arrival-Date is no date"
check "no type" bad bad_type.eml "Feedback-Type is missing"
check "a person's mail" bad bad_no_report.eml "neither an ARF mail"
check "a report in what a stranger enclosed" \
	bad bad_enclosed.eml "neither an ARF mail"
check "cut JSON" bad bad_json.json "no JSON at line"
check "a bad one behind a good one" bad bad_time.json "timestamp is no time"
check "other JSON" bad bad_version.json "no XARF report"
absent() { expect_exit 1 take "$TMP/absent.eml" | grep -q "No such file"; }
check "a file that is not there" absent
folder() { expect_exit 1 take "$TMP" | grep -q -- "--maildir"; }
check "a folder" folder
check "nothing to read" expect_exit 2 take
check "no maildir" expect_exit 1 take --maildir "$TMP"

# --- a maildir ---------------------------------------------------------------
M=$TMP/maildir
mkdir -p "$M/new" "$M/cur" "$M/tmp"
sed 's/<plain@/<fresh@/' "$MAILS/plain.eml" >"$M/new/1793580000.M1.mx"
touch -d 2026-11-02T01:00:00Z "$M/new/1793580000.M1.mx"
cp "$MAILS/base64.eml" "$M/new/1793580001.M2.mx"
cp "$MAILS/bad_type.eml" "$M/new/1793580002.M3.mx"
mkfifo "$M/new/1793580003.M4.mx"
ln -s "$MAILS/nested.eml" "$M/new/1793580004.M5.mx"
dry() {
	take --maildir "$M" --dry-run >"$TMP/i.json"
	[ $? -eq 1 ] && grep -q "would be stored" "$TMP/i.json" &&
		[ "$(ls "$M/new" | wc -l)" -eq 5 ]
}
check "a dry run moves nothing" dry
maildir() {
	take --maildir "$M" >"$TMP/i.json"
	[ $? -eq 1 ] && cat "$TMP/i.json" &&
		[ "$(ls "$M/cur" | tr '\n' ' ')" = \
			"1793580000.M1.mx:2,S 1793580001.M2.mx:2,S " ] &&
		[ "$(ls "$M/new" | wc -l)" -eq 3 ]
}
check "what is stored moves to cur, the rest stays" maildir
delivered() {
	"$SEKISHO" complaint list --db "$DB" --limit 1 -o csv \
		--fields received | tail -1 | tee "$TMP/o"
	grep -q 2026-11-02T01:00:00.000000Z "$TMP/o"
}
check "a mail came when it was delivered" delivered

# --- what becomes of them ------------------------------------------------------
shows() { "$SEKISHO" "$@" --db "$DB" >"$TMP/o" && cat "$TMP/o"; }
has() { # PATTERN COMMAND...
	local p=$1
	shift
	shows "$@" | grep -qE "$p"
}
check "complaint show" has '^incidents +I1 I2' complaint show R1 -o table
check "complaint show of none" expect_exit 3 "$SEKISHO" complaint show R999 \
	--db "$DB"
check "complaint list of a customer" has 'R12.*missed|C2001' \
	complaint list --customer C2001
check "incident show has the complaints" has '"complaints":\["R2[0-9]".*"R1"' \
	incident show I1 -o json
check "customer show has the complaints" has 'R[0-9]+ +abuse .*example.net  I1 I2' \
	customer show C1003 -o table
figure() { # FIGURE N OF
	has "\"figure\":\"$1\",.*\"n\":$2,\"of\":$3," report quality -o jsonl
}
check "incidents that were complained about are right" figure precision 2 2
check "a customer was missed" figure recall_complained 1 3
check "counted: no report of no spam or of a failed authentication" \
	has '"complaints_counted","value":"19"' report quality -o jsonl
check "the audit log has it" has 'complaint import' audit list -o csv

# --- secrecy ---------------------------------------------------------------------
check "the marks are in the mails" grep -q mark-rcpt "$MAILS/plain.eml"
secret() {
	sqlite3 "$DB" "pragma wal_checkpoint(truncate)" &&
		! grep -a mark- "$DB"* && ! sqlite3 "$DB" .dump | grep mark- &&
		! "$SEKISHO" complaint list --db "$DB" -o json | grep mark-
}
check "no content, no recipient, no person is in the store" secret
check "the log gives the same again" "$SEKISHO" replay --verify "$DB"
finish
