"""The permission proof at run time: documents that hold a word nobody knows, and synthetic users who ask for it.

The rule that decides for people decides here too, over the same rows, indexes and remembered sets. What it should
decide is worked out a second time, by counting grants one by one (``expected``); a difference is an alarm.
"""
