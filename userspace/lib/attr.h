/* SPDX-License-Identifier: GPL-2.0 */
/* Attributes to and from the members of a structure, by a table. */
#ifndef NEMO_ATTR_H
#define NEMO_ATTR_H

#include <netlink/attr.h>
#include <stdbool.h>

#include "prefix.h"

#define ATTR_SEND	1	/* belongs into requests */
#define ATTR_STRING	2	/* ends with a zero */

/* An attribute that is a copy of a member; a table ends with type 0. */
struct attr_field {
	unsigned int type;
	size_t offset;
	size_t size;
	unsigned int how;	/* ATTR_SEND, ATTR_STRING */
};

/* The numbers of a nested prefix's attributes: each family has its own. */
struct prefix_attrs {
	int family;
	int address;
	int length;
};

/* False if it has another size; an attribute that @fields lacks is passed. */
bool attr_get(const struct nlattr *nla, const struct attr_field *fields,
	      void *to);
bool attr_get_prefix(const struct nlattr *nla, const struct prefix_attrs *attrs,
		     struct nemo_prefix *list, unsigned int *n,
		     unsigned int max);

/* @counters has @max + 1 elements, by attribute number. */
bool attr_get_counters(const struct nlattr *nest, uint64_t *counters,
		       unsigned int max);

/* Those of ATTR_SEND that @have tells; 0 or libnl's error. */
int attr_put(struct nl_msg *msg, const struct attr_field *fields,
	     uint64_t have, const void *from);
int attr_put_prefixes(struct nl_msg *msg, int type,
		      const struct prefix_attrs *attrs,
		      const struct nemo_prefix *list, unsigned int n);

#endif /* NEMO_ATTR_H */
