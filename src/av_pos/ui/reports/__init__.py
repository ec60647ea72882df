"""The reports: a day or several at a glance, and the daily report on paper."""
