#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# As agent_ring: in each move an agent is killed and started again, that of the old host or of the
# new one. What the kernels do goes on, and the next agent takes over.
set -u
# shellcheck source=tests/lab/lab.sh
source "$(dirname "$0")/../lab/lab.sh"
# shellcheck source=tests/lab/handover.sh
source "$(dirname "$0")/../lab/handover.sh"
# shellcheck source=tests/lab/faults.sh
source "$(dirname "$0")/../lab/faults.sh"

ring_up
ring killed,old,before:to:whole \
	killed,old,ready:to:whole \
	killed,old,speechless:to:downlink \
	killed,old,paused:to:whole \
	killed,old,resumed:to:whole \
	killed,new,before:to:whole \
	killed,new,ready:to:whole \
	killed,new,paused:to:whole \
	killed,new,resumed:to:whole
ring_end
