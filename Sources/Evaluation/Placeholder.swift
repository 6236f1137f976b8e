/// Placeholder until the first file of Evaluation lands.
