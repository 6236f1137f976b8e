/// Placeholder until the first file of Models lands.
