#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# oracle_agreement.sh BINDIR CORPUSDIR [-v]: tshark (oracle_agreement.mjs),
# Zeek and Suricata (oracle_logs.mjs).
rc=0
node "$(dirname "$0")/oracle_agreement.mjs" "$@" || rc=1
node "$(dirname "$0")/oracle_logs.mjs" "$@" || rc=1
exit $rc
