/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a libyaml document: maps, lists, texts. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <yaml.h>

/* NULL where there is none, or doc has another kind of node there. */
yaml_node_t *tree_get(yaml_document_t *doc, yaml_node_t *map, const char *key);
const char *tree_text(const yaml_node_t *n);
/* The i-th item of a list; a text is a list of one. NULL: no more. */
yaml_node_t *tree_item(yaml_document_t *doc, yaml_node_t *n, size_t i);
/* The i-th pair of a map. False: no more. */
bool tree_pair(yaml_document_t *doc, yaml_node_t *map, size_t i,
    yaml_node_t **key, yaml_node_t **value);
