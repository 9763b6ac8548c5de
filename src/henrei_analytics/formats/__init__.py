"""Bytes of official files → typed frames. Layouts are data (`layouts/*.toml`); one mechanism reads them all."""
