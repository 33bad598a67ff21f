/* SPDX-License-Identifier: GPL-2.0 */
/* IPv6 sysctls: set only where the value is another. */
#ifndef NEMOD_SYSCTL_H
#define NEMOD_SYSCTL_H

/* /proc/sys/net/ipv6/conf/@ifname/@name; -errno, and a log line, on failure. */
int sysctl_set(const char *ifname, const char *name, int value);

/* Its value, or -errno. */
int sysctl_get(const char *ifname, const char *name);

#endif /* NEMOD_SYSCTL_H */
