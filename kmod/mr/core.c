// SPDX-License-Identifier: GPL-2.0
/* The sources that both modules share, compiled for this one. */
#include "../core/prefix.c"
#include "../core/endpoint.c"
#include "../core/tunnel.c"
#include "../core/attr.c"
#include "../core/hold.c"
#include "../core/marker.c"
