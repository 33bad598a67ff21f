#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# As agent_ring: in each move the home agent's agent is killed and started again. What its kernel
# does goes on, and the next agent takes over.
set -u
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"
# shellcheck source=tests/lab/handover.sh
source "$(dirname "$0")/../lab/handover.sh"
# shellcheck source=tests/lab/faults.sh
source "$(dirname "$0")/../lab/faults.sh"

ring_up
ring killed,home,before:to:whole \
	killed,home,ready:to:whole \
	killed,home,paused:to:whole \
	killed,home,resumed:to:whole
ring_end
