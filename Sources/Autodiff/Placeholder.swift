/// Placeholder until the first file of Autodiff lands.
