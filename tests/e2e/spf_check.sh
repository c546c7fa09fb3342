#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# sekisho spf check: from a zone file, from a name server, from a silent one,
# with every wrong input, and against the cases of the suite.
. "$(dirname "$0")/lib.sh"
HERE=$(dirname "$0")
ZONE=$HERE/spf_check.zone
FAIL="--ip 192.0.2.7 --helo mail.example.com --from bob@example.com"

spf() { timeout 60 "$SEKISHO" spf check "$@"; }
# says CODE PATTERN OPTION...: exit code, nothing on stdout, and a message
says() {
	local want=$1 pattern=$2 got
	shift 2
	spf "$@" >"$TMP/out" 2>"$TMP/err"
	got=$?
	cat "$TMP/out" "$TMP/err"
	[ $got -eq "$want" ] || { echo "exit $got, not $want"; return 1; }
	[ "$(wc -l <"$TMP/err")" -eq 1 ] || { echo "not one line"; return 1; }
	[ "$want" -ne 2 ] || [ ! -s "$TMP/out" ] || return 1
	grep -qE -- "$pattern" "$TMP/err"
}
# Time, and who answers, differ from run to run.
plain() {
	sed -E 's/"time_us":[0-9]+/"time_us":0/
		s/"dns_source":"[^"]*"/"dns_source":""/
		s/"dns_server":"[^"]*"/"dns_server":""/'
}
# An object a line, the look-ups one by one.
golden() {
	spf $FAIL -o json "$@" >"$TMP/got.json" || return 1
	plain <"$TMP/got.json" | sed 's/{"type"/\n&/g' >"$TMP/got.txt"
	diff "$HERE/spf_check.json" "$TMP/got.txt"
}
has() { # FILE LINE...
	local f=$1
	shift
	cat "$f"
	for l in "$@"; do
		grep -qE -- "$l" "$f" || { echo "no line: $l"; return 1; }
	done
}

# --- a zone file
check "the golden JSON, from a zone file" golden --zone "$ZONE"
spf $FAIL --zone "$ZONE" >"$TMP/table"
check "the table says the same" has "$TMP/table" '^result +fail$' \
	'^identity +MAIL FROM$' '^term +-all$' '^record +v=spf1 a include:' \
	'^explanation +192.0.2.7 may not send for example.com, bob$' \
	'^dns +zone .*spf_check.zone$' '^dns_terms +5 of 10$' \
	'^void_lookups +2 of 2$' '^time +[0-9]+\.[0-9]{3} ms$' \
	'^A +mx1.example.org +ok +1 +300 +mx:mail.example.org +example.com$' \
	'^A +gone.example.net +nxdomain +0 +- +a:gone.example.net +_spf.example.net$'
null_sender() {
	spf --ip 192.0.2.1 --helo example.com --from "$1" --zone "$ZONE" \
		>"$TMP/table"
	has "$TMP/table" '^result +pass$' '^identity +HELO$' '^term +a$' \
		'^mail_from +<>$'
}
check "the null sender: HELO is checked" null_sender ''
check "the null sender as <>" null_sender '<>'
limits() {
	printf 'analyzer {\n\tspf_max_terms = 1\n\tzone = "%s"\n}\n' \
		"$(realpath "$ZONE")" >"$TMP/few.conf"
	spf $FAIL -c "$TMP/few.conf" >"$TMP/table"
	has "$TMP/table" '^result +permerror$' '^dns_terms +2 of 1$' \
		'^reason +more DNS terms than allowed$'
}
check "the limits and the zone of -c" limits
pipe_closed() { spf $FAIL --zone "$ZONE" >/dev/full 2>"$TMP/err"; }
check "a full disk: exit 1" expect_exit 1 pipe_closed

# --- servers; one serves the suite's first three parts, too
cases() {
	awk -v zone="$TMP/own.zone" -v list="$TMP/own.cases" '
	function clean(s) { gsub(/^"|"$/, "", s); return s }
	/^---/ { part++ }
	part > 3 { exit }
	{ gsub(/example\.net/, "part" part ".example.net") }
	/^[a-z]/ { data = /^zonedata/; next }
	/^    [^ ].*:$/ { name = substr($1, 1, length($1) - 1); next }
	!data && $1 ~ /^(helo|host|mailfrom|result):$/ {
		v[$1] = clean($2)
		if ($1 == "result:")
			print v["host:"], v["helo:"], v["mailfrom:"], \
				v["result:"], name >list
	}
	data && $1 == "-" {
		type = $2
		sub(/:$/, "", type)
		value = $0
		sub(/^ *- [A-Z]+: /, "", value)
		if (type == "SPF") type = "TXT"
		if (type == "MX") {
			gsub(/[][,]/, "", value)
			value = value "."
		}
		if (type == "CNAME") value = value "."
		if (value ~ /^\[/) gsub(/[][,]/, "", value)
		else if (type == "TXT") value = "\"" clean(value) "\""
		else value = clean(value)
		print name ".", 300, "IN", type, value >zone
	}' "$HERE/../suite/own.yml"
}
cases || exit 1
cat "$ZONE" "$TMP/own.zone" >"$TMP/all.zone"
start_nsd "$TMP/all.zone" || exit 1
check "the golden JSON, from a name server" golden \
	--resolver "127.0.0.1@$NSD_PORT"
from_conf() {
	printf 'analyzer {\n\tresolver = "127.0.0.1@%s"\n}\n' "$NSD_PORT" \
		>"$TMP/nsd.conf"
	golden -c "$TMP/nsd.conf" &&
		has "$TMP/got.json" '"dns_source":"resolver"' \
			"\"dns_server\":\"127.0.0.1@$NSD_PORT\""
}
check "the configured server" from_conf
option_wins() {
	golden -c "$TMP/few.conf" --resolver "127.0.0.1@$NSD_PORT"
	has "$TMP/got.json" '"dns_source":"resolver"'
}
check "--resolver goes before the configured zone" option_wins

SILENT=$(free_port)
node -e 'const s=require("dgram").createSocket("udp4");
s.bind(+process.argv[1],"127.0.0.1",()=>console.log("up"))' "$SILENT" \
	>"$TMP/silent.up" &
PIDS="$PIDS $!"
wait_for test -s "$TMP/silent.up" || exit 1
printf 'analyzer {\n\tspf_timeout_ms = 300\n}\n' >"$TMP/quick.conf"
SILENCE="$FAIL --resolver 127.0.0.1@$SILENT -c $TMP/quick.conf"
check "a silent server: temperror, exit 1" says 1 \
	'no result: the check took longer than 300 ms; try again' $SILENCE
check "and what it was waited for" has "$TMP/out" '^result +temperror$' \
	'^TXT +example.com +waiting +- +- ' '^dns +resolver 127.0.0.1@'
silent_json() {
	spf $SILENCE -o json >"$TMP/out" 2>"$TMP/err"
	[ $? -eq 1 ] && has "$TMP/out" '"result":"temperror"' \
		'"status":"waiting","answers":null' &&
		has "$TMP/err" '^\{"type":"about:blank".*"exit_code":1\}$'
}
check "in JSON, too" silent_json

# In a network of its own nobody can be asked.
alone="unshare -rn"
[ "$(id -u)" -ne 0 ] || alone="unshare -n"
resolv_conf() {
	timeout 60 $alone "$SEKISHO" spf check $FAIL -c "$TMP/quick.conf" \
		>"$TMP/table" 2>/dev/null
	[ $? -eq 1 ] && has "$TMP/table" '^dns +/etc/resolv.conf$' \
		'^result +temperror$'
}
if $alone true 2>/dev/null; then
	check "no server named: that of resolv.conf, and it says so" resolv_conf
else
	echo "skip resolv.conf: no network namespace can be had here"
fi

# --- wrong input
Z="--zone $ZONE"
HF="--helo mail.example.com --from a@example.com"
check "no address" says 2 'ADDRESS is missing' $HF $Z
check "a bad address" says 2 '192.0.2.256: no address' --ip 192.0.2.256 $HF $Z
check "a prefix" says 2 'no address' --ip 192.0.2.0/24 $HF $Z
check "no HELO" says 2 'NAME is missing' --ip 192.0.2.7 --from a@b.example $Z
check "no sender" says 2 'from ADDRESS' --ip 192.0.2.7 --helo h $Z
check "a sender without @" says 2 'no @ in it' --ip 192.0.2.7 --helo h \
	--from example.com $Z
check "a bad domain" says 2 'has an empty label' --ip 192.0.2.7 --helo h \
	--from a@b..example $Z
check "a domain that is no ASCII" says 2 'A-labels' --ip 192.0.2.7 --helo h \
	--from a@b.éxample $Z
check "no zone file" says 2 'none.zone: No such file' $FAIL \
	--zone "$TMP/none.zone"
check "a zone that is a folder" says 2 'a folder' $FAIL --zone "$TMP"
printf 'example.com. 300 IN A 192.0.2.1\nnonsense\n' >"$TMP/bad.zone"
check "a zone with a bad line" says 2 'bad.zone:2: no resource record' $FAIL \
	--zone "$TMP/bad.zone"
check "a resolver that is none" says 2 'dns.example" is no DNS server' $FAIL \
	--resolver dns.example
check "a port that is none" says 2 'is no DNS server' $FAIL \
	--resolver 127.0.0.1@99999
check "both" says 2 'give one' $FAIL $Z --resolver 127.0.0.1
check "CSV" says 2 'no list' $FAIL $Z -o csv
check "a configuration that is not there" says 2 'none.conf' $FAIL $Z \
	-c "$TMP/none.conf"
check "an option that is none" says 2 'nearest: --helo' $FAIL $Z --hello x

# --- the suite's cases
agree() {
	local ip helo from want name got n=0 bad=0
	while read -r ip helo from want name; do
		got=$(spf --ip "$ip" --helo "$helo" --from "$from" -o json \
			--resolver "127.0.0.1@$NSD_PORT" |
			sed -E 's/^\{"result":"([a-z]+)".*/\1/')
		n=$((n + 1))
		[ "$got" = "$want" ] ||
			{ bad=1; echo "$name: $got, suite: $want"; }
	done <"$TMP/own.cases"
	echo "$n cases"
	[ $bad -eq 0 ] && [ $n -ge 20 ]
}
check "the suite's own cases give the same results" agree
finish
