// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include "attr.h"
#include "ha.h"
#include "list.h"

static const struct prefix_attrs prefix_attrs = {
	.family = NEMO_HA_A_PREFIX_FAMILY,
	.address = NEMO_HA_A_PREFIX_ADDRESS,
	.length = NEMO_HA_A_PREFIX_LENGTH,
};

#define AT(member)	offsetof(struct nemo_bce_info, member)
#define SIZE(member)	sizeof(((struct nemo_bce_info){ }).member)

/* Attributes that occur once; the others have functions of their own. */
static const struct attr_field fields[] = {
	{ NEMO_HA_A_IFINDEX, AT(ifindex), SIZE(ifindex), ATTR_SEND },
	{ NEMO_HA_A_NAME, AT(name), SIZE(name), ATTR_SEND | ATTR_STRING },
	{ NEMO_HA_A_HOA, AT(hoa), SIZE(hoa), ATTR_SEND },
	{ NEMO_HA_A_LOCAL, AT(local), SIZE(local), ATTR_SEND },
	{ NEMO_HA_A_COA, AT(coa), SIZE(coa), ATTR_SEND },
	{ NEMO_HA_A_TCOA, AT(tcoa), SIZE(tcoa), ATTR_SEND },
	{ NEMO_HA_A_TCOA_LIFETIME, AT(tcoa_lifetime), SIZE(tcoa_lifetime), ATTR_SEND },
	{ NEMO_HA_A_SEQ, AT(seq), SIZE(seq), ATTR_SEND },
	{ NEMO_HA_A_LIFETIME, AT(lifetime), SIZE(lifetime), ATTR_SEND },
	{ NEMO_HA_A_EXPIRES, AT(expires), SIZE(expires), 0 },
	{ NEMO_HA_A_OLD_COA, AT(old_coa), SIZE(old_coa), 0 },
	{ NEMO_HA_A_REASON, AT(reason), SIZE(reason), 0 },
	{ NEMO_HA_A_TIME, AT(time), SIZE(time), 0 },
	{ }
};

static bool get_attr(const struct nlattr *nla, void *to)
{
	struct nemo_bce_info *info = to;

	switch (nla_type(nla)) {
	case NEMO_HA_A_PREFIX:
		return attr_get_prefix(nla, &prefix_attrs, info->prefix,
				       &info->prefixes, NEMO_HA_PREFIX_MAX);
	case NEMO_HA_A_STATS:
		return attr_get_counters(nla, info->stats, NEMO_HA_A_STATS_MAX);
	default:
		return attr_get(nla, fields, info);
	}
}

int nemo_ha_parse(struct nlmsghdr *nlh, struct nemo_bce_info *info)
{
	int err;

	*info = (struct nemo_bce_info){ };
	err = attr_parse(nlh, get_attr, info, &info->have);
	if (!err)
		info->cmd = genlmsg_hdr(nlh)->cmd;
	return err;
}

static int put_attrs(struct nl_msg *msg, const void *from)
{
	const struct nemo_bce_info *info = from;
	int err = attr_put(msg, fields, info->have, info);

	if (!err && NEMO_HAS(info, NEMO_HA_A_PREFIX))
		err = attr_put_prefixes(msg, NEMO_HA_A_PREFIX, &prefix_attrs,
					info->prefix, info->prefixes);
	return err;
}

static struct nl_msg *request(struct nemo_nl *nl, uint8_t cmd,
			      const struct nemo_bce_info *info)
{
	return attr_request(nl, cmd, put_attrs, info);
}

/* A request that just names a binding, or its device. */
static struct nl_msg *request_by_hoa(struct nemo_nl *nl, uint8_t cmd,
				     uint32_t ifindex,
				     const struct in6_addr *hoa,
				     const uint16_t *seq)
{
	struct nemo_bce_info info = { .ifindex = ifindex };

	if (ifindex)
		NEMO_SET(&info, NEMO_HA_A_IFINDEX);
	if (hoa) {
		NEMO_SET(&info, NEMO_HA_A_HOA);
		info.hoa = *hoa;
	}
	if (seq) {
		NEMO_SET(&info, NEMO_HA_A_SEQ);
		info.seq = *seq;
	}
	return request(nl, cmd, &info);
}

static void parse_one(struct nlmsghdr *nlh, void *arg)
{
	nemo_ha_parse(nlh, arg);
}

int nemo_ha_get(struct nemo_nl *nl, uint32_t ifindex,
		const struct in6_addr *hoa, struct nemo_bce_info *info)
{
	*info = (struct nemo_bce_info){ };
	return nemo_nl_request(nl, request_by_hoa(nl, NEMO_HA_CMD_BCE_GET,
						  ifindex, hoa, NULL),
			       parse_one, info);
}

static int parse_item(struct nlmsghdr *nlh, void *item)
{
	return nemo_ha_parse(nlh, item);
}

int nemo_ha_dump(struct nemo_nl *nl, uint32_t ifindex,
		 struct nemo_bce_info **list, size_t *n)
{
	struct nl_msg *msg = request_by_hoa(nl, NEMO_HA_CMD_BCE_GET, ifindex,
					    NULL, NULL);
	int err;

	*list = list_dump(nl, msg, sizeof(**list), parse_item, n, &err);
	return err;
}

int nemo_ha_bind(struct nemo_nl *nl, const struct nemo_bce_info *info)
{
	return nemo_nl_request(nl, request(nl, NEMO_HA_CMD_BCE_BIND, info),
			       NULL, NULL);
}

int nemo_ha_transient(struct nemo_nl *nl, const struct nemo_bce_info *info)
{
	return nemo_nl_request(nl, request(nl, NEMO_HA_CMD_BCE_TRANSIENT, info),
			       NULL, NULL);
}

int nemo_ha_del(struct nemo_nl *nl, uint32_t ifindex,
		const struct in6_addr *hoa, const uint16_t *seq)
{
	return nemo_nl_request(nl, request_by_hoa(nl, NEMO_HA_CMD_BCE_DEL,
						  ifindex, hoa, seq),
			       NULL, NULL);
}
