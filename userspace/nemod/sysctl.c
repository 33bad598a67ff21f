// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/log.h"
#include "sysctl.h"

static int open_sysctl(const char *ifname, const char *name, int flags)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/%s", ifname,
		 name);
	fd = open(path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int sysctl_get(const char *ifname, const char *name)
{
	int fd = open_sysctl(ifname, name, O_RDONLY);
	char text[16] = "";
	ssize_t len;

	if (fd < 0)
		return fd;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	return len > 0 ? atoi(text) : -EIO;
}

static int write_value(const char *ifname, const char *name, int value)
{
	int fd = open_sysctl(ifname, name, O_WRONLY), err = 0;

	if (fd < 0)
		return fd;
	if (dprintf(fd, "%d\n", value) < 0)
		err = -errno;
	close(fd);
	return err;
}

int sysctl_set(const char *ifname, const char *name, int value)
{
	int err;

	if (sysctl_get(ifname, name) == value)
		return 0;
	err = write_value(ifname, name, value);
	if (err)
		log_warn("cannot set net.ipv6.conf.%s.%s = %d: %s", ifname,
			 name, value, strerror(-err));
	return err;
}
