// SPDX-License-Identifier: GPL-2.0
/* nemo_mr: mobile routers of a host (RFC 3963 section 5). */
#include <linux/module.h>
#include <net/rtnetlink.h>

#include "router.h"

/* Asked before nemo_ha and ip6_tunnel. */
#define NEMO_MR_PRIORITY	-20

static int nemo_mr_init(struct net_device *dev)
{
	struct nemo_mr_dev *nd = netdev_priv(dev);
	int err;

	err = nemo_mr_routers_init(nd);
	if (err)
		return err;
	err = nemo_tunnel_init(dev);
	if (err)
		rhashtable_destroy(&nd->routers);
	return err;
}

static void nemo_mr_uninit(struct net_device *dev)
{
	struct nemo_mr_dev *nd = netdev_priv(dev);

	nemo_mr_routers_uninit(nd);
	nemo_tunnel_uninit(&nd->tunnel);
}

static void nemo_mr_free(struct net_device *dev)
{
	struct nemo_mr_dev *nd = netdev_priv(dev);

	nemo_tunnel_free(&nd->tunnel);
	rhashtable_destroy(&nd->routers);
}

static const struct net_device_ops nemo_mr_ops = {
	.ndo_init = nemo_mr_init,
	.ndo_uninit = nemo_mr_uninit,
	.ndo_start_xmit = nemo_mr_xmit,
	.ndo_get_stats64 = nemo_tunnel_stats64,
};

static void nemo_mr_setup(struct net_device *dev)
{
	nemo_tunnel_setup(dev, &nemo_mr_ops);
	dev->priv_destructor = nemo_mr_free;
}

struct rtnl_link_ops nemo_link_ops __read_mostly = {
	.kind = "nemo_mr",
	.priv_size = sizeof(struct nemo_mr_dev),
	.setup = nemo_mr_setup,
	.validate = nemo_tunnel_validate,
	.newlink = nemo_tunnel_newlink,
};

static int __init nemo_mr_module_init(void)
{
	int err;

	nemo_mr_wq = alloc_workqueue("nemo_mr", WQ_HIGHPRI, 0);
	if (!nemo_mr_wq)
		return -ENOMEM;
	err = nemo_tunnel_register(NEMO_MR_PRIORITY);
	if (err)
		goto err_wq;
	err = nemo_attach_register();
	if (err)
		goto err_tunnel;
	err = nemo_mr_netlink_register();
	if (err)
		goto err_attach;
	return 0;

err_attach:
	nemo_attach_unregister();
err_tunnel:
	nemo_tunnel_unregister();
err_wq:
	destroy_workqueue(nemo_mr_wq);
	return err;
}

static void __exit nemo_mr_module_exit(void)
{
	nemo_mr_netlink_unregister();
	nemo_attach_unregister();
	nemo_tunnel_unregister();
	/* it ends with rcu_barrier(): the work that waited for RCU is queued */
	destroy_workqueue(nemo_mr_wq);
}

module_init(nemo_mr_module_init);
module_exit(nemo_mr_module_exit);

MODULE_DESCRIPTION("Network Mobility (RFC 3963) mobile routers of a host");
MODULE_LICENSE("GPL");
MODULE_ALIAS_RTNL_LINK("nemo_mr");
MODULE_ALIAS_GENL_FAMILY(NEMO_MR_FAMILY_NAME);
