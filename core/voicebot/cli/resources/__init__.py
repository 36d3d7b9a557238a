"""What commands work with: configs, single providers, sound files, standard input and output."""
