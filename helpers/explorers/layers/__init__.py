"""The layers of the chapter's network (section 3-1): what a picture becomes in them, and their weights."""
