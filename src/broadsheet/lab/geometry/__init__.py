"""The health of a set of vectors: is it whole, is its space used, do hubs and duplicates spoil its neighbours?"""
