/// Placeholder until the first file of Training lands.
