"""What the pages of the assistant are made of: the conversation, an answer with its picture, what is kept of it."""
