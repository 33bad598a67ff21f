/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NEMOD_PRIVS_H
#define NEMOD_PRIVS_H

/* Keep CAP_NET_ADMIN and CAP_NET_RAW, give up all else for good; 0 or -errno. */
int privs_drop(void);

#endif /* NEMOD_PRIVS_H */
