/* SPDX-License-Identifier: Apache-2.0 */
/* Which link types are read. */
#pragma once

#include <stdbool.h>

/* linktype: DLT_ value of libpcap. */
bool link_is_known(int linktype);
