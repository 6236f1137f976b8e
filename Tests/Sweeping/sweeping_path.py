"""Makes the parts of cluster/sweep importable; the folder of what stands in for tercet."""
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
CLUSTER = HERE.parents[1] / "cluster"
sys.dont_write_bytecode = True
sys.path.insert(0, str(CLUSTER))
