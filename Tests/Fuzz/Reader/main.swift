import Checkpoints

CheckpointReader.serveIfAsked()
