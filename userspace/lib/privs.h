/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NEMO_PRIVS_H
#define NEMO_PRIVS_H

#include <stdint.h>

/*
 * Keep the capabilities of which @keep has the bit, all below 32, and give up all
 * else for good; 0 or -errno.
 */
int privs_drop(uint32_t keep);

#endif /* NEMO_PRIVS_H */
