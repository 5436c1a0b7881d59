"""Content credentials: signed C2PA manifests in files that were made, which say who made them, with what, after what.

C2PA Technical Specification 2.x: actions with IPTC's digital source types (``acts``), sources as ingredients. Nothing
is sent anywhere: no time stamp is asked for, and no remote manifest is fetched.
No thumbnails are embedded, so that a file shows nothing of the pictures that it was made after.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, TypeAlias

from lucida import __version__
from lucida.errors import SourceError, UsageError
from lucida.generate.making.acts import DRAWN, Act
from lucida.generate.making.origin import SUFFIXES, encoded
from lucida.lazy import require

if TYPE_CHECKING:
    from collections.abc import Callable

    from lucida.generate.making.order import Parent

    #: Gives a made file's content with credentials, from the content, its path and what it was made from.
    Seal: TypeAlias = Callable[[bytes, str, Sequence[Parent]], bytes]

_PURPOSE = "sign and read content credentials"
_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".pdf": "application/pdf",
}
_QUIET = {
    "builder": {"thumbnail": {"enabled": False}},
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
}
_CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}
#: Said of every certificate that no list of trusted ones was given for; it is not the file's fault.
_UNTRUSTED = "signingCredential.untrusted"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signs: a chain of certificates, the signer's own first, and its private key, both PEM."""

    certificate: Path
    key: Path


class Signer:
    """Signs drawn files. A first signature is tried at once, so that no drawing is lost to a certificate that fails.

    Args:
        identity: who signs.

    Attributes:
        fingerprint: of the certificates, 12 hexadecimal digits.

    Raises:
        DependencyError: c2pa-python is not installed.
        UsageError: a file cannot be read, or they cannot sign.
    """

    def __init__(self, identity: Identity) -> None:
        self._c2pa: Any = require("c2pa", _PURPOSE)
        certificate, key = _read(identity.certificate), _read(identity.key)
        self.fingerprint = hashlib.sha256(certificate).hexdigest()[:12]
        self._context = _context(self._c2pa)
        self._name = identity.certificate
        info = self._c2pa.C2paSignerInfo(_algorithm(key, identity.key), certificate, key, None)
        try:
            self._signer = self._c2pa.Signer.from_info(info)
        except self._c2pa.C2paError as error:
            raise self._refused(error) from error
        from PIL import Image

        self.signed(encoded(Image.new("RGB", (8, 8)), ".png", "Lucida"), ".png", title="trial", tool="Lucida")

    def signed(
        self,
        content: bytes,
        suffix: str,
        *,
        title: str,
        tool: str,
        version: str = "",
        parents: Sequence[Parent] = (),
        act: Act = DRAWN,
    ) -> bytes:
        """A made file with credentials in it; its pixels and its other metadata stay.

        Args:
            content: of the file.
            suffix: ``.png``, ``.jpg``, ``.webp`` or ``.pdf``.
            title: the file's name.
            tool: the model that drew, or what else made it.
            version: of Lucida.
            parents: items that it was made from. They become ingredients by the names of their sources, and bring
                their own credentials along where they have some.
            act: how it was made.

        Raises:
            UsageError: certificate and key cannot sign.
        """
        names = [f"item-{parent.id}" for parent in parents]
        maker = {"name": "Lucida"} | ({"version": version} if version else {})
        told = [act.ingredient(name, parent) for name, parent in zip(names, parents, strict=True)]
        files = [_file_type(Path(parent.source)) for parent in parents]
        manifest = {
            "claim_generator_info": [maker],
            "title": title,
            "format": _TYPES[suffix],
            "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": act.actions(tool, names)}}],
            "ingredients": [row for row, kind in zip(told, files, strict=True) if kind is None],
        }
        target = io.BytesIO()
        try:
            with self._c2pa.Builder(manifest, self._context) as builder:
                for row, kind, parent in zip(told, files, parents, strict=True):
                    if kind is not None:
                        with Path(parent.source).open("rb") as file:
                            builder.add_ingredient(row, kind, file)
                builder.sign(self._signer, _TYPES[suffix], io.BytesIO(content), target)
        except self._c2pa.C2paError as error:
            raise self._refused(error) from error
        return target.getvalue()

    def _refused(self, error: Exception) -> UsageError:
        return UsageError(
            f"{self._name} cannot sign: {error}.",
            "Give a certificate for signing documents, its chain behind it, and its own key, both PEM and valid today.",
        )


def seal(signer: Signer | None, tool: str, act: Act = DRAWN) -> Seal:
    """How the files of a run are signed; where nobody signs, they stay as they are.

    Args:
        signer: who signs.
        tool: what makes them.
        act: how they are made.
    """

    def signed(content: bytes, name: str, parents: Sequence[Parent] = ()) -> bytes:
        if signer is None:
            return content
        path = PurePosixPath(name)
        title = {"title": path.name, "tool": tool, "version": __version__}
        return signer.signed(content, path.suffix, **title, parents=parents, act=act)

    return signed


def unsigned(content: bytes, _name: str, _parents: Sequence[Parent] = ()) -> bytes:
    """The ``Seal`` of whoever signs nothing."""
    return content


@dataclass(frozen=True, slots=True)
class Credentials:
    """The credentials of a file.

    Attributes:
        state: "Valid", "Trusted" or "Invalid": whether file and claims are as they were signed.
        signer: by whom, as the certificate says; anybody can make one that says so.
        made: each action of the claim: name, digital source type, software.
        parents: title and relationship of each ingredient.
        problems: codes of what did not hold.
    """

    state: str
    signer: str
    made: tuple[tuple[str, str, str], ...]
    parents: tuple[tuple[str, str], ...]
    problems: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "state": self.state,
            "signer": self.signer,
            "actions": [{"action": name, "source_type": kind, "software": by} for name, kind, by in self.made],
            "parents": [{"title": title, "relationship": relationship} for title, relationship in self.parents],
            "problems": list(self.problems),
        }


def read_credentials(path: Path) -> Credentials | None:
    """The credentials in a file, None where there are none.

    Raises:
        DependencyError: c2pa-python is not installed.
        SourceError: the file cannot be read, or its credentials do not parse.
    """
    c2pa: Any = require("c2pa", _PURPOSE)
    media_type = _TYPES.get(path.suffix.lower())
    if media_type is None:
        return None
    try:
        with path.open("rb") as file:
            reader = c2pa.Reader.try_create(media_type, file, context=_context(c2pa))
            if reader is None:
                return None
            with reader:
                return _told(json.loads(reader.json()))
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}.", "Check the file.") from error
    except (c2pa.C2paError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceError(f"The credentials of {path} do not parse: {error}.", "Take them for none.") from error


def can_carry(path: Path) -> bool:
    """Whether files of this name are such as can be marked and signed."""
    return path.suffix.lower() in {*SUFFIXES, *_TYPES}


def _told(document: dict[str, Any]) -> Credentials:
    claim = document["manifests"][document["active_manifest"]]
    by = claim.get("signature_info") or {}
    named = [str(by[key]) for key in ("common_name", "issuer") if by.get(key)]
    actions = [
        action
        for assertion in claim.get("assertions", ())
        if assertion["label"].startswith("c2pa.actions")
        for action in assertion["data"]["actions"]
    ]
    return Credentials(
        str(document.get("validation_state", "Invalid")),
        ", ".join(named),
        tuple((str(one["action"]), str(one.get("digitalSourceType", "")), _software(one)) for one in actions),
        tuple((str(one.get("title", "")), str(one.get("relationship", ""))) for one in claim.get("ingredients", ())),
        tuple(str(one["code"]) for one in document.get("validation_status") or () if one.get("code") != _UNTRUSTED),
    )


def _software(action: dict[str, Any]) -> str:
    agent = action.get("softwareAgent", "")
    return str(agent.get("name", "")) if isinstance(agent, dict) else str(agent)


def _context(c2pa: Any) -> Any:
    return c2pa.Context(c2pa.Settings.from_dict(_QUIET))


def _read(path: Path) -> bytes:
    try:
        return path.expanduser().read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.", "Check --sign and --key.") from error


def _algorithm(key: bytes, path: Path) -> str:
    """How a key signs, by its kind."""
    serialization: Any = require("cryptography.hazmat.primitives.serialization", _PURPOSE)
    ec: Any = require("cryptography.hazmat.primitives.asymmetric.ec", _PURPOSE)
    ed25519: Any = require("cryptography.hazmat.primitives.asymmetric.ed25519", _PURPOSE)
    rsa: Any = require("cryptography.hazmat.primitives.asymmetric.rsa", _PURPOSE)
    try:
        found = serialization.load_pem_private_key(key, password=None)
    except (ValueError, TypeError) as error:
        raise UsageError(
            f"{path} is no private key that can be used: {error}.",
            "Give a PEM file without a password, as openssl pkcs8 -topk8 -nocrypt writes it.",
        ) from error
    if isinstance(found, ec.EllipticCurvePrivateKey) and found.curve.name in _CURVES:
        return _CURVES[found.curve.name]
    if isinstance(found, ed25519.Ed25519PrivateKey):
        return "ed25519"
    if isinstance(found, rsa.RSAPrivateKey):
        return "ps256"
    raise UsageError(f"{path} is a key of a kind that C2PA does not know.", "Take P-256, P-384, P-521, Ed25519 or RSA.")


def _file_type(path: Path) -> str | None:
    """Media type of a picture file that can bring credentials along; None where it cannot, or is gone."""
    from PIL import Image

    try:
        with Image.open(path) as image:
            return image.get_format_mimetype() if image.format in {"PNG", "JPEG", "WEBP"} else None
    except OSError:
        return None
