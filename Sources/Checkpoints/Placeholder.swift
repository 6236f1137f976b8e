/// Placeholder until the first file of Checkpoints lands.
