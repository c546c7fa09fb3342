#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# oracle_agreement.sh BINDIR CORPUSDIR [-v]: see oracle_agreement.mjs.
exec node "$(dirname "$0")/oracle_agreement.mjs" "$@"
