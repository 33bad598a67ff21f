/* SPDX-License-Identifier: GPL-2.0 */
/*
 * With CONFIG_IPV6_MIP6 the kernel drops each packet with a Home Address option
 * or a type 2 routing header unless xfrm knows it. The wildcard states and the
 * one policy let them through for the Mobility Header, and for nothing else;
 * who may send them is the agent's to decide.
 */
#ifndef NEMOD_XFRM_H
#define NEMOD_XFRM_H

/* 0 or -errno, with a log line; to install it twice is no failure. */
int xfrm_install(void);
void xfrm_remove(void);

#endif /* NEMOD_XFRM_H */
