// SPDX-License-Identifier: GPL-2.0
/*
 * What stands still at a home agent: routes of the mobile networks and home
 * addresses into the tunnel device. Where a home address lies on a link of the
 * home agent, it answers there for the mobile router (RFC 6275 §10.4.1).
 */
#include <errno.h>
#include <ifaddrs.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "ha.h"
#include "lib/log.h"
#include "netdev.h"
#include "sysctl.h"

static bool aggregated(const struct ha *ha, const struct in6_addr *addr)
{
	return ha->conf->ha.aggregate.len &&
	       nemo_prefix_contains(&ha->conf->ha.aggregate, addr);
}

int ha_net_setup(struct ha *ha)
{
	const struct nemo_conf_ha *conf = &ha->conf->ha;
	int err = sysctl_set("all", "forwarding", 1);

	if (err)
		return err;
	err = netdev_tunnel(&ha->rt, conf->device, "nemo_ha", &ha->ifindex);
	if (!err && conf->aggregate.len)
		err = netdev_route(&ha->rt, RT_TABLE_MAIN, ha->ifindex,
				   &conf->aggregate, true);
	if (err || !*conf->home_link)
		return err;
	ha->home_link = if_nametoindex(conf->home_link);
	if (!ha->home_link) {
		log_err("home-link %s: there is no such interface",
			conf->home_link);
		return -ENODEV;
	}
	return sysctl_set(conf->home_link, "proxy_ndp", 1);
}

static void one_route(struct ha *ha, const struct nemo_prefix *dst, bool add)
{
	if (!aggregated(ha, &dst->addr))
		netdev_route(&ha->rt, RT_TABLE_MAIN, ha->ifindex, dst, add);
}

void ha_mr_net(struct ha_mr *mr, bool add)
{
	struct nemo_prefix hoa = { .addr = mr->conf->hoa, .len = 128 };

	one_route(mr->ha, &hoa, add);
	for (unsigned int i = 0; i < mr->conf->mnps; i++)
		one_route(mr->ha, &mr->conf->mnp[i], add);
}

static bool link_has(const struct ifaddrs *ifa, const char *link,
		     const struct in6_addr *addr)
{
	const uint8_t *net, *mask;

	if (!ifa->ifa_addr || ifa->ifa_addr->sa_family != AF_INET6 ||
	    !ifa->ifa_netmask || strcmp(ifa->ifa_name, link))
		return false;
	net = ((struct sockaddr_in6 *)ifa->ifa_addr)->sin6_addr.s6_addr;
	mask = ((struct sockaddr_in6 *)ifa->ifa_netmask)->sin6_addr.s6_addr;
	for (int i = 0; i < 16; i++)
		if ((net[i] ^ addr->s6_addr[i]) & mask[i])
			return false;
	return true;
}

static bool on_home_link(const struct ha *ha, const struct in6_addr *addr)
{
	struct ifaddrs *list;
	bool found = false;

	if (!ha->home_link || getifaddrs(&list))
		return false;
	for (struct ifaddrs *ifa = list; ifa && !found; ifa = ifa->ifa_next)
		found = link_has(ifa, ha->conf->ha.home_link, addr);
	freeifaddrs(list);
	return found;
}

bool ha_mr_at_home(const struct ha_mr *mr)
{
	const struct nemo_conf_ha *conf = &mr->ha->conf->ha;

	if (!*conf->home_link && !conf->aggregate.len)
		return true;
	return aggregated(mr->ha, &mr->conf->hoa) ||
	       on_home_link(mr->ha, &mr->conf->hoa);
}

static void link_address(const char *ifname, uint8_t mac[6])
{
	struct ifreq ifr = { };
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	strcpy(ifr.ifr_name, ifname);
	if (fd >= 0 && !ioctl(fd, SIOCGIFHWADDR, &ifr))
		memcpy(mac, ifr.ifr_hwaddr.sa_data, 6);
	if (fd >= 0)
		close(fd);
}

/* Unsolicited, with override: who had the address's old neighbour forgets it. */
static void announce(const struct ha *ha, const struct in6_addr *hoa)
{
	static const int hops = 255;
	struct sockaddr_in6 all_nodes = {
		.sin6_family = AF_INET6,
		.sin6_addr = { .s6_addr = { 0xff, 0x02, [15] = 1 } },
		.sin6_scope_id = ha->home_link,
	};
	struct {
		struct nd_neighbor_advert na;
		uint8_t tlla[8];
	} msg = {
		.na.nd_na_type = ND_NEIGHBOR_ADVERT,
		.na.nd_na_flags_reserved = ND_NA_FLAG_ROUTER |
					   ND_NA_FLAG_OVERRIDE,
		.na.nd_na_target = *hoa,
		.tlla = { ND_OPT_TARGET_LINKADDR, 1 },
	};
	int fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMPV6);

	if (fd < 0)
		return;
	link_address(ha->conf->ha.home_link, msg.tlla + 2);
	setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops, sizeof(hops));
	if (sendto(fd, &msg, sizeof(msg), 0, (struct sockaddr *)&all_nodes,
		   sizeof(all_nodes)) < 0)
		log_warn("cannot announce a home address on %s: %s",
			 ha->conf->ha.home_link, strerror(errno));
	close(fd);
}

void ha_mr_proxy(struct ha_mr *mr, bool add)
{
	struct ha *ha = mr->ha;

	if (!ha->home_link || aggregated(ha, &mr->conf->hoa))
		return;
	netdev_proxy(&ha->rt, ha->home_link, &mr->conf->hoa, add);
	if (add)
		announce(ha, &mr->conf->hoa);
}
