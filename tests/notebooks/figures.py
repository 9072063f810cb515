"""Copies the figures that the README shows out of the notebooks' committed outputs.

    python3 tests/notebooks/figures.py
"""

import base64
import json
from pathlib import Path

NOTEBOOKS = Path(__file__).resolve().parent.parent.parent / "notebooks"
FOLDER = NOTEBOOKS / "figures"

# The notebook and the cell that draws each.
FIGURES = {
    "lesions": ("10_data", "masks"),
    "attention": ("20_encoder_features", "attention"),
    "latent-space": ("00_quickstart", "umap"),
    "segmentation": ("50_segmentation", "panel"),
}


def picture(notebook, cell_id):
    """The bytes of the PNG that a cell shows."""
    content = json.loads((NOTEBOOKS / (notebook + ".ipynb")).read_text(encoding="utf-8"))
    cell = next(cell for cell in content["cells"] if cell["id"] == cell_id)
    data = next(out["data"]["image/png"] for out in cell["outputs"] if "data" in out)
    return base64.b64decode("".join(data))


def main():
    FOLDER.mkdir(exist_ok=True)
    for name, (notebook, cell_id) in FIGURES.items():
        (FOLDER / (name + ".png")).write_bytes(picture(notebook, cell_id))


if __name__ == "__main__":
    main()
