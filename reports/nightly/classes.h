/* SPDX-License-Identifier: Apache-2.0 */
/* What a day was for each class of lines. */
#pragma once

#include <stdio.h>

#include "base/jsonw.h"
#include "reports/nightly/night.h"

/* Classes with nothing to say are left out; by name. */
void classes_print_text(const struct night *n, FILE *f);
/* As an array under the key "classes". */
void classes_print_json(const struct night *n, struct jsonw *j);
