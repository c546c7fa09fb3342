#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Submission logs: followed through rotation and kill -9, each line once; a
# stolen password is an incident; no account and no recipient stands anywhere
# in clear.
. "$(dirname "$0")/lib.sh"

A=$TMP/mail.log
D=$TMP/dovecot.log
DB=$TMP/x.db
DAEMON=$TMP/daemon.log
N=0

# --- writing logs: the lines that Postfix, Dovecot and others write ----------
stamp() { TZ=UTC-9 date -d "@$1" '+%b %e %H:%M:%S'; } # of RFC 3164, in Japan
mail() { # TIME ACCOUNT ADDRESS
	N=$((N + 1))
	echo "$(stamp "$1") mx1 postfix/submission/smtpd[77]: 4C$N: client=unknown[$3]:$((N + 1024)), sasl_method=PLAIN, sasl_username=$2"
}
failure() { # TIME ACCOUNT ADDRESS
	echo "$(stamp "$1") mx1 postfix/submission/smtpd[77]: warning: unknown[$3]: SASL LOGIN authentication failed: UGFzc3dvcmQ6, sasl_username=$2"
}
# What became of the last mail: Postfix's smtp(8), behind a content filter.
said() { # TIME RECIPIENT SERVER DSN STATUS TEXT
	echo "$(stamp "$1") mx1 postfix/smtp[78]: 4C$N: to=<$2>, relay=127.0.0.1[127.0.0.1]:10024, delay=0.2, delays=0.1/0/0/0.1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4D$N)"
	echo "$(stamp "$1") mx1 postfix/smtpd[79]: 4D$N: client=localhost[127.0.0.1]:1, orig_queue_id=4C$N, orig_client=unknown[192.0.2.1]:5"
	echo "$(stamp "$1") mx1 postfix/qmgr[80]: 4C$N: removed"
	echo "$(stamp "$1") mx1 postfix/smtp[78]: 4D$N: to=<$2>, relay=mx.example.net[$3]:25, delay=1.2, delays=0.1/0/0.5/0.6, dsn=$4, status=$5 ($6)"
	echo "$(stamp "$1") mx1 postfix/qmgr[80]: 4D$N: removed"
}
taken() { said "$1" "$2" "$3" 2.0.0 sent "250 2.0.0 Ok: queued as 9Z"; }
unknown() {
	said "$1" "$2" "$3" 5.1.1 bounced "host mx.example.net[$3] said: 550 5.1.1 <$2>: Recipient address rejected: User unknown (in reply to RCPT TO command)"
}
dovecot() { # TIME ACCOUNT ADDRESS
	echo "$(date -u -d "@$1" +%FT%T.123456Z) mx2 dovecot: submission-login: Login: user=<$2>, method=PLAIN, rip=$3, lip=198.51.100.1, mpid=9, TLS, session=<a/B+c>"
}
json() { # TIME ACCOUNT ADDRESS MESSAGES
	echo "{\"time\":\"$(date -u -d "@$1" +%FT%TZ)\",\"account\":\"$2\",\"client\":\"$3\",\"result\":\"success\",\"messages\":$4}"
}

# --- set-up -------------------------------------------------------------------
head -c 32 /dev/urandom >"$TMP/hash.key"
cat >"$TMP/subs.csv" <<-EOF
	prefix,customer,class,own_domains
	192.0.2.7,C1,dynamic,
	192.0.2.8,C2,dynamic,
	192.0.2.9,C3,dynamic,
EOF
cat >"$TMP/accounts.csv" <<-EOF
	account,customer
	traveller.anna@example.com,C1
	Stolen.Bert@example.com,C2
	bought.gina@example.com,C3
EOF
cat >"$TMP/t.conf" <<-EOF
	hash_key_file = "$TMP/hash.key"
	db = "$DB"
	socket = "$TMP/s"
	provider = "ISP"
	letters { contact = "desk, 0120-000-000" }
	network { own_networks = {"192.0.2.0/24"} }
	analyzer { subscribers = "$TMP/subs.csv" mode = "enforce" }
	logins {
		files = {"$A", "$D"}
		accounts_file = "$TMP/accounts.csv"
		domain = "example.com"
		time_zone = "+09:00"
		interval_s = 1
	}
EOF
start() {
	"$BIN/sekisho-analyzer" -c "$TMP/t.conf" >>"$DAEMON" 2>&1 &
	PID=$!
	PIDS="$PIDS $PID"
	wait_for grep -q listens "$DAEMON"
}
kill_it() {
	kill -9 "$PID"
	wait "$PID" 2>/dev/null
}
# How often the log tells of log-ins: the sum over its rows.
logged() {
	"$SEKISHO" observation list --db "$DB" --kind login -o csv --limit 0 |
		awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "attempts") c = i }
			NR > 1 { n += $c } END { print n + 0 }'
}
# Counted on the day that the log tells of, which may be yesterday.
counter() {
	for d in $(date -u -d "@$T0" +%F) $(date -u -d "@$((T0 + 7100))" +%F); do
		"$SEKISHO" status --db "$DB" --date "$d" -o json
	done | uniq | grep -o "\"$1\": *[0-9]*" | awk -F: '{ n += $2 } END { print n + 0 }'
}
has_logged() { [ "$(logged)" -eq "$1" ]; }
incidents() { "$SEKISHO" incident list --db "$DB" -o csv | tail -n +2 | wc -l; }
one_incident() { [ "$(incidents)" -eq 1 ]; }
explained() { "$SEKISHO" explain I1 --db "$DB" -c "$TMP/t.conf" | grep -q -- "$1"; }

T0=$(($(date +%s) - 7200))

# --- people as they are -------------------------------------------------------
start
for i in 0 1 2 3 4 5; do
	mail $((T0 + i * 500)) traveller.anna@example.com 203.0.$((i + 10)).4
	mail $((T0 + i * 500 + 9)) Traveller.Anna 192.0.2.7
done >"$A" # a file that appears later
for i in $(seq 40); do
	dovecot $((T0 + i * 60)) phone.carla@example.com 198.18.$((i % 12)).9
done >"$D"
check "both files are read" wait_for has_logged 52
check "a traveller and a telephone are no incident" test "$(incidents)" -eq 0

# --- a stolen password --------------------------------------------------------
for i in $(seq 5); do
	failure $((T0 + i * 60)) stolen.bert@example.com "198.$((i + 20)).3.4"
done >>"$A"
for i in $(seq 12); do
	mail $((T0 + 1000 + i * 120)) stolen.bert@example.com "198.$((i + 20)).3.4"
done >>"$A"
for i in $(seq 25); do
	mail $((T0 + 2500 + i * 2)) stolen.bert@example.com 198.24.3.4
done >>"$A"
json $((T0 + 2560)) stolen.bert@example.com 198.24.3.4 200 >>"$D"
check "an incident appears" wait_for one_incident
check "of the customer who has the account" \
	sh -c "'$SEKISHO' incident list --db '$DB' -o csv | grep -q compromised_account,C2"
check "all lines are in the log" wait_for has_logged $((52 + 5 + 12 + 25 + 1))
check "explain: from how many networks" explained 'logged in from [0-9]* networks in [0-9]* min, then sent [0-9]* mails'
check "explain: what was guessed before" explained 'had failed to log in before'
check "explain: what to do" explained 'set a new one, end all sessions'
check "explain: each log-in" explained '1 log-in from 198.24.3.4, account'
check "explain: why the line stays open" explained 'closing port 25 of the customer'
check "no decision about the innocent line" \
	test -z "$("$SEKISHO" decision list --db "$DB" -o csv | tail -n +2)"

# --- what receivers say ---------------------------------------------------------
# A machine reports to one dead address, night after night; our server is on a
# block list; and a slow thief writes to a list that he bought, from one address.
before=$(logged)
for i in $(seq 30); do
	mail $((T0 + 2600 + i * 61)) machine.hugo@example.com 192.0.2.7
	unknown $((T0 + 2600 + i * 61)) gone.ida@example.net 198.51.100.25
	said $((T0 + 2601 + i * 61)) "friend.jan$i@example.net" 198.51.100.26 5.7.1 bounced \
		"host mx.example.net[198.51.100.26] said: 554 5.7.1 Service unavailable; Client host [192.0.2.25] blocked using zen.example (in reply to RCPT TO command)"
done >>"$A"
check "a dead address counts once, a listing of our server not" wait_for has_logged $((before + 30 + 1))
check "and are no incident" test "$(incidents)" -eq 1
before=$(logged)
for i in $(seq 12); do
	mail $((T0 + 2600 + i * 180)) bought.gina@example.com 203.0.113.44
	if [ $((i % 4)) -eq 0 ]; then
		taken $((T0 + 2601 + i * 180)) "victim.kai$i@example.net" "198.51.100.$i"
	else
		unknown $((T0 + 2601 + i * 180)) "victim.kai$i@example.net" "198.51.100.$i"
	fi
done >>"$A"
check "each answer is the account's" wait_for has_logged $((before + 12 + 12))
two_incidents() { [ "$(incidents)" -eq 2 ]; }
check "a bought list is an incident" wait_for two_incidents
check "explain: how its mail fared" sh -c "
	'$SEKISHO' explain I2 --db '$DB' -c '$TMP/t.conf' | grep -q 'sent mail, of whose recipients in [0-9]* min 9 were unknown, 0 refused it for its content or sender, and 2 took it'"
check "explain: each answer" sh -c "
	'$SEKISHO' explain I2 --db '$DB' -c '$TMP/t.conf' | grep -q 'receivers answered: 0 taken, 1 recipient unknown, 0 refused'"
letter() {
	"$SEKISHO" incident letter "$1" --lang en --dry-run --db "$DB" -c "$TMP/t.conf" >"$TMP/letter" &&
		grep -q 'addresses that do not exist' "$TMP/letter"
}
several() { letter I1 && grep -q 'Different networks that logged in: [0-9]' "$TMP/letter"; }
none() { letter I2 && ! grep -q 'Different networks' "$TMP/letter"; }
check "a letter tells how many networks logged in" several
check "but not of one" none
check "they are counted" test "$(counter login_answers)" -eq 13

# --- rotation -----------------------------------------------------------------
before=$(logged)
mv "$A" "$A.1"
mail $((T0 + 5000)) rotated.dora 192.0.2.9 >>"$A.1" # not yet told to reopen
sleep 1
mail $((T0 + 5001)) rotated.dora 192.0.2.9 >>"$A.1"
mail $((T0 + 5002)) rotated.dora 192.0.2.9 >>"$A"
check "renamed: each line once" wait_for has_logged $((before + 3))
dovecot $((T0 + 5003)) rotated.dora 192.0.2.9 >>"$D"
cp "$D" "$D.1"
: >"$D"
dovecot $((T0 + 5004)) rotated.dora 192.0.2.9 >>"$D"
check "copied and cut: each line once" wait_for has_logged $((before + 5))

# --- kill -9 while lines come ---------------------------------------------------
before=$(logged)
(
	for i in $(seq 400); do
		mail $((T0 + 5100 + i)) "busy$((i % 7)).emil" 192.0.2.$((i % 9 + 20)) >>"$A"
		[ $((i % 200)) -eq 0 ] && mv "$A" "$A.$i"
		sleep 0.01
	done
) &
WRITER=$!
for _ in 1 2 3 4 5; do
	sleep 0.7
	kill_it
	start
done
wait $WRITER
check "killed five times, rotated twice: each line once" \
	wait_for has_logged $((before + 400))
sleep 1.5
check "and not once more" has_logged $((before + 400))
check "no file was lost" sh -c "! grep -q 'before it was read' '$DAEMON'"

# --- a flood of guesses ---------------------------------------------------------
before=$(logged)
awk -v t="$(stamp $((T0 + 6000)))" 'BEGIN { for (i = 0; i < 200000; i++)
	printf "%s mx1 postfix/smtpd[1]: warning: unknown[10.%d.%d.1]: SASL LOGIN authentication failed: x, sasl_username=guessed%d\n", t, i / 256 % 256, i % 256, i }' >>"$A"
flood_is_read() { [ "$(counter login_failures_unknown)" -ge 200000 ]; }
check "guesses at accounts that are none are counted" wait_for flood_is_read
check "and are no rows" has_logged "$before"
check "in bounded memory" sh -c "[ \$(awk '/VmHWM/ { print \$2 }' /proc/$PID/status) -lt 150000 ]"

# --- bad lines -------------------------------------------------------------------
{
	echo "$(stamp $((T0 + 6100))) mx1 dovecot: submission-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<victim.fritz>, method=PLAIN, rip=198.51.100.9, lip=1.1.1.1, x>, method=PLAIN, rip=203.0.113.9"
	head -c 20000 /dev/zero | tr '\0' x
	echo
	head -c 3000 /dev/urandom
	echo
} >>"$A"
bad_is_counted() { [ "$(counter login_bad_lines)" -ge 1 ] && [ "$(counter login_long_lines)" -ge 1 ]; }
check "what is not understood is counted" wait_for bad_is_counted
check "the analyzer is still there" kill -0 "$PID"

# --- nobody's account -----------------------------------------------------------
ID=$("$SEKISHO" observation list --db "$DB" --kind login -o csv --limit 0 | grep -o 'account:[0-9a-f]*' | head -n 1)
check "an account without a customer has an id" test -n "$ID"
check "that cannot be blocked, which is said" sh -c "
	'$SEKISHO' block '$ID' --reason x --db '$DB' 2>&1 | grep -q 'no line that could be closed'"

# --- what stays -------------------------------------------------------------------
kill "$PID"
wait "$PID" 2>/dev/null
check "the log gives the same again" "$SEKISHO" replay --verify "$DB"
clear_text() {
	! grep -aiqE 'traveller|carla|stolen|dora|emil|guessed|victim|fritz|gina|hugo|ida@|jan1|kai1' "$@"
}
check "no account and no recipient in the database" clear_text "$DB"
check "no account in the daemon's log" clear_text "$DAEMON"
check "a log can be replayed" "$SEKISHO" replay --logins "$A.1" -c "$TMP/t.conf" --db "$TMP/r.db"
check "with the same incident" sh -c "
	'$SEKISHO' incident list --db '$TMP/r.db' -o csv | grep -q compromised_account,C2"
check "twice the same" sh -c "
	'$SEKISHO' replay --logins '$A.1' -c '$TMP/t.conf' --db '$TMP/r2.db' 2>/dev/null &&
	'$SEKISHO' observation list --db '$TMP/r.db' -o csv --limit 0 >'$TMP/1' &&
	'$SEKISHO' observation list --db '$TMP/r2.db' -o csv --limit 0 >'$TMP/2' &&
	cmp '$TMP/1' '$TMP/2'"
finish
