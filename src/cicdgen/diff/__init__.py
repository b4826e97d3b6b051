"""What a change of a template changes: of resources, of properties, of what somebody may do."""
