// SPDX-License-Identifier: GPL-2.0
/* nemo_ha: home agent (RFC 3963 section 6). */
#include <linux/module.h>
#include <net/rtnetlink.h>

#include "binding.h"

/* Asked after nemo_mr and before ip6_tunnel. */
#define NEMO_HA_PRIORITY	-10

static int nemo_ha_init(struct net_device *dev)
{
	struct nemo_ha_dev *ha = netdev_priv(dev);
	int err;

	err = nemo_ha_bindings_init(ha);
	if (err)
		return err;
	err = nemo_tunnel_init(dev);
	if (err)
		rhashtable_destroy(&ha->bindings);
	return err;
}

static void nemo_ha_uninit(struct net_device *dev)
{
	struct nemo_ha_dev *ha = netdev_priv(dev);

	nemo_ha_bindings_uninit(ha);
	nemo_tunnel_uninit(&ha->tunnel);
}

static void nemo_ha_free(struct net_device *dev)
{
	struct nemo_ha_dev *ha = netdev_priv(dev);

	nemo_tunnel_free(&ha->tunnel);
	rhashtable_destroy(&ha->bindings);
}

static const struct net_device_ops nemo_ha_ops = {
	.ndo_init = nemo_ha_init,
	.ndo_uninit = nemo_ha_uninit,
	.ndo_start_xmit = nemo_ha_xmit,
	.ndo_get_stats64 = nemo_tunnel_stats64,
};

static void nemo_ha_setup(struct net_device *dev)
{
	nemo_tunnel_setup(dev, &nemo_ha_ops);
	dev->priv_destructor = nemo_ha_free;
}

struct rtnl_link_ops nemo_link_ops __read_mostly = {
	.kind = "nemo_ha",
	.priv_size = sizeof(struct nemo_ha_dev),
	.setup = nemo_ha_setup,
	.validate = nemo_tunnel_validate,
	.newlink = nemo_tunnel_newlink,
};

static int __init nemo_ha_module_init(void)
{
	int err;

	err = nemo_tunnel_register(NEMO_HA_PRIORITY);
	if (err)
		return err;
	err = nemo_ha_netlink_register();
	if (err)
		nemo_tunnel_unregister();
	return err;
}

static void __exit nemo_ha_module_exit(void)
{
	nemo_ha_netlink_unregister();
	nemo_tunnel_unregister();
}

module_init(nemo_ha_module_init);
module_exit(nemo_ha_module_exit);

MODULE_DESCRIPTION("Network Mobility (RFC 3963) home agent");
MODULE_LICENSE("GPL");
MODULE_ALIAS_RTNL_LINK("nemo_ha");
MODULE_ALIAS_GENL_FAMILY(NEMO_HA_FAMILY_NAME);
