"""Measured facts become a Plan: one file for each remediation; nothing here changes anything."""
