// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "log.h"
#include "privs.h"

static int drop(uint32_t keep)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	/* The second is for capabilities from 32; none of them is ours. */
	struct __user_cap_data_struct data[2] = { { keep, keep, 0 } };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	/* Who needs none may have none to drop them with. */
	for (int cap = 0; cap <= CAP_LAST_CAP; cap++)
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) && errno != EINVAL &&
		    (errno != EPERM || keep))
			return -errno;
	if (syscall(SYS_capset, &header, data))
		return -errno;
	return 0;
}

int privs_drop(uint32_t keep)
{
	int err = drop(keep);

	if (err)
		log_err("cannot give up privileges: %s; start it as root, or as its systemd unit does",
			strerror(-err));
	return err;
}
