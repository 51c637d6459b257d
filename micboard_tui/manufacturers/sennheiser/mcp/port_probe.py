"""Whether the port to which devices answer can be had now. It is given back at once."""

from micboard_tui.contracts.doctor_facts import PortFacts
from micboard_tui.contracts.errors import DeviceError
from micboard_tui.manufacturers.sennheiser.mcp.hub import PORT, bind_socket
from micboard_tui.manufacturers.transport.port_owner import find_udp_owner


def probe_port(port: int = PORT) -> PortFacts:
    """Raises nothing."""
    try:
        bind_socket(port).close()
    except DeviceError as error:
        return PortFacts(port, error.info, find_udp_owner(port))
    return PortFacts(port)
