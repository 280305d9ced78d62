"""What is to be asked, allowed and said for a kind of failure?

Data only; a runbook is also the permission list.
"""
