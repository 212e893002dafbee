"""Tests of the events: parent classes and what else a school invites to."""
