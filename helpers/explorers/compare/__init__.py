"""Recorded trainings side by side (lesson 3-5d; a topic that the chapter does not have)."""
