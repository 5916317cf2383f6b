"""What do all handlers share? Bodies, fields, declared operations and errors."""
