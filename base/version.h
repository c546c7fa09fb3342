/* SPDX-License-Identifier: Apache-2.0 */
/* The version that every program prints. */
#pragma once

#define SEKISHO_VERSION "0.1.0"
