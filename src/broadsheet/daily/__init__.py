"""The day: which papers are listed on a day, a week or a month, one card a work, and why there are none."""
