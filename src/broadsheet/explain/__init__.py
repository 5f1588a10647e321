"""Why does a paper match, what do two papers share, and which papers of a list belong elsewhere?

a query and a paper, two papers, or a list -> parts that sum to their scores, each a number, a concept's name or text of
the papers themselves; nothing is written for the reader by the program
"""
