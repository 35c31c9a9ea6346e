"""Memory models: relation terms, their resolution from cat text, and their concrete evaluation."""
