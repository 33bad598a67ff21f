/* SPDX-License-Identifier: GPL-2.0 */
/* What kmod/mr/state.c wants of the kernel's header. */
#define BIT(n)	(1U << (n))
