#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A real Postfix: its submission server, its queue, and a receiver that knows
# few of the recipients. What its log says is what the analyzer reads: log-ins,
# and what became of the mail.
. "$(dirname "$0")/lib.sh"
if [ "$(id -u)" -ne 0 ]; then
	echo "postfix: skip: Postfix starts for root only"
	echo "postfix: 0 passed, 0 failed, 1 skipped"
	exit 0
fi
in_namespace "$0" 200

for p in postfix saslpasswd2 swaks; do
	command -v $p >/dev/null || { echo "postfix: no $p; scripts/setup test"; exit 1; }
done
ip link set lo up
for a in 192.0.2.7 198.51.100.1 203.0.113.{25..36}; do
	ip addr add $a/32 dev lo
done

# --- the submission server, a filter behind it, and the receiver --------------
P=$TMP/postfix
LOG=$P/mail.log
mkdir -p "$P/q" "$P/d" "$P/sasl"
chmod 711 "$TMP" "$P"
chown postfix "$P/d"
cat >"$P/main.cf" <<-EOF
	compatibility_level = 3.6
	config_directory = $P
	queue_directory = $P/q
	data_directory = $P/d
	maillog_file = $LOG
	maillog_file_prefixes = $TMP
	myhostname = mx1.example.com
	mydestination =
	local_recipient_maps =
	inet_interfaces = all
	inet_protocols = ipv4
	mynetworks = 198.51.100.1/32
	smtp_host_lookup = native
	virtual_mailbox_domains = example.net
	virtual_mailbox_maps = regexp:$P/mailboxes
	transport_maps = texthash:$P/transport
	smtp_tls_security_level = none
	smtpd_sasl_path = smtpd
	cyrus_sasl_config_path = $P/sasl
	smtpd_client_connection_count_limit = 0
	smtp_destination_concurrency_limit = 20
EOF
cat >"$P/master.cf" <<-EOF
	postlog unix-dgram n - n - 1 postlogd
	198.51.100.1:587 inet n - n - - smtpd
	  -o syslog_name=postfix/submission
	  -o smtpd_sasl_auth_enable=yes
	  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
	  -o smtpd_reject_unlisted_recipient=no
	  -o content_filter=filter:[127.0.0.1]:10024
	127.0.0.1:10024 inet n - n - - smtpd
	  -o syslog_name=postfix/filtered
	  -o content_filter=
	  -o mynetworks=127.0.0.0/8
	  -o smtpd_authorized_xforward_hosts=127.0.0.0/8
	  -o smtpd_relay_restrictions=permit_mynetworks,reject
	  -o smtpd_reject_unlisted_recipient=no
	2525 inet n - n - - smtpd
	  -o myhostname=mx.example.net
	  -o syslog_name=postfix/receiver
	  -o smtpd_relay_restrictions=reject_unauth_destination
	  -o cleanup_service_name=rcleanup
	  -o content_filter=discard:
	rcleanup unix n - n - 0 cleanup -o header_checks=regexp:$P/spam
	filter unix - - n - 10 smtp -o smtp_send_xforward_command=yes
	pickup unix n - n 60 1 pickup
	cleanup unix n - n - 0 cleanup
	qmgr unix n - n 300 1 qmgr
	rewrite unix - - n - - trivial-rewrite
	bounce unix - - n - 0 bounce
	defer unix - - n - 0 bounce
	trace unix - - n - 0 bounce
	smtp unix - - n - - smtp
	error unix - - n - - error
	retry unix - - n - - error
	discard unix - - n - - discard
	virtual unix - n n - - virtual
	anvil unix - - n - 1 anvil
	scache unix - - n - 1 scache
	showq unix n - n - - showq
	tlsmgr unix - - n 1000? 1 tlsmgr
	proxymap unix - - n - - proxymap
	verify unix - - n - 1 verify
	flush unix n - n 1000? 0 flush
EOF
# The number of a recipient is that of its server; of what these take, nothing
# is left. Nobody has the address old25.
for n in {25..36}; do
	printf '%s@example.net smtp:[203.0.113.%d]:2525\n' friend$n $n old$n $n
done >"$P/transport"
echo '* discard:' >>"$P/transport"
echo '/^friend[0-9]+@example\.net$/ ok' >"$P/mailboxes"
echo '/^Subject: pills/ REJECT 5.7.1 This is spam' >"$P/spam"
cat >"$P/sasl/smtpd.conf" <<-EOF
	pwcheck_method: auxprop
	auxprop_plugin: sasldb
	sasldb_path: $P/sasl/db
	mech_list: PLAIN LOGIN
EOF
for a in anna bert; do
	echo "secret-$a" | saslpasswd2 -p -c -f "$P/sasl/db" -u example.com $a
done
chmod 644 "$P/sasl/db"
stop_postfix() { postfix -c "$P" abort >/dev/null 2>&1; }
postfix -c "$P" start >"$TMP/start" 2>&1 || cat "$TMP/start"
trap 'stop_postfix; cleanup' EXIT
answers() { swaks --server 198.51.100.1:587 --quit-after EHLO >/dev/null 2>&1; }
check "Postfix starts" wait_for answers || cat "$TMP/start" "$LOG"

send() { # ACCOUNT CLIENT SUBJECT RECIPIENT...
	swaks --server 198.51.100.1 --port 587 --local-interface "$2" \
		--auth PLAIN --auth-user "$1@example.com" --auth-password "secret-$1" \
		--from "$1@example.com" --to "$(IFS=,; echo "${*:4}")" \
		--header "Subject: $3" --body x >>"$TMP/swaks" 2>&1
}

# --- an owner and a thief --------------------------------------------------------
send anna 192.0.2.7 hello friend{25..36}@example.net
send anna 192.0.2.7 hello old25@example.net
send bert 203.0.113.30 hello old{25..33}@example.net
send bert 203.0.113.30 pills friend{34..36}@example.net
send bert 203.0.113.30 hello old25@example.net
all_answered() { [ "$(grep -c 'relay=203\.0\.113\..*status=' "$LOG")" -ge 26 ]; }
check "each recipient is answered" wait_for all_answered
check "what nobody has comes back" grep -q 'to=<old33@example.net>, .* status=bounced' "$LOG"
check "and what is spam" grep -q 'to=<friend36@example.net>, .* status=bounced .*This is spam' "$LOG"
stop_postfix
[ -z "${SHOW:-}" ] || cat "$TMP/swaks" "$LOG"

# --- the analyzer ------------------------------------------------------------------
head -c 32 /dev/urandom >"$TMP/hash.key"
echo prefix,customer,class,own_domains >"$TMP/subs.csv"
printf '%s\n' account,customer anna@example.com,C1 bert@example.com,C2 >"$TMP/accounts.csv"
cat >"$TMP/t.conf" <<-EOF
	hash_key_file = "$TMP/hash.key"
	db = "$TMP/x.db"
	network { own_networks = {"192.0.2.0/24"} }
	analyzer { subscribers = "$TMP/subs.csv" }
	logins { accounts_file = "$TMP/accounts.csv" }
EOF
check "its log is read" "$SEKISHO" replay --logins "$LOG" -c "$TMP/t.conf" --db "$TMP/x.db"
# CUSTOMER RESULT: sums of attempts, messages, and of recipients all, taken, unknown
rows() {
	for t in $(sqlite3 "$TMP/x.db" "SELECT name FROM sqlite_master
		WHERE type = 'table' AND name GLOB 'observation_2*'"); do
		sqlite3 -separator ' ' "$TMP/x.db" "SELECT sum(attempts), sum(messages), sum(rcpt_count),
			sum(rcpt_accepted), sum(unknown_users) FROM $t WHERE customer = '$1' AND login = '$2'"
	done | awk '{ for (i = 1; i <= 5; i++) n[i] += $i }
		END { print n[1] + 0, n[2] + 0, n[3] + 0, n[4] + 0, n[5] + 0 }'
}
check "the owner's log-ins" test "$(rows C1 success)" = "2 2 0 0 0"
check "the thief's" test "$(rows C2 success)" = "3 3 0 0 0"
check "the owner's friends took it, one address is old" test "$(rows C1 delivery)" = "13 0 13 12 1"
check "of the thief's recipients nine are none, three refused it" test "$(rows C2 delivery)" = "12 0 12 0 9"
counted() { # COUNTER: of the day the log tells of
	"$SEKISHO" status --db "$TMP/x.db" --date "$(date -u -r "$LOG" +%F)" -o json |
		grep -o "\"$1\": *[0-9]*" | awk -F: '{ n += $2 } END { print n + 0 }'
}
check "all lines are counted" test "$(counted login_lines)" -eq "$(wc -l <"$LOG")"
check "no line was bad" test "$(counted login_bad_lines)" -eq 0
check "each answer that counts was" test "$(counted login_answers)" -eq 25
incidents() { "$SEKISHO" incident list --db "$TMP/x.db" -o csv | tail -n +2; }
check "the thief alone is an incident" sh -c "[ \"\$1\" -eq 1 ] && echo \"\$2\" | grep -q compromised_account,C2" \
	- "$(incidents | wc -l)" "$(incidents)"
check "and the log gives the same again" "$SEKISHO" replay --verify "$TMP/x.db"
finish
