"""The names under which this manufacturer and its drivers are stored, typed and exported."""

MANUFACTURER = "sennheiser"
SSC = "sennheiser-ssc"
SSCV2 = "sennheiser-sscv2"
MCP = "sennheiser-mcp"
