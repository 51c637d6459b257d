"""Certificates that devices and servers sign themselves; the same seed, the same certificate.

Source: docs/reference/protocols/shure.md 14.1, docs/reference/protocols/sennheiser.md 6.1.
"""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

_CURVE = ec.SECP256R1()
_ORDER_BITS = 255
"""Less than the order of the curve, so that any number will do."""
_VALID_FROM = datetime(2020, 1, 1, tzinfo=UTC)
_VALID_FOR = timedelta(days=100 * 365)


class SelfSignedCertificate:
    """What a TLS server shows; ``renew`` makes another one for the connections that come after it."""

    def __init__(self, name: str, seed: str) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._name = name
        self._seed = seed
        self._made = 0
        self.fingerprint = ""
        """SHA-256, lower-case hex."""
        self.renew()

    def renew(self) -> None:
        """Show another certificate from now on."""
        self._made += 1
        self.fingerprint = show_certificate(self.context, self._name, f"{self._seed} {self._made}")


def show_certificate(context: ssl.SSLContext, name: str, seed: str) -> str:
    """Let new connections of ``context`` see a certificate of ``name``; its SHA-256, lower-case hex."""
    dice = Random(f"certificate {seed}")
    key = ec.derive_private_key(dice.getrandbits(_ORDER_BITS) | 1, _CURVE)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(dice.getrandbits(64) | 1)
        .not_valid_before(_VALID_FROM)
        .not_valid_after(_VALID_FROM + _VALID_FOR)
        .sign(key, SHA256(), ecdsa_deterministic=True)
    )
    # The standard library takes certificates from files only.
    with TemporaryDirectory(prefix="micboard-") as directory:
        file = Path(directory) / "device.pem"
        file.touch(mode=0o600)
        file.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            + certificate.public_bytes(Encoding.PEM)
        )
        context.load_cert_chain(file)
    return certificate.fingerprint(SHA256()).hex()
