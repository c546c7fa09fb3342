/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/suite/yaml_tree.h"

#include <string.h>

const char *tree_text(const yaml_node_t *n)
{
	return n != NULL && n->type == YAML_SCALAR_NODE
		   ? (const char *)n->data.scalar.value
		   : NULL;
}

bool tree_pair(yaml_document_t *doc, yaml_node_t *map, size_t i,
    yaml_node_t **key, yaml_node_t **value)
{
	yaml_node_pair_t *p;

	if (map == NULL || map->type != YAML_MAPPING_NODE)
		return false;
	p = map->data.mapping.pairs.start + i;
	if (p >= map->data.mapping.pairs.top)
		return false;
	*key = yaml_document_get_node(doc, p->key);
	*value = yaml_document_get_node(doc, p->value);
	return true;
}

yaml_node_t *tree_get(yaml_document_t *doc, yaml_node_t *map, const char *key)
{
	yaml_node_t *k, *v;

	for (size_t i = 0; tree_pair(doc, map, i, &k, &v); i++)
		if (tree_text(k) != NULL && strcmp(tree_text(k), key) == 0)
			return v;
	return NULL;
}

yaml_node_t *tree_item(yaml_document_t *doc, yaml_node_t *n, size_t i)
{
	yaml_node_item_t *p;

	if (n == NULL)
		return NULL;
	if (n->type == YAML_SCALAR_NODE)
		return i == 0 ? n : NULL;
	if (n->type != YAML_SEQUENCE_NODE)
		return NULL;
	p = n->data.sequence.items.start + i;
	return p < n->data.sequence.items.top ? yaml_document_get_node(doc, *p)
					      : NULL;
}
