#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every incident of the demo as XARF v4.2, at the tiers domains and flow, against
# the published JSON schemas by a validator that is not ours.
. "$(dirname "$0")/lib.sh"
HERE=$(dirname "$0")
SPEC=$HERE/../../../shared/corpus/xarf/xarf-spec
PYTHON=/usr/bin/python3
if [ ! -d "$SPEC/schemas/v4" ]; then
	echo "xarf: skip: ../shared/corpus/xarf is not here"
	echo "xarf: 0 passed, 0 failed, 1 skipped"
	exit 0
fi
validate() { "$PYTHON" "$HERE/xarf.py" "$SPEC/schemas/v4" "$@"; }
check "the validator takes the sample of a botnet" \
	validate "$SPEC/samples/v4/infrastructure-botnet.json"
check "and that of an infected host" \
	validate "$SPEC/samples/v4/connection-infected-host.json"
wrong() { # and refuses what is wrong: it does look
	node -e '
const fs = require("fs");
const j = JSON.parse(fs.readFileSync(process.argv[1], "utf8"));
const put = (n, o) => fs.writeFileSync(process.argv[2] + n + ".json",
	JSON.stringify({ ...j, ...o }));
put(1, { type: "no_such_type" });
put(2, { reporter: { ...j.reporter, contact: "no address" } });
put(3, { compromise_evidence: undefined });
put(4, { tags: ["no namespace"] });
' "$SPEC/samples/v4/infrastructure-botnet.json" "$TMP/wrong" || return 1
	for n in 1 2 3 4; do
		! validate "$TMP/wrong$n.json" || { echo "$n passed"; return 1; }
	done
}
check "and refuses four wrong ones" wrong

exported() { # TIER: all that can be exported is, and is valid
	local tier=$1 id kind n=0 refused=0
	rm -f "$TMP"/x.db* "$TMP"/*.jsonl
	generate all 1 || return 1
	sed -i "s/^privacy_tier.*/privacy_tier = \"$tier\"/" "$TMP/t.conf"
	echo 'abuse_contact = "abuse@isp.example"' >>"$TMP/t.conf"
	"$SEKISHO" replay "$TMP/t.pcap" --db "$TMP/x.db" -c "$TMP/t.conf" \
		>/dev/null 2>&1 || return 1
	sqlite3 -separator ' ' "$TMP/x.db" "select id, kind from incident" \
		>"$TMP/ids"
	while read -r id kind; do
		"$SEKISHO" incident export "I$id" --db "$TMP/x.db" \
			-c "$TMP/t.conf" >"$TMP/one" 2>"$TMP/err"
		case $?:$kind in
		0:misconfigured_client | 0:enforcement_leak | \
			0:compromised_account)
			echo "I$id is $kind, and was exported"
			return 1 ;;
		0:*)
			n=$((n + 1))
			cat "$TMP/one" >>"$TMP/$tier.jsonl" ;;
		7:misconfigured_client | 7:enforcement_leak)
			refused=$((refused + 1))
			[ ! -s "$TMP/one" ] &&
				grep -q "I$id is $kind: no other desk can act on it" \
					"$TMP/err" || { cat "$TMP/err"; return 1; } ;;
		*)
			echo "I$id ($kind):"
			cat "$TMP/err"
			return 1 ;;
		esac
	done <"$TMP/ids"
	echo "$n exported, $refused refused"
	[ $n -gt 8 ] && [ $refused -gt 0 ] && validate "$TMP/$tier.jsonl"
}
shaped() { # TIER: the kinds of report that say nothing of a sender
	! grep -q '"_internal"\|"smtp_from"\|"messaging"\|"C[0-9][0-9]*"' \
		"$TMP/$1.jsonl" || return 1
	node -e '
const fs = require("fs");
const kinds = fs.readFileSync(process.argv[1], "utf8").trim().split("\n")
	.map(l => JSON.parse(l)).map(j => j.category + "/" + j.type);
const n = new Set(kinds);
console.log([...n]);
n.delete("infrastructure/botnet"); n.delete("connection/infected_host");
process.exit(n.size === 0 ? 0 : 1);' "$TMP/$1.jsonl"
}
for t in domains flow; do
	check "tier $t: every report is valid, the others are refused well" exported $t
	check "tier $t: botnet or infected host, nothing internal" shaped $t
done
again() { # the same incident is the same report
	local id
	id=$(awk '$2 == "bot_burst" { print "I" $1; exit }' "$TMP/ids")
	for n in 1 2; do
		"$SEKISHO" incident export "$id" --db "$TMP/x.db" \
			-c "$TMP/t.conf" >"$TMP/again$n" || return 1
	done
	cmp "$TMP/again1" "$TMP/again2"
}
check "a report that is sent twice is the same" again
finish
