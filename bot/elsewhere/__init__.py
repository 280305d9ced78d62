"""What is done, and heard, at PagerDuty and Alertmanager?"""
