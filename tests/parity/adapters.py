"""Gives low-rank adapters from peft to this library and back.

    ./mvnw -q -DskipTests verify
    python3 -m venv .venv && .venv/bin/pip install -r tests/parity/requirements.txt
    .venv/bin/python tests/parity/adapters.py

peft sets random adapters beside the linear layers of a random ViT-S/14 with four blocks and writes them, with a classifier's
head that is trained in full (modules_to_save); this library loads encoder and adapters, computes the tokens of random images
and writes adapters and head again; peft loads that. Printed are the largest differences of any token value and any logit, and
whether adapters and head came back unchanged.
"""
import pathlib
import tempfile

import peft
import timm
import torch
from safetensors.torch import load_file, save_file

from full_size import tokens_of_ours

TARGETS = r".*blocks\.\d+\.(attn\.qkv|attn\.proj|mlp\.fc1|mlp\.fc2)"
NAME, SIZE, DEPTH, CLASSES = "vit_small_patch14_dinov2", 112, 4, 3
HEAD = "base_model.model.head."


def base():
    return timm.create_model(NAME, img_size=SIZE, depth=DEPTH, num_classes=CLASSES, init_values=0.3).eval()


@torch.inference_mode()
def main():
    torch.manual_seed(7)
    model = base()
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        save_file(model.state_dict(), folder / "model.safetensors")
        (folder / "config.json").write_text(f'{{"architecture": "{NAME}", "num_classes": {CLASSES}}}')
        images = torch.randn(2, 3, SIZE, SIZE)
        save_file({"images": images}, folder / "images.safetensors")
        plain = model.forward_features(images)
        config = peft.LoraConfig(r=16, lora_alpha=32, target_modules=TARGETS, modules_to_save=["head"])
        adapted = peft.get_peft_model(model, config).eval()
        for name, parameter in adapted.named_parameters():
            if "lora_B" in name or "modules_to_save" in name:
                parameter.normal_(std=0.1)
        adapted.save_pretrained(folder / "adapter")
        theirs = adapted.base_model.model.forward_features(images)
        their_logits = adapted(images)
        ours = tokens_of_ours(folder, folder / "adapter")
        written, saved = (
            load_file(where / "adapter_model.safetensors") for where in (folder / "adapter", folder / "saved/adapter"))
        again = base()
        missing, unexpected = again.load_state_dict(load_file(folder / "saved/model.safetensors"), strict=False)
        assert missing == ["head.weight", "head.bias"] and not unexpected, (missing, unexpected)
        back = peft.PeftModel.from_pretrained(again, folder / "saved/adapter").eval()
        difference = (back(images) - their_logits).abs().max()
    logits = torch.nn.functional.linear(ours[:, 0], saved[HEAD + "weight"], saved[HEAD + "bias"])
    same = written.keys() == saved.keys() and all(torch.equal(written[key], saved[key]) for key in written)
    print(f"peft {peft.__version__}: largest difference of {theirs.numel():,} token values {(ours - theirs).abs().max():.1e} "
          f"(the adapters move them by up to {(theirs - plain).abs().max():.1f}), of {logits.numel()} logits "
          f"{(logits - their_logits).abs().max():.1e} (up to {their_logits.abs().max():.1f}); adapters and head equal: {same}; "
          f"logits of peft on what was saved differ by {difference:.0e}")


if __name__ == "__main__":
    main()
