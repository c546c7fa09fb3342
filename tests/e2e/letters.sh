#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Letters to customers: each case and language compared whole with
# tests/golden/letters (BLESS=1 writes them anew), the mail form, the audit
# log, templates that an operator changed, hostile values.
. "$(dirname "$0")/lib.sh"
GOLDEN=$(dirname "$0")/../golden/letters
DB=$TMP/x.db
printf 'golden golden golden golden gold' >"$TMP/hash.key"

generate all 1 || exit 1
# Two customers of whom the subscriber file says more.
awk -F, -v OFS=, 'NR == 1 { print $0, "contact", "language"; next }
	$2 == "C1005" { print $0, "taro@customer.example", "en-GB"; next }
	$2 == "C1003" { print $0, "+81 3 0000 0000", "fr"; next }
	{ print $0, "", "" }' "$TMP/subs.csv" >"$TMP/subs.new" &&
	mv "$TMP/subs.new" "$TMP/subs.csv"
cat >>"$TMP/t.conf" <<'CONF'
abuse_contact = "abuse@isp.example"
letters {
	contact = "サポート窓口 support desk, 0120-000-000, 9:00-17:00"
	help_url = "https://www.isp.example/mail/"
	sending_host = "smtp2.isp.example"
	submission_host = "smtp.isp.example"
	time_zone = "+09:00"
}
CONF
"$SEKISHO" replay "$TMP/t.pcap" --db "$DB" -c "$TMP/t.conf" \
	>/dev/null 2>&1 || exit 1

id_of() { # KIND CUSTOMER: I12
	sqlite3 "$DB" "select 'I' || id from incident
		where kind = '$1' and customer = '$2'"
}
letter() { # ID [OPTION...]
	"$SEKISHO" incident letter "$@" --db "$DB" -c "$TMP/t.conf"
}
audited() {
	sqlite3 "$DB" "select count(*) from audit
		where verb = 'incident letter' and outcome = 'done'"
}
says() { # EXIT WORDS COMMAND...
	local want=$1 words=$2
	shift 2
	expect_exit "$want" "$@" 2>"$TMP/err" >"$TMP/out" ||
		{ cat "$TMP/err"; return 1; }
	grep -qF -- "$words" "$TMP/err" || { cat "$TMP/err"; return 1; }
}
BOT=$(id_of spam_bot C1005)
SPOOF=$(id_of spoofed_sender C1003)
MAIL=$(id_of misconfigured_client C1010)
LEAK=$(id_of enforcement_leak C1004)
FORGED=$(id_of blocked_attempts C1007)
ENDED=$(sqlite3 "$DB" "select 'D' || seq from decision
	where customer = 'C1002' and cause = 'expired'")
# While the second block of C1005 is in force.
AT=2026-11-02T02:10:00Z

golden() { # NAME ID OPTION...
	local name=$1
	shift
	letter "$@" --at $AT >"$TMP/$name" || return 1
	[ -z "${BLESS:-}" ] || cp "$TMP/$name" "$GOLDEN/$name"
	diff "$GOLDEN/$name" "$TMP/$name"
}
for l in en ja; do
	check "a bot's letter, $l" golden infected.$l.txt "$BOT" --lang $l
	check "forged senders, $l" golden spoofed.$l.txt "$SPOOF" --lang $l
	check "a mail program, $l" golden submission.$l.txt "$MAIL" --lang $l
	check "an own server, $l" golden server.$l.txt "$BOT" --lang $l \
		--case server
	check "a stolen password, $l" golden password.$l.txt "$BOT" --lang $l \
		--case password
	check "a block, $l" golden blocked.$l.txt "$BOT" --lang $l \
		--case blocked
	check "the end of a block, $l" golden released.$l.txt "$ENDED" --lang $l
	check "as mail, $l" golden infected.$l.eml "$BOT" --lang $l \
		--format mail
done
decoded() { # the mail holds the letter, and nothing in its head is raw
	node -e '
const fs = require("fs"), assert = require("assert");
const mail = fs.readFileSync(process.argv[1], "latin1");
const want = fs.readFileSync(process.argv[2], "utf8").split("\n\n");
const at = mail.indexOf("\n\n");
const head = mail.slice(0, at), fields = head.replace(/\n /g, " ").split("\n");
for (const l of head.split("\n")) assert(l.length <= 78, l);
assert(/^[\x20-\x7e\n]*$/.test(head));
const names = fields.map(f => f.split(":")[0]);
assert.equal(new Set(names).size, names.length);
const subject = fields.find(f => f.startsWith("Subject: ")).slice(9)
	.split(" ").map(w => Buffer.from(w.slice(10, -2), "base64").toString())
	.join("");
assert.equal(subject, want[0]);
const body = Buffer.from(mail.slice(at), "base64").toString()
	.replaceAll("\r\n", "\n");
assert.equal(body, want.slice(1).join("\n\n"));
assert(fields.includes("To: <taro@customer.example>"));
' "$GOLDEN/infected.ja.eml" "$GOLDEN/infected.ja.txt"
}
check "what a mail program decodes is the letter" decoded
check "each letter has a row in the audit log" [ "$(audited)" -eq 16 ]

dry() {
	letter "$BOT" --dry-run --at $AT | grep -q 'Reference: I' &&
		[ "$(audited)" -eq 16 ]
}
check "the customer's language, and a dry run without a row" dry
french() { letter "$SPOOF" --dry-run --at $AT | grep -q 'お客さま番号：C1003'; }
check "a language without letters falls back to the configured one" french
no_to() {
	letter "$SPOOF" --format mail --at $AT >"$TMP/m" &&
		! grep -q '^To:' "$TMP/m"
}
check "a telephone number is no mail address" no_to
check "a leak is no customer's fault" says 7 "nothing that the customer" \
	letter "$LEAK"
check "nobody is written to for what others may have forged" \
	says 7 "somebody else may have forged" letter "$FORGED"
check "unless somebody says so" letter "$FORGED" --case infected --dry-run
check "an unknown incident" says 3 "there is no incident I999" letter I999
check "no incident" says 2 "give one such as I12" letter C1
check "an unknown case" says 2 "nearest" letter "$BOT" --case infectd
check "a wrong address" says 2 "one mail address" letter "$BOT" \
	--to 'a@b.example,c@d.example'
check "two letters need a folder" says 2 "--out DIR" letter "$BOT" "$MAIL"
check "without configuration it says what is missing" \
	says 2 "provider is not set" "$SEKISHO" incident letter "$BOT" --db "$DB"

folder() {
	letter "$BOT" "$MAIL" "$LEAK" --out "$TMP/spool" --format mail --at $AT \
		>"$TMP/out" 2>/dev/null
	[ $? -eq 7 ] || return 1
	ls "$TMP/spool" | tee "$TMP/ls"
	[ "$(stat -c %a "$TMP/spool/$BOT-infected-en.eml")" = 640 ] &&
		[ -s "$TMP/spool/$MAIL-submission-ja.eml" ] &&
		[ "$(wc -l <"$TMP/ls")" -eq 2 ] &&
		grep -qx "$TMP/spool/$BOT-infected-en.eml" "$TMP/out"
}
check "a spool folder holds the letters that can be made" folder
full() { # nothing is written, and no row says that it was
	local n
	n=$(audited)
	expect_exit 1 letter "$BOT" --out /proc/nowhere 2>/dev/null &&
		! letter "$BOT" >/dev/full 2>/dev/null &&
		[ "$(audited)" -eq "$n" ]
}
check "a letter that cannot be written leaves no row" full

# --- templates of the operator ---------------------------------------------
D=$TMP/letters
check "the built-in letters are copied" "$SEKISHO" letter templates "$D"
sed "s|^letters {|letters {\n\tdir = \"$D\"|" "$TMP/t.conf" >"$TMP/d.conf"
own() { "$SEKISHO" incident letter "$@" --db "$DB" -c "$TMP/d.conf" --dry-run; }
changed() {
	sed -i 's/^Dear customer,/Dear {{customer}},/' "$D/infected.en.txt"
	own "$BOT" --at $AT | grep -qx 'Dear C1005,'
}
check "a changed letter is used" changed
kept() { "$SEKISHO" letter templates "$D" | grep -q ": 0 letters"; }
check "copying again overwrites none" kept
removed() { rm "$D/released.en.txt"; own "$ENDED" --lang en --at $AT; }
check "what the folder lacks is built in" removed
broken() { # NAME TEXT WORDS
	cp "$D/server.ja.txt" "$TMP/keep"
	printf '%b' "$2" >"$D/$1"
	says 2 "$3" own "$BOT" && says 2 "$3" "$SEKISHO" config check \
		-c "$TMP/d.conf"
	local rc=$?
	[ "$1" = server.ja.txt ] || rm "$D/$1"
	cp "$TMP/keep" "$D/server.ja.txt"
	return $rc
}
check "an unknown placeholder in any of them is found at load" broken \
	server.ja.txt 'Subject: s\n\nあ {{custmer}}\n' \
	'server.ja.txt:3:3: there is no placeholder "custmer"; nearest: {{customer}}'
check "so is a missing one" broken server.ja.txt \
	'Subject: s\n\n{{provider}} {{contact}} {{reference}}\n' \
	'{{submission_host}} is missing'
check "so is a file that no case reads" broken infectd.ja.txt 'x' \
	'infectd.ja.txt: no letter is looked for under this name'
check "a folder that is not there" says 2 "letters.dir" "$SEKISHO" config check \
	-c <(sed "s|$D|$TMP/nowhere|" "$TMP/d.conf")
check "a zone that is not there" says 2 "letters.time_zone" "$SEKISHO" \
	config check -c <(sed 's|"+09:00"|"Asia/Nowhere"|' "$TMP/t.conf")

# --- hostile values ----------------------------------------------------------
hostile() {
	local esc=$'\x1b' out=$TMP/hostile
	sqlite3 "$DB" "update observation_20261102 set spf_domain =
		'a' || char(27) || '[31m' || char(10) || 'Bcc: x@evil.example'
		|| char(10) || '{{contact}}' || char(8238) || '.example'
		where verdict = 'spoofed'"
	letter "$SPOOF" --lang en --at $AT --dry-run >"$out" || return 1
	cat "$out"
	grep -q 'a\\x1b\[31m\\x0aBcc: x@evil\[.\]example\\x0a{{contact}}' "$out" &&
		! grep -q "$esc" "$out" && ! grep -q '^Bcc' "$out"
}
check "a hostile sender domain does nothing" hostile
finish
