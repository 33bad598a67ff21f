/* SPDX-License-Identifier: GPL-2.0 */
/* Attributes to and from the members of a structure, by a table. */
#ifndef NEMO_ATTR_H
#define NEMO_ATTR_H

#include <netlink/attr.h>
#include <stdbool.h>

#include "nl.h"
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

/* Reads one attribute into a structure; false if it is malformed. */
typedef bool (*attr_reader)(const struct nlattr *nla, void *to);

/**
 * attr_parse - read a message of a family
 * @have: a bit for each attribute that was there
 *
 * Return: 0 or -EBADMSG.
 */
int attr_parse(struct nlmsghdr *nlh, attr_reader read, void *to,
	       uint64_t *have);

/* @counters has @max + 1 elements, by attribute number. */
bool attr_get_counters(const struct nlattr *nest, uint64_t *counters,
		       unsigned int max);

/* Those of ATTR_SEND that @have tells; 0 or libnl's error. */
int attr_put(struct nl_msg *msg, const struct attr_field *fields,
	     uint64_t have, const void *from);
int attr_put_prefixes(struct nl_msg *msg, int type,
		      const struct prefix_attrs *attrs,
		      const struct nemo_prefix *list, unsigned int n);

/* Writes a structure's attributes into a request; 0 or libnl's error. */
typedef int (*attr_writer)(struct nl_msg *msg, const void *from);

/* A request of the family with all of them, or NULL without memory. */
struct nl_msg *attr_request(const struct nemo_nl *nl, uint8_t cmd,
			    attr_writer write, const void *from);

#endif /* NEMO_ATTR_H */
