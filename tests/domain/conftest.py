"""Rules are looked at with many made-up examples; a busy machine must not make a slow one look like a wrong one."""

from hypothesis import HealthCheck, settings

settings.register_profile("rules", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("rules")
