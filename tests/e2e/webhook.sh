#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# sekisho-driver-webhook against a receiver that checks its signatures.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/driver.sh"

SECRET=whsec_$(head -c 32 /dev/urandom | base64)
OLD=whsec_$(head -c 24 /dev/urandom | base64)
LOG=$TMP/log
echo "$SECRET" >"$TMP/keys"
serve() { # PORTFILE [KEY CERT]
	node "$(dirname "$0")/webhook.mjs" "$LOG" "$TMP/$1" "$SECRET" "${@:2}" 8>&- 9<&- &
	PIDS="$PIDS $!"
	wait_for test -s "$TMP/$1"
}
serve http
URL=http://127.0.0.1:$(cat "$TMP/http")
driver_is() { # PATH OPTION...
	start_driver "$BIN/sekisho-driver-webhook" -k "$TMP/keys" "${@:2}" "$URL$1"
}
# last FIELD...: of the last request
last() {
	tail -n 1 "$LOG" | node -e 'let s="";process.stdin.on("data",d=>s+=d).on("end",()=>{
const o=JSON.parse(s);console.log(process.argv.slice(1).map(f=>f.split(".").reduce((v,k)=>v?.[k],o)).join(" "))})' "$@"
}
last_is() { # WANT FIELD...
	local got
	got=$(last "${@:2}")
	[ "$got" = "$1" ] || { echo "got $got, want $1"; tail -n 1 "$LOG"; return 1; }
}
requests() { [ "$(wc -l <"$LOG")" -eq "$1" ] || { cat "$LOG"; return 1; }; }
refused() { # TEXT...: the answer to a block
	! block "$SEQ" "C$SEQ" '"192.0.2.7/32"' || return 1
	for t; do
		case $ANSWER in *"$t"*) ;; *) echo "got $ANSWER, want $t"; return 1 ;; esac
	done
}
transient() {
	refused "$@" && case $ANSWER in *permanent*) echo "$ANSWER"; return 1 ;; esac
}

driver_is /200
check "hello" says '{"op":"hello"}' \
	'{"ports":true,"port_sets":true,"sees_refused":false,"max_entries":1000000,"window":8}'
check "block" block 41 C7 '"192.0.2.7/32"'
check "is posted" last_is "POST /200 application/json" method path type
check "with a good signature" last_is "true 1" good signatures
check "the body is the order" last_is "block 41 C7 192.0.2.7/32 $UNTIL" \
	body.op body.seq body.subscriber body.targets body.until_us
ID=$(last id)
check "the id has the number and no dot" grep -qE '^sekisho_41_[0-9a-f]{16}$' <<<"$ID"
check "the same again" block 41 C7 '"192.0.2.7/32"'
check "is not posted again" requests 1
check "an older one" block 40 C7 '"192.0.2.7/32"'
check "is not posted" requests 1
check "the same with other addresses" block 41 C7 '"192.0.2.8/32"'
check "is posted" requests 2
check "under another id" test "$(last id)" != "$ID"
check "unblock" unblock 42 C7 '"192.0.2.7/32"'
check "is posted" last_is "unblock 42 true" body.op body.seq good
shared() {
	says '{"op":"block","seq":43,"subscriber":"M1","port_sets":[{"target":"203.0.113.7/32","source_ports":[[1024,2047]]}],"until_us":0}' '{"seq":43,"ok":true}'
}
check "port sets are passed on" shared
check "as they came" last_is "203.0.113.7/32 1024,2047" \
	body.port_sets.0.target body.port_sets.0.source_ports
check "what was told is listed" says '{"op":"list"}' '{"ok":true,"held":[{"subscriber":"M1","seq":43,"targets":[],"port_sets":[{"target":"203.0.113.7/32","source_ports":[[1024,2047]]}],"until_us":0}]}'

# A new process, a second secret.
printf '%s\n%s # until Friday\n' "$OLD" "$SECRET" >"$TMP/keys"
check "a second secret while it runs" block 44 C8 '"192.0.2.8/32"'
check "both sign" last_is "true 2" good signatures
driver_is /200
restored() {
	says '{"op":"block","seq":41,"event":"restored","cause":"detector","subscriber":"C7","targets":["192.0.2.7/32"],"ports":[25],"until_us":'"$UNTIL}" '{"seq":41,"ok":true}'
}
check "a new process gets what is in force" restored
check "and posts it under the same id" last_is "$ID restored" id body.event
again() { # OP TURN: taken back, and in force again
	says '{"op":"'"$1"'","seq":41,"event":"restored","cause":"detector","subscriber":"C7","targets":["192.0.2.7/32"],"ports":[25],"until_us":'"$UNTIL"',"turn":'"$2}" '{"seq":41,"ok":true}'
}
driver_is /200
check "what is taken back" again unblock 1
BACK=$(last id)
check "and comes again" again block 1
check "comes under an id of its own" sh -c "[ '$(last id)' != '$ID' ] && [ '$(last id)' != '$BACK' ]"
AGAIN=$(last id)
driver_is /200
check "which it has when it is sent again" again block 1
check "really" last_is "$AGAIN 1" id body.turn
check "the next time" again unblock 2
check "it is another one" sh -c "[ '$(last id)' != '$BACK' ]"
driver_is /200 -R
n=$(wc -l <"$LOG")
check "-R: a restored one" restored
check "-R: is not posted" requests "$n"
check "-R: a new one" block 45 C9 '"192.0.2.9/32"'
check "-R: is" requests $((n + 1))

driver_is /200 -c https://isp.example/sekisho -e jp.isp.op25b
check "as a CloudEvent" block 46 C1 '"192.0.2.1/32"'
check "its envelope" last_is "application/cloudevents+json 1.0 https://isp.example/sekisho jp.isp.op25b.block.v1 C1 0000000000000000046 46 true" \
	type body.specversion body.source body.type body.subject body.sequence body.data.seq good
check "its id is the webhook's" test "$(last id)" = "$(last body.id)"
echo "Authorization: Bearer t0ken" >"$TMP/headers"
driver_is /200 -H "$TMP/headers"
check "further headers" block 47 C1 '"192.0.2.1/32"'
check "are sent" last_is "Bearer t0ken" token
start_driver "$BIN/sekisho-driver-webhook" -k none "$URL/200"
check "-k none" block 48 C1 '"192.0.2.1/32"'
check "is not signed" last_is false good

# What answers mean.
SEQ=60
for s in 500 502 503 408; do
	driver_is /$s
	check "$s: again later" transient "HTTP $s"
done
driver_is /429
check "429: again later, with its time" transient "HTTP 429, again after 30 s"
driver_is /503
check "503" transient "HTTP 503"
ID=$(last id)
driver_is /200
check "the same order at last" block 60 C60 '"192.0.2.7/32"'
check "has the same id" last_is "$ID" id
SEQ=61
for s in 400 401 404 410; do
	driver_is /$s
	check "$s: never again" refused "HTTP $s" '"permanent":true'
done
driver_is /422
check "what the receiver says is told" refused "no such customer" permanent
driver_is /302
check "a redirect is not followed" refused "HTTP 302: redirects are not followed; set the URL to $URL/200" permanent
check "really" last_is /302 path
driver_is /three -t 10
together() { # three lines in one write: a batch
	local a b c want
	printf '%s\n%s\n%s\n' "$(line block 80 A '"192.0.2.7/32"')" \
		"$(line block 81 B '"192.0.2.8/32"')" \
		"$(line block 82 C '"192.0.2.9/32"')" >"$TMP/three"
	cat "$TMP/three" >&8
	read -r -t 30 a <&9; read -r -t 30 b <&9; read -r -t 30 c <&9
	want='{"seq":80,"ok":true}{"seq":81,"ok":true}{"seq":82,"ok":true}'
	[ "$a$b$c" = "$want" ] || { echo "$a$b$c"; return 1; }
}
check "requests are under way at once" together
two() { # a subscriber: the one after the other
	local a b
	printf '%s\n%s\n' "$(line block 83 A '"192.0.2.7/32"')" \
		"$(line block 84 A '"192.0.2.8/32"')" >"$TMP/two"
	cat "$TMP/two" >&8
	read -r -t 30 a <&9; read -r -t 30 b <&9
	[ "$a$b" = '{"seq":83,"ok":true}{"seq":84,"ok":true}' ] || { echo "$a$b"; return 1; }
}
driver_is /200
check "but of a subscriber one by one" two
check "in their order" test "$(grep -o '"seq":8[34]' "$TMP/log" | tail -2 | tr '\n' ' ')" = '"seq":83 "seq":84 '
driver_is /slow -t 1
check "a receiver that hangs" transient "timed out"
driver_is /cut
check "a connection that is cut" transient "mpty reply"
start_driver "$BIN/sekisho-driver-webhook" -k "$TMP/keys" http://127.0.0.1:1/
check "nobody there" transient "onnect"
driver_is /200
rm "$TMP/keys"
check "a secret that is gone: not sent" transient "keys: No such file"
echo "$SECRET" >"$TMP/keys"
check "and back: sent" block 61 C61 '"192.0.2.7/32"'

# TLS
openssl_ca() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
		-keyout "$TMP/ca.key" -out "$TMP/ca.pem" -subj /CN=test-ca \
		-addext basicConstraints=critical,CA:TRUE &&
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout "$TMP/s.key" -out "$TMP/s.csr" -subj /CN=localhost &&
	printf 'subjectAltName=DNS:localhost\n' >"$TMP/ext" &&
	openssl x509 -req -in "$TMP/s.csr" -CA "$TMP/ca.pem" -CAkey "$TMP/ca.key" \
		-CAcreateserial -days 2 -out "$TMP/s.pem" -extfile "$TMP/ext"
}
check "a CA of our own" openssl_ca
serve https "$TMP/s.key" "$TMP/s.pem"
PORT=$(cat "$TMP/https")
SEQ=70
start_driver "$BIN/sekisho-driver-webhook" -k "$TMP/keys" "https://localhost:$PORT/200"
check "https of an unknown authority: not sent" transient "SSL certificate problem"
start_driver "$BIN/sekisho-driver-webhook" -k "$TMP/keys" -a "$TMP/ca.pem" "https://127.0.0.1:$PORT/200"
check "https of another name: not sent" transient "SSL"
start_driver "$BIN/sekisho-driver-webhook" -k "$TMP/keys" -a "$TMP/ca.pem" "https://localhost:$PORT/200"
check "https with -a" block 70 C70 '"192.0.2.7/32"'
check "arrives, signed" last_is "/200 true" path good
stop_driver

# --- by way of sekisho-hooks ------------------------------------------------
generate all 1 || exit 1
cat >>"$TMP/t.conf" <<EOF
driver "desk" { command = {"sekisho-driver-webhook", "-k", "$TMP/keys", "$URL/200"} }
driver "away" { command = {"sekisho-driver-webhook", "-k", "$TMP/keys", "$URL/401"} }
EOF
C="-c $TMP/t.conf --db $TMP/x.db"
"$SEKISHO" replay "$TMP/t.pcap" --db "$TMP/x.db" -c "$TMP/t.conf" 2>/dev/null
"$SEKISHO" block C1001 --ttl 1h --reason "called the desk" $C >/dev/null
"$BIN/sekisho-hooks" $C 2>"$TMP/hooks.log" &
PIDS="$PIDS $!"
told() { tail -n 1 "$LOG" | grep -q '"subscriber":"C1001"'; }
delivered() {
	[ "$("$SEKISHO" hook list --driver desk --state done -o ids $C | wc -l)" -ge 1 ] &&
		grep -q '"path":"/200".*C1001' "$LOG"
}
check "sekisho-hooks tells the receiver" wait_for delivered
tested() {
	"$SEKISHO" hook test desk $C >"$TMP/out" && grep -qx 'desk: ok' "$TMP/out" &&
		grep '"path":"/200"' "$LOG" | tail -n 1 |
			grep -q '"id":"sekisho_test_.*"good":true,"body":{"op":"test"' ||
		return 1
	expect_exit 1 "$SEKISHO" hook test away $C >"$TMP/out" &&
		grep -q 'away: HTTP 401' "$TMP/out" || return 1
	expect_exit 3 "$SEKISHO" hook test nobody $C 2>/dev/null
}
check "hook test: a signed delivery of nothing" tested
ROW=$(sqlite3 "$TMP/x.db" "select id from delivery where driver = 'desk' and
	state = 'done' and attempts > 0 and decision_seq =
	(select max(seq) from decision where customer = 'C1001')")
first_id() { grep '"path":"/200"' "$LOG" | grep C1001 | sed -n "${1}s/.*\"id\":\"\([^\"]*\)\".*/\1/p"; }
posts() { grep '"path":"/200"' "$LOG" | grep -c C1001; }
replayed() { # once more, by the same name
	local n
	n=$(posts)
	"$SEKISHO" hook replay "$ROW" --driver desk --reason lost -n $C 2>&1 |
		grep -q "1 would be told again" && [ "$(posts)" = "$n" ] || return 1
	"$SEKISHO" hook replay "$ROW" --driver desk --reason lost $C |
		grep -qx "1 told again" || return 1
	more() { [ "$(posts)" -eq $((n + 1)) ]; }
	wait_for more && [ "$(first_id 1)" = "$(first_id $((n + 1)))" ] &&
		grep '"path":"/200"' "$LOG" | tail -n 1 | grep -q '"again":true' &&
		"$SEKISHO" audit list --verb replay -o csv $C | grep -q lost
}
check "hook replay: again, under its old id" replayed
overtaken() {
	"$SEKISHO" release C1001 --reason done $C >/dev/null || return 1
	ended() { grep '"path":"/200"' "$LOG" | grep C1001 | tail -n 1 | grep -q '"op":"unblock"'; }
	wait_for ended || return 1
	expect_exit 3 "$SEKISHO" hook replay "$ROW" --driver desk --reason lost $C &&
		ended && expect_exit 2 "$SEKISHO" hook replay --reason lost $C
}
check "what a newer decision has overtaken is not told" overtaken

bad() { # TEXT ARGUMENT...
	expect_exit 1 "$BIN/sekisho-driver-webhook" "${@:2}" </dev/null 2>"$TMP/bad" &&
		grep -q "$1" "$TMP/bad" || { cat "$TMP/bad"; return 1; }
}
check "no secret: it says so" bad "give the file of the secret" http://x/
check "a file that is none" bad "No such file" -k /no/such/file http://x/
echo whsec_dG9vIHNob3J0 >"$TMP/short"
check "a secret that is too short" bad "line 1: it must be" -k "$TMP/short" http://x/
check "a URL that is none" bad "no URL" -k "$TMP/keys" ftp://x/
check "a CA file that is not there" bad "No such file" -k "$TMP/keys" -a /no/such https://x/
finish
