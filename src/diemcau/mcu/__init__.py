"""The agent of one MCU host: makes the desired state so, on a Janus and mixers of its own."""
