// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/if_link.h>
#include <linux/nemo_ha.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <string.h>

#include "attr.h"
#include "link.h"
#include "list.h"

#define AT(member)	offsetof(struct nemo_link_info, member)
#define SIZE(member)	sizeof(((struct nemo_link_info){ }).member)

static const struct attr_field mr_fields[] = {
	{ NEMO_MR_A_LINK_IFINDEX, AT(ifindex), SIZE(ifindex), ATTR_SEND },
	{ NEMO_MR_A_LINK_IFNAME, AT(ifname), SIZE(ifname), ATTR_STRING },
	{ NEMO_MR_A_LINK_COUNT, AT(count), SIZE(count), 0 },
	{ NEMO_MR_A_LINK_HOLD_BYTES, AT(hold_bytes), SIZE(hold_bytes), ATTR_SEND },
	{ NEMO_MR_A_LINK_HELD_BYTES, AT(held_bytes), SIZE(held_bytes), 0 },
	{ }
};

/* The first three attributes and all the drops have the same numbers. */
static const struct attr_field ha_fields[] = {
	{ NEMO_HA_A_LINK_IFINDEX, AT(ifindex), SIZE(ifindex), ATTR_SEND },
	{ NEMO_HA_A_LINK_IFNAME, AT(ifname), SIZE(ifname), ATTR_STRING },
	{ NEMO_HA_A_LINK_COUNT, AT(count), SIZE(count), 0 },
	{ }
};

_Static_assert((int)NEMO_MR_A_LINK_COUNT == (int)NEMO_HA_A_LINK_COUNT, "");
_Static_assert((int)NEMO_MR_A_DROPS_MAX == (int)NEMO_HA_A_DROPS_MAX, "");

static bool get_mr(const struct nlattr *nla, void *to)
{
	struct nemo_link_info *info = to;

	if (nla_type(nla) == NEMO_MR_A_LINK_DROPS)
		return attr_get_counters(nla, info->drops, NEMO_MR_A_DROPS_MAX);
	return attr_get(nla, mr_fields, info);
}

static bool get_ha(const struct nlattr *nla, void *to)
{
	struct nemo_link_info *info = to;

	if (nla_type(nla) == NEMO_HA_A_LINK_DROPS)
		return attr_get_counters(nla, info->drops, NEMO_HA_A_DROPS_MAX);
	return attr_get(nla, ha_fields, info);
}

static int parse_mr(struct nlmsghdr *nlh, void *item)
{
	struct nemo_link_info *info = item;

	info->kind = NEMO_MR_FAMILY_NAME;
	return attr_parse(nlh, get_mr, info, &info->have);
}

static int parse_ha(struct nlmsghdr *nlh, void *item)
{
	struct nemo_link_info *info = item;

	info->kind = NEMO_HA_FAMILY_NAME;
	return attr_parse(nlh, get_ha, info, &info->have);
}

static bool is_ha(const struct nemo_nl *nl)
{
	return !strcmp(nl->name, NEMO_HA_FAMILY_NAME);
}

int nemo_link_dump(struct nemo_nl *nl, uint32_t ifindex,
		   struct nemo_link_info **list, size_t *n)
{
	struct nl_msg *msg = nemo_nl_msg(nl, is_ha(nl) ? NEMO_HA_CMD_LINK_GET :
					 NEMO_MR_CMD_LINK_GET);
	int err;

	if (msg && ifindex)
		nla_put_u32(msg, NEMO_MR_A_LINK_IFINDEX, ifindex);
	*list = list_dump(nl, msg, sizeof(**list),
			  is_ha(nl) ? parse_ha : parse_mr, n, &err);
	return err;
}

int nemo_link_set(struct nemo_nl *nl, uint32_t ifindex, uint32_t hold_bytes)
{
	struct nl_msg *msg = nemo_nl_msg(nl, NEMO_MR_CMD_LINK_SET);

	if (msg) {
		nla_put_u32(msg, NEMO_MR_A_LINK_IFINDEX, ifindex);
		nla_put_u32(msg, NEMO_MR_A_LINK_HOLD_BYTES, hold_bytes);
	}
	return nemo_nl_request(nl, msg, NULL, NULL);
}

static struct nl_msg *route_msg(int type, int flags, const char *ifname)
{
	struct nl_msg *msg = nlmsg_alloc_simple(type, flags);
	struct ifinfomsg ifi = { .ifi_family = AF_UNSPEC };

	if (msg && (nlmsg_append(msg, &ifi, sizeof(ifi), NLMSG_ALIGNTO) ||
		    nla_put_string(msg, IFLA_IFNAME, ifname))) {
		nlmsg_free(msg);
		msg = NULL;
	}
	return msg;
}

int nemo_link_add(struct nemo_nl *rt, const char *ifname, const char *kind)
{
	struct nl_msg *msg = route_msg(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL,
				       ifname);
	struct nlattr *info;

	if (msg) {
		info = nla_nest_start(msg, IFLA_LINKINFO);
		nla_put_string(msg, IFLA_INFO_KIND, kind);
		nla_nest_end(msg, info);
	}
	return nemo_nl_request(rt, msg, NULL, NULL);
}

/* What RTM_GETLINK tells of a device. */
struct device {
	uint32_t ifindex;
	const char *kind;	/* ours, or NULL */
};

static const char *known_kind(const char *kind)
{
	if (!strcmp(kind, NEMO_MR_FAMILY_NAME))
		return NEMO_MR_FAMILY_NAME;
	if (!strcmp(kind, NEMO_HA_FAMILY_NAME))
		return NEMO_HA_FAMILY_NAME;
	return NULL;
}

static void parse_device(struct nlmsghdr *nlh, void *arg)
{
	struct ifinfomsg *ifi = nlmsg_data(nlh);
	struct device *device = arg;
	struct nlattr *info, *kind;

	if (!nlmsg_valid_hdr(nlh, sizeof(*ifi)))
		return;
	device->ifindex = ifi->ifi_index;
	info = nlmsg_find_attr(nlh, sizeof(*ifi), IFLA_LINKINFO);
	if (!info)
		return;
	kind = nla_find(nla_data(info), nla_len(info), IFLA_INFO_KIND);
	if (kind)
		device->kind = known_kind(nla_get_string(kind));
}

static int get_device(struct nemo_nl *rt, const char *ifname,
		      struct device *device)
{
	*device = (struct device){ };
	return nemo_nl_request(rt, route_msg(RTM_GETLINK, 0, ifname),
			       parse_device, device);
}

const char *nemo_link_kind(struct nemo_nl *rt, const char *ifname,
			   uint32_t *ifindex)
{
	struct device device;

	get_device(rt, ifname, &device);
	if (ifindex)
		*ifindex = device.ifindex;
	return device.kind;
}

int nemo_link_del(struct nemo_nl *rt, const char *ifname)
{
	struct device device;
	int err = get_device(rt, ifname, &device);

	if (err)
		return err;
	if (!device.kind) {
		snprintf(rt->error, sizeof(rt->error),
			 "%s is not a device of kind nemo_mr or nemo_ha",
			 ifname);
		return -EINVAL;
	}
	return nemo_nl_request(rt, route_msg(RTM_DELLINK, 0, ifname), NULL, NULL);
}
