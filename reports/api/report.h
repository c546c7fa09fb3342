/* SPDX-License-Identifier: Apache-2.0 */
/* The folder of nightly reports. */
#pragma once

#include <stdint.h>

#include "base/conf.h"

/* When the nightly report last succeeded, as it says beside the files, in
 * seconds since the epoch; 0: never. */
int64_t report_made_s(const struct conf *conf);
