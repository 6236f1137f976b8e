/// Placeholder until the first file of Collectives lands.
