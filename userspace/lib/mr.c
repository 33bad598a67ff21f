// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>

#include "attr.h"
#include "list.h"
#include "mr.h"

static const struct prefix_attrs prefix_attrs = {
	.family = NEMO_MR_A_PREFIX_FAMILY,
	.address = NEMO_MR_A_PREFIX_ADDRESS,
	.length = NEMO_MR_A_PREFIX_LENGTH,
};

#define AT(member)	offsetof(struct nemo_mr_info, member)
#define SIZE(member)	sizeof(((struct nemo_mr_info){ }).member)

/* Attributes that occur once; the others have functions of their own below. */
static const struct attr_field fields[] = {
	{ NEMO_MR_A_IFINDEX, AT(ifindex), SIZE(ifindex), ATTR_SEND },
	{ NEMO_MR_A_NAME, AT(name), SIZE(name), ATTR_SEND | ATTR_STRING },
	{ NEMO_MR_A_HOA, AT(hoa), SIZE(hoa), ATTR_SEND },
	{ NEMO_MR_A_HA, AT(ha), SIZE(ha), ATTR_SEND },
	{ NEMO_MR_A_COA, AT(coa), SIZE(coa), ATTR_SEND },
	{ NEMO_MR_A_PEER, AT(peer), SIZE(peer), ATTR_SEND },
	{ NEMO_MR_A_STATE, AT(state), SIZE(state), ATTR_SEND },
	{ NEMO_MR_A_ATTACHMENT, AT(attachment), SIZE(attachment), ATTR_SEND },
	{ NEMO_MR_A_FLAGS, AT(flags), SIZE(flags), ATTR_SEND },
	{ NEMO_MR_A_SEQ, AT(seq), SIZE(seq), ATTR_SEND },
	{ NEMO_MR_A_LIFETIME, AT(lifetime), SIZE(lifetime), ATTR_SEND },
	{ NEMO_MR_A_HOLD_PACKETS, AT(hold_packets), SIZE(hold_packets), ATTR_SEND },
	{ NEMO_MR_A_HOLD_BYTES, AT(hold_bytes), SIZE(hold_bytes), ATTR_SEND },
	{ NEMO_MR_A_MARKER_TIMEOUT, AT(marker_timeout), SIZE(marker_timeout), ATTR_SEND },
	{ NEMO_MR_A_EXPIRES, AT(expires), SIZE(expires), 0 },
	{ NEMO_MR_A_HELD_UPLINK, AT(held_uplink), SIZE(held_uplink), 0 },
	{ NEMO_MR_A_HELD_DOWNLINK, AT(held_downlink), SIZE(held_downlink), 0 },
	{ NEMO_MR_A_MARKER_DUE, AT(marker_due), SIZE(marker_due), 0 },
	{ NEMO_MR_A_LAST_FRAME, AT(last_frame), SIZE(last_frame), 0 },
	{ NEMO_MR_A_OLD_STATE, AT(old_state), SIZE(old_state), 0 },
	{ NEMO_MR_A_REASON, AT(reason), SIZE(reason), 0 },
	{ NEMO_MR_A_TIME, AT(time), SIZE(time), 0 },
	{ }
};

static bool get_guest(const struct nlattr *nla, struct nemo_mr_info *info)
{
	if (nla_len(nla) != 6 || info->guests == NEMO_MR_GUEST_MAX)
		return false;
	memcpy(info->guest[info->guests++], nla_data(nla), 6);
	return true;
}

static bool get_exclude(const struct nlattr *nla, struct nemo_mr_info *info)
{
	if (info->excludes == NEMO_MR_EXCLUDE_MAX)
		return false;
	nla_strlcpy(info->exclude[info->excludes++], nla, IFNAMSIZ);
	return true;
}

static bool get_attr(const struct nlattr *nla, void *to)
{
	struct nemo_mr_info *info = to;

	switch (nla_type(nla)) {
	case NEMO_MR_A_PREFIX:
		return attr_get_prefix(nla, &prefix_attrs, info->prefix,
				       &info->prefixes, NEMO_MR_PREFIX_MAX);
	case NEMO_MR_A_GUEST:
		return get_guest(nla, info);
	case NEMO_MR_A_EXCLUDE:
		return get_exclude(nla, info);
	case NEMO_MR_A_STATS:
		return attr_get_counters(nla, info->stats, NEMO_MR_A_STATS_MAX);
	default:
		return attr_get(nla, fields, info);
	}
}

int nemo_mr_parse(struct nlmsghdr *nlh, struct nemo_mr_info *info)
{
	int err;

	*info = (struct nemo_mr_info){ };
	err = attr_parse(nlh, get_attr, info, &info->have);
	if (!err)
		info->cmd = genlmsg_hdr(nlh)->cmd;
	return err;
}

static int put_guests(struct nl_msg *msg, const struct nemo_mr_info *info)
{
	static const uint8_t none[6];

	if (!info->guests)
		return nla_put(msg, NEMO_MR_A_GUEST, 6, none);
	for (unsigned int i = 0; i < info->guests; i++)
		if (nla_put(msg, NEMO_MR_A_GUEST, 6, info->guest[i]))
			return -NLE_MSGSIZE;
	return 0;
}

static int put_excludes(struct nl_msg *msg, const struct nemo_mr_info *info)
{
	if (!info->excludes)
		return nla_put_string(msg, NEMO_MR_A_EXCLUDE, "");
	for (unsigned int i = 0; i < info->excludes; i++)
		if (nla_put_string(msg, NEMO_MR_A_EXCLUDE, info->exclude[i]))
			return -NLE_MSGSIZE;
	return 0;
}

static int put_attrs(struct nl_msg *msg, const void *from)
{
	const struct nemo_mr_info *info = from;
	int err = attr_put(msg, fields, info->have, info);

	if (!err && NEMO_HAS(info, NEMO_MR_A_PREFIX))
		err = attr_put_prefixes(msg, NEMO_MR_A_PREFIX, &prefix_attrs,
					info->prefix, info->prefixes);
	if (!err && NEMO_HAS(info, NEMO_MR_A_GUEST))
		err = put_guests(msg, info);
	if (!err && NEMO_HAS(info, NEMO_MR_A_EXCLUDE))
		err = put_excludes(msg, info);
	return err;
}

static struct nl_msg *request(struct nemo_nl *nl, uint8_t cmd,
			      const struct nemo_mr_info *info)
{
	return attr_request(nl, cmd, put_attrs, info);
}

/* A request that just names a mobile router. */
static struct nl_msg *request_by_name(struct nemo_nl *nl, uint8_t cmd,
				      uint32_t ifindex, const char *name)
{
	struct nemo_mr_info info = { .ifindex = ifindex };
	struct nl_msg *msg;

	if (ifindex)
		NEMO_SET(&info, NEMO_MR_A_IFINDEX);
	msg = request(nl, cmd, &info);
	/* Longer than any name is: the kernel is to say so. */
	if (msg && name && nla_put_string(msg, NEMO_MR_A_NAME, name)) {
		nlmsg_free(msg);
		msg = NULL;
	}
	return msg;
}

static void parse_one(struct nlmsghdr *nlh, void *arg)
{
	nemo_mr_parse(nlh, arg);
}

int nemo_mr_get(struct nemo_nl *nl, uint32_t ifindex, const char *name,
		struct nemo_mr_info *info)
{
	*info = (struct nemo_mr_info){ };
	return nemo_nl_request(nl, request_by_name(nl, NEMO_MR_CMD_MR_GET,
						   ifindex, name),
			       parse_one, info);
}

static int parse_item(struct nlmsghdr *nlh, void *item)
{
	return nemo_mr_parse(nlh, item);
}

int nemo_mr_dump(struct nemo_nl *nl, uint32_t ifindex,
		 struct nemo_mr_info **list, size_t *n)
{
	struct nl_msg *msg = request_by_name(nl, NEMO_MR_CMD_MR_GET, ifindex,
					     NULL);
	int err;

	*list = list_dump(nl, msg, sizeof(**list), parse_item, n, &err);
	return err;
}

int nemo_mr_new(struct nemo_nl *nl, const struct nemo_mr_info *info)
{
	return nemo_nl_request(nl, request(nl, NEMO_MR_CMD_MR_NEW, info),
			       NULL, NULL);
}

int nemo_mr_set(struct nemo_nl *nl, const struct nemo_mr_info *info)
{
	return nemo_nl_request(nl, request(nl, NEMO_MR_CMD_MR_SET, info),
			       NULL, NULL);
}

int nemo_mr_del(struct nemo_nl *nl, uint32_t ifindex, const char *name)
{
	return nemo_nl_request(nl, request_by_name(nl, NEMO_MR_CMD_MR_DEL,
						   ifindex, name), NULL, NULL);
}
