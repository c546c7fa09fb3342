#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Each scenario through the whole pipeline; what is found is compared with
# what the generator knows to be true.
. "$(dirname "$0")/lib.sh"

# truth DB: every incident that must come, none that must not, blocks.
truth() {
	"$SEKISHO" incident list --db "$1" -o json >"$TMP/i.json" &&
		"$SEKISHO" decision list --db "$1" -o json >"$TMP/d.json" &&
		node "$(dirname "$0")/truth.mjs" "$TMP/truth.csv" \
			"$TMP/i.json" "$TMP/d.json"
}
scenario() {
	rm -f "$TMP"/*.db*
	generate "$1" "$2" &&
		"$SEKISHO" replay "$TMP/t.pcap" --db "$TMP/x.db" \
			-c "$TMP/t.conf" &&
		truth "$TMP/x.db" &&
		"$SEKISHO" replay --verify "$TMP/x.db"
}
for s in $("$GEN" --list); do
	check "scenario $s matches its truth" scenario "$s" 1
done
for seed in 1 2 3; do
	check "all scenarios together, seed $seed" scenario all $seed
done

blocks() {
	[ "$("$SEKISHO" decision list --db "$TMP/x.db" -o csv |
		grep -c ,block,detector,)" -ge 5 ]
}
check "at least 5 blocks among all" blocks

# The bot's dialogue must be blocked within 10 s of its first packet.
within_10s() {
	rm -f "$TMP"/*.db*
	generate burst_dialogue 7 &&
		"$SEKISHO" replay "$TMP/t.pcap" --db "$TMP/x.db" \
			-c "$TMP/t.conf" &&
		"$SEKISHO" incident list --db "$TMP/x.db" -o json >"$TMP/i.json" &&
		"$SEKISHO" decision list --db "$TMP/x.db" -o json >"$TMP/d.json" &&
		node -e '
const fs = require("fs"), j = f => JSON.parse(fs.readFileSync(f)).items;
const truth = fs.readFileSync(process.argv[3], "utf8").trim().split("\n");
const head = truth[0].split(","), row = truth[1].split(",");
const first = Number(row[head.indexOf("first_us")]) / 1e3;
const i = j(process.argv[1]).find(x => x.kind === "bot_burst");
const d = j(process.argv[2]).find(x => x.action === "block");
const after = t => (Date.parse(t) - first) / 1e3;
console.log("incident after", after(i.opened), "s, block after",
	after(d.since), "s");
process.exit(after(i.opened) <= 10 && after(d.since) <= 10 ? 0 : 1);
' "$TMP/i.json" "$TMP/d.json" "$TMP/truth.csv"
}
check "a burst is blocked within 10 s of traffic" within_10s

# A signature is worth what its key says: the forwarder's speak for the mail,
# those that the bot made up do not.
transactions() { # SCENARIO "COLUMNS" [WHERE]
	rm -f "$TMP"/*.db*
	generate "$1" 1 && "$SEKISHO" replay "$TMP/t.pcap" --db "$TMP/x.db" \
		-c "$TMP/t.conf" >/dev/null 2>&1 &&
		sqlite3 "$TMP/x.db" "select $2 from observation_20261102
			where kind = 'transaction' ${3:-}"
}
forwarded() {
	transactions forwarder "verdict || ' ' || dkim" \
		"and dkim_signature and spf = 'fail'" >"$TMP/rows"
	sort "$TMP/rows" | uniq -c
	[ "$(wc -l <"$TMP/rows")" -ge 10 ] &&
		! grep -v '^authorised pass .* aligned' "$TMP/rows"
}
made_up() {
	transactions spoof_bot "verdict || ' ' || dkim" \
		"and dkim_signature" >"$TMP/rows"
	sort "$TMP/rows" | uniq -c
	[ "$(wc -l <"$TMP/rows")" -ge 5 ] &&
		! grep -v '^spoofed fail ' "$TMP/rows"
}
check "a forwarder's signatures are verified" forwarded
check "a bot's invented signatures are found out" made_up
rm -f "$TMP"/*.db*
generate spoof_bot 7 && "$SEKISHO" replay "$TMP/t.pcap" \
	--db "$TMP/x.db" -c "$TMP/t.conf" >/dev/null 2>&1

# One weight, one label, one SPF text, one decision changed: verify must name
# the row and the decision that rests on it. LOG stands for the day's table.
LOG=$(sqlite3 "$TMP/x.db" "select 'observation_' || day from observation_day
	limit 1")
tampered() { # SQL PATTERN [EXIT]
	cp "$TMP/x.db" "$TMP/bad.db"
	sqlite3 "$TMP/bad.db" "${1//LOG/$LOG}" || return 1
	"$SEKISHO" replay --verify "$TMP/bad.db" >"$TMP/v.out" 2>&1
	local rc=$?
	cat "$TMP/v.out"
	[ $rc -eq "${3:-1}" ] && grep -qE "$2" "$TMP/v.out"
}
evidence="obs_no = (select max(obs_no) from LOG where verdict = 'spoofed' and
	obs_no <= (select obs_no from decision where cause = 'detector'))"
check "verify passes what nobody changed" tampered "select 1" " 0 differences" 0
check "verify notices a changed weight" tampered \
	"update LOG set weight_milli = weight_milli + 1 where $evidence" \
	"^obs [0-9]+: weight is .*; D1, .* on it"
check "verify notices a changed label" tampered \
	"update LOG set label = 'delivered' where $evidence" \
	"^obs [0-9]+: label is delivered .*; D1, .* on it"
check "verify notices a changed SPF text" tampered \
	"update LOG set spf_record = 'v=spf1 +all' where $evidence" \
	"^obs [0-9]+: what it was .*spf1 \+all.*; D1, .* on it"
check "verify notices a changed SPF term" tampered \
	"update LOG set spf_term = '~all' where $evidence" \
	"^obs [0-9]+: what it was .*~all.*; D1, .* on it"
check "verify notices a changed reply code" tampered \
	"update LOG set reply_code = reply_code + 1 where $evidence" "D1, "
check "verify notices a lost digest" tampered \
	"update LOG set digest = null where $evidence" "digest is gone.*D1, "
check "verify says what it cannot check in an older store" tampered \
	"update LOG set digest = null" "[0-9]+ rows .* cannot be told" 0
check "verify notices a lost incident" tampered \
	"delete from incident" "I[0-9]"
# The same with a weight for novelty: told in words, and computed again.
novel() {
	sed '/^policy {/d' "$TMP/t.conf" >"$TMP/novel.conf"
	echo 'policy { novelty_senders = 3, novelty_senders_milli = 800 }' |
		tr ',' '\n' >>"$TMP/novel.conf"
	"$SEKISHO" replay "$TMP/t.pcap" --db "$TMP/novel.db" \
		-c "$TMP/novel.conf" &&
		"$SEKISHO" replay --verify "$TMP/novel.db" &&
		"$SEKISHO" explain I1 --db "$TMP/novel.db" >"$TMP/novel.txt" &&
		grep -E 'of which 0\.800 for [0-9]+ sender domains in two days' \
			"$TMP/novel.txt"
}
check "novelty is told in words and verified" novel
was_novel() {
	sqlite3 "$TMP/novel.db" "update observation_20261102
		set novelty = '0.800 for 99 sender domains'
		where novelty is not null" &&
		! "$SEKISHO" replay --verify "$TMP/novel.db" >"$TMP/out" 2>&1 &&
		cat "$TMP/out" &&
		grep -qE '^obs [0-9]+: of the weight came .* 99 .*D[0-9]+, ' \
			"$TMP/out"
}
check "verify notices changed words of novelty" was_novel
finish
