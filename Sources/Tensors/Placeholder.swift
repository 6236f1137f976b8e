/// Placeholder until the first file of Tensors lands.
