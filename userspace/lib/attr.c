// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <string.h>

#include "attr.h"

static const struct attr_field *find(const struct attr_field *fields, int type)
{
	for (; fields->type; fields++)
		if ((int)fields->type == type)
			return fields;
	return NULL;
}

bool attr_get(const struct nlattr *nla, const struct attr_field *fields,
	      void *to)
{
	const struct attr_field *f = find(fields, nla_type(nla));

	if (!f)
		return true;	/* of a newer kernel module */
	if (f->how & ATTR_STRING) {
		nla_strlcpy((char *)to + f->offset, nla, f->size);
		return true;
	}
	if ((size_t)nla_len(nla) != f->size)
		return false;
	memcpy((char *)to + f->offset, nla_data(nla), f->size);
	return true;
}

bool attr_get_prefix(const struct nlattr *nla, const struct prefix_attrs *attrs,
		     struct nemo_prefix *list, unsigned int *n,
		     unsigned int max)
{
	struct nlattr *tb[4];

	if (*n == max || nla_parse_nested(tb, 3, (struct nlattr *)nla, NULL))
		return false;
	if (!tb[attrs->address] || !tb[attrs->length])
		return false;
	if (nla_len(tb[attrs->address]) != sizeof(list->addr))
		return false;
	memcpy(&list[*n].addr, nla_data(tb[attrs->address]),
	       sizeof(list->addr));
	list[(*n)++].len = nla_get_u8(tb[attrs->length]);
	return true;
}

bool attr_get_counters(const struct nlattr *nest, uint64_t *counters,
		       unsigned int max)
{
	struct nlattr *nla;
	int rem;

	nla_for_each_nested(nla, (struct nlattr *)nest, rem)
		if (nla_len(nla) == sizeof(uint64_t) &&
		    (unsigned int)nla_type(nla) <= max)
			counters[nla_type(nla)] = nla_get_u64(nla);
	return true;
}

int attr_parse(struct nlmsghdr *nlh, attr_reader read, void *to, uint64_t *have)
{
	struct nlattr *nla;
	int rem;

	if (!genlmsg_valid_hdr(nlh, 0))
		return -EBADMSG;
	nlmsg_for_each_attr(nla, nlh, GENL_HDRLEN, rem) {
		if (!read(nla, to))
			return -EBADMSG;
		if (nla_type(nla) < 64)
			*have |= 1ULL << nla_type(nla);
	}
	return 0;
}

static int put_field(struct nl_msg *msg, const struct attr_field *f,
		     const void *from)
{
	const char *member = (const char *)from + f->offset;

	if (f->how & ATTR_STRING)
		return nla_put_string(msg, f->type, member);
	return nla_put(msg, f->type, f->size, member);
}

int attr_put(struct nl_msg *msg, const struct attr_field *fields,
	     uint64_t have, const void *from)
{
	for (; fields->type; fields++) {
		int err = 0;

		if (fields->how & ATTR_SEND && have >> fields->type & 1)
			err = put_field(msg, fields, from);
		if (err)
			return err;
	}
	return 0;
}

static int put_prefix(struct nl_msg *msg, int type,
		      const struct prefix_attrs *attrs,
		      const struct nemo_prefix *p)
{
	struct nlattr *nest = nla_nest_start(msg, type | NLA_F_NESTED);

	if (!nest)
		return -NLE_MSGSIZE;
	if (nla_put_u16(msg, attrs->family, AF_INET6) ||
	    nla_put(msg, attrs->address, sizeof(p->addr), &p->addr) ||
	    nla_put_u8(msg, attrs->length, p->len))
		return -NLE_MSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

int attr_put_prefixes(struct nl_msg *msg, int type,
		      const struct prefix_attrs *attrs,
		      const struct nemo_prefix *list, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		if (put_prefix(msg, type, attrs, &list[i]))
			return -NLE_MSGSIZE;
	return 0;
}

struct nl_msg *attr_request(const struct nemo_nl *nl, uint8_t cmd,
			    attr_writer write, const void *from)
{
	struct nl_msg *msg = nemo_nl_msg(nl, cmd);

	if (msg && write(msg, from)) {
		nlmsg_free(msg);
		msg = NULL;
	}
	return msg;
}
