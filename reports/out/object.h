/* SPDX-License-Identifier: Apache-2.0 */
/* A row as a JSON object, for what is no plain list. */
#pragma once

#include "base/jsonw.h"
#include "reports/out/out.h"

void out_json_object(struct jsonw *j, const struct out_column *columns,
    size_t n, const struct out_value *v);
