/* SPDX-License-Identifier: Apache-2.0 */
/* Words that bouncers of CrowdSec understand. */
#pragma once

#include <stdint.h>

/* A duration of Go, which knows no days: "3h59m0s", "-1h0m2s". Returns buf. */
char *crowdsec_duration(int64_t us, char buf[static 40]);
