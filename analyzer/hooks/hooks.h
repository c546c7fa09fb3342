/* SPDX-License-Identifier: Apache-2.0 */
/* What all drivers' channels share. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/hooks/desired.h"
#include "analyzer/hooks/outbox.h"
#include "analyzer/hooks/safety.h"
#include "base/conf.h"
#include "store/db.h"

struct hooks {
	struct db *db;
	const struct conf *conf;
	struct desired *desired;
	struct outbox *outbox;
	struct safety *safety;
	int64_t shift_us; /* added to the clock where ends are judged */
	bool panic;       /* nothing is blocked, all is released */
	bool stopped;
	uint64_t random; /* state of the jitter */
	/* Something happened that may have changed what is due. */
	void (*on_change)(void *arg);
	void *arg;
};
