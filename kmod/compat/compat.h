/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between the kernels that we build for (6.1 and 6.12), so that
 * no other file has to know. Force-included by Kbuild.
 */
#ifndef NEMO_COMPAT_H
#define NEMO_COMPAT_H

#include <linux/netdevice.h>
#include <linux/version.h>

/* 6.5 moved some of skbuff.h. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#include <net/gso.h>
#endif

/*
 * 6.12 made two feature bits fields of the device: it sends without the queue
 * lock, and it stays in its namespace.
 */
static inline void nemo_compat_set_flags(struct net_device *dev)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
	dev->features |= NETIF_F_LLTX | NETIF_F_NETNS_LOCAL;
#else
	dev->lltx = true;
	dev->netns_immutable = true;
#endif
}

#include <net/netlink.h>

/* Before 6.3 a policy pointed to a range that was not const. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
#undef NLA_POLICY_FULL_RANGE
#define NLA_POLICY_FULL_RANGE(tp, _range) {		\
	.type = NLA_ENSURE_UINT_OR_BINARY_TYPE(tp),	\
	.validation_type = NLA_VALIDATE_RANGE_PTR,	\
	.range = (struct netlink_range_validation *)(_range), \
}
#endif

/* 6.7 allocates the counters of a device that says it wants them. */
static inline int nemo_compat_stats_init(struct net_device *dev)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
	dev->tstats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	if (!dev->tstats)
		return -ENOMEM;
#else
	dev->pcpu_stat_type = NETDEV_PCPU_STAT_TSTATS;
#endif
	return 0;
}

static inline void nemo_compat_stats_free(struct net_device *dev)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
	free_percpu(dev->tstats);
#endif
}

/* 6.6 gave dumps a struct genl_info. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
#define nemo_dump_attrs(cb)	(genl_dumpit_info(cb)->attrs)
#else
#define nemo_dump_attrs(cb)	(genl_info_dump(cb)->attrs)
#endif

#endif
