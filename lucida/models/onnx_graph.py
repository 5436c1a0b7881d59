"""Writes ONNX graphs node by node. Needs neither torch nor its exporter, and gives the same file everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.lazy import require

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

_OPSET = 20  # the first with Gelu; LayerNormalization came with 17
_IR_VERSION = 10


class GraphWriter:
    """Collects nodes and constants in the order in which they compute.

    Args:
        name: of the graph.
        purpose: what the package onnx is needed for, completing "... is needed to <purpose>".

    Raises:
        DependencyError: the package onnx is absent.
    """

    def __init__(self, name: str, purpose: str) -> None:
        self._onnx: Any = require("onnx", purpose)
        self._name = name
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add a node with one output and give that output's name."""
        output = f"{kind}_{len(self._nodes)}"
        self.node(kind, inputs, [output], **attributes)
        return output

    def outputs(self, kind: str, inputs: Sequence[str], count: int, **attributes: Any) -> list[str]:
        """Add a node with several outputs and give their names."""
        names = [f"{kind}_{len(self._nodes)}_{number}" for number in range(count)]
        self.node(kind, inputs, names, **attributes)
        return names

    def node(self, kind: str, inputs: Sequence[str], outputs: Sequence[str], **attributes: Any) -> None:
        """Add a node whose outputs have given names."""
        self._nodes.append(self._onnx.helper.make_node(kind, inputs, outputs, **attributes))

    def constant(self, value: NDArray[Any] | np.generic) -> str:
        """Add a constant of the value's own type and shape and give its name."""
        name = f"constant_{len(self._constants)}"
        self._constants.append(
            self._onnx.numpy_helper.from_array(np.ascontiguousarray(value).reshape(np.shape(value)), name)
        )
        return name

    def cast_to_float(self, value: str) -> str:
        """Add a conversion to float32 and give its name."""
        return self.op("Cast", value, to=self._onnx.TensorProto.FLOAT)

    def serialise(
        self, inputs: Mapping[str, tuple[str, Sequence[int | str]]], outputs: Mapping[str, Sequence[int | str]]
    ) -> bytes:
        """The finished model.

        Args:
            inputs: element type ("INT64", "UINT8", ...) and shape by name; sizes that vary are words.
            outputs: shapes by name, all float32.
        """
        helper, tensor = self._onnx.helper, self._onnx.TensorProto
        given = [helper.make_tensor_value_info(n, getattr(tensor, kind), size) for n, (kind, size) in inputs.items()]
        made = [helper.make_tensor_value_info(n, tensor.FLOAT, size) for n, size in outputs.items()]
        graph = helper.make_graph(self._nodes, self._name, given, made, self._constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR_VERSION)
        return bytes(model.SerializeToString())
