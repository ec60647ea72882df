"""What the shop puts out: receipts, shift reports, slips, the daily report, and the devices that print them."""
