"""Proposals of Optuna's tree-structured Parzen estimator: reads a request as JSON and prints points as JSON.

The study is made anew from the scores each time, so the same scores give the same proposals. Within a batch the
estimator takes proposals that have no score yet for bad ones (constant liar), and so spreads them.
"""
import json
import sys

import optuna


def distribution(found):
    if "values" in found:
        return optuna.distributions.CategoricalDistribution(found["values"])
    if found["is_whole"]:
        return optuna.distributions.IntDistribution(int(found["low"]), int(found["high"]))
    return optuna.distributions.FloatDistribution(found["low"], found["high"], log=found["is_log"])


def main(request):
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    space = {key: distribution(found) for key, found in request["space"].items()}
    sampler = optuna.samplers.TPESampler(
        seed=request["seed"] + 1000003 * request["batch"], constant_liar=True, n_startup_trials=request["startup"],
        multivariate=len(space) > 1)
    study = optuna.create_study(direction="maximize", sampler=sampler)
    for point, score in request["scores"]:
        study.add_trial(optuna.trial.create_trial(params=point, distributions=space, value=score))
    asked = [study.ask(space) for _ in range(request["count"])]
    json.dump([trial.params for trial in asked], sys.stdout)


if __name__ == "__main__":
    main(json.load(sys.stdin))
