"""The JSON documents that commands print and the HTTP API serves: values to JSON, pure."""
