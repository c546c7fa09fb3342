#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What `sekisho explain` gives a help desk to read out, for each kind of
# incident, from sample traffic; compared whole with the checked-in texts
# (tests/golden/explain/KIND.txt). BLESS=1 writes them anew.
. "$(dirname "$0")/lib.sh"
GOLDEN=$(realpath "$(dirname "$0")")/../golden/explain
printf 'golden golden golden golden gold' >"$TMP/hash.key"
DB=$TMP/x.db

# A stolen password: log-ins of one account from networks all over the world.
stolen() {
	local n t
	cat >"$TMP/subs.csv" <<-EOT
		prefix,customer,class,own_domains
		192.0.2.8,C2,dynamic,
	EOT
	printf 'account,customer\nbert@example.com,C2\n' >"$TMP/accounts.csv"
	cat >"$TMP/t.conf" <<-EOT
		hash_key_file = "$TMP/hash.key"
		network { own_networks = {"192.0.2.0/24"} }
		analyzer { subscribers = "$TMP/subs.csv" }
		logins { accounts_file = "$TMP/accounts.csv"
			domain = "example.com" time_zone = "utc" }
	EOT
	for n in 1 2 3 4 5 6 7 8 9; do
		t=$(printf '%02d' $((n * 4)))
		echo "Nov  2 00:$t:00 mx1 postfix/submission/smtpd[77]: 4C$n: client=unknown[$((n % 3 ? 203 : 198)).$((n * 7)).113.$n], sasl_method=PLAIN, sasl_username=bert"
	done >"$TMP/mail.log"
	"$SEKISHO" replay --logins "$TMP/mail.log" --db "$DB" -c "$TMP/t.conf"
}
traffic() { # SCENARIO
	generate "$1" 7 &&
		"$SEKISHO" replay "$TMP/t.pcap" --db "$DB" -c "$TMP/t.conf"
}
# The words alone; where the text ends, nothing but the class follows.
words() { # KIND
	local id
	id=$("$SEKISHO" incident list --db "$DB" --kind "$1" -o ids | head -n 1)
	[ -n "$id" ] || { echo "no $1"; return 1; }
	"$SEKISHO" explain "$id" --db "$DB" --limit 1 2>/dev/null |
		sed -n '/^to read out:/,/^$/p' >"$TMP/$1.txt"
	[ "$(wc -l <"$TMP/$1.txt")" -ge 3 ] || return 1
	[ -z "${BLESS:-}" ] || cp "$TMP/$1.txt" "$GOLDEN/$1.txt"
	diff "$GOLDEN/$1.txt" "$TMP/$1.txt"
}
# In JSON it is the same text in one line.
in_json() { # KIND
	local id
	id=$("$SEKISHO" incident list --db "$DB" --kind "$1" -o ids | head -n 1)
	"$SEKISHO" explain "$id" --db "$DB" -o json >"$TMP/e.json" && node -e '
const fs = require("fs");
const a = JSON.parse(fs.readFileSync(process.argv[1])).to_read_out;
const b = fs.readFileSync(process.argv[2], "utf8").trim().split("\n").slice(1)
	.map(l => l.trim()).join(" ");
console.log(a + "\n" + b);
process.exit(a === b ? 0 : 1);
' "$TMP/e.json" "$GOLDEN/$1.txt"
}
case_of() { # KIND COMMAND...
	local kind=$1
	shift
	rm -f "$DB"*
	"$@" >"$TMP/made" 2>&1 || { cat "$TMP/made"; return 1; }
	words "$kind" && in_json "$kind"
}
check "bot_burst" case_of bot_burst traffic burst_dialogue
check "spam_bot" case_of spam_bot traffic slow_bot
check "spoofed_sender" case_of spoofed_sender traffic spoof_bot
check "enforcement_leak" case_of enforcement_leak traffic spoof_bot
check "misconfigured_client" case_of misconfigured_client traffic misconfigured
check "port_probe" case_of port_probe traffic probe
check "blocked_attempts" case_of blocked_attempts traffic blocked_syns
check "compromised_account" case_of compromised_account stolen
every_kind() {
	"$SEKISHO" __complete incident list --kind '' | cut -f1 | sort \
		>"$TMP/kinds"
	cat "$TMP/kinds"
	[ -s "$TMP/kinds" ] &&
		ls "$GOLDEN" | sed 's/\.txt$//' | diff "$TMP/kinds" -
}
check "every kind has a text" every_kind
spf() {
	grep -E '[a-z.]+\.example does not allow 198\.51\.100\.[0-9]+ to send: -all' \
		<(tr '\n' ' ' <"$GOLDEN/spoofed_sender.txt" | tr -s ' ')
}
check "the SPF reason is in it" spf

# --- an IPv6 unit that nothing names ------------------------------------------
unit() {
	rm -f "$DB"*
	generate ipv6_bot 7 && grep -v '^2001' "$TMP/subs.csv" >"$TMP/s" &&
		mv "$TMP/s" "$TMP/subs.csv" && sed -i \
		's|^network {|network { ipv6_unit = {"2001:db8:100::/40 56 dynamic"}|' \
		"$TMP/t.conf" &&
		"$SEKISHO" replay "$TMP/t.pcap" --db "$DB" -c "$TMP/t.conf" &&
		"$SEKISHO" explain I1 --db "$DB" -o json >"$TMP/e.json" && node -e '
const e = JSON.parse(require("fs").readFileSync(process.argv[1]));
console.log(e.incident.customer, e.ipv6_unit);
process.exit(e.incident.customer.startsWith("unit:2001:db8:1") &&
	/^2001:db8:1[0-9a-f:]*\/56$/.test(e.ipv6_unit.prefix) &&
	e.ipv6_unit.confidence === "low" ? 0 : 1);
' "$TMP/e.json"
}
check "explain -o json names an IPv6 unit" unit
finish
