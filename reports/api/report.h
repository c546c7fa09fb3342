/* SPDX-License-Identifier: Apache-2.0 */
/* The folder of nightly reports. */
#pragma once

#include <stdint.h>

#include "base/conf.h"

/* 0: there is none. */
int64_t report_newest_us(const struct conf *conf);
