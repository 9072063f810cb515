"""Writes the small files that FileParityTest reads, with numpy and the safetensors package.

    python3 -m venv .venv && .venv/bin/pip install -r tests/parity/requirements.txt
    .venv/bin/python tests/parity/file_fixtures.py
"""
import pathlib

import numpy as np
import torch
from safetensors.torch import save_file

OUT = pathlib.Path(__file__).parent.parent / "src/test/resources/org/omnirad/tests/parity"


def numpy_arrays():
    numbers = np.arange(24).reshape(2, 3, 4)
    arrays = {name: numbers.astype(name) for name in (
        "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64")}
    arrays["bool"] = numbers % 3 == 0
    arrays["fortran"] = np.asfortranarray(numbers.astype("float32"))
    arrays["big_endian"] = numbers.astype(">f4")
    arrays["scalar"] = np.float32(2.5)
    arrays["empty"] = np.zeros((0, 5), "float32")
    arrays["text"] = np.array(["scan 1", "", "\u00e9\U0001f600"])
    return arrays


def main():
    np.savez(OUT / "stored.npz", **numpy_arrays())
    np.savez_compressed(OUT / "deflated.npz", **numpy_arrays())
    np.savez(OUT / "objects.npz", objects=np.array([{"a": 1}, None], dtype=object))
    written = {
        "rows": np.array([[1.5, -2], [3, 4]], "float32"),
        "labels": np.array([3, 1], "int32"),
        "ids": np.array(["a", "bcd"]),
    }
    for name, array in written.items():
        np.save(OUT / f"{name}.npy", array)
    save_file({
        "weight": torch.tensor([[1.5, -2], [3, 4]]),
        "bias": torch.tensor([7.0]),
        "steps": torch.tensor([-1, 5]),
        "bytes": torch.tensor([1, 255, 3], dtype=torch.uint8),
        "half": torch.tensor([0.5, 65504], dtype=torch.float16),
        "brain": torch.tensor([1, -3.140625, float("nan"), 3e38], dtype=torch.bfloat16),
        "scalar": torch.tensor(2.0),
    }, OUT / "every_type.safetensors", metadata={"format": "pt"})
    save_file({
        "weight": torch.tensor([[1.5, -2], [3, 4]]),
        "bias": torch.tensor([7.0]),
        "steps": torch.tensor([-1, 5]),
        "bytes": torch.tensor([1, 255, 3], dtype=torch.uint8),
    }, OUT / "written.safetensors", metadata={"format": "pt"})


if __name__ == "__main__":
    main()
