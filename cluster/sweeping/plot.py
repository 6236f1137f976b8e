"""Plots F1 against a key, with the spread over seeds: reads a request as JSON, writes FILE.svg and FILE.png.

The files depend on the request alone: no date, no program, no random name is in them.
"""
import json
import math
import sys

import matplotlib

matplotlib.use("Agg")
matplotlib.rcParams.update({"svg.hashsalt": "tercet", "svg.fonttype": "path", "font.size": 10})
from matplotlib import pyplot  # noqa: E402


def numbers(points):
    """The places of points on a numeric axis; None where one has no finite number."""
    try:
        places = [float(point["x"]) for point in points]
    except ValueError:
        return None
    return places if all(map(math.isfinite, places)) else None


def scale(axes, places):
    """Takes a logarithmic axis for what spans more than a factor of 20; 0 has a place beside it."""
    positive = [place for place in places if place > 0]
    if min(places) < 0 or not positive or max(positive) < 20 * min(positive):
        return
    if min(places) > 0:
        axes.set_xscale("log")
    else:
        axes.set_xscale("symlog", linthresh=min(positive))
    shown = sorted(set(places))
    if len(shown) <= 12:
        axes.set_xticks(shown, [f"{place:g}" for place in shown], minor=False)
        axes.minorticks_off()


def place_points(axes, points):
    """The place of each point on the axis of the key."""
    places = numbers(points)
    if places is None:
        names = list(dict.fromkeys(point["x"] for point in points))
        axes.set_xticks(range(len(names)), names)
        return [names.index(point["x"]) for point in points]
    scale(axes, places)
    return places


def draw(axes, points, is_only_key):
    places = place_points(axes, points)
    seen = set()

    def label(text):
        return None if text in seen or seen.add(text) else text

    for place, point in zip(places, points):
        axes.plot([place] * len(point["f1"]), point["f1"], ".", color="tab:gray", label=label("a seed")
                  if point["f1"] else None)
        axes.plot([place] * len(point["stopped"]), point["stopped"], "x", color="tab:red",
                  label=label("stopped early") if point["stopped"] else None)
        if point["mean"] is not None:
            axes.errorbar([place], [point["mean"]], yerr=[point["sd"] or 0], capsize=4, color="tab:blue",
                          marker="D" if point["best"] else "o", label=label("best" if point["best"] else "mean ± sd"))
    joined = sorted((place, point["mean"]) for place, point in zip(places, points) if point["mean"] is not None)
    if is_only_key and numbers(points) is not None:
        axes.plot(*zip(*joined), "-", color="tab:blue", linewidth=0.8) if joined else None


def main(request):
    figure, axes = pyplot.subplots(figsize=(6, 4))
    draw(axes, request["points"], request["is_only_key"])
    axes.set_xlabel(request["key"])
    axes.set_ylabel("F1 on the development split")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(f"{request['file']}.svg", metadata={"Date": None, "Creator": None})
    figure.savefig(f"{request['file']}.png", dpi=150, metadata={"Software": None})
    json.dump({}, sys.stdout)


if __name__ == "__main__":
    main(json.load(sys.stdin))
