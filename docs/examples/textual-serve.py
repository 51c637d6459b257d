"""Shows a board in browsers by textual-serve, at 127.0.0.1:8000 alone.

It has no login, and takes pages of any host: whoever reaches the port is at the keyboard. So it listens on
this computer only, and a proxy stands before it that asks `micboard-tui serve` who is logged in
(docs/how-to/serve.md, docs/examples/nginx/micboard.conf). Needs: pip install textual-serve

    python textual-serve.py https://rack.example.net/board "micboard-tui demo"
"""

import sys

from textual_serve.server import Server

if __name__ == "__main__":
    public_url, command = sys.argv[1:]
    Server(command, host="127.0.0.1", port=8000, title="micboard-tui", public_url=public_url).serve()
