// SPDX-License-Identifier: GPL-2.0
/*
 * The extended acknowledgement (NLMSGERR_ATTR_*): a message, the attribute it
 * is about and the range that attribute should have been in.
 */
#include <inttypes.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <string.h>

#include "extack.h"

static struct nlattr *extack_attrs(struct nlmsghdr *answer, int *len)
{
	struct nlmsgerr *err = nlmsg_data(answer);
	int skip = sizeof(int);	/* NLMSG_DONE holds but the error number */

	if (answer->nlmsg_type == NLMSG_ERROR) {
		skip = sizeof(*err);
		if (!(answer->nlmsg_flags & NLM_F_CAPPED) && err->error)
			skip += nlmsg_datalen(&err->msg);
	}
	skip = NLMSG_ALIGN(skip);
	*len = nlmsg_datalen(answer) - skip;
	return (struct nlattr *)((char *)nlmsg_data(answer) + skip);
}

/* The name of the top level attribute at an offset into the request. */
static const char *attr_at(struct nlmsghdr *request, uint32_t offset,
			   const struct nemo_names *attrs, int hdrlen)
{
	const char *at = (char *)request + offset;
	struct nlattr *nla;
	int rem;

	nlmsg_for_each_attr(nla, request, hdrlen, rem)
		if (at >= (char *)nla && at < (char *)nla + nla_total_size(nla_len(nla)))
			return nemo_name(attrs, nla_type(nla));
	return NULL;
}

static int print_range(char *text, size_t size, struct nlattr *policy)
{
	struct nlattr *tb[NL_POLICY_TYPE_ATTR_MAX + 1];

	if (!policy || nla_parse_nested(tb, NL_POLICY_TYPE_ATTR_MAX, policy, NULL))
		return 0;
	if (!tb[NL_POLICY_TYPE_ATTR_MIN_VALUE_U] ||
	    !tb[NL_POLICY_TYPE_ATTR_MAX_VALUE_U])
		return 0;
	return snprintf(text, size, " (%" PRIu64 " to %" PRIu64 ")",
			nla_get_u64(tb[NL_POLICY_TYPE_ATTR_MIN_VALUE_U]),
			nla_get_u64(tb[NL_POLICY_TYPE_ATTR_MAX_VALUE_U]));
}

void nemo_extack_print(char *text, size_t size, struct nlmsghdr *request,
		       struct nlmsghdr *answer, const struct nemo_names *attrs,
		       int hdrlen)
{
	struct nlattr *tb[NLMSGERR_ATTR_MAX + 1] = { };
	int error = -*(int *)nlmsg_data(answer);
	const char *about = NULL;
	struct nlattr *first;
	size_t n;
	int len;

	first = extack_attrs(answer, &len);
	if (answer->nlmsg_flags & NLM_F_ACK_TLVS && len > 0)
		nla_parse(tb, NLMSGERR_ATTR_MAX, first, len, NULL);

	if (attrs && tb[NLMSGERR_ATTR_MISS_TYPE] && !tb[NLMSGERR_ATTR_MISS_NEST])
		about = nemo_name(attrs, nla_get_u32(tb[NLMSGERR_ATTR_MISS_TYPE]));
	else if (attrs && tb[NLMSGERR_ATTR_OFFS])
		about = attr_at(request, nla_get_u32(tb[NLMSGERR_ATTR_OFFS]),
				attrs, hdrlen);

	if (tb[NLMSGERR_ATTR_MSG])
		n = snprintf(text, size, "%s%s%s", about ?: "", about ? ": " : "",
			     nla_get_string(tb[NLMSGERR_ATTR_MSG]));
	else if (tb[NLMSGERR_ATTR_MISS_TYPE] && about)
		n = snprintf(text, size, "%s is missing", about);
	else
		n = snprintf(text, size, "%s%s%s", about ?: "", about ? ": " : "",
			     strerror(error));
	if (n < size)
		print_range(text + n, size - n, tb[NLMSGERR_ATTR_POLICY]);
}
