"""Writes DINOv2's schedules, evaluated at every step of short runs, that ScheduleParityTest compares with.

    python3 -m venv .venv && .venv/bin/pip install -r tests/parity/requirements.txt
    .venv/bin/python tests/parity/schedule_fixtures.py

Writes pretrain_schedules.json: a list of runs, each with "name", "parameters" and, for every step of the run and five more
after its end, the lists

    lr                   linear warm-up from 0, then cosine from lr to lr_min
    last_layer_lr        the same, but 0 in the first freeze_last_layer_epochs
    weight_decay         cosine from weight_decay to weight_decay_end
    momentum             of the teacher, cosine from momentum to momentum_end
    teacher_temperature  linear from teacher_temperature_start, then constant

"lr" among the parameters is the peak: base_lr * sqrt(batch_size / 1024). Warm-ups have numpy.linspace's steps: n values that
hold both ends, so that the last of them and the first of the cosine are equal. Beyond its end a schedule keeps its final value.
"""
import json
import math
import pathlib

import numpy as np

OUT = pathlib.Path(__file__).parent.parent / "src/test/resources/org/omnirad/tests/parity/pretrain_schedules.json"
STEPS_AFTER_END = 5

DINOV2 = dict(
    base_lr=4e-3, lr_min=1e-6, weight_decay=0.04, weight_decay_end=0.4, momentum=0.992, momentum_end=1.0,
    teacher_temperature_start=0.04, teacher_temperature=0.07, freeze_last_layer_epochs=1)

RUNS = {
    "short": dict(batch_size=64, epochs=5, steps_per_epoch=12, warmup_epochs=2, teacher_temperature_warmup_epochs=3),
    "warm-ups of one step": dict(
        batch_size=1024, epochs=6, steps_per_epoch=1, warmup_epochs=1, teacher_temperature_warmup_epochs=1),
    "no warm-up": dict(
        batch_size=256, epochs=2, steps_per_epoch=9, warmup_epochs=0, teacher_temperature_warmup_epochs=0),
    "temperature still rising at the end": dict(
        batch_size=196, epochs=3, steps_per_epoch=7, warmup_epochs=1, teacher_temperature_warmup_epochs=30),
}


def warm_up_then_cosine(base, final, steps, warmup_steps=0, start=0.0):
    """(steps) values."""
    i = np.arange(steps - warmup_steps)
    cosine = final + 0.5 * (base - final) * (1 + np.cos(np.pi * i / max(len(i), 1)))
    return np.concatenate([np.linspace(start, base, warmup_steps), cosine])


def extended(schedule, final, length):
    """The first length values of a schedule that keeps its final value."""
    return np.concatenate([schedule, np.full(max(length - len(schedule), 0), final)])[:length]


def run(name, batch_size, epochs, steps_per_epoch, warmup_epochs, teacher_temperature_warmup_epochs):
    p = dict(DINOV2, batch_size=batch_size, epochs=epochs, steps_per_epoch=steps_per_epoch, warmup_epochs=warmup_epochs,
             teacher_temperature_warmup_epochs=teacher_temperature_warmup_epochs)
    p["lr"] = p["base_lr"] * math.sqrt(batch_size / 1024)
    steps = epochs * steps_per_epoch
    length = steps + STEPS_AFTER_END
    lr = warm_up_then_cosine(p["lr"], p["lr_min"], steps, warmup_epochs * steps_per_epoch)
    last_layer_lr = lr.copy()
    last_layer_lr[:p["freeze_last_layer_epochs"] * steps_per_epoch] = 0
    temperature = np.linspace(
        p["teacher_temperature_start"], p["teacher_temperature"], teacher_temperature_warmup_epochs * steps_per_epoch)
    schedules = {
        "lr": extended(lr, p["lr_min"], length),
        "last_layer_lr": extended(last_layer_lr, p["lr_min"], length),
        "weight_decay": extended(
            warm_up_then_cosine(p["weight_decay"], p["weight_decay_end"], steps), p["weight_decay_end"], length),
        "momentum": extended(warm_up_then_cosine(p["momentum"], p["momentum_end"], steps), p["momentum_end"], length),
        "teacher_temperature": extended(temperature, p["teacher_temperature"], length),
    }
    return {"name": name, "parameters": p, **{key: values.tolist() for key, values in schedules.items()}}


def main():
    OUT.parent.mkdir(parents=True, exist_ok=True)
    runs = [run(name, **shape) for name, shape in RUNS.items()]
    OUT.write_text("[\n" + ",\n".join(json.dumps(r) for r in runs) + "\n]\n")
    print(", ".join(f"{r['name']}: {len(r['lr'])} steps" for r in runs))


if __name__ == "__main__":
    main()
