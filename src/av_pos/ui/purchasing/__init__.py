"""Purchasing: what is ordered, what came, from whom; what goes back; which price labels are wanted."""
