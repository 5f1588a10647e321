"""The day: which papers are listed on a day, a week or a month, one card for each work, or why there are none."""
