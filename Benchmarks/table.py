"""The table that is printed."""


def number(value):
    if value is None:
        return ""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def printed(rows):
    """Rows of figures as aligned lines, then those of floors."""
    figures = [row for row in rows if row["floor"] is None]
    floors = [row for row in rows if row["floor"] is not None]
    yield from aligned(
        ["figure", "median", "minimum", "maximum", "unit", "ratio"],
        [[row["name"], *(number(row[key]) for key in ("median", "minimum", "maximum")),
          row["unit"], number(row["ratio"])] for row in figures])
    if floors:
        yield ""
        yield from aligned(
            ["ratio of medians", "value", "minimum", "maximum", "floor", "met"],
            [[row["name"], *(number(row[key]) for key in ("value", "minimum", "maximum")),
              ("≤ " if row["at_most"] else "≥ ") + number(row["floor"]),
              "yes" if row["met"] else "NO"] for row in floors])


def aligned(head, lines):
    """A Markdown table whose columns line up."""
    widths = [max(len(line[k]) for line in [head, *lines]) for k in range(len(head))]
    for line in [head, ["-" * width for width in widths], *lines]:
        yield "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |"
