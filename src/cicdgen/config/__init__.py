"""The config: `schema` types it, `load` reads it, `limits` knows what cannot work together."""
