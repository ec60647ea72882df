"""Makes a demo shop and its trade, reproducibly, at any size: for newcomers, for the demo day, for benchmarks."""

from av_pos.demo.growth import Growth, grow
from av_pos.demo.making import DemoShop, make_demo_shop
from av_pos.demo.people import DEMO_STAFF, DemoPerson, demo_staff

__all__ = ["DEMO_STAFF", "DemoPerson", "DemoShop", "Growth", "demo_staff", "grow", "make_demo_shop"]
