"""Text to dependency markers: Markdown to visible text, keywords and references, one judgement each."""
