"""What checks give to providers: texts of every sort, and recordings of speech."""
