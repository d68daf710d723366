"""The shared kernel: what every other package may know about the business and the machine it runs on."""
