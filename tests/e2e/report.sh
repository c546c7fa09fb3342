#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The nightly report: the commands beneath its numbers, its schema, its mail,
# and that it is there whole or not at all.
. "$(dirname "$0")/lib.sh"
in_namespace "$0" 600
cd "$(dirname "$0")/../.."
DB=$TMP/x.db
OUT=$TMP/out
D=2026-11-02
N=nightly-$D
generate all || exit 1
cat >>"$TMP/t.conf" <<EOF
driver "x" { command = {"sekisho-driver-exec", "$TMP/hook"} }
report {
	mail_to = "desk@isp.example noc@isp.example"
	mail_from = "sekisho@isp.example"
	sendmail = "$TMP/sendmail"
	console_url = "https://desk.example/"
}
letters {
	contact = "help desk, 0120-000-000"
	submission_host = "smtp.isp.example"
}
EOF
printf '#!/bin/sh\ncat >>"%s/told"\n' "$TMP" >"$TMP/hook"
cat >"$TMP/sendmail" <<EOF
#!/bin/sh
[ "\$*" = "-i -t" ] || exit 64
n=\$(ls "$TMP/mails" | wc -l)
cat >"$TMP/mails/\$n"
EOF
chmod 755 "$TMP/hook" "$TMP/sendmail"
mkdir "$TMP/mails"
{ "$SEKISHO" replay "$TMP/t.pcap" --db "$DB" -c "$TMP/t.conf" &&
	"$BIN/sekisho-hooks" --once --at 2026-11-02T02:30:00Z \
		-c "$TMP/t.conf" --db "$DB"; } >"$TMP/log" 2>&1 ||
	{ cat "$TMP/log"; exit 1; }
sk() { "$SEKISHO" "$@" --db "$DB" -c "$TMP/t.conf"; }
report() { sk report nightly --date $D --out "$OUT" "$@"; }
mails() { ls "$TMP/mails" | wc -l; }
whole() { # a folder has the four files
	[ "$(ls "$1" | wc -l)" -eq 4 ] && [ "$(ls -A "$1" | wc -l)" -eq 4 ]
}
# People said what some were, allowed one, and released another.
sk incident close I4 --as fp --reason "a mailing list" >/dev/null
sk incident close I6 --as fixed --reason "cleaned" >/dev/null
sk allow C1005 --ttl 90m --reason "own mail server" >/dev/null

# What a driver of that night missed, and when.
at() { date -u -d "2026-11-02T$1Z" +%s000000; }
sqlite3 "$DB" "INSERT INTO enforcer_sample (driver, first_us, last_us, lists,
	wanted, held, missing, extra, worst, after_hole) VALUES
	('edge 1', $(at 01:00), $(at 01:30), 7, 12, 12, 0, 0, 0, 0),
	('edge 1', $(at 01:35), $(at 01:50), 4, 12, 5, 7, 0, 7, 0),
	('edge 1', $(at 01:55), $(at 02:50), 9, 12, 12, 0, 0, 0, 0)" || exit 1
check "the report is made" report
gaps() { # in each form, with the command that shows it
	node -e '
const r = JSON.parse(require("fs").readFileSync(process.argv[1]));
const e = r.sections.enforcement;
const g = e.tables.gaps[0];
console.log(e.values.worst_gap, g);
process.exit(e.values.worst_gap.value === 7 && g.driver === "edge 1" &&
	g.worst === "7" && g.lasted === "20 min" ? 0 : 1)' "$OUT/$N/$N.json" &&
		grep -q '20 min' "$OUT/$N/$N.html" && grep -q '20 min' "$OUT/$N/$N.csv" &&
		grep -q "sekisho enforce history 'edge 1' --since 2026-11-02" \
			"$OUT/$N/$N.csv" &&
		sk enforce history 'edge 1' --since 2026-11-02T01:40:00Z \
			--until 2026-11-03T00:00:00Z -o tsv --fields worst |
		diff - <(printf 'worst\n7\n0\n')
}
check "the worst gap of the night is in all of them" gaps
check "four files" whole "$OUT/$N"
check "each number's command gives it" node tests/e2e/report_numbers.mjs \
	"$OUT/$N/$N.json" "$OUT/$N/$N.txt" "$SEKISHO" "$DB" "$TMP/t.conf"
today() { # What people did just now stands in the report of today.
	sk report nightly --date today --out "$TMP/today" >/dev/null &&
		node tests/e2e/report_numbers.mjs "$TMP"/today/*/*.json \
			"$TMP"/today/*/*.txt "$SEKISHO" "$DB" "$TMP/t.conf" &&
		node -e '
const r = JSON.parse(require("fs").readFileSync(process.argv[1]));
const n = r.sections.numbers.values;
process.exit(n.allows_by_hand.value === 1 ? 0 : 1)' "$TMP"/today/*/*.json
}
wrong() { # I4 had ended the day after; it was said later what it was.
	sk report nightly --date 2026-11-03 --out "$TMP/next" >/dev/null &&
		node -e '
const r = JSON.parse(require("fs").readFileSync(process.argv[1]));
const q = r.sections.quality;
console.log(q.facts.precision.text);
process.exit(r.sections.numbers.values.incidents_closed_as_fp.value === 1 &&
	q.values.incidents_wrong.value === 1 &&
	q.facts.precision.text.endsWith("1 of 2") ? 0 : 1)' "$TMP"/next/*/*.json
}
check "what was wrong is in the quality" wrong
check "today's, too" today
notified() { # two letters to one of them, and what a brake held
	sk incident letter I4 >/dev/null && sk incident letter I4 >/dev/null &&
		sqlite3 "$DB" "INSERT INTO brake (id, began_us, held, lifted,
			last_us, ended_by, obs_no, policy_hash, reason) SELECT 1,
			$(date +%s)000000, 3, 0, $(date +%s)000000, 'on', 1,
			policy_hash, '=7 customers in <60 s>' FROM incident LIMIT 1" &&
		sk report nightly --date today --out "$TMP/sent" >/dev/null &&
		node tests/e2e/report_numbers.mjs "$TMP"/sent/*/*.json \
			"$TMP"/sent/*/*.txt "$SEKISHO" "$DB" "$TMP/t.conf" &&
		valid "$TMP"/sent/*/*.json && node -e '
const r = JSON.parse(require("fs").readFileSync(process.argv[1]));
const n = r.sections.numbers, e = r.sections.enforcement;
console.log(n.values.customers_notified, n.facts.notified, e.tables.brakes);
process.exit(n.values.customers_notified.value === 1 &&
	e.values.brakes.value === 1 && e.tables.brakes[0].held === "3" &&
	e.tables.brakes[0].reason.includes("7 customers") &&
	r.verdict.includes("brake holds blocks") ? 0 : 1)' "$TMP"/sent/*/*.json &&
		grep -q B1 "$TMP"/sent/*/*.csv && grep -q B1 "$TMP"/sent/*/*.html &&
		"$SEKISHO" report nightly --date today --out "$TMP/sent.ja" \
			-c "$TMP/ja.conf" --db "$DB" >/dev/null &&
		grep -q "一斉検知ブレーキ" "$TMP"/sent.ja/*/*.json &&
		sqlite3 "$DB" "DELETE FROM brake"
}
tokyo() {
	sed 's/report {/report { time_zone = "Asia\/Tokyo"/' "$TMP/t.conf" \
		>"$TMP/tokyo.conf" &&
		"$SEKISHO" report nightly --date $D --out "$TMP/tokyo" --db "$DB" \
			-c "$TMP/tokyo.conf" >/dev/null &&
		TZ=America/New_York node tests/e2e/report_numbers.mjs \
			"$TMP"/tokyo/*/*.json "$TMP"/tokyo/*/*.txt "$SEKISHO" \
			"$DB" "$TMP/tokyo.conf"
}
if [ -e /usr/share/zoneinfo/Asia/Tokyo ]; then
	check "and those of a day in Tokyo, whatever TZ is" tokyo
fi
again() {
	cp -r "$OUT/$N" "$TMP/first" && report >/dev/null &&
		diff -r "$TMP/first" "$OUT/$N"
}
check "made again it is the same bytes" again
check "the version for outside is made" report --public
valid() {
	/usr/bin/python3 - docs/report.schema.json "$@" <<'EOF'
import json, sys
import jsonschema
def unique(pairs):
    keys = [k for k, _ in pairs]
    assert len(keys) == len(set(keys)), 'a key is there twice'
    return dict(pairs)
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
v = jsonschema.Draft202012Validator(schema)
for name in sys.argv[2:]:
    report = json.load(open(name), object_pairs_hook=unique)
    errors = list(v.iter_errors(report))
    for e in errors[:5]:
        print(name, list(e.path), e.message[:200])
    if errors:
        sys.exit(1)
    broken = json.loads(json.dumps(report))
    broken['sections']['numbers']['values']['expired']['value'] = 'x'
    assert list(v.iter_errors(broken)), 'the schema takes anything'
EOF
}
sk report nightly --date 2025-01-01 --out "$OUT" >"$TMP/empty"
future() {
	expect_exit 2 sk report nightly --date 9999-12-30 --out "$TMP/future" \
		2>"$TMP/future.err" && grep -q "has not begun" "$TMP/future.err" &&
		[ ! -e "$TMP/future" ]
}
check "of a day to come there is none" future
check "an empty night reports" grep -q '^  0 incidents, 0 blocks' \
	"$OUT/nightly-2025-01-01/nightly-2025-01-01.txt"
check "the JSON is of its schema" valid "$OUT"/*/*.json "$TMP"/today/*/*.json
check "HTML, CSV, JSON are what they are called" sh -c "
	node tests/e2e/nasty_check.mjs html '$OUT'/*/*.html &&
	node tests/e2e/nasty_check.mjs csv '$OUT'/*/*.csv &&
	node tests/e2e/nasty_check.mjs json '$OUT'/*/*.json"
no_customer() {
	! grep -E 'C[12][0-9]{3}|198\.51\.100|I[0-9]+\b|sekisho-driver' \
		"$OUT/public-$D"/*
}
check "outside no customer and no address is named" no_customer
small() { # a value of 1 to 4 is in none of the forms
	node -e '
const r = JSON.parse(require("fs").readFileSync(process.argv[1]));
const bad = Object.values(r.sections).flatMap((s) => Object.entries(s.values))
	.filter(([, v]) => v.value > 0 && v.value < 5);
console.log(bad);
process.exit(bad.length ? 1 : 0)' "$OUT/public-$D/public-$D.json"
}
check "nor a small count" small
computed() { # of parts of a sum that is shown, no single one is hidden
	node -e '
const [whole, outside] = process.argv.slice(1).map((f) => JSON.parse(
	require("fs").readFileSync(f)).sections.numbers);
const keys = Object.keys(whole.values);
const kinds = keys.slice(keys.indexOf("bot_burst")).filter((k) =>
	/^(bot_burst|spam_bot|spoofed_sender|compromised_account|misconfigured_client|port_probe|blocked_attempts|enforcement_leak)$/.test(k));
const groups = [["blocks_by_detector", "blocks_by_hand"], kinds,
	...["subscribers_on_25", "incidents_opened", "blocks"].map((m) =>
		keys.filter((k) => k.endsWith("." + m)))];
let bad = 0, hid = 0;
for (const g of groups) {
	const hidden = g.filter((k) => outside.values[k].value === null);
	const shown = g.filter((k) => outside.values[k].value > 0);
	const sum = hidden.reduce((n, k) => n + whole.values[k].value, 0);
	hid += hidden.length;
	if (hidden.length > 0 && shown.length > 0 &&
		(hidden.length === 1 || sum < 5))
		bad++, console.log("given away:", hidden, "of", g);
}
console.log(hid, "hidden in", groups.length, "groups");
process.exit(bad || groups.some((g) => g.length < 2) || hid < 3 ? 1 : 0)' \
		"$OUT/$N/$N.json" "$OUT/public-$D/public-$D.json"
}
check "nor one that can be computed" computed

# --- mail -------------------------------------------------------------
check "it is mailed" report --mail
check "one mail" test "$(mails)" -eq 1
check "the mail holds what the folder holds" /usr/bin/python3 \
	tests/e2e/mail_check.py "$TMP/mails/0" "$OUT/$N" $N
check "asked twice it is not mailed again" report --mail
check "still one" test "$(mails)" -eq 1
at_once() {
	local i p pids=
	rm "$OUT/.$N.mailed"
	for i in 1 2 3 4; do
		report --mail >/dev/null 2>&1 &
		pids="$pids $!"
	done
	for p in $pids; do wait "$p" || return 1; done
	[ "$(mails)" -eq 2 ] && rm "$TMP/mails/1"
}
check "four at once mail it once" at_once
check "--resend sends it again" report --resend
check "two" test "$(mails)" -eq 2
sed 's/report {/report { language = "ja"/; s/Example Net/関所ネット株式会社インターネット接続サービス/' \
	"$TMP/t.conf" >"$TMP/ja.conf"
japanese() {
	"$SEKISHO" report nightly --date $D --out "$TMP/ja" --db "$DB" \
		-c "$TMP/ja.conf" --resend >/dev/null &&
		/usr/bin/python3 tests/e2e/mail_check.py "$TMP/mails/2" \
			"$TMP/ja/$N" $N >"$TMP/subject" &&
		cat "$TMP/subject" && grep -q '日次レポート 2026-11-02' "$TMP/subject"
}
check "Japanese goes through" japanese
check "letters and brakes are in it" notified
stamp() { promtool check metrics <"$OUT/sekisho-report.prom"; }
if command -v promtool >/dev/null; then
	check "the time stamp is a metric" stamp
fi
rm "$OUT/sekisho-report.prom"
failed_mail() { # the last mail says that there is no report
	[ "$(mails)" -eq "$1" ] && /usr/bin/python3 tests/e2e/mail_check.py \
		"$TMP/mails/$(($1 - 1))" - failed >"$TMP/failed" &&
		grep -q "$2" "$TMP/failed"
}
no_db() {
	expect_exit 1 "$SEKISHO" report nightly --date $D --out "$OUT" \
		--db "$TMP/none.db" -c "$TMP/t.conf" --resend
}
check "without a database: exit code 1" no_db
check "and a mail that says so" failed_mail 4 none.db
check "which is no report for the metrics" test ! -e "$OUT/sekisho-report.prom"
head -c 20000 /dev/urandom >"$TMP/broken.db"
broken() {
	expect_exit 1 "$SEKISHO" report nightly --date $D --out "$OUT" \
		--db "$TMP/broken.db" -c "$TMP/t.conf" --resend
}
check "a broken database: the same" broken
check "a mail, too" failed_mail 5 broken.db
printf '#!/bin/sh\ncat >/dev/null\nexit 75\n' >"$TMP/sendmail.no"
chmod 755 "$TMP/sendmail.no"
sed 's|/sendmail"|/sendmail.no"|' "$TMP/t.conf" >"$TMP/no.conf"
refused() {
	rm -f "$OUT"/.*.mailed
	expect_exit 1 "$SEKISHO" report nightly --date $D --out "$OUT" \
		--db "$DB" -c "$TMP/no.conf" --mail &&
		[ ! -e "$OUT/.$N.mailed" ]
}
check "a mail that is not taken: exit code 1, and not sent" refused
sed "s|mail_to =|mail_spool = \"$TMP/spool\"\n\tmail_to =|" "$TMP/t.conf" \
	>"$TMP/spool.conf"
spooled() {
	"$SEKISHO" report nightly --date $D --out "$OUT" --db "$DB" \
		-c "$TMP/spool.conf" --mail && [ "$(ls "$TMP/spool")" = "$N.eml" ] &&
		/usr/bin/python3 tests/e2e/mail_check.py "$TMP/spool/$N.eml" \
			"$OUT/$N" $N
}
check "with mail_spool it is a file" spooled

# --- whole or not at all ----------------------------------------------
killed() { # at any moment; ends before, while and after it is written
	local i n=0 done_=0
	for i in $(seq 60); do
		rm -rf "$TMP/kill"
		"$SEKISHO" report nightly --date $D --out "$TMP/kill" \
			--db "$DB" -c "$TMP/t.conf" >/dev/null 2>&1 &
		sleep "0.0$((i % 10))$((i % 7))"
		kill -KILL $! 2>/dev/null && n=$((n + 1))
		wait $! 2>/dev/null
		if [ -e "$TMP/kill/$N" ]; then
			whole "$TMP/kill/$N" || { ls -la "$TMP/kill/$N"; return 1; }
			done_=$((done_ + 1))
		fi
	done
	echo "$n killed, $done_ were whole by then"
	[ $n -gt 0 ]
}
check "killed at random: all files or none" killed
leftovers() {
	mkdir -p "$OUT/.new-abcdef" && echo half >"$OUT/.new-abcdef/x" &&
		report >/dev/null && ! ls -d "$OUT"/.new-* 2>/dev/null
}
check "what a killed one left is removed" leftovers
full() { # a file system with room for some of it
	mkdir "$TMP/small" && mount -t tmpfs -o size=320k tmpfs "$TMP/small" || return 1
	"$SEKISHO" report nightly --date $D --out "$TMP/small" --db "$DB" \
		-c "$TMP/t.conf" >/dev/null || { df "$TMP/small"; return 1; }
	cp -r "$TMP/small/$N" "$TMP/before" || return 1
	head -c 100000 /dev/zero >"$TMP/small/ballast" 2>/dev/null
	expect_exit 1 "$SEKISHO" report nightly --date $D --out "$TMP/small" \
		--db "$DB" -c "$TMP/t.conf" --resend || return 1
	diff -r "$TMP/before" "$TMP/small/$N" && ! ls -d "$TMP/small"/.new-* &&
		expect_exit 1 "$SEKISHO" report nightly --date 2026-11-01 \
			--out "$TMP/small" --db "$DB" -c "$TMP/t.conf" &&
		[ ! -e "$TMP/small/nightly-2026-11-01" ]
}
check "a full disk leaves what was there" full
check "and is mailed" failed_mail 6 "No space left"
umount "$TMP/small" 2>/dev/null
parallel() {
	local i p pids=
	for i in 1 2 3 4; do
		report >/dev/null &
		pids="$pids $!"
	done
	for p in $pids; do wait "$p" || return 1; done
	whole "$OUT/$N"
}
check "four at once do not hurt each other" parallel
if command -v systemd-analyze >/dev/null; then
	units() {
		mkdir -p "$TMP/units" && cp docs/systemd/sekisho-report.* "$TMP/units" &&
			sed -i "s|/usr/bin/sekisho|$SEKISHO|" "$TMP"/units/*.service &&
			systemd-analyze verify "$TMP"/units/* 2>&1 |
			grep -i sekisho | grep -v "User.*sekisho\|Command 'man" |
			tee "$TMP/verify"
		[ ! -s "$TMP/verify" ]
	}
	check "the units are valid" units
fi
finish
