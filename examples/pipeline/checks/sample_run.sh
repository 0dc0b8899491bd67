#!/bin/sh
# Passes when three old topics become films on hold for less than 8 USD.
set -e
python3 -m pipeline --topics checks/topics.txt --hold-only --budget 8
