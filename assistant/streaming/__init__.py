"""Answers under way: the threads that make them, the events that browsers follow, who may begin one."""
