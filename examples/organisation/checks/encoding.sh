#!/bin/sh
# Refuses a letter that a wrong encoding has been through: two signs in a row that only such a mistake puts side by side.
! grep -nP '\xC3[\x82\xA2]\xC2|\xC3\xA2\xE2\x82\xAC' "$1"
