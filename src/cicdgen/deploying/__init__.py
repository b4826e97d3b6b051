"""A template into an account: proposed, approved, executed, watched; and the way back."""
