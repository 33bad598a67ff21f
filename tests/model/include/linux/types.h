/* SPDX-License-Identifier: GPL-2.0 */
/* What kmod/mr/state.h wants of the kernel's header. */
#ifndef MODEL_LINUX_TYPES_H
#define MODEL_LINUX_TYPES_H

#include <stdbool.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;

#endif
