#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The web console in headless Chromium; pictures in BUILD/console/pictures.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=${BIN:-build}/console
command -v chromium >/dev/null || { echo "skipped: no chromium"; exit 0; }
[ -d "$work/node_modules/playwright-core" ] || {
	echo "skipped: this build has no console (no npm)"
	exit 0
}
timeout 300 node tests/browser/console.mjs "$work"
