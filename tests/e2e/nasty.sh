#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Hostile texts through every form of report, list and explanation.
. "$(dirname "$0")/lib.sh"
cd "$(dirname "$0")/../.."
DB=$TMP/nasty.db
rm -f /tmp/nasty
"$BIN/tests/e2e/nastydb" "$DB" tests/nasty.txt >"$TMP/n" || exit 1
cat >"$TMP/t.conf" <<'EOF'
provider = "Example Net\\ =1+1"
abuse_contact = "abuse@isp.example"
report {
	console_url = "https://desk.example/"
	mail_to = "desk@isp.example"
	mail_spool = "SPOOL"
}
EOF
sed -i "s|SPOOL|$TMP/spool|" "$TMP/t.conf"
inert() { node tests/e2e/nasty_check.mjs "$@"; }
sk() { "$SEKISHO" "$@" --db "$DB" -c "$TMP/t.conf"; }
D=2026-11-24

check "the report is made" sk report nightly --date $D --out "$TMP/r" --resend
check "the version for outside is made" \
	sk report nightly --date $D --out "$TMP/r" --public
sed 's/report {/report { language = "ja"/' "$TMP/t.conf" >"$TMP/ja.conf"
check "the Japanese report is made" "$SEKISHO" report nightly --date $D \
	--out "$TMP/ja" --db "$DB" -c "$TMP/ja.conf" --resend
for f in txt html csv json; do
	check "report: $f" inert $f "$TMP"/r/*/*.$f "$TMP"/ja/*/*.$f
done
check "mail of the report" /usr/bin/python3 tests/e2e/mail_check.py \
	"$TMP/spool/nightly-$D.eml" "$TMP/ja/nightly-$D" nightly-$D
narrow() {
	awk 'length($0) > 400 { exit 1 }' "$TMP"/r/*/*.txt
}
check "no text line is endless" narrow

for v in "incident list" "decision list" "observation list --limit 200" \
	"audit list" "hook list" "enforce list" "enforce history" "customer list" \
	"incident show I1" "decision show D1"; do
	name=${v// /_}
	for f in table wide json jsonl csv tsv ids; do
		case $v:$f in *show*:ids | "customer list:ids") continue ;; esac
		# shellcheck disable=SC2086
		sk $v -o $f >"$TMP/$name.$f" 2>"$TMP/err" || continue
		[ -s "$TMP/$name.$f" ] || continue
		check "$v -o $f" inert $f "$TMP/$name.$f"
	done
done
everything() { # FORM COMMAND...: for each incident and decision
	local form=$1 n
	shift
	n=$(cut -d' ' -f1 "$TMP/n")
	mkdir -p "$TMP/x"
	rm -f "$TMP"/x/*
	for i in $(seq 1 "$n"); do
		sk "$@" "I$i" -o "$form" >"$TMP/x/I$i" || return 1
		[ "$form" = table ] || continue
		sk "$@" "D$((2 * i - 1))" -o "$form" >"$TMP/x/D$i" || return 1
	done
	inert "$form" "$TMP"/x/*
}
check "explain, in words" everything table explain
check "explain, JSON" everything json explain
xarf() {
	local n=0 i
	: >"$TMP/xarf"
	for i in $(seq 1 "$(cut -d' ' -f1 "$TMP/n")"); do
		sk incident export "I$i" >>"$TMP/xarf" 2>/dev/null && n=$((n + 1))
	done
	[ $n -gt 10 ] && inert jsonl "$TMP/xarf"
}
check "XARF" xarf
errors() { # what is given on the command line and does not exist
	node -e '
const { spawnSync } = require("node:child_process");
const { readFileSync, writeFileSync } = require("node:fs");
const [bin, db, out] = process.argv.slice(1);
const lines = readFileSync("tests/nasty.txt", "latin1").split("\n")
	.filter((l) => l && !/^[#@]/.test(l));
let all = "";
for (const l of lines) {
	const s = Buffer.from(l.replace(/\\x(..)|\\(.)/g, (m, h, c) => h
		? String.fromCharCode(parseInt(h, 16))
		: { r: "\r", n: "\n", t: "\t" }[c] || c), "latin1");
	for (const a of [["explain"], ["who"], ["incident", "show"]]) {
		const r = spawnSync("bash", ["-c",
			"exec \"$0\" \"$@\" -- \"$(cat)\"", bin, ...a, "--db", db],
			{ input: s });
		all += r.stderr.toString("latin1") + r.stdout.toString("latin1");
	}
}
writeFileSync(out, all, "latin1");' "$SEKISHO" "$DB" "$TMP/errors"
	inert txt "$TMP/errors"
}
check "what is told of wrong arguments" errors
check "nothing was executed" test ! -e /tmp/nasty
finish
