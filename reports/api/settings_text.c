/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/api/settings_text.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

struct text {
	const char *section, *key, *ja;
};

#define S(section, ja)
#define U(unit, ja)
#define K(section, key, ja)

#undef S
#define S(section, ja) {section, "", ja},
static const struct text titles[] = {
#include "reports/api/settings_ja.def"
};
#undef S
#define S(section, ja)

#undef U
#define U(unit, ja) {unit, "", ja},
static const struct text units[] = {
#include "reports/api/settings_ja.def"
};
#undef U
#define U(unit, ja)

#undef K
#define K(section, key, ja) {section, key, ja},
static const struct text helps[] = {
#include "reports/api/settings_ja.def"
};

#define COUNT(v) (sizeof(v) / sizeof((v)[0]))

static const char *find(
    const struct text *v, size_t n, const char *section, const char *key)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i].section, section) == 0 &&
		    strcmp(v[i].key, key) == 0)
			return v[i].ja;
	return NULL;
}

const char *settings_title_ja(const char *section)
{
	return find(titles, COUNT(titles), section, "");
}

const char *settings_unit_ja(const char *unit)
{
	return find(units, COUNT(units), unit, "");
}

const char *settings_help_ja(const char *section, const char *key)
{
	return find(helps, COUNT(helps), section, key);
}

/* Thousandths: all unless ";q=0.8" says otherwise. */
static int weight_of(const char *range, size_t len)
{
	const char *q = memmem(range, len, "q=", 2);
	int weight = 0, unit = 1000;

	if (q == NULL)
		return unit;
	for (q += 2; unit > 0 && ((*q >= '0' && *q <= '9') || *q == '.'); q++)
		if (*q != '.') {
			weight += (*q - '0') * unit;
			unit /= 10;
		}
	return weight <= 1000 ? weight : 0;
}

static bool is_range(const char *range, const char *language)
{
	return strncasecmp(range, language, 2) == 0 &&
	       strchr("-;, \t", range[2]) != NULL;
}

bool settings_likes_ja(const char *accept)
{
	bool ja = false;
	int best = 0;

	while (accept != NULL && *accept != '\0') {
		size_t len;
		int weight;

		accept += strspn(accept, ", \t");
		len = strcspn(accept, ",");
		weight = weight_of(accept, len);
		if (weight > best &&
		    (is_range(accept, "ja") || is_range(accept, "en"))) {
			best = weight;
			ja = is_range(accept, "ja");
		}
		accept += len;
	}
	return ja;
}
