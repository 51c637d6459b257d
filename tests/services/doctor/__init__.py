"""Tests of what names causes."""
